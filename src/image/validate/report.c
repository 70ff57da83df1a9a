/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields that every structure is made of. */
#include "validate/report.h"

#include "base/bytes.h"
#include "base/text.h"
#include "iso9660/date.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void tell(struct report *r, const struct finding *f)
{
	uint64_t *const count[] = { [FINDING_NOTE] = &r->sum.notes,
		[FINDING_WARNING] = &r->sum.warnings,
		[FINDING_ERROR] = &r->sum.errors };

	++*count[f->severity];
	r->fn(r->arg, f);
}

void report_text(struct report *r, enum finding_severity severity, const struct place *in,
	const struct field *f, const char *expected, const char *fmt, ...)
{
	char found[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(found, sizeof(found), fmt, ap);
	va_end(ap);
	tell(r, &(struct finding){
			.severity = severity,
			.clause = f->clause,
			.where = in->where,
			.what = f->what,
			.expected = expected,
			.found = found,
			.lba = in->lba,
			.byte = f->at ? (uint32_t)(f->at - in->sector) : 0,
		});
}

void report_number(struct report *r, const struct place *in, const struct field *f,
	uint64_t expected, uint64_t found)
{
	char want[24];

	if (expected == found)
		return;
	snprintf(want, sizeof(want), "%" PRIu64, expected);
	report_text(r, FINDING_ERROR, in, f, want, "%" PRIu64, found);
}

uint16_t check_both16(struct report *r, const struct place *in, const struct field *f)
{
	uint16_t le = get_u16le(f->at), be = get_u16be(f->at + 2);

	if (le != be)
		report_text(r, FINDING_ERROR, in, f, "the same number in both byte orders",
			"%u and %u", le, be);
	return le;
}

uint32_t check_both32(struct report *r, const struct place *in, const struct field *f)
{
	uint32_t le = get_u32le(f->at), be = get_u32be(f->at + 4);

	if (le != be)
		report_text(r, FINDING_ERROR, in, f, "the same number in both byte orders",
			"%" PRIu32 " and %" PRIu32, le, be);
	return le;
}

void check_is16(struct report *r, const struct place *in, const struct field *f, uint16_t expected)
{
	uint16_t found = check_both16(r, in, f);

	report_number(r, in, f, expected, found);
}

void check_zero(struct report *r, const struct place *in, const struct field *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct field at = *f;

		if (f->at[i] == 0)
			continue;
		at.at += i;
		report_text(r, FINDING_ERROR, in, &at, "zeros", "byte %02x", f->at[i]);
		return;
	}
}

bool bytes_are_zero(const uint8_t *p, size_t n)
{
	while (n > 0 && p[n - 1] == 0)
		n--;
	return n == 0;
}

void check_date7(struct report *r, const struct place *in, const struct field *f)
{
	static const uint8_t none[ISO_DATE7];
	const uint8_t *p = f->at;
	const struct iso_civil c = { 1900 + p[0], p[1], p[2], p[3], p[4], p[5] };
	int64_t sec;

	if (memcmp(p, none, sizeof(none)) == 0)
		return;
	if (!iso_date7_decode(p, &sec) || !iso_civil_exists(&c))
		report_text(r, FINDING_ERROR, in, f, "a date",
			"year %u month %u day %u %u:%u:%u zone %d", 1900u + p[0], p[1], p[2], p[3],
			p[4], p[5], (int8_t)p[6]);
}

void check_date17(struct report *r, const struct place *in, const struct field *f)
{
	uint8_t none[ISO_DATE17];
	const uint8_t *p = f->at;
	char quoted[80];
	bool ok;
	int64_t sec;

	iso_date17_none(none);
	if (memcmp(p, none, sizeof(none)) == 0)
		return;
	ok = iso_date17_decode(p, &sec) && p[14] >= '0' && p[14] <= '9' && p[15] >= '0' &&
	     p[15] <= '9';
	if (ok) {
		const struct iso_civil c = { .year = (p[0] - '0') * 1000 + (p[1] - '0') * 100 +
						     (p[2] - '0') * 10 + (p[3] - '0'),
			.month = (p[4] - 48u) * 10 + (p[5] - 48u),
			.day = (p[6] - 48u) * 10 + (p[7] - 48u) };

		ok = iso_civil_exists(&c);
	}
	if (!ok)
		report_text(r, FINDING_ERROR, in, f, "a date, or zeros for none", "%s zone %d",
			text_quoted(quoted, sizeof(quoted), (const char *)p, 16), (int8_t)p[16]);
}
