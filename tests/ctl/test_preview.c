/* SPDX-License-Identifier: GPL-3.0-or-later */
/* image.iso while files come, change and go: each open stays what it was, for every thread. */
#include "base/sector.h"
#include "harness/t.h"
#include "rig_ctl.h"
#include "stage/stage.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILES	30u
#define READERS 3u
#define ROUNDS	4u

static struct rig rig;

/* An open image.iso, and what it said first. */
struct opened {
	struct ctl_handle *handle;
	uint8_t *bytes;
	size_t n;
	pthread_t thread[READERS];
};

/* A range, maybe with parts of sectors at its ends. */
static void read_some(const struct opened *o, uint64_t *random)
{
	uint8_t part[3 * SECTOR];
	struct err err = { 0 };
	size_t at, n;

	*random = *random * 6364136223846793005u + 1442695040888963407u;
	at = (size_t)(*random >> 33) % o->n;
	n = (size_t)(*random >> 20) % sizeof(part) + 1;
	if (n > o->n - at)
		n = o->n - at;
	T_EQ(ctl_read(o->handle, at, part, n, &err), (ssize_t)n);
	T_MEM(part, o->bytes + at, n);
}

static void *keep_reading(void *arg)
{
	uint64_t random = (uint64_t)(uintptr_t)&random;

	for (unsigned i = 0; i < 300; i++)
		read_some(arg, &random);
	return NULL;
}

static void open_image(struct opened *o)
{
	struct ctl_attr a;
	struct err err = { 0 };

	T_MUST(ctl_getattr(rig.ctl, rig_node(&rig, "image.iso"), &a) == 0);
	o->handle = rig_open(&rig, "image.iso", O_RDONLY);
	o->n = a.size_bytes;
	o->bytes = malloc(o->n);
	T_MUST(o->bytes != NULL);
	T_EQ(ctl_read(o->handle, 0, o->bytes, o->n, &err), (ssize_t)o->n);
	for (unsigned i = 0; i < READERS; i++)
		T_MUST(pthread_create(&o->thread[i], NULL, keep_reading, o) == 0);
}

static void close_image(struct opened *o)
{
	uint8_t *again = malloc(o->n);
	struct err err = { 0 };

	for (unsigned i = 0; i < READERS; i++)
		pthread_join(o->thread[i], NULL);
	T_MUST(again != NULL);
	T_EQ(ctl_read(o->handle, 0, again, o->n, &err), (ssize_t)o->n);
	T_MEM(again, o->bytes, o->n);
	free(again);
	free(o->bytes);
	ctl_release(o->handle);
}

static uint64_t number_of(const char *name)
{
	struct stage_attr a;

	T_MUST(stage_lookup(rig.stage, STAGE_ROOT_INO, name, &a, NULL) == 0);
	return a.ino;
}

/* Overwrites the start, appends beyond the end, cuts, removes, renames: one of these to each file.
 */
static void change_all(unsigned round)
{
	static const char bytes[5000] = "changed";
	struct err err = { 0 };
	char name[32], other[32];

	for (unsigned i = 0; i < FILES; i++) {
		uint64_t size = 700 + round, ino;
		struct stage_attr a;

		snprintf(name, sizeof(name), "file%u", i);
		ino = number_of(name);
		T_MUST(stage_hold(rig.stage, ino, false, &err) == 0);
		if (i % 4 == 0)
			T_TRUE(stage_write(rig.stage, ino, 0, false, bytes, 100 + round, &err) > 0);
		if (i % 4 == 1)
			T_TRUE(stage_write(rig.stage, ino, 0, true, bytes, 5000, &err) > 0);
		if (i % 4 == 2)
			T_EQ(stage_setattr(rig.stage, ino,
				     &(struct stage_change){ .size_bytes = &size }, &a, &err),
				0);
		stage_release(rig.stage, ino);
		if (i % 4 != 3)
			continue;
		T_EQ(stage_unlink(rig.stage, STAGE_ROOT_INO, name, &err), 0);
		snprintf(other, sizeof(other), "new%u-%u", round, i);
		rig_put(&rig, other, 3000 * i);
		rig_put(&rig, name, 2000 * round + i);
	}
	T_EQ(stage_sync(rig.stage, &err), 0);
}

static void an_open_image_never_changes_while_staging_goes_on(void)
{
	struct opened o[ROUNDS];
	char name[32];

	rig_init(&rig);
	for (unsigned i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "file%u", i);
		rig_put(&rig, name, i * 977);
	}
	rig_put(&rig, "large", 3 << 20);
	for (unsigned round = 0; round < ROUNDS; round++) {
		open_image(&o[round]);
		change_all(round);
	}
	for (unsigned round = 1; round < ROUNDS; round++)
		T_TRUE(o[0].n != o[round].n || memcmp(o[0].bytes, o[round].bytes, o[0].n) != 0);
	for (unsigned round = 0; round < ROUNDS; round++)
		close_image(&o[round]);
	rig_fini(&rig);
}

static struct stage_attr attr;

/* Makes files as fast as it can until it is told to stop. */
static void *keep_staging(void *arg)
{
	const bool *stop = arg;
	struct err err = { 0 };
	char name[32];

	for (unsigned i = 0; !__atomic_load_n(stop, __ATOMIC_ACQUIRE); i++) {
		snprintf(name, sizeof(name), "more%u", i);
		T_EQ(stage_make(rig.stage, STAGE_ROOT_INO, name,
			     (struct stage_kind){ S_IFREG | 0644, 0 }, (struct stage_owner){ 0, 0 },
			     &attr, &err),
			0);
	}
	return NULL;
}

/* A frozen state is one moment: its size is that of what its own directory says. */
static void an_image_is_opened_while_files_come(void)
{
	bool stop = false;
	pthread_t thread;

	rig_init(&rig);
	T_MUST(pthread_create(&thread, NULL, keep_staging, &stop) == 0);
	for (unsigned i = 0; i < 20; i++) {
		struct ctl_handle *h = rig_open(&rig, "image.iso", O_RDONLY);
		struct err err = { 0 };
		uint8_t said[4], pvd[SECTOR];
		uint32_t nsec;

		T_EQ(ctl_read(h, 16 * SECTOR, pvd, SECTOR, &err), (ssize_t)SECTOR);
		memcpy(said, pvd + 80, 4); /* ECMA-119 8.4.8 */
		nsec = (uint32_t)(said[0] | said[1] << 8 | said[2] << 16) | (uint32_t)said[3] << 24;
		T_EQ(ctl_read(h, (uint64_t)(nsec - 1) * SECTOR, pvd, SECTOR, &err),
			(ssize_t)SECTOR);
		T_EQ(ctl_read(h, (uint64_t)nsec * SECTOR, pvd, SECTOR, &err), 0);
		ctl_release(h);
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(an_open_image_never_changes_while_staging_goes_on);
	T_RUN(an_image_is_opened_while_files_come);
	return t_end();
}
