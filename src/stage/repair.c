/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Repairing. Rows are mended in the one transaction in which they were looked at, pass after pass
 * until a look finds nothing more; only then is it committed. What has no name is never freed when
 * names were lost: it gets new ones in the same transaction.
 */
#include "checking.h"

#include "base/auto.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PASSES_MAX 12u
#define COPY_BYTES (1024u * 1024)

int mending_add(struct mendings *l, const struct mending *m, struct err *err)
{
	struct mending *to;

	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		struct mending *p = reallocarray(l->all, cap, sizeof(*p));

		if (!p)
			return err_nomem(err);
		l->all = p;
		l->cap = cap;
	}
	to = &l->all[l->n];
	*to = *m;
	if (m->row.name) {
		char *name = malloc(m->row.name_n + 1);

		if (!name)
			return err_nomem(err);
		memcpy(name, m->row.name, m->row.name_n);
		to->row.name = name;
	}
	l->n++;
	return 0;
}

static void mendings_clear(struct mendings *l)
{
	for (size_t i = 0; i < l->n; i++)
		free((void *)(uintptr_t)l->all[i].row.name);
	l->n = 0;
}

void mendings_fini(struct mendings *l)
{
	mendings_clear(l);
	free(l->all);
	*l = (struct mendings){ 0 };
}

/* A content that is not there, or not all of it: the file keeps what is. */
static int mend_place(struct check *k, const struct store_finding *f)
{
	struct catalog_inode row;
	int r = catalog_inode_get(k->look.catalog, f->owner, &row, k->err);

	if (r < 0)
		return r;
	return mend_cut(&k->look, &row, f->fault == STORE_FAULT_SHORT ? f->found : 0, k->err);
}

static int mend(struct check *k)
{
	int r = catalog_op_begin(k->look.catalog, k->err), e;

	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < k->mend.n; i++) {
		const struct mending *m = &k->mend.all[i];

		r = m->in_store ? mend_place(k, &m->place)
				: catalog_amend(k->look.catalog, &m->row, k->err);
	}
	e = catalog_op_end(k->look.catalog, r == 0, r == 0 ? k->err : NULL);
	mendings_clear(&k->mend);
	return r < 0 ? r : e;
}

static int adopt(void *arg, const struct store_finding *f)
{
	struct check *k = arg;
	struct catalog_inode in = {
		.mode = S_IFREG | 0600,
		.uid = geteuid(),
		.gid = getegid(),
		.mtime = clock_wall(),
	};
	char name[64];

	in.atime = in.mtime;
	in.ctime = in.mtime;
	loc_set(&in, f->loc);
	in.size_bytes = f->loc.kind == STORE_OBJECT ? f->found : f->loc.cap_bytes;
	if (f->loc.kind == STORE_OBJECT)
		snprintf(name, sizeof(name), "object-%" PRIx64, f->loc.id);
	else
		snprintf(name, sizeof(name), "segment-%" PRIu64 "-%" PRIu64, f->loc.id,
			f->loc.off_bytes);
	return catalog_adopt(k->look.catalog, &in, name, k->err);
}

static int claim_row(void *arg, const struct catalog_inode *row)
{
	return S_ISREG(row->mode)
		       ? store_check_claim(arg, row->ino, loc_of(row), row->size_bytes, NULL)
		       : 0;
}

/* Contents whose names may be among those that were lost. */
static int adopt_unnamed(struct check *k)
{
	struct store_check *store = NULL;
	int r = store_check_begin(k->dir, &store, k->err), e;

	if (r == 0)
		r = catalog_inodes(k->look.catalog, claim_row, store, k->err);
	if (r == 0)
		r = catalog_op_begin(k->look.catalog, k->err);
	if (r == 0) {
		r = store_check_unnamed(store, STORE_UNNAMED_BYTES, adopt, k, NULL, k->err);
		e = catalog_op_end(k->look.catalog, r == 0, r == 0 ? k->err : NULL);
		r = r < 0 ? r : e;
	}
	store_check_free(store);
	return r;
}

/* One more look; 1 when it left something to mend, which is mended. */
static int mend_once(struct check *k)
{
	struct store_check *store = NULL;
	int r = store_check_begin(k->dir, &store, k->err);

	if (r == 0)
		r = check_pass(k, store);
	store_check_free(store);
	/* What follows comes of mendings; what the look has put right is right from now on. */
	k->quiet = true;
	k->state.ahead = false;
	for (int i = 0; i < 3; i++)
		k->state.facts[i] = true;
	if (r < 0 || k->mend.n == 0)
		return r;
	r = mend(k);
	return r < 0 ? r : 1;
}

static int mend_all(struct check *k)
{
	bool adopted = false;

	for (unsigned i = 0; i < PASSES_MAX; i++) {
		int r = mend_once(k);

		if (r < 0)
			return r;
		if (r > 0)
			continue;
		if (!k->names_lost || adopted)
			return 0;
		r = adopt_unnamed(k);
		if (r < 0)
			return r;
		adopted = true;
	}
	return err_set(k->err, -EBADMSG,
		"mending the catalog does not come to an end: nothing was changed");
}

/* A content of its own for a row that shares bytes with another; these stay as they are. */
static int copy_content(struct stage *s, struct catalog_inode *row, struct err *err)
{
	AUTO_FREE uint8_t *bytes = malloc(COPY_BYTES);
	const struct store_loc none = { .kind = STORE_NONE };
	struct store_file *to = NULL;
	int r = bytes ? store_file_open(s->store, none, 0, &to, err) : err_nomem(err);

	for (uint64_t at = 0; r == 0 && at < row->size_bytes; at += COPY_BYTES) {
		uint64_t left = row->size_bytes - at;
		size_t n = left < COPY_BYTES ? (size_t)left : COPY_BYTES;

		r = store_read(s->store, loc_of(row), at, bytes, n, err);
		if (r == 0)
			r = store_file_write(to, at, bytes, n, err);
	}
	if (r == 0)
		r = store_file_sync(to, err);
	if (r == 0)
		loc_set(row, store_file_loc(to));
	store_file_close(to);
	return r;
}

static int part(struct stage *s, uint64_t ino, struct err *err)
{
	struct catalog_inode row;
	int r = catalog_inode_get(s->catalog, ino, &row, err);

	if (r == 0)
		r = copy_content(s, &row, err);
	return r == 0 ? catalog_inode_update(s->catalog, &row, err) : r;
}

/* Opened once as a mount does: that takes in, frees and measures what is left to. */
static int open_once(struct check *k)
{
	struct stage *s;
	int r = stage_open(k->dir, k->measures ? &k->look.measure : NULL, &s, k->err), e;

	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < k->tangled.n; i++)
		r = part(s, k->tangled.all[i].place.owner, k->err);
	e = stage_close(s, r == 0 ? k->err : NULL);
	return r < 0 ? r : e;
}

/* Looked at and mended, durable; the catalog is closed. */
static int mend_and_keep(struct check *k)
{
	bool clean;
	int r = mend_all(k);

	if (r < 0) {
		catalog_abandon(k->look.catalog);
		return r;
	}
	clean = k->state.clean && !k->sweep && k->tangled.n == 0;
	return catalog_keep(k->look.catalog, clean, k->err);
}

int repair_all(struct check *k)
{
	bool opens;
	int r;

	/* Nothing to mend in a clean project: not a byte changes. */
	r = mend_all(k);
	if (r < 0 || (k->out->repaired == 0 && k->state.clean && k->state.replayed == 0)) {
		catalog_abandon(k->look.catalog);
		return r;
	}
	opens = !k->state.clean || k->sweep || k->tangled.n > 0;
	r = catalog_keep(k->look.catalog, !opens, k->err);
	return r == 0 && opens ? open_once(k) : r;
}

static void tell_saved(struct check *k, const struct catalog_saved *saved, const char *kept)
{
	char found[200];
	char where[PATH_MAX];

	snprintf(found, sizeof(found), "%" PRIu64 " inodes and %" PRIu64 " names could be read%s",
		saved->inodes, saved->entries, saved->complete ? "" : ", others are lost");
	snprintf(where, sizeof(where), "%s", strrchr(kept, '/') ? strrchr(kept, '/') + 1 : kept);
	check_tell(k, &(struct stage_finding){ .state = STAGE_NOTE,
			      .kind = "salvaged",
			      .where = where,
			      .expected = "the damaged catalog, kept",
			      .found = found,
			      .repair = "" });
}

int repair_damaged(struct check *k)
{
	char fresh[PATH_MAX], kept[PATH_MAX];
	const char *path = k->catalog_path;
	struct catalog_saved saved;
	int r;

	if (snprintf(fresh, sizeof(fresh), "%s.salvaged", path) >= (int)sizeof(fresh))
		return err_set(k->err, -ENAMETOOLONG, "the project's path is too long");
	r = catalog_salvage(path, fresh, &saved, k->err);
	if (r == 0)
		r = catalog_look(fresh, CATALOG_MEND, &k->look.catalog, &k->state, k->err);
	if (r == 0) {
		k->out->stopped = false;
		k->names_lost = true;
		r = mend_and_keep(k);
	}
	if (r == 0)
		r = catalog_replace(path, fresh, kept, k->err);
	if (r < 0) {
		unlink(fresh);
		return r;
	}
	tell_saved(k, &saved, kept);
	return k->sweep || k->tangled.n > 0 ? open_once(k) : 0;
}
