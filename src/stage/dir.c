/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Listing. A cookie is the entry's sequence number plus 2, which no change of other entries moves.
 * Entries are copied out in batches, so that the callback runs without the lock.
 */
#include "private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define BATCH	   64u
#define COOKIE_DOT 1u
#define COOKIE_UP  2u

struct batch {
	struct stage *s;
	uint32_t n;
	struct stage_dirent entry[BATCH];
	char name[BATCH][STAGE_NAME_MAX + 1];
};

static void batch_put(struct batch *b, const char *name, size_t n, uint64_t cookie,
	const struct catalog_inode *row)
{
	struct stage_dirent *e = &b->entry[b->n];
	char *copy = b->name[b->n++];

	memcpy(copy, name, n);
	copy[n] = '\0';
	e->name = copy;
	e->cookie = cookie;
	attr_of(row, &e->attr);
}

static int take_entry(void *arg, const struct catalog_entry *e)
{
	struct batch *b = arg;
	const struct active *a = active_find(b->s, e->inode.ino);

	if (e->name_len > STAGE_NAME_MAX)
		return -EBADMSG;
	batch_put(b, e->name, e->name_len, e->seq + COOKIE_UP, a ? &a->row : &e->inode);
	return b->n == BATCH;
}

static int put_dots(
	struct batch *b, const struct catalog_inode *dir, uint64_t cookie, struct err *err)
{
	struct catalog_inode up;
	uint64_t ino;
	int r;

	if (cookie < COOKIE_DOT)
		batch_put(b, ".", 1, COOKIE_DOT, dir);
	if (cookie >= COOKIE_UP)
		return 0;
	r = parent_of(b->s, dir->ino, &ino, err);
	if (r == 0)
		r = inode_get(b->s, ino, &up, err);
	if (r == 0)
		batch_put(b, "..", 2, COOKIE_UP, &up);
	return r;
}

static int fill(struct batch *b, uint64_t ino, uint64_t cookie, struct err *err)
{
	struct catalog_inode dir;
	int r = inode_get(b->s, ino, &dir, err);

	b->n = 0;
	if (r < 0)
		return r;
	if (!S_ISDIR(dir.mode))
		return err_set(
			err, -ENOTDIR, "inode %llu is not a directory", (unsigned long long)ino);
	if (dir.nlink == 0)
		return 0; /* removed while it was open: empty, without dots */
	r = put_dots(b, &dir, cookie, err);
	if (r < 0)
		return r;
	return catalog_entries_by_seq(b->s->catalog, ino,
		cookie > COOKIE_UP ? cookie - COOKIE_UP : 0, take_entry, b, err);
}

int stage_readdir(struct stage *s, uint64_t ino, uint64_t cookie, stage_dirent_fn *fn, void *arg,
	struct err *err)
{
	struct batch b = { .s = s };

	for (;;) {
		int r;

		stage_lock(s);
		r = fill(&b, ino, cookie, err);
		stage_unlock(s);
		if (r < 0)
			return r;
		for (uint32_t i = 0; i < b.n; i++)
			if (!fn(arg, &b.entry[i]))
				return 0;
		if (b.n < BATCH)
			return 0;
		cookie = b.entry[b.n - 1].cookie;
	}
}
