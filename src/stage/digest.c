/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hashing: a few contents are taken under the lock, read without it, and their digests kept under
 * it again, where nothing has changed or moved meanwhile. Places in the store are never used
 * twice, so that an unchanged version at an unchanged place is the content that was read.
 */
#include "stage/digest.h"

#include "catalog/digest.h"
#include "dedup.h"
#include "private.h"
#include "stage/area.h"

#include "base/auto.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BATCH	     64u
#define BATCH_BYTES  (8u * 1024 * 1024)
#define READ_BYTES   (1024u * 1024)
#define SCAN_NUMBERS 4096u
#define TRIES	     3u

enum outcome { HASH_DONE, HASH_UNREADABLE, HASH_GAVE_WAY };

struct content {
	struct catalog_digest digest; /* with inode and version */
	struct store_loc loc;
	uint64_t size_bytes;
	enum outcome outcome;
};

enum manner { HASH_BEHIND, HASH_NOW };

/* One thread at it. */
struct hasher {
	struct stage *s;
	struct digester *digester;
	uint8_t *buffer;
	enum manner manner;
	struct content all[BATCH];
	uint32_t n;
	/*
	 * What has a size of its own is nobody's equal, and nobody waits for its digest: it is
	 * hashed behind, alone, and put off by who needs all others.
	 */
	bool alone;
	bool full;	  /* the batch takes no more */
	uint64_t put_off; /* the least of these inodes; 0: none */
};

static int hasher_init(struct hasher *h, struct stage *s, enum manner manner, struct err *err)
{
	*h = (struct hasher){ .s = s, .manner = manner };
	h->buffer = malloc(READ_BYTES);
	return h->buffer ? digester_new(&h->digester, err) : err_nomem(err);
}

static void hasher_fini(struct hasher *h)
{
	digester_free(h->digester);
	free(h->buffer);
}

static bool gives_way(const struct hasher *h)
{
	const struct hashing *all = &h->s->hashing;

	return h->manner == HASH_BEHIND &&
	       ((atomic_load(&all->urgent) > 0 && !h->alone) || atomic_load(&all->ending));
}

static int hash_content(struct hasher *h, struct content *c)
{
	digester_begin(h->digester);
	for (uint64_t at = 0; at < c->size_bytes; at += READ_BYTES) {
		uint64_t left = c->size_bytes - at;
		size_t n = left < READ_BYTES ? (size_t)left : READ_BYTES;
		int r;

		if (gives_way(h)) {
			c->outcome = HASH_GAVE_WAY;
			return 0;
		}
		r = store_read(h->s->store, c->loc, at, h->buffer, n, NULL);
		if (r < 0)
			return r;
		digester_add(h->digester, h->buffer, n);
	}
	c->digest.sha256 = digester_end(h->digester);
	return 0;
}

static void hash_all(struct hasher *h)
{
	for (uint32_t i = 0; i < h->n; i++)
		if (hash_content(h, &h->all[i]) < 0)
			h->all[i].outcome = HASH_UNREADABLE;
}

/* Takes what @row has into the batch; what is not to be hashed is passed over. */
static void take_row(struct hasher *h, const struct catalog_inode *row)
{
	struct active *a = active_find(h->s, row->ino);

	if (!S_ISREG(row->mode) || row->size_bytes == 0 || row->nlink == 0)
		return;
	if (a)
		a->unhashed = false;
	h->all[h->n++] = (struct content){
		.digest = { .ino = row->ino, .version = row->version },
		.loc = loc_of(row),
		.size_bytes = row->size_bytes,
	};
}

static bool is_alone(struct hasher *h, const struct catalog_inode *row)
{
	return row->size_bytes >= CATALOG_LARGE_BYTES &&
	       catalog_size_others(h->s->catalog, row->ino, row->size_bytes, NULL) == 0;
}

/* Puts @row into the batch, or off. */
static void take_one(struct hasher *h, const struct catalog_inode *row)
{
	if (!is_alone(h, row)) {
		take_row(h, row);
	} else if (h->manner == HASH_NOW) {
		if (h->put_off == 0 || row->ino < h->put_off)
			h->put_off = row->ino;
	} else if (h->n > 0) {
		hash_want(h->s, row->ino);
		h->full = true;
	} else {
		take_row(h, row);
		h->alone = h->full = h->n > 0;
	}
}

static void take(struct hasher *h, uint64_t ino)
{
	const struct active *a = active_find(h->s, ino);
	struct catalog_inode row;
	struct catalog_digest known;

	/* Open and changed: its release tells when it is finished. */
	if (h->manner == HASH_BEHIND && a && a->holds > 0 && a->unhashed)
		return;
	if (inode_get(h->s, ino, &row, NULL) < 0)
		return;
	if (catalog_digest_get(h->s->catalog, ino, &known, NULL) < 0 ||
		known.version != row.version)
		take_one(h, &row);
}

/* The next ones that the catalog knows; 0 when there may be more. */
static int scan(struct hasher *h, struct err *err)
{
	struct stage *s = h->s;
	struct hashing *all = &s->hashing;
	uint64_t ino[BATCH], last = all->seen_ino + SCAN_NUMBERS;
	size_t n = 0, room = BATCH - h->n;
	int r = active_flush(s, err);

	if (r == 0)
		r = catalog_digests_missing(s->catalog, all->seen_ino, last, ino, room, &n, err);
	if (r < 0) {
		all->seen_ino = HASH_SEEN; /* what cannot be read now is not asked for for ever */
		return r;
	}
	for (size_t i = 0; i < n; i++) {
		if (h->full)
			hash_want(s, ino[i]);
		else
			take(h, ino[i]);
	}
	all->seen_ino = n == room ? ino[n - 1] : last >= s->next_ino ? HASH_SEEN : last;
	return 0;
}

static uint64_t bytes_of(const struct hasher *h)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < h->n; i++)
		bytes += h->all[i].size_bytes;
	return bytes;
}

/* Fills the batch: false when nothing is left to hash. */
static bool take_some(struct hasher *h, struct err *err)
{
	struct hashing *all = &h->s->hashing;

	h->n = 0;
	h->alone = h->full = false;
	while (all->count > 0 && h->n < BATCH && !h->full && bytes_of(h) < BATCH_BYTES)
		take(h, all->queue[--all->count]);
	while (h->n == 0 && all->count == 0 && all->seen_ino != HASH_SEEN)
		if (scan(h, err) < 0)
			break;
	return h->n > 0;
}

static bool same_place(const struct store_loc *a, const struct store_loc *b)
{
	return a->kind == b->kind && a->id == b->id && a->off_bytes == b->off_bytes;
}

static int keep_one(struct hasher *h, struct content *c, struct err *err)
{
	struct stage *s = h->s;
	struct active *a = active_find(s, c->digest.ino);
	struct catalog_inode row;
	struct store_loc loc;
	int r = inode_get(s, c->digest.ino, &row, NULL);

	/* Changed content is wanted again by what has changed it. */
	if (r < 0 || row.nlink == 0 || row.version != c->digest.version)
		return 0;
	loc = loc_of(&row);
	if (c->outcome == HASH_GAVE_WAY || !same_place(&loc, &c->loc)) {
		hash_want(s, c->digest.ino);
		return 0;
	}
	if (c->outcome != HASH_DONE)
		return 0;
	r = dedup_keep(s, &row, &c->digest, err);
	if (r == 0 && a)
		a->sealed = true;
	return r;
}

static int keep_all(struct hasher *h, struct err *err)
{
	struct stage *s = h->s;
	struct space_mark mark = space_mark(s);
	int r = catalog_op_begin(s->catalog, err), e;

	if (r < 0)
		return r;
	for (uint32_t i = 0; r == 0 && i < h->n; i++)
		r = keep_one(h, &h->all[i], err);
	e = catalog_op_end(s->catalog, r == 0, r == 0 ? err : NULL);
	if (r == 0)
		r = e;
	if (r == 0)
		commit_if_long(s);
	else
		space_undo(s, &mark);
	return r;
}

/* One batch, under the lock but while it reads; 0 when there was nothing, else 1. */
static int step(struct hasher *h, struct err *err)
{
	struct stage *s = h->s;
	int r;

	if (!take_some(h, err))
		return 0;
	s->hashing.busy += !h->alone;
	if (h->alone)
		s->hashing.alone_ino = h->all[0].digest.ino;
	stage_unlock(s);
	hash_all(h);
	stage_lock(s);
	r = keep_all(h, err);
	s->hashing.busy -= !h->alone;
	if (h->alone)
		s->hashing.alone_ino = 0;
	pthread_cond_broadcast(&s->hashing.moved);
	return r < 0 ? r : 1;
}

bool stage_digest_await(struct stage *s)
{
	struct hashing *h = &s->hashing;
	bool more;

	stage_lock(s);
	while (!atomic_load(&h->ending) && (!h->due || atomic_load(&h->urgent) > 0))
		pthread_cond_wait(&h->moved, &s->lock);
	h->due = false;
	more = !atomic_load(&h->ending);
	stage_unlock(s);
	return more;
}

int stage_digest_run(struct stage *s, struct err *err)
{
	struct hasher h;
	int r = hasher_init(&h, s, HASH_BEHIND, err);

	if (r == 0) {
		stage_lock(s);
		do
			r = step(&h, err);
		while (r > 0 && !gives_way(&h));
		/* What was left is taken up when it may go on. */
		if (r > 0)
			hash_due(s);
		stage_unlock(s);
	}
	hasher_fini(&h);
	return r < 0 ? r : 0;
}

void stage_digest_end(struct stage *s)
{
	stage_lock(s);
	atomic_store(&s->hashing.ending, true);
	pthread_cond_broadcast(&s->hashing.moved);
	stage_unlock(s);
}

static void want_open_files(struct stage *s)
{
	for (uint32_t i = 0; i < s->active.cap; i++) {
		struct active *a = s->active.slot[i].value;

		if (!a || !a->unhashed || a->row.nlink == 0 || a->row.size_bytes == 0)
			continue;
		a->unhashed = false;
		hash_want(s, a->row.ino);
	}
}

/* All that is wanted, by whichever thread. */
static int finish(struct hasher *h, struct err *err)
{
	struct stage *s = h->s;
	int r;

	do {
		r = step(h, err);
		while (r == 0 && s->hashing.busy > 0 && s->hashing.count == 0)
			pthread_cond_wait(&s->hashing.moved, &s->lock);
	} while (r > 0 || (r == 0 && s->hashing.count > 0));
	return r;
}

int stage_digest_all(struct stage *s, struct err *err)
{
	struct hasher h;
	int r;

	stage_lock(s);
	want_open_files(s);
	/* Another of its size may have come since. */
	if (s->hashing.alone_ino)
		hash_want(s, s->hashing.alone_ino);
	r = s->hashing.count > 0 || s->hashing.seen_ino != HASH_SEEN || s->hashing.busy > 0;
	stage_unlock(s);
	if (r == 0)
		return 0;
	r = hasher_init(&h, s, HASH_NOW, err);
	if (r == 0) {
		stage_lock(s);
		atomic_fetch_add(&s->hashing.urgent, 1);
		r = active_flush(s, err);
		if (r == 0)
			r = finish(&h, err);
		if (h.put_off)
			hash_want_from(s, h.put_off);
		atomic_fetch_sub(&s->hashing.urgent, 1);
		if (h.put_off)
			hash_due(s);
		pthread_cond_broadcast(&s->hashing.moved);
		stage_unlock(s);
	}
	hasher_fini(&h);
	return r;
}

/* 1 with the digest, 0 when @h has its content to hash. */
static int look_up(struct hasher *h, uint64_t ino, struct digest *out, struct err *err)
{
	struct catalog_digest known;
	struct catalog_inode row;
	int r = inode_get(h->s, ino, &row, err);

	if (r < 0)
		return r;
	if (!S_ISREG(row.mode))
		return err_set(err, -ENODATA, "it is no regular file");
	r = catalog_digest_get(h->s->catalog, ino, &known, NULL);
	if (r == 0 && known.version == row.version) {
		*out = known.sha256;
		return 1;
	}
	h->n = 1;
	h->all[0] = (struct content){
		.digest = { .ino = row.ino, .version = row.version },
		.loc = loc_of(&row),
		.size_bytes = row.size_bytes,
	};
	return 0;
}

/* 1 with the digest, 0 when the content has changed while it was read. */
static int hash_one(struct hasher *h, uint64_t ino, struct digest *out, struct err *err)
{
	struct content *c = &h->all[0];
	struct catalog_inode row;
	struct store_loc loc;
	int r;

	r = hash_content(h, c);
	if (r < 0)
		return err_set(err, r, "its content cannot be read");
	stage_lock(h->s);
	r = inode_get(h->s, ino, &row, err);
	if (r == 0) {
		loc = loc_of(&row);
		r = row.version == c->digest.version && same_place(&loc, &c->loc);
	}
	/* Of nothing, and beside the tree, none is kept. */
	if (r == 1 && row.size_bytes > 0 && stage_area_of(ino) == STAGE_AREA_TREE)
		keep_all(h, NULL);
	stage_unlock(h->s);
	if (r == 1)
		*out = c->digest.sha256;
	return r;
}

int stage_digest(struct stage *s, uint64_t ino, struct digest *out, struct err *err)
{
	struct hasher h;
	int r = hasher_init(&h, s, HASH_NOW, err);

	for (unsigned i = 0; r == 0 && i < TRIES; i++) {
		stage_lock(s);
		r = look_up(&h, ino, out, err);
		stage_unlock(s);
		if (r == 0)
			r = hash_one(&h, ino, out, err);
	}
	hasher_fini(&h);
	if (r == 0)
		return err_set(err, -EAGAIN, "it is being written; ask again");
	return r < 0 ? r : 0;
}
