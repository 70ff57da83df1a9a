/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A store in a directory of its own, and shorthands for the tests of the store. */
#include "rig_store.h"

#include "harness/t.h"
#include "store/private.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

void rig_init_limited(struct rig *r, uint64_t segment_bytes)
{
	r->dir = t_tmpdir();
	r->segment_bytes = segment_bytes;
	T_MUST(store_open_limited(r->dir, segment_bytes, &r->store, NULL) == 0);
}

void rig_init(struct rig *r)
{
	rig_init_limited(r, STORE_SEGMENT_BYTES);
}

void rig_reopen(struct rig *r)
{
	store_close(r->store);
	r->store = NULL;
	T_MUST(store_open_limited(r->dir, r->segment_bytes, &r->store, NULL) == 0);
}

void rig_fini(struct rig *r)
{
	store_close(r->store);
	r->store = NULL;
}

struct store_file *rig_open(struct rig *r, struct store_loc loc, uint64_t size_bytes)
{
	struct store_file *f = NULL;

	T_MUST(store_file_open(r->store, loc, size_bytes, &f, NULL) == 0);
	return f;
}

struct store_file *rig_new(struct rig *r)
{
	return rig_open(r, (struct store_loc){ .kind = STORE_NONE }, 0);
}

uint8_t rig_byte(uint64_t seed, uint64_t off_bytes)
{
	uint64_t x = (off_bytes + 1) * 0x9e3779b97f4a7c15ull ^ seed * 0xbf58476d1ce4e5b9ull;

	return (uint8_t)(x >> 56 | 1); /* never 0, so that a hole is told from content */
}

void rig_fill(uint8_t *out, uint64_t seed, uint64_t off_bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = rig_byte(seed, off_bytes + i);
}

int rig_write(struct store_file *f, uint64_t seed, uint64_t off_bytes, size_t n)
{
	uint8_t *bytes = malloc(n + 1);
	int r;

	T_MUST(bytes != NULL);
	rig_fill(bytes, seed, off_bytes, n);
	r = store_file_write(f, off_bytes, bytes, n, NULL);
	free(bytes);
	return r;
}

struct store_loc rig_stage(struct rig *r, uint64_t seed, size_t n)
{
	struct store_file *f = rig_new(r);
	struct store_loc loc;

	T_EQ(rig_write(f, seed, 0, n), 0);
	T_EQ(store_file_size(f), n);
	loc = store_file_loc(f);
	store_file_close(f);
	return loc;
}

bool rig_holds(struct rig *r, struct store_loc loc, uint64_t seed, uint64_t off_bytes, size_t n)
{
	uint8_t *bytes = malloc(n + 1);
	size_t good = 0;

	T_MUST(bytes != NULL);
	if (store_read(r->store, loc, off_bytes, bytes, n, NULL) == 0) {
		while (good < n && bytes[good] == rig_byte(seed, off_bytes + good))
			good++;
	}
	free(bytes);
	return good == n;
}

const char *rig_path(const struct rig *r, const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", r->dir, name);
	return path;
}

static uint64_t disk_bytes;

static int add(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)path;
	(void)at;
	if (type == FTW_F)
		disk_bytes += (uint64_t)st->st_blocks * 512;
	return 0;
}

uint64_t rig_disk_bytes(const struct rig *r)
{
	disk_bytes = 0;
	nftw(r->dir, add, 16, FTW_PHYS);
	return disk_bytes;
}
