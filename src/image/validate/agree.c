/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the name spaces say of the same files: how a writer makes names is its own affair, but one
 * name must be recognisable in the other, and sizes, places and dates are the same.
 */
#include "base/err.h"
#include "base/text.h"
#include "iso9660/dirrec.h"
#include "iso9660/field.h"
#include "iso9660/names.h"
#include "joliet/names.h"
#include "validate/volume.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_NAME_MAX	 30u /* ECMA-119 7.5.1: of levels 2 and 3 */
#define NAME_UNITS	 256u
#define JOLIET_SHORT_MAX 64u /* Joliet specification, 3; some allow more */

/* A name in units of one size, without version; of ISO 9660 in its characters. */
struct folded {
	uint16_t unit[NAME_UNITS];
	size_t n;
};

static void fold_bytes(const uint8_t *id, size_t n, struct folded *out)
{
	out->n = n;
	for (size_t i = 0; i < n; i++)
		out->unit[i] = id[i] == '.' ? '.' : iso_d_character(id[i]);
}

/* One character for each that UTF-8 has, as some writers make identifiers. */
static void fold_points(const char *name, size_t n, struct folded *out)
{
	const char *p = name, *end = name + n;
	uint32_t cp;

	out->n = 0;
	while (p < end && out->n < NAME_UNITS) {
		bool wide;

		cp = 0;
		wide = utf8_next(&p, end, &cp) < 0 || cp >= 0x80;

		out->unit[out->n++] = cp == '.' ? '.' : wide ? '_' : iso_d_character((uint8_t)cp);
	}
}

/* An identifier has a version, and NAME. is NAME. */
static void fold_identifier(const uint8_t *id, size_t n, struct folded *out)
{
	const uint8_t *semicolon = memrchr(id, ';', n);

	fold_bytes(id, semicolon ? (size_t)(semicolon - id) : n, out);
	if (out->n > 1 && out->unit[out->n - 1] == '.')
		out->n--;
}

static void units_of_utf8(const char *name, size_t n, struct folded *out)
{
	out->n = joliet_units(name, n, out->unit, NAME_UNITS);
}

static void units_of_joliet(const uint8_t *id, size_t n, struct folded *out)
{
	out->n = 0;
	for (size_t i = 0; i + 1 < n && out->n < NAME_UNITS; i += 2) {
		uint16_t unit = get_u16be(id + i);

		if (unit == ';')
			break;
		out->unit[out->n++] = unit;
	}
}

static bool digit(uint16_t unit)
{
	return unit >= '0' && unit <= '9';
}

/*
 * Whether @is may have been made of @of: the same, or the same and a number. A name that has all
 * the characters that there is room for (@full) may be cut, before the number too.
 */
static bool made_of_part(const uint16_t *is, size_t n, const uint16_t *of, size_t of_n, bool full)
{
	size_t i = 0;

	while (i < n && i < of_n && (is[i] == of[i] || (is[i] == '_' && of[i] == '.')))
		i++;
	if (i == n)
		return i == of_n || full;
	if (i < of_n && !full)
		return false;
	while (i < n && digit(is[i]))
		i++;
	return i == n;
}

static size_t stem_of(const struct folded *f)
{
	for (size_t i = f->n; i > 1; i--)
		if (f->unit[i - 1] == '.')
			return i - 1;
	return f->n;
}

/* ECMA-119 10.1: 8.3; digits that make a name unique take room of the stem. */
#define SHORT_STEM   8u
#define SHORT_EXT    3u
#define SHORT_DIGITS 3u
#define SHORT_NAME   (SHORT_STEM + 1 + SHORT_EXT)

/* A short stem that is whole in @of, but for what digits took of its room. */
static bool numbered_stem(const struct folded *is, size_t n, const struct folded *of, size_t of_n)
{
	const size_t kept = SHORT_STEM - SHORT_DIGITS;

	if (n != SHORT_STEM || of_n < kept || memcmp(is->unit, of->unit, kept * 2) != 0)
		return false;
	return digit(is->unit[kept]) && digit(is->unit[kept + 1]) && digit(is->unit[kept + 2]);
}

static bool made_of_parts(const struct folded *is, const struct folded *of, size_t most)
{
	size_t a = stem_of(is), b = stem_of(of);
	size_t ext = a < is->n ? is->n - a - 1 : 0, of_ext = b < of->n ? of->n - b - 1 : 0;
	bool full = is->n >= most || of->n > most;
	bool shorts = most == SHORT_NAME;
	bool cut_stem = shorts && a == SHORT_STEM && (b > a || numbered_stem(is, a, of, b));
	bool cut_ext = shorts && ext == SHORT_EXT && of_ext > ext;

	if (made_of_part(is->unit, is->n, of->unit, of->n, full || (!ext && cut_stem)))
		return true;
	if (a == is->n)
		return of_ext == 0 && made_of_part(is->unit, a, of->unit, b, full || cut_stem);
	return b < of->n && made_of_part(is->unit, a, of->unit, b, full || cut_stem) &&
	       made_of_part(is->unit + a + 1, ext, of->unit + b + 1, of_ext, full || cut_ext);
}

/* @most: characters that the name space allows, with '.'. A dot at the end is none. */
static bool made_of(const struct folded *is, const struct folded *of, size_t most)
{
	struct folded plain = *of, bare = *is;

	if (made_of_parts(is, of, most))
		return true;
	if (plain.n > 1 && plain.unit[plain.n - 1] == '.')
		plain.n--;
	if (bare.n > 1 && bare.unit[bare.n - 1] == '.')
		bare.n--;
	return made_of_parts(&bare, &plain, most);
}

static void name_differs(struct report *r, const struct volume *v, const struct vname *n,
	const char *clause, const char *other, size_t other_n)
{
	const struct place in = { .lba = n->rec_lba, .where = v->dir[n->dir].path };
	const struct vname plain = { .id = n->id, .id_len = n->id_len };
	char expected[VNAME_TEXT_MAX], found[VNAME_TEXT_MAX];

	text_quoted(expected, sizeof(expected), other, other_n);
	report_text(r, FINDING_WARNING, &in, &(struct field){ clause, "file identifier", NULL },
		expected, "%s", vname_text(v, &plain, found));
}

static int by_serial(const void *a, const void *b)
{
	const struct vname *x = *(const struct vname *const *)a;
	const struct vname *y = *(const struct vname *const *)b;

	if (x->serial != y->serial)
		return x->serial < y->serial ? -1 : 1;
	return (x->rec_lba > y->rec_lba) - (x->rec_lba < y->rec_lba);
}

/* Names of one serial number are one file: the same attributes, and as many as it says. */
static void check_links(struct report *r, const struct volume *v, struct vname **name, size_t n)
{
	for (size_t i = 0, next; i < n; i = next) {
		const struct vname *first = name[i];
		const struct place in = { .lba = first->rec_lba, .where = v->dir[first->dir].path };

		for (next = i + 1; next < n && name[next]->serial == first->serial; next++)
			if (name[next]->mode != first->mode || name[next]->lba != first->lba ||
				name[next]->size_bytes != first->size_bytes)
				report_text(r, FINDING_WARNING, &in,
					&(struct field){ "RRIP 4.1.1", "st_ino", NULL },
					"one number for one file", "%" PRIu32 " for several",
					first->serial);
		if (next - i != first->nlink)
			report_text(r, FINDING_NOTE, &in,
				&(struct field){ "RRIP 4.1.1", "st_nlink", NULL },
				"the names of that serial number", "%" PRIu32 " of %zu",
				first->nlink, next - i);
	}
}

/* The length of the longest name that the volume's level has: 10.1 has 8.3. */
static size_t longest_name(const struct volume *v)
{
	struct folded is;

	for (uint32_t i = 0; i < v->nname; i++) {
		size_t stem;

		fold_identifier(v->name[i].id, v->name[i].id_len, &is);
		stem = stem_of(&is);
		if (stem > SHORT_STEM || (stem < is.n && is.n - stem - 1 > SHORT_EXT))
			return FILE_NAME_MAX;
	}
	return SHORT_NAME;
}

int validate_names_agree(struct report *r, const struct volume *v, struct err *err)
{
	struct vname **linked = calloc((size_t)v->nname + 1, sizeof(*linked));
	const size_t most = longest_name(v);
	struct folded is, of;
	size_t n = 0;

	if (!linked)
		return err_nomem(err);
	for (uint32_t i = 0; i < v->nname; i++) {
		struct vname *name = &v->name[i];

		if (name->serial && !S_ISDIR(name->mode))
			linked[n++] = name;
		if (!name->nm || name->relocated)
			continue;
		fold_identifier(name->id, name->id_len, &is);
		fold_bytes((const uint8_t *)name->nm, name->nm_len, &of);
		if (made_of(&is, &of, most))
			continue;
		fold_points(name->nm, name->nm_len, &of);
		if (!made_of(&is, &of, most))
			name_differs(r, v, name, "RRIP 4.1.4", name->nm, name->nm_len);
	}
	qsort(linked, n, sizeof(*linked), by_serial);
	check_links(r, v, linked, n);
	free(linked);
	return 0;
}

/* Files of both trees in the order of their place: the same ones lie side by side. */
static int by_content(const void *a, const void *b)
{
	const struct vname *x = *(const struct vname *const *)a;
	const struct vname *y = *(const struct vname *const *)b;

	if (x->lba != y->lba)
		return x->lba < y->lba ? -1 : 1;
	return (x->size_bytes > y->size_bytes) - (x->size_bytes < y->size_bytes);
}

static struct vname **files_of(const struct volume *v, size_t *n)
{
	struct vname **all = calloc((size_t)v->nname + 1, sizeof(*all));

	*n = 0;
	for (uint32_t i = 0; all && i < v->nname; i++)
		if (!(v->name[i].flags & ISO_FLAG_DIR) && v->name[i].size_bytes > 0)
			all[(*n)++] = &v->name[i];
	if (all)
		qsort(all, *n, sizeof(*all), by_content);
	return all;
}

static void compare_dates(
	struct report *r, const struct volume *v, const struct vname *a, const struct vname *b)
{
	const struct place in = { .lba = b->rec_lba, .where = v->dir[b->dir].path };

	if (memcmp(a->date, b->date, sizeof(a->date)) != 0)
		report_text(r, FINDING_WARNING, &in,
			&(struct field){ "ECMA-119 9.1.5", "recording date", NULL },
			"that of the same content in the primary volume", "another");
}

/* @b's name must be recognisable in one of the @n names of the same content. */
static void compare_names(struct report *r, const struct volume *v, struct vname *const *a,
	size_t n, const struct vname *b)
{
	struct folded is, of;

	units_of_joliet(b->id, b->id_len, &is);
	for (size_t i = 0; i < n; i++) {
		if (!a[i]->nm)
			return;
		units_of_utf8(a[i]->nm, a[i]->nm_len, &of);
		if (made_of(&is, &of, JOLIET_SHORT_MAX))
			return;
	}
	name_differs(r, v, b, "Joliet 3", a[0]->nm, a[0]->nm_len);
}

static void only_here(struct report *r, const struct volume *v, const struct vname *n)
{
	const struct place in = { .lba = n->rec_lba, .where = v->dir[n->dir].path };
	char quoted[VNAME_TEXT_MAX];

	report_text(r, FINDING_WARNING, &in, &(struct field){ "ECMA-119 6.8.2", "content", NULL },
		"a file of both volumes", "%s in one", vname_text(v, n, quoted));
}

int validate_trees_agree(
	struct report *r, const struct volume *primary, const struct volume *other, struct err *err)
{
	size_t an, bn, i = 0, k = 0;
	struct vname **a = files_of(primary, &an), **b = files_of(other, &bn);

	while (a && b && (i < an || k < bn)) {
		int c = i == an ? 1 : k == bn ? -1 : by_content(&a[i], &b[k]);
		size_t next = i;

		if (c != 0) {
			only_here(r, c < 0 ? primary : other, c < 0 ? a[i++] : b[k++]);
			continue;
		}
		while (next < an && by_content(&a[i], &a[next]) == 0)
			next++;
		for (; k < bn && by_content(&a[i], &b[k]) == 0; k++) {
			compare_dates(r, other, a[i], b[k]);
			if (other->kind == VOLUME_JOLIET)
				compare_names(r, other, a + i, next - i, b[k]);
		}
		i = next;
	}
	free(a);
	free(b);
	return a && b ? 0 : err_nomem(err);
}
