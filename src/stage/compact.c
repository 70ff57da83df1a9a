/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Compaction: all inodes are looked at in the order of their numbers, a few at a time, and content
 * in a sparse segment is moved as any change moves it. Its row follows, the next commit makes the
 * move durable, bytes first, and after it the segment goes. No time of the file changes, and not
 * the layout: where content lies in the store is no part of it.
 */
#include "private.h"

#include "stage/upkeep.h"

/* A step is bounded by rows (1 us each), by files (20 us) and by bytes (1 ms for 1 MiB). */
#define STEP_ROWS  1024u
#define STEP_FILES 64u
#define STEP_BYTES (512u * 1024)

static bool is_chosen(const struct compaction *c, const struct catalog_inode *row)
{
	if (row->loc_kind != STORE_SEGMENT)
		return false;
	for (size_t i = 0; i < c->count; i++)
		if (row->loc_id == c->segment[i])
			return true;
	return false;
}

/* The inodes of one step. */
struct step {
	const struct compaction *c;
	uint64_t ino[STEP_FILES];
	size_t count;
	uint64_t bytes;
	uint64_t last_ino; /* all up to it have been seen */
	bool end;	   /* and there are no more */
	uint32_t rows;
};

static int look(void *arg, const struct catalog_inode *row)
{
	struct step *st = arg;

	st->rows++;
	st->last_ino = row->ino;
	if (is_chosen(st->c, row)) {
		st->ino[st->count++] = row->ino;
		st->bytes += row->size_bytes;
	}
	return st->count == STEP_FILES || st->bytes >= STEP_BYTES;
}

static int move_content(struct stage *s, struct active *a, struct err *err)
{
	int r;

	if (!is_chosen(&s->compaction, &a->row))
		return 0; /* the row in memory is newer, and lies elsewhere */
	if (a->syncs > 0) {
		s->compaction.left = true;
		return 0;
	}
	r = active_file(s, a, err);
	if (r == 0)
		r = store_file_move(a->file, err);
	if (r < 0)
		return r;
	loc_set(&a->row, store_file_loc(a->file));
	active_mark(s, a);
	return 0;
}

static int move_inode(struct stage *s, uint64_t ino, struct err *err)
{
	struct active *a;
	int r = active_hold(s, ino, &a, err);

	if (r < 0)
		return r;
	r = move_content(s, a, err);
	active_drop(s, a);
	return r;
}

/* Some live in memory alone, and some came up behind the walk. */
static int move_active(struct stage *s, struct err *err)
{
	struct step st = { .c = &s->compaction };
	int r = 0;

	for (uint32_t i = 0; i < s->active.cap && st.count < STEP_FILES; i++) {
		const struct active *a = s->active.slot[i].value;

		if (a && is_chosen(&s->compaction, &a->row))
			st.ino[st.count++] = a->row.ino;
	}
	for (size_t i = 0; r == 0 && i < st.count; i++)
		r = move_inode(s, st.ino[i], err);
	if (st.count == STEP_FILES)
		s->compaction.left = true;
	return r;
}

static int finish(struct stage *s, struct err *err)
{
	struct compaction *c = &s->compaction;
	int r = move_active(s, err);

	for (size_t i = 0; r == 0 && !c->left && i < c->count; i++)
		r = store_retire(s->store, c->segment[i], err);
	c->count = 0;
	s->unsettled = true; /* what died by this goes with the next commit */
	return r;
}

static int take_step(struct stage *s, struct err *err)
{
	struct compaction *c = &s->compaction;
	struct step st = { .c = c, .last_ino = c->after_ino };
	int r = catalog_inodes_after(s->catalog, c->after_ino, STEP_ROWS, look, &st, err);

	for (size_t i = 0; r == 0 && i < st.count; i++)
		r = move_inode(s, st.ino[i], err);
	if (r < 0)
		return r;
	c->after_ino = st.last_ino;
	return st.rows == 0 ? finish(s, err) : 0;
}

static bool is_calm(const struct stage *s, uint32_t calm_sec)
{
	int64_t since = (int64_t)clock_wall().tv_sec - (int64_t)s->changed_sec;

	return since >= calm_sec || since < 0;
}

/* Whether there is a step to make now. */
static bool is_wanted(struct stage *s, uint32_t calm_sec)
{
	struct compaction *c = &s->compaction;

	/* The journal is not to be filled by it: who comes then waits for the commit. */
	if (!is_calm(s, calm_sec) || s->unsettled || catalog_wants_commit(s->catalog) ||
		store_frozen(s->store))
		return false;
	if (c->count > 0)
		return true;
	*c = (struct compaction){ .count = 0 };
	c->count = store_sparse(s->store, c->segment, COMPACT_SEGMENTS);
	s->untidy = c->count > 0;
	return c->count > 0;
}

int stage_compact(struct stage *s, uint32_t calm_sec, bool *more, struct err *err)
{
	int r = 0;

	stage_lock(s);
	*more = is_wanted(s, calm_sec);
	if (*more)
		r = take_step(s, err);
	if (r < 0) {
		/* They are looked at again when something more has died. */
		s->compaction.count = 0;
		s->unsettled = true;
		*more = false;
	}
	stage_unlock(s);
	return r;
}
