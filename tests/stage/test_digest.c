/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digests: of the content as it is, never of one that was, and found again after any end. */
#include "catalog/digest.h"
#include "harness/t.h"
#include "rig_stage.h"
#include "stage/adopt.h"
#include "stage/digest.h"
#include "stage/range.h"

#include "stage/private.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The content read through the stage, hashed anew. */
static struct digest hash_again(struct rig *rig, uint64_t ino)
{
	uint64_t size = rig_attr(rig, ino).size_bytes;
	uint8_t *bytes = malloc(size + 1);
	struct digester *d = NULL;
	struct digest out;

	T_MUST(bytes && digester_new(&d, &rig->err) == 0);
	T_EQ(stage_hold(rig->s, ino, false, &rig->err), 0);
	T_EQ(stage_read(rig->s, ino, 0, bytes, size, &rig->err), size);
	stage_release(rig->s, ino);
	digester_begin(d);
	digester_add(d, bytes, size);
	out = digester_end(d);
	digester_free(d);
	free(bytes);
	return out;
}

static bool is_right(struct rig *rig, uint64_t ino)
{
	struct digest want = hash_again(rig, ino), got;

	return stage_digest(rig->s, ino, &got, &rig->err) == 0 &&
	       memcmp(&got, &want, sizeof(got)) == 0;
}

/* 1: the catalog has a digest of the content as it is now; 0: none. */
static int kept(struct rig *rig, uint64_t ino)
{
	struct catalog_inode row;
	struct catalog_digest d;
	int r = catalog_digest_get(rig->s->catalog, ino, &d, NULL);

	T_MUST(inode_get(rig->s, ino, &row, &rig->err) == 0);
	if (r == 0) {
		struct digest want = hash_again(rig, ino);

		T_EQ(d.version, row.version);
		T_MEM(&d.sha256, &want, sizeof(want));
	}
	return r == 0;
}

static void a_digest_is_that_of_the_content_now(void)
{
	struct rig rig;
	struct digest d;
	uint64_t f, g;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 5000);
	g = rig_file(&rig, ROOT, "g", 3000000);
	for (unsigned i = 0; i < 2; i++) {
		uint64_t ino = i ? g : f;

		T_TRUE(is_right(&rig, ino));
		T_EQ(kept(&rig, ino), 1);
		rig_write(&rig, ino, 1234, 10);
		T_EQ(kept(&rig, ino), 0);
		T_TRUE(is_right(&rig, ino));
		rig_truncate(&rig, ino, 100);
		T_EQ(kept(&rig, ino), 0);
		T_TRUE(is_right(&rig, ino));
		T_EQ(stage_allocate(rig.s, ino, STAGE_ALLOCATE_ZERO, 50, 10, &rig.err), 0);
		T_EQ(kept(&rig, ino), 0);
		T_TRUE(is_right(&rig, ino));
		T_EQ(stage_copy(rig.s, (struct stage_range){ i ? f : g, 0 },
			     (struct stage_range){ ino, 10 }, 20, &rig.err),
			20);
		T_EQ(kept(&rig, ino), 0);
		T_TRUE(is_right(&rig, ino));
	}
	rig_truncate(&rig, f, 0);
	T_TRUE(is_right(&rig, f));
	T_EQ(stage_digest(rig.s, ROOT, &d, &rig.err), -ENODATA);
	rig_fini(&rig);
}

static void what_is_finished_is_hashed_behind(void)
{
	struct rig rig;
	uint64_t f, open;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 5000);
	open = rig_create(&rig, ROOT, "open");
	T_EQ(stage_hold(rig.s, open, false, &rig.err), 0);
	rig_write(&rig, open, 0, 10);
	T_EQ(stage_digest_run(rig.s, &rig.err), 0);
	T_EQ(kept(&rig, f), 1);
	T_EQ(kept(&rig, open), 0);
	/* Who needs all of them needs that one as well. */
	T_EQ(stage_digest_all(rig.s, &rig.err), 0);
	T_EQ(kept(&rig, open), 1);
	rig_write(&rig, open, 3, 4);
	T_EQ(kept(&rig, open), 0);
	stage_release(rig.s, open);
	T_EQ(stage_digest_run(rig.s, &rig.err), 0);
	T_EQ(kept(&rig, open), 1);
	rig_unlink(&rig, ROOT, "f");
	T_EQ(catalog_digest_get(rig.s->catalog, f, &(struct catalog_digest){ 0 }, NULL), -ENOENT);
	rig_fini(&rig);
}

#define MANY 2500u

/* More than the queue has room for, and numbers of none between them. */
static void any_number_of_files_is_hashed(void)
{
	uint64_t ino[MANY];
	char name[16];
	struct rig rig;

	rig_init(&rig);
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "%u", i);
		ino[i] =
			i % 7 ? rig_file(&rig, ROOT, name, 1 + i % 5) : rig_mkdir(&rig, ROOT, name);
	}
	T_EQ(stage_digest_run(rig.s, &rig.err), 0);
	for (unsigned i = 0; i < MANY; i++)
		if (i % 7)
			T_EQ(kept(&rig, ino[i]), 1);
	T_EQ(rig.s->hashing.seen_ino == HASH_SEEN, 1);
	rig_fini(&rig);
}

static void digests_outlive_the_end_and_are_not_made_again(void)
{
	struct rig rig;
	uint64_t f, g;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 5000);
	T_EQ(stage_digest_run(rig.s, &rig.err), 0);
	rig_reopen(&rig);
	T_EQ(kept(&rig, f), 1);
	T_EQ(rig.s->hashing.seen_ino == HASH_SEEN, 1);
	/* One was not: the next opening looks for it. */
	g = rig_file(&rig, ROOT, "g", 5000);
	rig_reopen(&rig);
	T_EQ(kept(&rig, g), 0);
	T_EQ(rig.s->hashing.seen_ino == HASH_SEEN, 0);
	T_EQ(stage_digest_run(rig.s, &rig.err), 0);
	T_EQ(kept(&rig, g), 1);
	/* Of what is changed now, the old one goes first. */
	rig_write(&rig, f, 0, 1);
	T_EQ(kept(&rig, f), 0);
	rig_fini(&rig);
}

#define FILES 8u

/* Random changes, digests at random moments, and an end in the middle of anything. */
static void work_and_die(struct rig *rig, uint64_t seed)
{
	uint64_t ino[FILES];
	char name[8];

	rig_open(rig);
	t_seed(seed);
	for (unsigned i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "%u", i);
		ino[i] = rig_lookup(rig, ROOT, name);
		if (!ino[i])
			ino[i] = rig_create(rig, ROOT, name);
	}
	for (unsigned i = 0; i < 40; i++) {
		uint64_t f = ino[t_below(FILES)];

		switch (t_below(5)) {
		case 0:
			rig_truncate(rig, f, t_below(4000));
			break;
		case 1:
			stage_digest_run(rig->s, &rig->err);
			break;
		case 2:
			stage_digest_all(rig->s, &rig->err);
			if (t_below(2))
				stage_sync(rig->s, &rig->err);
			break;
		default:
			rig_write(rig, f, t_below(4000), 1 + t_below(4000));
		}
	}
	_exit(0);
}

static void no_digest_of_other_content_outlives_a_kill(void)
{
	struct rig rig = { .dir = t_tmpdir(), .measure = &rig_measure };
	unsigned found = 0;

	for (uint64_t seed = 1; seed <= 12; seed++) {
		pid_t child = fork();
		char name[8];
		int status;

		if (child == 0)
			work_and_die(&rig, seed);
		T_EQ(waitpid(child, &status, 0), child);
		T_EQ(status, 0);
		rig_open(&rig);
		for (unsigned i = 0; i < FILES; i++) {
			snprintf(name, sizeof(name), "%u", i);
			found += (unsigned)kept(&rig, rig_lookup(&rig, ROOT, name));
		}
		rig_close(&rig);
	}
	T_TRUE(found > 10);
}

static void *write_all_the_time(void *arg)
{
	struct rig *rig = arg;
	struct rig own = { .s = rig->s };
	uint64_t f = rig_lookup(&own, ROOT, "f");

	for (unsigned i = 0; i < 300; i++)
		rig_write(&own, f, i * 7 % 100000, 100);
	return NULL;
}

static void a_change_while_it_is_hashed_leaves_none(void)
{
	struct rig rig;
	pthread_t writer;
	struct digest d;
	uint64_t f;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 2000000);
	T_EQ(pthread_create(&writer, NULL, write_all_the_time, &rig), 0);
	for (unsigned i = 0; i < 20; i++) {
		int r = stage_digest(rig.s, f, &d, &rig.err);

		T_TRUE(r == 0 || r == -EAGAIN);
		stage_digest_all(rig.s, &rig.err);
	}
	pthread_join(writer, NULL);
	T_TRUE(is_right(&rig, f));
	T_EQ(kept(&rig, f), 1);
	rig_fini(&rig);
}

/* Else one long file would keep everybody waiting who asks for an image. */
static void who_needs_digests_waits_for_none_of_a_size_of_its_own(void)
{
	struct rig rig;
	uint64_t f, g;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	rig_truncate(&rig, f, 1ull << 40); /* a hole of an hour */
	T_EQ(stage_digest_all(rig.s, &rig.err), 0);
	rig_truncate(&rig, f, 3000000);
	T_EQ(stage_digest_all(rig.s, &rig.err), 0);
	T_EQ(kept(&rig, f), 0);
	g = rig_create(&rig, ROOT, "g");
	rig_truncate(&rig, g, 3000000);
	T_EQ(stage_digest_all(rig.s, &rig.err), 0);
	T_EQ(kept(&rig, f), 1);
	T_EQ(kept(&rig, g), 1);
	rig_truncate(&rig, g, 4000000);
	T_EQ(stage_digest_all(rig.s, &rig.err), 0);
	T_EQ(kept(&rig, g), 0);
	T_EQ(stage_digest_run(rig.s, &rig.err), 0);
	T_EQ(kept(&rig, g), 1);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_digest_is_that_of_the_content_now);
	T_RUN(what_is_finished_is_hashed_behind);
	T_RUN(any_number_of_files_is_hashed);
	T_RUN(who_needs_digests_waits_for_none_of_a_size_of_its_own);
	T_RUN(digests_outlive_the_end_and_are_not_made_again);
	T_RUN(no_digest_of_other_content_outlives_a_kill);
	T_RUN(a_change_while_it_is_hashed_leaves_none);
	return t_end();
}
