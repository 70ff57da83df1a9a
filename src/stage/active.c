/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Active inodes: those that are held, or whose rows are newer than the catalog's. A write changes
 * only the row in memory; release, fsync and commit bring it to the catalog.
 */
#include "private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

struct store_loc loc_of(const struct catalog_inode *row)
{
	return (struct store_loc){
		.kind = (enum store_kind)row->loc_kind,
		.id = row->loc_id,
		.off_bytes = row->loc_off_bytes,
		.cap_bytes = row->loc_cap_bytes,
	};
}

void loc_set(struct catalog_inode *row, struct store_loc loc)
{
	row->loc_kind = loc.kind;
	row->loc_id = loc.id;
	row->loc_off_bytes = loc.off_bytes;
	row->loc_cap_bytes = loc.cap_bytes;
}

struct active *active_find(const struct stage *s, uint64_t ino)
{
	return table_get(&s->active, ino);
}

int inode_get(struct stage *s, uint64_t ino, struct catalog_inode *out, struct err *err)
{
	const struct active *a = active_find(s, ino);

	if (a) {
		*out = a->row;
		return 0;
	}
	return catalog_inode_get(s->catalog, ino, out, err);
}

struct active *active_add(struct stage *s, const struct catalog_inode *row)
{
	struct active *a = calloc(1, sizeof(*a));

	if (!a || table_add(&s->active, row->ino, a) < 0) {
		free(a);
		return NULL;
	}
	a->row = *row;
	a->sealed = S_ISREG(row->mode);
	return a;
}

void active_remove(struct stage *s, struct active *a)
{
	table_remove(&s->active, a->row.ino);
	free(a);
}

int active_hold(struct stage *s, uint64_t ino, struct active **out, struct err *err)
{
	struct active *a = active_find(s, ino);
	struct catalog_inode row;
	int r;

	if (!a) {
		r = catalog_inode_get(s->catalog, ino, &row, err);
		if (r < 0)
			return r;
		a = active_add(s, &row);
		if (!a)
			return err_nomem(err);
	}
	if (a->holds++ == 0)
		s->nheld++;
	*out = a;
	return 0;
}

int active_file(struct stage *s, struct active *a, struct err *err)
{
	if (a->file)
		return 0;
	return store_file_open(s->store, loc_of(&a->row), a->row.size_bytes, &a->file, err);
}

void active_calm(struct stage *s, const struct active *a)
{
	while (a->syncs > 0)
		pthread_cond_wait(&s->calm, &s->lock); /* sync_content signals */
}

static void set_dirty(struct stage *s, struct active *a, bool dirty)
{
	s->ndirty += (uint32_t)dirty - (uint32_t)a->dirty;
	a->dirty = dirty;
}

void active_mark(struct stage *s, struct active *a)
{
	set_dirty(s, a, true);
	if (!a->rowless)
		catalog_inode_note(s->catalog, &a->row);
}

void active_take(struct stage *s, struct active *a, const struct catalog_inode *row)
{
	a->row = *row;
	if (!a->rowless)
		set_dirty(s, a, true);
}

static bool abandoned(const struct active *a)
{
	return a->holds == 0 && a->row.nlink == 0;
}

static int pay(struct stage *s, const struct active *a, struct err *err)
{
	return catalog_inode_pay(
		s->catalog, &a->row, a->owed ? CATALOG_OWED_INSERT : CATALOG_OWED_UPDATE, err);
}

int active_pay(struct stage *s, uint64_t ino, struct err *err)
{
	struct active *a = active_find(s, ino);
	int r = a && a->owed ? pay(s, a, err) : 0;

	if (a && r == 0)
		a->owed = false;
	return r;
}

int active_delete(
	struct stage *s, const struct active *a, const struct catalog_inode *row, struct err *err)
{
	/* Paid first: what else the catalog keeps by its number goes with the row. */
	int r = a && a->owed ? pay(s, a, err) : 0;

	return r == 0 ? catalog_row_delete(s->catalog, row, err) : r;
}

bool active_owed(void *arg, uint64_t ino, struct catalog_inode *out)
{
	const struct active *a = active_find(arg, ino);

	if (a)
		*out = a->row;
	return a != NULL;
}

static int write_row(struct stage *s, struct active *a, struct err *err)
{
	if (a->rowless)
		return 0;
	if (abandoned(a))
		return active_delete(s, a, &a->row, err);
	return pay(s, a, err);
}

/* Takes @a, which nobody holds and the catalog knows as it is, out of memory. */
static void dismiss(struct stage *s, struct active *a)
{
	store_file_close(a->file);
	if (a->row.nlink == 0)
		content_delete(s, loc_of(&a->row));
	active_remove(s, a);
}

static void settled(struct stage *s, struct active *a)
{
	set_dirty(s, a, false);
	a->owed = false;
	if (a->holds > 0)
		return;
	if (a->row.nlink > 0 || a->forgotten || !s->remember) {
		dismiss(s, a);
		return;
	}
	a->rowless = true;
	store_file_close(a->file);
	a->file = NULL;
}

void active_bury(struct stage *s, const struct catalog_inode *row)
{
	struct active *a = active_find(s, row->ino);

	if (!a && s->remember)
		a = active_add(s, row);
	/* Without memory for it, who still refers to it is told that it is gone. */
	if (!a) {
		content_delete(s, loc_of(row));
		return;
	}
	a->row = *row;
	settled(s, a);
}

void stage_set_remember(struct stage *s, bool on)
{
	stage_lock(s);
	s->remember = on;
	stage_unlock(s);
}

void stage_forget(struct stage *s, uint64_t ino)
{
	struct active *a;

	stage_lock(s);
	a = active_find(s, ino);
	if (a && a->row.nlink == 0) {
		a->forgotten = true;
		if (a->holds == 0 && !a->dirty) {
			dismiss(s, a);
			s->unsettled = true;
		}
	}
	stage_unlock(s);
}

static int delete_one(struct stage *s, struct active *a)
{
	int r = catalog_op_begin(s->catalog, NULL), e;

	if (r < 0)
		return r;
	r = write_row(s, a, NULL);
	e = catalog_op_end(s->catalog, r == 0, NULL);
	return r < 0 ? r : e;
}

void active_close(struct active *a)
{
	if (!a->file)
		return;
	loc_set(&a->row, store_file_loc(a->file));
	store_file_close(a->file);
	a->file = NULL;
}

void active_drop(struct stage *s, struct active *a)
{
	assert(a->holds > 0);
	if (--a->holds > 0)
		return;
	s->nheld--;
	active_close(a);
	hash_released(s, a);
	if (abandoned(a)) {
		active_mark(s, a);
		/* A row that cannot be deleted now stays dirty: the next commit tries again. */
		if (delete_one(s, a) < 0)
			return;
	}
	/* What is dirty waits for the next commit. */
	if (!a->dirty || abandoned(a))
		settled(s, a);
}

static int write_dirty(struct stage *s, struct err *err)
{
	for (uint32_t i = 0; i < s->active.cap; i++) {
		struct active *a = s->active.slot[i].value;
		int r;

		if (!a || !a->dirty)
			continue;
		r = write_row(s, a, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int active_flush(struct stage *s, struct err *err)
{
	uint32_t i = 0;
	int r, e;

	if (s->ndirty == 0)
		return 0;
	r = catalog_op_begin(s->catalog, err);
	if (r < 0)
		return r;
	r = write_dirty(s, err);
	e = catalog_op_end(s->catalog, r == 0, r == 0 ? err : NULL);
	if (r < 0 || e < 0)
		return r < 0 ? r : e;
	while (i < s->active.cap) {
		struct active *a = s->active.slot[i].value;

		if (a && a->dirty)
			settled(s, a); /* may move another into this slot: look again */
		else
			i++;
	}
	/* Removal can also move a dirty one from the end of the array round to its start. */
	return s->ndirty ? active_flush(s, err) : 0;
}

void active_fini(struct stage *s)
{
	for (uint32_t i = 0; i < s->active.cap; i++) {
		struct active *a = s->active.slot[i].value;

		if (!a)
			continue;
		store_file_close(a->file);
		free(a);
	}
	table_fini(&s->active);
}

void content_delete(struct stage *s, struct store_loc loc)
{
	/* A failure costs disk space until the next sweep; no name depends on it. */
	store_delete(s->store, loc, NULL);
}
