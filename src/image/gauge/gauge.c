/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A directory in all name spaces that the settings want. */
#include "gauge/gauge.h"

#include "format.h"
#include "gauge/nametable.h"
#include "naming.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define TRACKS 3u /* ISO 9660, Joliet, UDF */

/* The directory in one name space. */
struct track {
	const struct image_format *format;
	struct name_space ns;
	struct nametable keys; /* of names that are told apart by them */
	struct dirseq records;
	struct dir_sums sums; /* of bytes; sectors are the records' */
};

struct dir_gauge {
	const struct image_opts *opts;
	struct nametable names; /* owns them */
	struct track track[TRACKS];
	uint32_t ntrack;
};

static void gauge_free(struct dir_gauge *g)
{
	if (!g)
		return;
	for (uint32_t i = 0; i < g->ntrack; i++) {
		nametable_fini(&g->track[i].keys);
		dirseq_fini(&g->track[i].records);
	}
	for (uint32_t i = 0; i < g->names.cap; i++)
		free(g->names.slot[i]);
	nametable_fini(&g->names);
	free(g);
}

/* A track of no names. */
static int begin_track(struct dir_gauge *g, const struct image_format *f, struct err *err)
{
	struct track *t = &g->track[g->ntrack];

	assert(g->ntrack < TRACKS);
	g->ntrack++;
	t->format = f;
	t->ns = f->space(g->opts);
	t->keys.ns = &t->ns;
	return f->measure_names(g->opts, &t->ns, NULL, 0, &t->sums, err);
}

static int begin(struct dir_gauge *g, struct err *err)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && image_formats[i]; i++)
		if (image_formats[i]->space && image_formats[i]->wanted(g->opts))
			r = begin_track(g, image_formats[i], err);
	return r;
}

/* A name on its way into a track. */
struct arrival {
	struct gauge_name *who;
	const struct measure_entry *e;
	enum { ARRIVE_ANYWHERE, ARRIVE_LAST } where; /* in the order of records */
};

static int arrive(struct dir_gauge *g, uint32_t i, const struct arrival *a, struct err *err)
{
	struct track *t = &g->track[i];
	struct name_weight w;
	int r = 0;

	t->format->weigh_name(g->opts, &t->ns, a->e, &w);
	if (w.identity == IDENTITY_UNSURE)
		return GAUGE_AT_ODDS;
	if (w.identity == IDENTITY_KEY) {
		r = nametable_reserve(&t->keys, t->keys.n + 1u, err);
		if (r == 0 && !nametable_add(&t->keys, a->who))
			r = GAUGE_AT_ODDS;
	}
	if (r == 0 && w.record.need)
		r = a->where == ARRIVE_LAST ? dirseq_append(&t->records, a->who, &w, err)
					    : dirseq_insert(&t->records, &t->ns, a->who, &w, err);
	if (r != 0)
		return r;
	t->sums.path_bytes += w.path_bytes;
	t->sums.moved_bytes += w.moved_bytes;
	t->sums.fid_bytes += w.fid_bytes;
	a->who->spaces |= (uint8_t)(1u << i);
	return 0;
}

static void leave(struct dir_gauge *g, uint32_t i, struct gauge_name *who)
{
	const struct measure_entry e = dirseq_entry(who);
	struct track *t = &g->track[i];
	struct name_weight w;

	t->format->weigh_name(g->opts, &t->ns, &e, &w);
	if (w.identity == IDENTITY_KEY)
		nametable_remove(&t->keys, who);
	if (w.record.need)
		dirseq_remove(&t->records, &t->ns, who);
	t->sums.path_bytes -= w.path_bytes;
	t->sums.moved_bytes -= w.moved_bytes;
	t->sums.fid_bytes -= w.fid_bytes;
}

static void gauge_drop(struct dir_gauge *g, const char *name, size_t n)
{
	struct gauge_name *who = nametable_find(&g->names, name, n);

	if (!who)
		return;
	for (uint32_t i = 0; i < g->ntrack; i++)
		if (who->spaces & 1u << i)
			leave(g, i, who);
	nametable_remove(&g->names, who);
	free(who);
}

static int add_name(struct dir_gauge *g, const struct measure_entry *e, struct gauge_name **out,
	struct err *err)
{
	struct gauge_name *who;
	int r = nametable_reserve(&g->names, g->names.n + 1u, err);

	if (r < 0)
		return r;
	who = malloc(sizeof(*who) + e->name_len);
	if (!who)
		return err_nomem(err);
	who->mode = e->mode;
	who->spaces = 0;
	who->len = e->name_len;
	memcpy(who->name, e->name, e->name_len);
	nametable_add(&g->names, who);
	*out = who;
	return 0;
}

static int gauge_put(struct dir_gauge *g, const struct measure_entry *e, struct err *err)
{
	struct arrival a = { .e = e, .where = ARRIVE_ANYWHERE };
	int r;

	gauge_drop(g, e->name, e->name_len);
	r = add_name(g, e, &a.who, err);
	for (uint32_t i = 0; r == 0 && i < g->ntrack; i++)
		if (g->track[i].ns.shows(e))
			r = arrive(g, i, &a, err);
	return r;
}

/* All names into track @i, in the order of its records. */
static int fill_track(struct dir_gauge *g, uint32_t i, const struct measure_entry *e, size_t n,
	uint32_t *order, struct err *err)
{
	struct track *t = &g->track[i];
	uint32_t shown = 0;
	int r = naming_order(&t->ns, e, n, order, &shown, err);

	for (uint32_t k = 0; r == 0 && k < shown; k++) {
		const struct measure_entry *one = &e[order[k]];
		const struct arrival a = { nametable_find(&g->names, one->name, one->name_len), one,
			ARRIVE_LAST };

		r = arrive(g, i, &a, err);
	}
	return r;
}

static int fill(struct dir_gauge *g, const struct measure_entry *e, size_t n, struct err *err)
{
	uint32_t *order = calloc(n ? n : 1, sizeof(*order));
	struct gauge_name *who;
	int r = order ? nametable_reserve(&g->names, n, err) : err_nomem(err);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_name(g, &e[i], &who, err);
	for (uint32_t i = 0; r == 0 && i < g->ntrack; i++)
		r = fill_track(g, i, e, n, order, err);
	free(order);
	return r;
}

static int gauge_make(const void *ctx, const struct measure_entry *entries, size_t n,
	struct dir_gauge **out, struct err *err)
{
	struct dir_gauge *g = calloc(1, sizeof(*g));
	int r;

	*out = NULL;
	if (!g)
		return err_nomem(err);
	g->opts = ctx;
	r = begin(g, err);
	if (r == 0)
		r = fill(g, entries, n, err);
	if (r == 0)
		*out = g;
	else
		gauge_free(g);
	return r == GAUGE_AT_ODDS ? 0 : r;
}

static int gauge_cost(struct dir_gauge *g, struct dir_cost *out, struct err *err)
{
	*out = (struct dir_cost){ 0 };
	for (uint32_t i = 0; i < g->ntrack; i++) {
		struct track *t = &g->track[i];
		struct dir_sums sums = t->sums;
		int r = dirseq_lay_out(&t->records, dirlay_start(&t->ns), &sums, err);

		if (r < 0)
			return r;
		t->format->sum_dir(g->opts, &sums, out);
	}
	return 0;
}

const struct gauge_ops image_gauge_ops = {
	.make = gauge_make,
	.put = gauge_put,
	.drop = gauge_drop,
	.cost = gauge_cost,
	.free = gauge_free,
};
