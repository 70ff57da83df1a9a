/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Equal content. ISO 9660 and Joliet point to one extent from any number of records. Checkers of
 * UDF refuse two file entries over one extent, but an entry may have several names; so what agrees
 * in its attributes is one entry there, and what does not has an extent of its own, unless it is to
 * be shared always.
 */
#include "share.h"

#include "base/err.h"
#include "eltorito/catalog.h"
#include "format.h"
#include "tree/alike.h"

#include <stdlib.h>
#include <string.h>

/* The file that the boot catalog replaces has this size; no other file may show what it shows. */
static bool may_be_catalog(const struct image_opts *opts, uint64_t size_bytes)
{
	return size_bytes == SECTOR && opts->boot_catalog[0] &&
	       strcmp(opts->boot_catalog, "hidden") != 0;
}

enum measure_sharing share_rule(const void *ctx, uint64_t size_bytes)
{
	const struct image_opts *opts = ctx;

	if (opts->dedup == IMAGE_DEDUP_OFF || size_bytes == 0 || may_be_catalog(opts, size_bytes))
		return MEASURE_SHARES_NOTHING;
	if (image_spaces(opts) & IMAGE_UDF && opts->dedup != IMAGE_DEDUP_ALWAYS)
		return MEASURE_SHARES_ALIKE;
	return MEASURE_SHARES_EQUAL;
}

struct member {
	int64_t alike;
	uint32_t content, inode;
};

static int compare(const void *a, const void *b)
{
	const struct member *l = a, *r = b;

	if (l->content != r->content)
		return l->content < r->content ? -1 : 1;
	if (l->alike != r->alike)
		return l->alike < r->alike ? -1 : 1;
	return l->inode < r->inode ? -1 : l->inode > r->inode;
}

static bool takes_part(const struct image *img, uint32_t inode)
{
	const struct tree_inode *in = &img->tree->inode[inode];

	return in->content && share_rule(img->opts, in->size_bytes) != MEASURE_SHARES_NOTHING;
}

static int collect(const struct image *img, struct member **out, uint32_t *n, struct err *err)
{
	const struct tree *t = img->tree;
	struct member *all;
	uint32_t k = 0;
	int r = 0;

	for (uint32_t i = 0; i < t->ninode; i++)
		k += takes_part(img, i);
	*n = k;
	*out = all = calloc(k ? k : 1, sizeof(*all));
	if (!all)
		return err_nomem(err);
	k = 0;
	for (uint32_t i = 0; r == 0 && i < t->ninode; i++) {
		if (!takes_part(img, i))
			continue;
		all[k] = (struct member){ .content = t->inode[i].content, .inode = i };
		r = tree_alike(&t->inode[i], &all[k++].alike, err);
	}
	return r;
}

/* Each of @all, in order, gets the first of its class for its entry. */
static void share_entries(struct share *s, const struct member *all, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		if (all[i].content == all[i - 1].content && all[i].alike == all[i - 1].alike)
			s->entry[all[i].inode] = s->entry[all[i - 1].inode];
}

/* And the first of all its equals for its extent. */
static void share_extents(struct share *s, const struct member *all, uint32_t n)
{
	for (uint32_t i = 0, end; i < n; i = end) {
		uint32_t first = all[i].inode;

		for (end = i; end < n && all[end].content == all[i].content; end++)
			if (all[end].inode < first)
				first = all[end].inode;
		for (uint32_t k = i; k < end; k++)
			s->extent[all[k].inode] = first;
	}
}

static uint32_t *identity(struct arena *a, uint32_t n)
{
	uint32_t *all = arena_array(a, n, sizeof(*all));

	for (uint32_t i = 0; all && i < n; i++)
		all[i] = i;
	return all;
}

int share_prepare(struct image *img, struct err *err)
{
	struct share *s = &img->share;
	struct member *all = NULL;
	uint32_t n = 0;
	int r = collect(img, &all, &n, err);

	if (r == 0 && n > 1) {
		qsort(all, n, sizeof(*all), compare);
		s->entry = identity(&img->arena, img->tree->ninode);
		s->extent = s->entry;
		/* A catalog's size has no rule of its own: one speaks for all. */
		if (share_rule(img->opts, 1) == MEASURE_SHARES_EQUAL)
			s->extent = identity(&img->arena, img->tree->ninode);
		if (!s->entry || !s->extent)
			r = err_nomem(err);
	}
	if (r == 0 && n > 1) {
		share_entries(s, all, n);
		if (s->extent != s->entry)
			share_extents(s, all, n);
	}
	free(all);
	return r;
}
