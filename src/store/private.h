/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the store share. */
#ifndef DISCFS_STORE_PRIVATE_H
#define DISCFS_STORE_PRIVATE_H

#include "base/sector.h"
#include "store/store.h"

#include <limits.h>
#include <pthread.h>
#include <sys/queue.h>

#define CONTAINER_BUCKETS 4096u
#define CONTAINER_IDLE	  64u /* descriptors kept open that nobody uses now */
#define CONTAINER_NAME	  40u /* bytes of a name below segments/ or objects/ */
#define OBJECT_ID_MAX	  (1ull << 48)
#define OBJECT_SHARD_BITS 10	       /* 1024 objects to a folder */
#define CHUNK_BYTES	  (64u * 1024) /* the first private chunk */
#define PUNCH_BYTES	  4096u	       /* what a punched hole can give back */

/*
 * A file on disk: a segment or an object. The record lives while somebody uses it, its descriptor
 * is kept, or it has something to sync. Whoever holds a reference may use fd without the lock.
 */
struct container {
	enum store_kind kind; /* constant, as is id */
	uint64_t id;
	/* under store.lock */
	LIST_ENTRY(container) bucket;
	TAILQ_ENTRY(container) age; /* in store.idle while idle */
	int fd;			    /* -1: closed; stays as it is while refs > 0 once open */
	unsigned refs;
	bool idle;
	bool dirty;   /* written since the last fdatasync began */
	bool fresh;   /* its name is not durable yet */
	bool failed;  /* an fsync failed: what the kernel dropped never comes back */
	bool syncing; /* one fdatasync at a time: the kernel tells a failure only once */
	bool owed;    /* holds what was durable elsewhere: to be synced before the next commit */
	bool gone;    /* unlinked and out of the buckets; freed with the last reference */
};
LIST_HEAD(container_list, container);
TAILQ_HEAD(container_queue, container);

/*
 * Space that nothing names any more, freed when no freeze that began before seq is held and seq
 * is settled. In the queue by rising seq, so that what is ready is always a prefix.
 */
struct death {
	struct store_loc loc;
	uint64_t seq;
	bool cut;   /* only this range of a content that lives on */
	bool whole; /* the segment itself */
};

struct reference_list;
struct store_source;

struct store_freeze {
	struct store *store;
	uint64_t begin;		       /* its place in the sequence */
	TAILQ_ENTRY(store_freeze) age; /* under store.lock, by rising begin */
};
TAILQ_HEAD(freeze_queue, store_freeze);

struct store {
	int segments_fd, objects_fd;	   /* constant: the folders */
	uint64_t segment_bytes, small_max; /* constant */

	/* Held for reading by each change of content, for writing while a freeze begins, so that
	 * no write is half done at that point. Taken before lock. */
	pthread_rwlock_t gate;
	pthread_mutex_t beginning; /* one thread makes the next segment; taken before lock */
	pthread_mutex_t lock;
	pthread_cond_t quiet; /* a container's syncing or cutting ended */

	/* under lock */
	struct container_list buckets[CONTAINER_BUCKETS];
	struct container_queue idle; /* oldest first */
	unsigned idle_count;
	struct container *tail; /* the segment that grows; referenced; NULL: none yet */
	uint64_t tail_id;	/* of the newest segment; 0: none yet */
	uint64_t tail_bytes;	/* nothing was ever written at or past it; a multiple of 2048 */
	uint64_t next_object;
	uint64_t seq;	  /* counts freezes and deaths */
	uint64_t settled; /* deaths up to it may be freed; UINT64_MAX until the first mark */
	struct freeze_queue freezes;
	struct reference_list *references; /* buckets; NULL: none yet */
	uint64_t reference_count, reference_bytes;
	struct death *dead; /* dead_count of them from dead_head on */
	size_t dead_head, dead_count, dead_cap;
	size_t cuts;	       /* how many of the queue are cuts */
	uint64_t syncs;	       /* calls of store_sync so far */
	size_t owing;	       /* containers that are owed */
	size_t cutting;	       /* batches with cuts that are being executed */
	uint64_t freed;	       /* counts deaths that were executed */
	uint64_t sparse_freed; /* as it was when sparse segments were looked for last */
	uint64_t budget_bytes; /* that may be written before the file system is asked again */
	bool wasted;	       /* something could not be freed */
	bool inherited;	       /* a former process may have left bytes only in the page cache */
};

struct store_file {
	struct store *store;
	struct store_loc loc; /* SEGMENT: size <= cap; OBJECT: the file reaches size; NONE: zeros */
	struct store_loc left; /* where it was before the last call; dies with the next call */
	uint64_t size_bytes;
	uint64_t high_bytes;   /* in the container all is zero at and past it */
	uint64_t trim_bytes;   /* content was cut or failed up to here; 0: nothing to trim */
	uint64_t syncs;	       /* while it is the store's, no content was synced; 0: some was */
	uint64_t born;	       /* sequence at which the container was begun */
	uint64_t seen;	       /* sequence at the last change */
	uint64_t frozen_bytes; /* below it a freeze may read; 0: none does */
};

/* Opens a store with smaller segments: for tests of their border. */
int store_open_limited(
	const char *dir, uint64_t segment_bytes, struct store **out, struct err *err);

/* container.c */
int container_get(struct store *s, enum store_kind kind, uint64_t id, struct container **out,
	struct err *err);
/* Makes a new file; -EEXIST when there is one already. */
int container_make(struct store *s, enum store_kind kind, uint64_t id, struct container **out,
	struct err *err);
void container_put(struct store *s, struct container *c);
/* The same after a write: there is something to sync. */
void container_put_written(struct store *s, struct container *c);
/* Its name is gone: nothing is left to sync. */
void container_forget(struct store *s, enum store_kind kind, uint64_t id);
/* One more reference; the descriptor may be closed. */
void container_ref_locked(struct store *s, struct container *c);
/* Opens the descriptor of a referenced record that may have none. */
int container_reopen(struct store *s, struct container *c, struct err *err);
/* The name below segments/ or objects/. */
void container_path(enum store_kind kind, uint64_t id, char out[static CONTAINER_NAME]);
/* Below which of the two folders, and under which name. */
int container_name(
	const struct store *s, enum store_kind kind, uint64_t id, char out[static CONTAINER_NAME]);
/* Frees the whole pages in @where; a container that is not there is fine. */
int container_punch(struct store *s, struct store_loc where, struct err *err);
void container_close_all(struct store *s);

/* segment.c */
/* @n bytes (a multiple of 2048, at most small_max) at the tail. */
int segment_reserve(struct store *s, uint64_t n, struct store_loc *out, struct err *err);
/* The same for space that is not written at once: the file is lengthened over it. */
int segment_reserve_chunk(struct store *s, uint64_t n, struct store_loc *out, struct err *err);
/* True when @loc lies at the tail and could be enlarged to @cap_bytes there. */
bool segment_grow(struct store *s, struct store_loc *loc, uint64_t cap_bytes);
/* Takes back what a failed write had reserved, if it still is the tail. */
void segment_give_back(struct store *s, struct store_loc *loc, uint64_t cap_bytes);
/* Finds where the tail is. */
int segment_scan(struct store *s, struct err *err);
/* Nothing new is ever put where @loc says something is. */
int segment_avoid(struct store *s, const struct store_loc *loc, struct err *err);
bool segment_parse(const char *name, uint64_t *out);
/* Calls @fn for each segment that there is, in no order. */
typedef void segment_fn(void *arg, uint64_t id);
int segment_list(struct store *s, segment_fn *fn, void *arg, struct err *err);
int segment_remove(struct store *s, uint64_t id, struct err *err);

/* object.c */
int object_make(struct store *s, struct container **out, struct err *err);
int object_remove(struct store *s, uint64_t id, struct err *err);
int object_scan(struct store *s, struct err *err);
void object_avoid(struct store *s, uint64_t id);
/* A whole string of hexadecimal digits; false for anything else. */
bool object_parse(const char *name, uint64_t *out);

/* copy.c */
/* Copies what is not a hole of bytes that are there; the target's range must read as zeros. */
int copy_data(int from_fd, uint64_t from_bytes, int to_fd, uint64_t to_bytes, uint64_t n);
/* Copies @n bytes that are there, holes as zeros; shared where the file system can. */
int copy_bytes(int from_fd, uint64_t from_bytes, int to_fd, uint64_t to_bytes, uint64_t n);
/* A reflink of the whole file where the file system can. */
bool copy_clone(int from_fd, int to_fd);
/* Makes a range zeros; the file does not get shorter. */
int copy_zeros(int fd, uint64_t off_bytes, uint64_t n);
/* Gives every hole in the range its blocks, so that overwriting cannot run out of space. */
int copy_fill_holes(int fd, uint64_t off_bytes, uint64_t n);

/* move.c: where a change goes. */
struct want {
	uint64_t from_bytes; /* nothing below is touched */
	uint64_t size_bytes; /* after the change */
	uint64_t keep_bytes; /* so much of the content has to be there before it */
};
struct place {
	struct store_loc loc;
	struct container *c; /* referenced */
	uint64_t high_bytes;
	bool moved;
	bool carried; /* content came along */
};
int place_find(struct store_file *f, const struct want *want, struct place *out, struct err *err);
/* The same, but never where the content is now. */
int place_anew(struct store_file *f, const struct want *want, struct place *out, struct err *err);
/* The content now lies at @p; releases it. */
void place_commit(struct store_file *f, struct place *p);
/* Nothing has changed but bytes past the content; releases it. */
void place_abandon(struct store_file *f, struct place *p);
/* Makes the container physically as long as content of @size_bytes. */
int place_reach(const struct place *p, uint64_t size_bytes);

/* write.c */
/* Begins a change: no freeze begins until change_end. */
int change_begin(struct store_file *f, struct err *err);
void change_end(struct store_file *f);

/* reference.c */
/* The source, open and as it was; @path holds the path in @out. */
int reference_open(struct store *s, uint64_t id, char path[static PATH_MAX],
	struct store_source *out, struct err *err);
/* -ESTALE when the open @fd is not what it was. */
int reference_verify(int fd, const struct store_source *src, struct err *err);
int reference_read(
	struct store *s, uint64_t id, uint64_t off_bytes, void *out, size_t n, struct err *err);
/* The bytes of @p, one piece of a source, to another file. */
int reference_copy(
	struct store *s, const struct store_piece *p, int fd, uint64_t to_bytes, struct err *err);
/* Nothing names it any more: it counts no longer, and is read only by who froze it. */
void reference_die(struct store *s, uint64_t id);
void reference_close_all(struct store *s);

/* loc.c */
int loc_check(const struct store_loc *loc, uint64_t size_bytes, struct err *err);

/* reserve.c */
/* -ENOSPC when @n more bytes would leave the file system too full for the catalog. */
int reserve_take(struct store *s, uint64_t n, struct err *err);

/* dead.c */
int dead_bury(struct store *s, const struct store_loc *loc, struct err *err);
/* Removes the segment itself. */
int dead_retire(struct store *s, uint64_t segment, struct err *err);
/* Frees @where, a part of a living content, unless the content is opened again before. */
int dead_cut(struct store *s, const struct store_loc *where, struct err *err);
/* Withdraws cuts of @loc; returns the end of the last one, 0 when there was none. */
uint64_t dead_uncut(struct store *s, const struct store_loc *loc);
/* Frees what is ready. */
int dead_run(struct store *s, struct err *err);

#endif
