/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volume descriptors, ECMA-119 8.4 and 8.5, field by field. */
#include "base/text.h"
#include "iso9660/dirrec.h"
#include "iso9660/field.h"
#include "validate/volume.h"

#include <stdio.h>
#include <string.h>

/* 7.4.1 and 7.4.2; FILE_CHARACTERS: d-characters and the separators of a file identifier */
enum charset { A_CHARACTERS, D_CHARACTERS, FILE_CHARACTERS };

static const struct text_field {
	const char *clause, *what;
	uint16_t at, n;
	enum charset set;
} texts[] = {
	{ "ECMA-119 8.4.5", "system identifier", BP(9), 32, A_CHARACTERS },
	{ "ECMA-119 8.4.6", "volume identifier", BP(41), 32, D_CHARACTERS },
	{ "ECMA-119 8.4.19", "volume set identifier", BP(191), 128, D_CHARACTERS },
	{ "ECMA-119 8.4.20", "publisher identifier", BP(319), 128, A_CHARACTERS },
	{ "ECMA-119 8.4.21", "data preparer identifier", BP(447), 128, A_CHARACTERS },
	{ "ECMA-119 8.4.22", "application identifier", BP(575), 128, A_CHARACTERS },
	{ "ECMA-119 8.4.23", "copyright file identifier", BP(703), 37, FILE_CHARACTERS },
	{ "ECMA-119 8.4.24", "abstract file identifier", BP(740), 37, FILE_CHARACTERS },
	{ "ECMA-119 8.4.25", "bibliographic file identifier", BP(777), 37, FILE_CHARACTERS },
};
#define NTEXTS (sizeof(texts) / sizeof(texts[0]))

static const struct date_field {
	const char *clause, *what;
	uint16_t at;
} dates[] = {
	{ "ECMA-119 8.4.26", "volume creation date", BP(814) },
	{ "ECMA-119 8.4.27", "volume modification date", BP(831) },
	{ "ECMA-119 8.4.28", "volume expiration date", BP(848) },
	{ "ECMA-119 8.4.29", "volume effective date", BP(865) },
};
#define NDATES (sizeof(dates) / sizeof(dates[0]))

static bool in_set(uint8_t c, enum charset set)
{
	if (c == ' ' || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')
		return true;
	if (set == FILE_CHARACTERS)
		return c == '.' || c == ';';
	return set == A_CHARACTERS && c != '\0' && strchr("!\"%&'()*+,-./:;<=>?", c) != NULL;
}

static void check_text(struct report *r, const struct place *in, const struct text_field *t)
{
	const uint8_t *p = in->sector + t->at;
	const struct field f = { t->clause, t->what, p };
	char quoted[160];

	for (size_t i = 0; i < t->n; i++) {
		if (in_set(p[i], t->set))
			continue;
		report_text(r, FINDING_WARNING, in, &f,
			t->set == A_CHARACTERS ? "a-characters" : "d-characters", "%s",
			text_quoted(quoted, sizeof(quoted), (const char *)p, t->n));
		return;
	}
}

/* Joliet: UCS-2, filled with blanks; nothing that no name may have. */
static void check_wide_text(struct report *r, const struct place *in, const struct text_field *t)
{
	const uint8_t *p = in->sector + t->at;

	for (size_t i = 0; i + 1 < t->n; i += 2) {
		uint16_t unit = get_u16be(p + i);
		const struct field f = { t->clause, t->what, p + i };

		if (unit < 0x20 && unit != 0) {
			report_text(r, FINDING_ERROR, in, &f, "characters", "unit %04x", unit);
			return;
		}
	}
	if (t->n % 2 && p[t->n - 1] != 0 && p[t->n - 1] != ' ')
		report_text(r, FINDING_WARNING, in,
			&(struct field){ t->clause, t->what, p + t->n - 1 },
			"nothing in the last byte, half a character", "%02x", p[t->n - 1]);
}

static void check_texts(struct report *r, const struct volume *v, const struct place *in)
{
	for (size_t i = 0; i < NTEXTS; i++)
		if (v->kind == VOLUME_PRIMARY)
			check_text(r, in, &texts[i]);
		else if (v->kind == VOLUME_JOLIET)
			check_wide_text(r, in, &texts[i]);
}

static void check_unused(struct report *r, const struct volume *v, const struct place *in)
{
	const uint8_t *p = in->sector;

	if (v->kind == VOLUME_PRIMARY) {
		check_zero(
			r, in, &(struct field){ "ECMA-119 8.4.4", "unused field", p + BP(8) }, 1);
		check_zero(
			r, in, &(struct field){ "ECMA-119 8.4.9", "unused field", p + BP(89) }, 32);
	} else if (p[BP(8)] > 1) {
		report_text(r, FINDING_ERROR, in,
			&(struct field){ "ECMA-119 8.5.3", "volume flags", p + BP(8) }, "0 or 1",
			"%u", p[BP(8)]);
	}
	if (v->kind == VOLUME_JOLIET) {
		const uint8_t level = p[BP(91)];

		check_zero(
			r, in, &(struct field){ "Joliet 3", "escape sequences", p + BP(92) }, 29);
		if (level != '@' && level != 'C' && level != 'E')
			report_text(r, FINDING_ERROR, in,
				&(struct field){ "Joliet 3", "UCS-2 level", p + BP(91) },
				"@, C or E", "%02x", level);
	}
	check_zero(r, in, &(struct field){ "ECMA-119 8.4.7", "unused field", p + BP(73) }, 8);
	check_zero(r, in, &(struct field){ "ECMA-119 8.4.31", "reserved", p + BP(883) }, 1);
	check_zero(r, in, &(struct field){ "ECMA-119 8.4.33", "reserved", p + BP(1396) }, 653);
}

static void check_root(struct report *r, struct volume *v, const struct place *in)
{
	const uint8_t *rec = in->sector + BP(157);
	const char *clause = "ECMA-119 8.4.18";

	report_number(r, in, &(struct field){ clause, "length of the root's record", rec },
		ISO_ROOT_BYTES, rec[0]);
	validate_record(r, in, rec);
	report_number(r, in, &(struct field){ clause, "length of the root's identifier", rec + 32 },
		1, rec[BP(33)]);
	check_zero(r, in, &(struct field){ clause, "identifier of the root", rec + 33 }, 1);
	report_number(r, in, &(struct field){ clause, "flags of the root", rec + 25 }, ISO_FLAG_DIR,
		rec[BP(26)]);
	v->root_lba = get_u32le(rec + BP(3));
	v->root_bytes = get_u32le(rec + BP(11));
}

static void check_size(struct report *r, struct volume *v, const struct place *in)
{
	const struct field f = { "ECMA-119 8.4.8", "volume space size", in->sector + BP(81) };

	v->nsec = check_both32(r, in, &f);
	if (v->nsec > r->src->nsec)
		report_text(r, FINDING_ERROR, in, &f, "no more sectors than there are",
			"%u, and there are %u", v->nsec, r->src->nsec);
	else if (r->src->nsec - v->nsec > 300)
		report_text(r, FINDING_NOTE, in, &f, "the sectors there are", "%u of %u", v->nsec,
			r->src->nsec);
}

void validate_descriptor(struct report *r, struct volume *v)
{
	const uint8_t *p = v->desc;
	const struct place in = { .lba = v->lba, .sector = p, .where = v->title };
	const unsigned version = v->kind == VOLUME_ENHANCED ? 2 : 1;

	report_number(r, &in, &(struct field){ "ECMA-119 8.4.3", "descriptor version", p + BP(7) },
		version, p[BP(7)]);
	check_unused(r, v, &in);
	check_texts(r, v, &in);
	check_size(r, v, &in);
	check_is16(r, &in, &(struct field){ "ECMA-119 8.4.10", "volume set size", p + BP(121) }, 1);
	check_is16(r, &in,
		&(struct field){ "ECMA-119 8.4.11", "volume sequence number", p + BP(125) }, 1);
	check_is16(r, &in, &(struct field){ "ECMA-119 8.4.12", "logical block size", p + BP(129) },
		SECTOR);
	v->path_table_bytes = check_both32(
		r, &in, &(struct field){ "ECMA-119 8.4.13", "path table size", p + BP(133) });
	check_root(r, v, &in);
	for (size_t i = 0; i < NDATES; i++)
		check_date17(
			r, &in, &(struct field){ dates[i].clause, dates[i].what, p + dates[i].at });
	report_number(r, &in,
		&(struct field){ "ECMA-119 8.4.30", "file structure version", p + BP(882) },
		version, p[BP(882)]);
}

/* A text of 8 bits, and one of 16 bits that may be cut: equal but for case and what it cannot say.
 */
static bool same_text(const uint8_t *narrow, const uint8_t *wide, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2) {
		uint16_t unit = get_u16be(wide + i);
		uint8_t c = narrow[i / 2];

		if (unit == 0)
			return bytes_are_zero(wide + i, n - i);
		if (unit >= 'a' && unit <= 'z')
			unit = (uint16_t)(unit - 'a' + 'A');
		if (c >= 'a' && c <= 'z')
			c = (uint8_t)(c - 'a' + 'A');
		/* Either may lack what the other can say: Joliet's characters are not all. */
		if (unit != c && c != '_' && !(unit == '_' && c && strchr("*/:;?\\", c)))
			return false;
	}
	/* The wider text ended before its field did: there was no more to say. */
	for (size_t i = n / 2; i < n && get_u16be(wide + (n / 2 - 1) * 2) == ' '; i++)
		if (narrow[i] != ' ')
			return false;
	return true;
}

static void agree_text(struct report *r, const struct volume *a, const struct volume *b,
	const struct place *in, const struct text_field *t)
{
	const uint8_t *x = a->desc + t->at, *y = b->desc + t->at;
	bool same = b->kind == VOLUME_JOLIET ? same_text(x, y, t->n) : memcmp(x, y, t->n) == 0;
	char expected[160];

	if (!same)
		report_text(r, FINDING_WARNING, in, &(struct field){ t->clause, t->what, y },
			text_quoted(expected, sizeof(expected), (const char *)x, t->n),
			"another than the primary volume's");
}

void validate_descriptors_agree(struct report *r, const struct volume *a, const struct volume *b)
{
	const struct place in = { .lba = b->lba, .sector = b->desc, .where = b->title };

	for (size_t i = 0; i < NTEXTS; i++)
		agree_text(r, a, b, &in, &texts[i]);
	for (size_t i = 0; i < NDATES; i++) {
		const uint8_t *x = a->desc + dates[i].at, *y = b->desc + dates[i].at;
		char expected[80], found[80];

		if (memcmp(x, y, ISO_DATE17) == 0)
			continue;
		report_text(r, FINDING_WARNING, &in,
			&(struct field){ dates[i].clause, dates[i].what, y },
			text_quoted(expected, sizeof(expected), (const char *)x, 16), "%s",
			text_quoted(found, sizeof(found), (const char *)y, 16));
	}
	report_number(r, &in,
		&(struct field){ "ECMA-119 8.4.8", "volume space size", b->desc + BP(81) }, a->nsec,
		b->nsec);
}
