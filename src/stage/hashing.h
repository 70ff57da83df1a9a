/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is yet to be hashed. Under the stage's lock but where told. */
#ifndef DISCFS_STAGE_HASHING_H
#define DISCFS_STAGE_HASHING_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct active;
struct err;
struct stage;

#define HASH_QUEUE 1024u
#define HASH_SEEN  UINT64_MAX

struct hashing {
	pthread_cond_t moved; /* there is something to hash, or less than before */
	uint64_t queue[HASH_QUEUE];
	uint32_t count;
	/*
	 * Inodes above it that are not in the queue may be without a digest: those that the queue
	 * had no room for, and after an opening all. HASH_SEEN: none.
	 */
	uint64_t seen_ino;
	uint32_t busy;		 /* threads that hash what they took and somebody may need */
	uint64_t alone_ino;	 /* what the background thread hashes though nobody needs it; 0 */
	bool due;		 /* the background thread may begin */
	_Atomic uint32_t urgent; /* threads in stage_digest_all; changed under the lock */
	atomic_bool ending;
};

void hashing_init(struct hashing *h);
void hashing_fini(struct hashing *h);
/* After opening and before closing: whether all have a digest is kept with the project. */
int hashing_open(struct stage *s, struct err *err);
int hashing_close(struct stage *s, struct err *err);
/* @ino has new content, which is not changed just now. */
void hash_want(struct stage *s, uint64_t ino);
/* All inodes from @ino on are new. */
void hash_want_from(struct stage *s, uint64_t ino);
/* A commit was made: what is wanted may be hashed now. */
void hash_due(struct stage *s);
/* The last hold of @a is gone. */
void hash_released(struct stage *s, struct active *a);
/* Before the content of @a changes: durable in the journal, so that no digest outlives it. */
int hash_drop(struct stage *s, struct active *a, struct err *err);

#endif
