/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directory records, ECMA-119 9.1: each alone, and two in a row. */
#include "base/text.h"
#include "iso9660/dirrec.h"
#include "iso9660/field.h"
#include "validate/volume.h"

#include <string.h>

#define FLAG_ASSOCIATED 0x04u
#define FLAG_RESERVED	0x60u /* 9.1.6, bits 5 and 6 */
/* 9.1.6, record and protection: they speak of an extended attribute record. */
#define FLAG_XATTR 0x18u

static void check_numbers(struct report *r, const struct place *in, const uint8_t *rec)
{
	check_zero(r, in,
		&(struct field){ "ECMA-119 9.1.2", "extended attribute record length", rec + 1 },
		1);
	(void)check_both32(
		r, in, &(struct field){ "ECMA-119 9.1.3", "location of extent", rec + BP(3) });
	(void)check_both32(r, in, &(struct field){ "ECMA-119 9.1.4", "data length", rec + BP(11) });
	check_date7(r, in, &(struct field){ "ECMA-119 9.1.5", "recording date", rec + BP(19) });
	check_zero(r, in, &(struct field){ "ECMA-119 9.1.7", "file unit size", rec + BP(27) }, 1);
	check_zero(
		r, in, &(struct field){ "ECMA-119 9.1.8", "interleave gap size", rec + BP(28) }, 1);
	check_is16(r, in,
		&(struct field){ "ECMA-119 9.1.9", "volume sequence number", rec + BP(29) }, 1);
}

static void check_flags(struct report *r, const struct place *in, const uint8_t *rec)
{
	const struct field f = { "ECMA-119 9.1.6", "file flags", rec + BP(26) };
	uint8_t flags = rec[BP(26)];

	if (flags & FLAG_RESERVED)
		report_text(r, FINDING_ERROR, in, &f, "reserved bits zero", "%02x", flags);
	if (flags & FLAG_XATTR)
		report_text(
			r, FINDING_ERROR, in, &f, "no extended attribute record", "%02x", flags);
	if (flags & ISO_FLAG_DIR && flags & ISO_FLAG_EXTENT)
		report_text(r, FINDING_ERROR, in, &f, "a directory of one section", "%02x", flags);
	if (flags & ISO_FLAG_DIR && flags & FLAG_ASSOCIATED)
		report_text(r, FINDING_ERROR, in, &f, "a directory that is no associated file",
			"%02x", flags);
}

static bool d_character(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void name_finding(struct report *r, enum finding_severity severity, const struct place *in,
	const uint8_t *rec, const char *expected)
{
	char quoted[160];

	report_text(r, severity, in,
		&(struct field){ "ECMA-119 7.5.1", "file identifier", rec + BP(34) }, expected,
		"%s", text_quoted(quoted, sizeof(quoted), (const char *)rec + BP(34), rec[BP(33)]));
}

/* 7.5.1: NAME.EXT;VERSION of d-characters; 7.6.1: a directory's has no separators, nor has a file's
 * that stands for one, RRIP 4.1.5.1. */
static void check_primary_name(
	struct report *r, const struct place *in, const uint8_t *rec, bool names_dir)
{
	const uint8_t *id = rec + BP(34);
	size_t n = rec[BP(33)];
	const uint8_t *semicolon = memrchr(id, ';', n);
	size_t stem = semicolon ? (size_t)(semicolon - id) : n;
	unsigned dots = 0;

	for (size_t i = 0; i < stem; i++) {
		dots += id[i] == '.';
		if (!d_character(id[i]) && id[i] != '.') {
			name_finding(r, FINDING_WARNING, in, rec, "d-characters");
			return;
		}
	}
	if (names_dir) {
		if (semicolon)
			name_finding(r, FINDING_ERROR, in, rec, "no version of a directory");
		else if (dots)
			name_finding(r, FINDING_WARNING, in, rec, "no '.' in a directory's name");
		return;
	}
	if (semicolon && (stem + 2 != n || semicolon[1] != '1'))
		name_finding(r, FINDING_WARNING, in, rec, "version 1");
	if (!semicolon || dots != 1)
		name_finding(r, FINDING_WARNING, in, rec, "one '.' and one ';'");
}

/* ISO 9660:1999 7.5.1: any bytes but the two that no system takes. */
static void check_enhanced_name(struct report *r, const struct place *in, const uint8_t *rec)
{
	if (memchr(rec + BP(34), 0, rec[BP(33)]) || memchr(rec + BP(34), '/', rec[BP(33)]))
		name_finding(r, FINDING_ERROR, in, rec, "neither NUL nor '/'");
}

static void check_joliet_name(struct report *r, const struct place *in, const uint8_t *rec)
{
	const uint8_t *id = rec + BP(34);
	size_t n = rec[BP(33)];

	if (n % 2) {
		name_finding(r, FINDING_ERROR, in, rec, "an even number of bytes");
		return;
	}
	for (size_t i = 0; i < n; i += 2) {
		uint16_t unit = get_u16be(id + i);

		if (unit < 0x20 || (unit < 0x80 && strchr("*/:?\\", unit)) ||
			(unit >= 0xd800 && unit <= 0xdfff)) {
			name_finding(r,
				unit == '/' || unit < 0x20 ? FINDING_ERROR : FINDING_WARNING, in,
				rec, "characters that Joliet allows");
			return;
		}
	}
}

void validate_record(struct report *r, const struct place *in, const uint8_t *rec)
{
	const struct field len = { "ECMA-119 9.1.1", "length of directory record", rec };
	size_t id_len = rec[BP(33)];

	if (rec[0] % 2)
		report_text(r, FINDING_ERROR, in, &len, "an even number", "%u", rec[0]);
	check_numbers(r, in, rec);
	check_flags(r, in, rec);
	if (id_len % 2 == 0)
		check_zero(r, in,
			&(struct field){ "ECMA-119 9.1.12", "padding field", rec + 33 + id_len },
			1);
}

void validate_identifier(struct report *r, const struct volume *v, const struct place *in,
	const uint8_t *rec, const struct vname *n)
{
	if (v->kind == VOLUME_JOLIET)
		check_joliet_name(r, in, rec);
	else if (v->kind == VOLUME_ENHANCED || v->relaxed)
		check_enhanced_name(r, in, rec);
	else
		check_primary_name(r, in, rec, n->child_lba != 0 || rec[BP(26)] & ISO_FLAG_DIR);
}

/* Where the extension begins, after the '.'; where the version does, with its ';'. */
struct name_parts {
	const uint8_t *stem, *ext, *version;
	size_t stem_len, ext_len, version_len;
};

static struct name_parts parts_of(const struct vname *n, size_t unit)
{
	struct name_parts p = { .stem = n->id };
	size_t end = n->id_len, dot = SIZE_MAX;

	for (size_t i = 0; i + unit <= n->id_len; i += unit) {
		uint8_t c = n->id[i + unit - 1];

		if (unit == 2 && n->id[i] != 0)
			continue;
		if (c == ';') {
			end = i;
			break;
		}
		if (c == '.' && dot == SIZE_MAX)
			dot = i;
	}
	p.stem_len = dot == SIZE_MAX ? end : dot;
	p.ext_len = dot == SIZE_MAX ? 0 : end - dot - unit;
	p.ext = n->id + (dot == SIZE_MAX ? end : dot + unit);
	p.version = n->id + end;
	p.version_len = n->id_len - end;
	return p;
}

/* 9.3: the shorter is filled with blanks. */
static int compare_padded(const uint8_t *a, size_t an, const uint8_t *b, size_t bn, size_t unit)
{
	size_t n = an > bn ? an : bn;

	for (size_t i = 0; i < n; i++) {
		uint8_t blank = unit == 2 && i % 2 == 0 ? 0 : ' ';
		uint8_t x = i < an ? a[i] : blank, y = i < bn ? b[i] : blank;

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

void validate_order(struct report *r, const struct volume *v, const struct vname *before,
	const struct vname *after)
{
	const size_t unit = v->kind == VOLUME_JOLIET ? 2 : 1;
	const struct name_parts a = parts_of(before, unit), b = parts_of(after, unit);
	const struct place in = { .lba = after->rec_lba, .where = v->dir[after->dir].path };
	const struct field f = { .clause = "ECMA-119 9.3", .what = "order of records" };
	int c = compare_padded(a.stem, a.stem_len, b.stem, b.stem_len, unit), whole;
	char expected[VNAME_TEXT_MAX], found[VNAME_TEXT_MAX];

	if (c == 0)
		c = compare_padded(a.ext, a.ext_len, b.ext, b.ext_len, unit);
	if (c == 0)
		c = -compare_padded(a.version, a.version_len, b.version, b.version_len, unit);
	/* ISO 9660:1999 knows no extensions and versions. */
	if (v->kind == VOLUME_ENHANCED || v->relaxed)
		c = compare_padded(before->id, before->id_len, after->id, after->id_len, unit);
	if (c < 0)
		return;
	/* What blanks make equal has no order; Joliet has no extensions in truth. */
	whole = compare_padded(before->id, before->id_len, after->id, after->id_len, unit);
	if (whole == 0 && before->id_len != after->id_len)
		return;
	if (whole < 0 && (c == 0 || unit == 2))
		return;
	report_text(r, FINDING_ERROR, &in, &f, vname_text(v, before, expected), "%s before it",
		vname_text(v, after, found));
}
