/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compaction: which segments are worth emptying, and moving what is left in them. */
#include "private.h"

#include "base/err.h"

#include <fcntl.h>
#include <sys/stat.h>

struct search {
	struct store *store;
	uint64_t tail_id; /* what is older does not grow any more */
	uint64_t *id;
	size_t count, cap;
};

/*
 * The file system counts for us: what dies is punched, so that the blocks of a segment are what
 * lives in it and the halves of pages that nothing can give back. A chunk's unwritten end is a
 * hole too: closing such holes is what moving does.
 */
static bool is_sparse(const struct store *s, uint64_t id)
{
	char name[CONTAINER_NAME];
	int dir = container_name(s, STORE_SEGMENT, id, name);
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (uint64_t)st.st_blocks * 512 <= (uint64_t)st.st_size / STORE_SPARSE_SHARE;
}

static void look(void *arg, uint64_t id)
{
	struct search *found = arg;

	if (found->count < found->cap && id < found->tail_id && is_sparse(found->store, id))
		found->id[found->count++] = id;
}

size_t store_sparse(struct store *s, uint64_t *id, size_t cap)
{
	struct search found = { .store = s, .id = id, .cap = cap };
	bool looked_already;

	pthread_mutex_lock(&s->lock);
	looked_already = s->freed == s->sparse_freed;
	s->sparse_freed = s->freed;
	found.tail_id = s->tail_id;
	pthread_mutex_unlock(&s->lock);
	if (looked_already || segment_list(s, look, &found, NULL) < 0)
		return 0;
	return found.count;
}

bool store_frozen(struct store *s)
{
	bool frozen;

	pthread_mutex_lock(&s->lock);
	frozen = !TAILQ_EMPTY(&s->freezes);
	pthread_mutex_unlock(&s->lock);
	return frozen;
}

static int move(struct store_file *f, struct err *err)
{
	struct want want = { .size_bytes = f->size_bytes, .keep_bytes = f->size_bytes };
	struct place p;
	int r = reserve_take(f->store, f->size_bytes, err);

	if (r == 0)
		r = place_anew(f, &want, &p, err);
	if (r == 0)
		place_commit(f, &p);
	return r;
}

int store_file_move(struct store_file *f, struct err *err)
{
	int r;

	if (f->loc.kind != STORE_SEGMENT)
		return 0;
	if (f->size_bytes == 0)
		return store_file_truncate(f, 0, err);
	r = change_begin(f, err);
	if (r < 0)
		return r;
	r = move(f, err);
	change_end(f);
	return r;
}

int store_retire(struct store *s, uint64_t segment, struct err *err)
{
	int r = dead_retire(s, segment, err);

	return r < 0 ? r : dead_run(s, err);
}
