/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields of descriptors against what they have to be. */
#include "udfcheck/rules.h"

#include "base/bytes.h"
#include "base/text.h"
#include "udf/cs0.h"
#include "udf/timestamp.h"
#include "udfread/tagread.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CHARSPEC_BYTES 64u
#define ID_BYTES       23u
#define SUFFIX	       24u
#define DOMAIN	       "*OSTA UDF Compliant"

static void check_number(
	struct report *r, const struct place *in, const struct field *f, const struct rule *rule)
{
	uint64_t v = 0;
	char want[40];

	for (unsigned i = rule->n; i > 0; i--)
		v = v << 8 | f->at[i - 1];
	if (v >= rule->least && v <= rule->most)
		return;
	if (rule->least == rule->most)
		snprintf(want, sizeof(want), "%" PRIu32, rule->least);
	else
		snprintf(want, sizeof(want), "%" PRIu32 " to %" PRIu32, rule->least, rule->most);
	report_text(r, FINDING_ERROR, in, f, want, "%" PRIu64, v);
}

static void check_charspec(struct report *r, const struct place *in, const struct field *f)
{
	uint8_t want[CHARSPEC_BYTES];
	char quoted[100];

	udf_charspec_put(want);
	if (memcmp(f->at, want, sizeof(want)) != 0)
		report_text(r, FINDING_ERROR, in, f, "character set 0, OSTA Compressed Unicode",
			"%u, %s", f->at[0],
			text_quoted(quoted, sizeof(quoted), (const char *)f->at + 1, 24));
}

/* 2.1.3: the last byte counts those used, zeros fill the rest; no text is all zeros. */
static void check_dstring(struct report *r, const struct place *in, const struct field *f, size_t n)
{
	const size_t used = f->at[n - 1];
	struct field rest = *f;
	char text[1024];

	if (used > n - 1) {
		report_text(r, FINDING_ERROR, in, f, "a text that fits its field",
			"%zu bytes of %zu", used, n - 1);
		return;
	}
	if (used == 1 || (used > 0 && udf_cs0_decode(f->at, used, text, sizeof(text), NULL) < 0))
		report_text(r, FINDING_ERROR, in, f, "compressed Unicode, or nothing",
			"%zu bytes with compression %u", used, f->at[0]);
	rest.at += used;
	check_zero(r, in, &rest, n - 1 - used);
}

static void check_time(struct report *r, const struct place *in, const struct field *f)
{
	struct timespec t;
	const uint8_t *p = f->at;

	if (!udf_timestamp_get(p, &t))
		report_text(r, FINDING_ERROR, in, f, "a time",
			"type %u year %d month %u day %u %u:%u:%u.%02u%02u%02u", p[1] >> 4,
			(int16_t)get_u16le(p + 2), p[4], p[5], p[6], p[7], p[8], p[9], p[10],
			p[11]);
	else if (p[1] >> 4 != 1)
		report_text(r, FINDING_WARNING, in, f, "local time, type 1", "type %u", p[1] >> 4);
}

static bool printable(const uint8_t *p, size_t n)
{
	size_t len = strnlen((const char *)p, n);

	for (size_t i = 0; i < n; i++)
		if (i < len ? p[i] < 0x20 || p[i] > 0x7e : p[i] != 0)
			return false;
	return len > 0;
}

void check_entity(struct report *r, const struct place *in, const struct field *f, const char *id)
{
	const uint8_t *p = f->at;
	char quoted[100];
	struct field at = *f;
	bool right = id ? strncmp((const char *)p + 1, id, ID_BYTES) == 0
			: p[1] == '*' && printable(p + 1, ID_BYTES);

	if (p[0] & ~3u)
		report_text(r, FINDING_ERROR, in, &at, "flags 0 to 3", "%u", p[0]);
	else if (p[0])
		report_text(r, FINDING_WARNING, in, &at, "flags 0", "%u", p[0]);
	at.at++;
	if (!right)
		report_text(r, FINDING_ERROR, in, &at, id ? id : "an implementation's identifier",
			"%s", text_quoted(quoted, sizeof(quoted), (const char *)p + 1, ID_BYTES));
}

static void check_suffix_revision(
	struct report *r, const struct place *in, const struct field *f, unsigned revision)
{
	char want[16];
	struct field at = *f;
	unsigned found = get_u16le(f->at + SUFFIX);

	at.at += SUFFIX;
	at.clause = "UDF 2.1.5.3";
	snprintf(want, sizeof(want), "%x.%02x", revision >> 8, revision & 0xff);
	if (revision && found != revision)
		report_text(r, FINDING_ERROR, in, &at, want, "%x.%02x", found >> 8, found & 0xff);
}

/* UDF 6.3.1 knows classes 0 to 9. */
static void check_os(struct report *r, const struct place *in, const struct field *f, unsigned at)
{
	struct field os = { "UDF 6.3.1", "operating system class", f->at + at };

	if (f->at[at] > 9)
		report_text(r, FINDING_WARNING, in, &os, "0 to 9", "%u", f->at[at]);
}

static void check_identifier(struct report *r, const struct place *in, const struct field *f,
	unsigned revision, const struct rule *rule)
{
	static const uint8_t none[32];
	struct field rest = *f;

	switch (rule->kind) {
	case RULE_DOMAIN:
		check_entity(r, in, f, DOMAIN);
		check_suffix_revision(r, in, f, revision);
		if (f->at[SUFFIX + 2] & ~3u)
			report_text(r, FINDING_ERROR, in, &rest, "domain flags 0 to 3", "%u",
				f->at[SUFFIX + 2]);
		rest.at += SUFFIX + 3;
		check_zero(r, in, &rest, 5);
		return;
	case RULE_UDF_ID:
		check_entity(r, in, f, rule->id);
		check_suffix_revision(r, in, f, revision);
		check_os(r, in, f, SUFFIX + 2);
		rest.at += SUFFIX + 4;
		check_zero(r, in, &rest, 4);
		return;
	case RULE_MAKER_OR_NONE:
		if (memcmp(f->at, none, sizeof(none)) == 0)
			return;
		check_entity(r, in, f, NULL);
		return;
	case RULE_MAKER:
	default:
		check_entity(r, in, f, NULL);
		check_os(r, in, f, SUFFIX);
		return;
	}
}

void check_rule(struct report *r, const struct place *in, const uint8_t *base, unsigned revision,
	const struct rule *rule)
{
	const struct field f = { rule->clause, rule->what, base + rule->at };

	switch (rule->kind) {
	case RULE_ZERO:
		check_zero(r, in, &f, rule->n);
		break;
	case RULE_NUMBER:
		check_number(r, in, &f, rule);
		break;
	case RULE_CHARSPEC:
		check_charspec(r, in, &f);
		break;
	case RULE_DSTRING:
		check_dstring(r, in, &f, rule->n);
		break;
	case RULE_TIME:
		check_time(r, in, &f);
		break;
	default:
		check_identifier(r, in, &f, revision, rule);
		break;
	}
}

void check_rules(struct report *r, const struct place *in, const uint8_t *base, unsigned revision,
	const struct rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_rule(r, in, base, revision, &rules[i]);
}

static bool check_sound(struct report *r, const struct place *in, const uint8_t *p, size_t room)
{
	struct field f = { "ECMA-167 3/7.2.3", "tag checksum", p + 4 };

	switch (udf_tag_fault(p, room)) {
	case UDF_TAG_SOUND:
		return true;
	case UDF_TAG_CHECKSUM:
		report_number(r, in, &f, udf_tag_checksum(p), p[4]);
		return false;
	case UDF_TAG_CRC_LENGTH:
		f = (struct field){ "ECMA-167 3/7.2.7", "descriptor CRC length", p + 10 };
		report_text(r, FINDING_ERROR, in, &f, "no more than there is", "%u of %zu",
			get_u16le(p + 10), room);
		return false;
	case UDF_TAG_CRC:
	default:
		f = (struct field){ "ECMA-167 3/7.2.6", "descriptor CRC", p + 8 };
		report_text(r, FINDING_ERROR, in, &f, "the CRC of what follows", "%04x",
			get_u16le(p + 8));
		return false;
	}
}

bool check_tag(
	struct report *r, const struct place *in, const uint8_t *p, const struct tag_wanted *want)
{
	const struct field id = { "ECMA-167 3/7.2.1", "tag identifier", p },
			   version = { "ECMA-167 3/7.2.2", "descriptor version", p + 2 },
			   reserved = { "ECMA-167 3/7.2.4", "reserved", p + 5 },
			   location = { "ECMA-167 3/7.2.8", "tag location", p + 12 },
			   length = { "ECMA-167 3/7.2.7", "descriptor CRC length", p + 10 };

	if (!check_sound(r, in, p, want->room))
		return false;
	check_zero(r, in, &reserved, 1);
	if (want->version)
		report_number(r, in, &version, want->version, get_u16le(p + 2));
	report_number(r, in, &location, want->location, get_u32le(p + 12));
	report_number(r, in, &id, (uint64_t)want->id, udf_tag_id_of(p));
	/* UDF 2.2.1.2: what is defined is covered. */
	if (get_u16le(p + 10) + (size_t)UDF_TAG_BYTES < want->used)
		report_text(r, FINDING_ERROR, in, &length, "all of the descriptor",
			"%u bytes of %zu", get_u16le(p + 10), want->used - UDF_TAG_BYTES);
	return udf_tag_id_of(p) == (unsigned)want->id;
}
