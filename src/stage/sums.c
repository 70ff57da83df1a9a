/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of digests has a line for each name of a regular file, with its path. So a name costs
 * its own line, and a directory that moves the lines of all that is below it.
 */
#include "sums.h"

#include "private.h"
#include "traits.h"

#include "base/arena.h"
#include "stage/area.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum change { SUMS_ADD, SUMS_TAKE };

static int shows(struct stage *s, const char *name, size_t n, uint64_t ino, uint32_t mode,
	bool *out, struct err *err)
{
	struct arena arena;
	struct traits t;
	int r;

	arena_init(&arena);
	r = traits_load(s->catalog, ino, mode, &arena, &t, err);
	*out = r == 0 && s->measure.lists(s->measure.ctx, name, n, &t.marks);
	arena_fini(&arena);
	return r;
}

/* @dir as it stands before the names in it. */
static int climb(struct stage *s, uint64_t dir, struct sums_dir *out, struct err *err)
{
	char name[STAGE_NAME_MAX + 1];

	*out = (struct sums_dir){ .ino = dir, .shown = true };
	while (!stage_is_root(dir)) {
		struct sums_text one;
		uint64_t parent;
		bool shown = true;
		int r = parent_of(s, dir, &parent, err);

		if (r == 0)
			r = catalog_entry_name(s->catalog, parent, dir, name, sizeof(name), err);
		if (r == 0)
			r = shows(s, name, strlen(name), dir, S_IFDIR, &shown, err);
		if (r < 0)
			return r;
		one = sums_text_of(name, strlen(name));
		out->text.bytes += one.bytes + 1;
		out->text.escaped |= one.escaped;
		out->shown &= shown;
		dir = parent;
	}
	return 0;
}

static int dir_of(struct stage *s, uint64_t dir, struct sums_dir *out, struct err *err)
{
	int r = 0;

	if (s->sums_dir.ino != dir)
		r = climb(s, dir, &s->sums_dir, err);
	if (r < 0)
		s->sums_dir.ino = 0;
	*out = s->sums_dir;
	return r;
}

static struct sums_dir below(
	const struct sums_dir *dir, const char *name, size_t n, uint64_t ino, bool shown)
{
	struct sums_text one = sums_text_of(name, n);

	return (struct sums_dir){
		.ino = ino,
		.text = { dir->text.bytes + one.bytes + 1, dir->text.escaped || one.escaped },
		.shown = dir->shown && shown,
	};
}

/* Directories that are yet to be walked. */
struct count {
	struct stage *s;
	struct sums_dir now;
	struct sums_dir *left;
	size_t n, cap;
	uint64_t bytes;
	struct err *err;
};

static int leave(struct count *c, struct sums_dir dir)
{
	if (c->n == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 64;
		struct sums_dir *p = reallocarray(c->left, cap, sizeof(*p));

		if (!p)
			return err_nomem(c->err);
		c->left = p;
		c->cap = cap;
	}
	c->left[c->n++] = dir;
	return 0;
}

static int count_entry(void *arg, const struct catalog_entry *e)
{
	struct count *c = arg;
	uint32_t mode = e->inode.mode;
	bool shown;
	int r;

	if (!S_ISREG(mode) && !S_ISDIR(mode))
		return 0;
	r = shows(c->s, e->name, e->name_len, e->inode.ino, mode, &shown, c->err);
	if (r < 0 || !shown)
		return r;
	if (S_ISDIR(mode))
		return leave(c, below(&c->now, e->name, e->name_len, e->inode.ino, true));
	c->bytes += sums_line_bytes(c->now.text, sums_text_of(e->name, e->name_len));
	return 0;
}

/* The lines of all that is below @dir. */
static int count_below(struct stage *s, const struct sums_dir *dir, uint64_t *out, struct err *err)
{
	struct count c = { .s = s, .err = err };
	int r = dir->shown ? leave(&c, *dir) : 0;

	while (r == 0 && c.n > 0) {
		c.now = c.left[--c.n];
		r = catalog_entries_by_seq(s->catalog, c.now.ino, 0, count_entry, &c, err);
	}
	*out = c.bytes;
	free(c.left);
	return r;
}

static int is_taken(struct stage *s, uint64_t *out, struct err *err)
{
	uint64_t ino;
	int r = catalog_entry_get(
		s->catalog, STAGE_ROOT_INO, SUMS_NAME, sizeof(SUMS_NAME) - 1, &ino, NULL);

	*out = r == 0;
	return r == -ENOENT || r == 0 ? 0 : err_set(err, r, "looking for " SUMS_NAME);
}

int sums_count(struct stage *s, struct err *err)
{
	const struct sums_dir root = { .ino = STAGE_ROOT_INO, .shown = true };
	struct layout_cost *cost = &s->space.cost;
	int r;

	s->sums_dir.ino = 0;
	cost->sums_bytes = cost->sums_taken = 0;
	if (!s->measure.lists)
		return 0;
	r = count_below(s, &root, &cost->sums_bytes, err);
	return r < 0 ? r : is_taken(s, &cost->sums_taken, err);
}

/* The lines that @name in @dir stands for. */
static int count_name(struct stage *s, const struct sums_dir *dir, const char *name,
	struct named what, uint64_t *out, struct err *err)
{
	size_t n = strlen(name);
	struct sums_dir one;
	bool shown;
	int r = shows(s, name, n, what.ino, what.mode, &shown, err);

	*out = 0;
	if (r < 0 || !shown || !dir->shown)
		return r;
	if (S_ISREG(what.mode)) {
		*out = sums_line_bytes(dir->text, sums_text_of(name, n));
		return 0;
	}
	one = below(dir, name, n, what.ino, true);
	return count_below(s, &one, out, err);
}

/* Where the list appears, or disappears, the root has one name more or less. */
static int note_root(struct stage *s, bool was, struct err *err)
{
	if (was == (layout_sums(&s->space.cost) > 0))
		return 0;
	return space_note(s, STAGE_ROOT_INO, NULL, NAME_SLACK_NSEC, err);
}

static int change_name(struct stage *s, uint64_t parent, const char *name, struct named what,
	enum change change, struct err *err)
{
	struct layout_cost *cost = &s->space.cost;
	bool was = layout_sums(cost) > 0;
	struct sums_dir dir;
	uint64_t bytes = 0;
	int r = 0;

	if (!s->measure.lists || stage_area_of(parent) != STAGE_AREA_TREE)
		return 0;
	if (S_ISREG(what.mode) || S_ISDIR(what.mode)) {
		r = dir_of(s, parent, &dir, err);
		if (r == 0)
			r = count_name(s, &dir, name, what, &bytes, err);
		/* What is below it is elsewhere soon, or was. */
		if (S_ISDIR(what.mode))
			s->sums_dir.ino = 0;
	}
	if (r < 0)
		return r;
	cost->sums_bytes += change == SUMS_ADD ? bytes : -bytes;
	if (parent == STAGE_ROOT_INO && strcmp(name, SUMS_NAME) == 0)
		cost->sums_taken = change == SUMS_ADD;
	return note_root(s, was, err);
}

int sums_add_name(
	struct stage *s, uint64_t parent, const char *name, struct named what, struct err *err)
{
	return change_name(s, parent, name, what, SUMS_ADD, err);
}

int sums_take_name(
	struct stage *s, uint64_t parent, const char *name, struct named what, struct err *err)
{
	return change_name(s, parent, name, what, SUMS_TAKE, err);
}

uint64_t sums_slack(const struct stage *s)
{
	/* Each name below it gets a longer path: of one more name, escaped. */
	return s->measure.lists ? s->space.nentry * 2 * STAGE_NAME_MAX / SECTOR + 1 : 0;
}

bool sums_depends_on(const char *xattr)
{
	return strcmp(xattr, STAGE_HIDDEN_XATTR) == 0 || strcmp(xattr, STAGE_EXCLUDE_XATTR) == 0;
}

struct names {
	struct stage *s;
	struct named what;
	enum change change;
	struct err *err;
};

static int change_one(void *arg, uint64_t parent, const char *name)
{
	struct names *n = arg;

	return change_name(n->s, parent, name, n->what, n->change, n->err);
}

static int change_names(struct stage *s, uint64_t ino, enum change change, struct err *err)
{
	struct names n = { .s = s, .change = change, .err = err };
	struct catalog_inode row;
	int r;

	if (!s->measure.lists)
		return 0;
	r = inode_get(s, ino, &row, err);
	if (r < 0)
		return r;
	n.what = named_of(&row);
	return catalog_names_of(s->catalog, ino, change_one, &n, err);
}

int sums_take_names(struct stage *s, uint64_t ino, struct err *err)
{
	return change_names(s, ino, SUMS_TAKE, err);
}

int sums_add_names(struct stage *s, uint64_t ino, struct err *err)
{
	return change_names(s, ino, SUMS_ADD, err);
}
