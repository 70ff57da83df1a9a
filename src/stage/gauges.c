/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gauges by directory: names touched, and the oldest given up for new ones. */
#include "gauges.h"

#include "private.h"

#include "base/arena.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Below, measuring the whole directory is as quick. */
#define NAMES_MIN 32u
/* About 170 bytes each. */
#define NAMES_MAX (1u << 20)
/* A name that is looked up costs as much as that many when a directory is listed. */
#define LOOKUP_COST 16u

struct gauged {
	uint64_t dir;
	struct dir_gauge *gauge;
	size_t names;  /* at most that many */
	char *touched; /* each with its NUL */
	size_t used, room;
	size_t ntouched;
	uint64_t op; /* the last in which names were touched, and what was touched before */
	size_t op_used, op_ntouched;
	bool reread;
	struct gauged *newer, *older, *next_reread;
};

bool gauge_pays(size_t n, size_t touched)
{
	return n >= NAMES_MIN && n <= NAMES_MAX && touched <= n / LOOKUP_COST + LOOKUP_COST;
}

static void unlink_gauged(struct gauges *all, struct gauged *g)
{
	*(g->newer ? &g->newer->older : &all->newest) = g->older;
	*(g->older ? &g->older->newer : &all->oldest) = g->newer;
	g->newer = g->older = NULL;
}

static void link_newest(struct gauges *all, struct gauged *g)
{
	g->older = all->newest;
	*(all->newest ? &all->newest->newer : &all->oldest) = g;
	all->newest = g;
}

static void forget(struct stage *s, struct gauged *g)
{
	struct gauges *all = &s->space.gauges;
	struct gauged **at = &all->reread;

	while (g->reread && *at != g)
		at = &(*at)->next_reread;
	if (g->reread)
		*at = g->next_reread;
	unlink_gauged(all, g);
	table_remove(&all->by_dir, g->dir);
	all->names -= g->names;
	s->measure.ops->gauge->free(g->gauge);
	free(g->touched);
	free(g);
}

void gauges_make(struct stage *s, uint64_t dir, const struct measure_entry *entries, size_t n)
{
	struct gauges *all = &s->space.gauges;
	struct gauged *g = calloc(1, sizeof(*g));

	if (!g || s->measure.ops->gauge->make(s->measure.ctx, entries, n, &g->gauge, NULL) < 0 ||
		!g->gauge || table_add(&all->by_dir, dir, g) < 0) {
		if (g)
			s->measure.ops->gauge->free(g->gauge);
		free(g);
		return;
	}
	g->dir = dir;
	g->names = n;
	all->names += n;
	link_newest(all, g);
	while (all->names > NAMES_MAX && all->oldest != g)
		forget(s, all->oldest);
}

bool gauges_have(const struct stage *s, uint64_t dir)
{
	return table_get(&s->space.gauges.by_dir, dir);
}

static bool keep_name(struct gauged *g, const char *name)
{
	size_t n = strlen(name) + 1;

	if (g->used + n > g->room) {
		size_t room = 2 * g->room + n;
		char *p = realloc(g->touched, room);

		if (!p)
			return false;
		g->touched = p;
		g->room = room;
	}
	memcpy(g->touched + g->used, name, n);
	g->used += n;
	g->ntouched++;
	return true;
}

void gauges_touch(struct stage *s, uint64_t dir, const char *name)
{
	struct gauged *g = table_get(&s->space.gauges.by_dir, dir);

	if (g && g->op != s->space.gauges.op) {
		g->op = s->space.gauges.op;
		g->op_used = g->used;
		g->op_ntouched = g->ntouched;
	}
	if (g && (!name || !gauge_pays(g->names, g->ntouched + 1) || !keep_name(g, name)))
		forget(s, g);
}

/* @name of @g's directory as it is now. */
static int look_up(
	struct stage *s, struct gauged *g, const char *name, struct arena *arena, struct err *err)
{
	struct measure_entry e;
	int r = space_entry(s, g->dir, name, arena, &e, err);

	if (r == -ENOENT)
		return 0;
	if (r == 0) {
		g->names++;
		s->space.gauges.names++;
		r = s->measure.ops->gauge->put(g->gauge, &e, err);
	}
	return r;
}

/* All go before one comes: a name may be at odds with another that is not there any more. */
static int catch_up(struct stage *s, struct gauged *g, struct err *err)
{
	const char *end = g->touched + g->used;
	struct arena arena;
	int r = 0;

	arena_init(&arena);
	for (const char *p = g->touched; p < end; p += strlen(p) + 1)
		s->measure.ops->gauge->drop(g->gauge, p, strlen(p));
	for (const char *p = g->touched; r == 0 && p < end; p += strlen(p) + 1)
		r = look_up(s, g, p, &arena, err);
	arena_fini(&arena);
	return r;
}

int gauges_cost(struct stage *s, uint64_t dir, struct dir_cost *out, struct err *err)
{
	struct gauges *all = &s->space.gauges;
	struct gauged *g = table_get(&all->by_dir, dir);
	int r;

	if (!g)
		return 0;
	r = catch_up(s, g, err);
	if (r == 0)
		r = s->measure.ops->gauge->cost(g->gauge, out, err);
	if (r != 0) {
		forget(s, g);
		return r < 0 ? r : 0;
	}
	unlink_gauged(all, g);
	link_newest(all, g);
	if (!g->reread) {
		g->reread = true;
		g->next_reread = all->reread;
		all->reread = g;
	}
	return 1;
}

void gauges_begin(struct stage *s)
{
	s->space.gauges.op++;
}

void gauges_done(struct stage *s)
{
	struct gauges *all = &s->space.gauges;

	while (all->reread) {
		struct gauged *g = all->reread;

		all->reread = g->next_reread;
		g->reread = false;
		g->used = g->ntouched = 0;
		g->op_used = g->op_ntouched = 0;
	}
}

void gauges_undo(struct stage *s)
{
	struct gauges *all = &s->space.gauges;

	while (all->reread) {
		struct gauged *g = all->reread;

		all->reread = g->next_reread;
		g->reread = false;
		if (g->op != all->op)
			continue;
		/* What was touched before was looked up as it still is. */
		g->used -= g->op_used;
		g->ntouched -= g->op_ntouched;
		memmove(g->touched, g->touched + g->op_used, g->used);
		g->op_used = g->op_ntouched = 0;
	}
}

void gauges_fini(struct stage *s)
{
	while (s->space.gauges.newest)
		forget(s, s->space.gauges.newest);
	table_fini(&s->space.gauges.by_dir);
}
