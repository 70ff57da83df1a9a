/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Durability: bytes, then rows, then commit. */
#include "private.h"

#include "stage/upkeep.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

static int save_changed(struct stage *s, struct err *err)
{
	char text[24];
	int r, e;

	if (!s->changed_unsaved)
		return 0;
	snprintf(text, sizeof(text), "%" PRIu64, s->changed_sec);
	r = catalog_op_begin(s->catalog, err);
	if (r < 0)
		return r;
	r = catalog_setting_set(s->catalog, SETTING_CHANGED, text, err);
	e = catalog_op_end(s->catalog, r == 0, r == 0 ? err : NULL);
	if (r == 0)
		r = e;
	if (r == 0)
		s->changed_unsaved = false;
	return r;
}

/*
 * Saved at once, and so in the catalog's journal: a second has one change of it at most. What
 * fails is tried again by the commit.
 */
void layout_changed(struct stage *s, time_t now_sec)
{
	/* 0 would say that nothing was ever staged. */
	uint64_t sec = now_sec > 0 ? (uint64_t)now_sec : 1;

	s->layout++;
	if (sec == s->changed_sec)
		return;
	s->changed_sec = sec;
	s->changed_unsaved = true;
	save_changed(s, NULL);
}

/*
 * The mark stands between what this commit makes durable and what comes after: all content that
 * died before it has lost its name in the rows that are committed now.
 */
int commit(struct stage *s, struct err *err)
{
	uint64_t mark;
	int r = active_flush(s, err);

	if (r == 0)
		r = save_changed(s, err);
	if (r == 0)
		r = store_sync_moved(s->store, err);
	if (r < 0)
		return r;
	mark = store_mark(s->store);
	r = catalog_commit(s->catalog, err);
	/* What cannot be freed costs disk space until the next sweep. */
	if (r == 0) {
		store_settle(s->store, mark, NULL);
		s->unsettled = false;
		s->untidy = true;
		hash_due(s);
	}
	return r;
}

/*
 * Seldom: the tick comes first. The bytes go first here too, though under the lock, so that after
 * a power failure no name stands without its content.
 */
void commit_if_long(struct stage *s)
{
	if (!catalog_wants_commit(s->catalog))
		return;
	if (store_sync(s->store, NULL) == 0)
		commit(s, NULL);
}

bool nothing_to_do(const struct stage *s)
{
	return s->ndirty == 0 && !s->changed_unsaved && !s->unsettled &&
	       catalog_pending(s->catalog) == 0;
}

int stage_sync(struct stage *s, struct err *err)
{
	int r = store_sync(s->store, err);

	if (r < 0)
		return r;
	stage_lock(s);
	r = commit(s, err);
	stage_unlock(s);
	return r;
}

int stage_tick(struct stage *s, struct err *err)
{
	bool idle;

	stage_lock(s);
	idle = nothing_to_do(s);
	stage_unlock(s);
	/* The slow part, fdatasync, is without the lock. */
	return idle ? 0 : stage_sync(s, err);
}

bool stage_await(struct stage *s)
{
	bool more;

	stage_lock(s);
	while (!s->ending && !s->untidy && nothing_to_do(s)) {
		s->awaited = true;
		pthread_cond_wait(&s->pending, &s->lock);
	}
	s->awaited = false;
	more = !s->ending;
	stage_unlock(s);
	return more;
}

void stage_end_await(struct stage *s)
{
	stage_lock(s);
	s->ending = true;
	pthread_cond_signal(&s->pending);
	stage_unlock(s);
}

/* Without the lock while it lasts; who would change this content waits for it (active_calm). */
static int sync_content(struct stage *s, struct active *a, struct err *err)
{
	int r;

	if (!S_ISREG(a->row.mode) || (!a->file && a->row.loc_kind == STORE_NONE))
		return 0;
	r = active_file(s, a, err);
	if (r < 0)
		return r;
	a->syncs++;
	stage_unlock(s);
	r = store_file_sync(a->file, err);
	stage_lock(s);
	if (--a->syncs == 0)
		pthread_cond_broadcast(&s->calm);
	return r;
}

static int fsync_file(struct stage *s, uint64_t ino, struct err *err)
{
	struct active *a;
	int r = active_hold(s, ino, &a, err);

	if (r < 0)
		return r;
	r = sync_content(s, a, err);
	active_drop(s, a);
	return r < 0 ? r : commit(s, err);
}

int stage_fsync(struct stage *s, uint64_t ino, struct err *err)
{
	struct catalog_inode row;
	int r;

	stage_lock(s);
	r = inode_get(s, ino, &row, err);
	if (r == 0 && !S_ISDIR(row.mode))
		r = fsync_file(s, ino, err);
	stage_unlock(s);
	/* A directory promises its names, and these what they stand for. */
	if (r == 0 && S_ISDIR(row.mode))
		r = stage_sync(s, err);
	return r;
}

uint64_t stage_layout(struct stage *s)
{
	uint64_t number;

	stage_lock(s);
	number = s->layout;
	stage_unlock(s);
	return number;
}
