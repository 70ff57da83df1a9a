/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frozen content copied out is what reading it gives, whatever happened to the files meanwhile. */
#include "base/file.h"
#include "base/sector.h"
#include "harness/t.h"
#include "rig_store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES 120u

struct staged {
	struct store_file *f;
	struct store_loc loc; /* at the freeze */
	uint64_t size_bytes;
	uint64_t seed;
};

static uint64_t random_size(void)
{
	static const uint64_t sizes[] = { 1, 2047, 2048, 2049, 5000, 40000, 300000, STORE_SMALL_MAX,
		STORE_SMALL_MAX + 1, 3000000 };

	return t_below(3) ? 1 + t_below(9000) : sizes[t_below(sizeof(sizes) / sizeof(sizes[0]))];
}

static void stage(struct rig *r, struct staged *all)
{
	for (unsigned i = 0; i < FILES; i++) {
		struct staged *s = &all[i];

		*s = (struct staged){ .f = rig_new(r), .seed = i + 1, .size_bytes = random_size() };
		T_EQ(rig_write(s->f, s->seed, 0, (size_t)s->size_bytes), 0);
		/* Cut ones keep what was behind, until they are closed. */
		if (t_below(4) == 0) {
			s->size_bytes = 1 + t_below(s->size_bytes);
			T_EQ(store_file_truncate(s->f, s->size_bytes, NULL), 0);
		}
		s->loc = store_file_loc(s->f);
		if (t_below(3)) {
			store_file_close(s->f);
			s->f = NULL;
		}
	}
}

/* Bytes that the freeze must not see: behind the ends of what it reads. */
static void append_to_all(struct staged *all, struct rig *r)
{
	for (unsigned i = 0; i < FILES; i++) {
		struct staged *s = &all[i];

		if (!s->f)
			s->f = rig_open(r, s->loc, s->size_bytes);
		T_EQ(rig_write(s->f, 999, s->size_bytes, 1 + (size_t)t_below(3000)), 0);
	}
}

static uint64_t pieces_of(const struct staged *all, struct store_piece *out)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < FILES; i++) {
		out[i] = (struct store_piece){
			.loc = all[i].loc,
			.n_bytes = all[i].size_bytes,
			.room_bytes = sectors_for(all[i].size_bytes) * SECTOR,
		};
		bytes += out[i].room_bytes;
	}
	return bytes;
}

static void check(int fd, uint64_t at, const struct staged *all)
{
	uint8_t *got = malloc(4000000), *want = malloc(4000000);

	T_MUST(got && want);
	for (unsigned i = 0; i < FILES; i++) {
		size_t n = (size_t)all[i].size_bytes, room = (n + SECTOR - 1) / SECTOR * SECTOR;

		memset(want, 0, room);
		rig_fill(want, all[i].seed, 0, n);
		T_EQ(file_pread_full(fd, got, room, at), 0);
		T_MUST(t_mem(got, want, room, "a room", __FILE__, (int)i));
		at += room;
	}
	free(got);
	free(want);
}

static void copy_to(int flags, uint64_t to_bytes)
{
	struct staged *all = calloc(FILES, sizeof(*all));
	struct store_piece *piece = calloc(FILES, sizeof(*piece));
	struct store_freeze *z;
	struct rig r;
	char path[512];
	uint64_t bytes;
	int fd;

	T_MUST(all && piece);
	rig_init(&r);
	stage(&r, all);
	T_MUST(store_freeze_begin(r.store, &z, NULL) == 0);
	append_to_all(all, &r);
	snprintf(path, sizeof(path), "%s/out", t_tmpdir());
	fd = open(path, flags | O_CREAT | O_CLOEXEC, 0600);
	bytes = pieces_of(all, piece);
	T_MUST(fd >= 0 && ftruncate(fd, (off_t)(to_bytes + bytes)) == 0);
	T_EQ(store_freeze_copy(z, piece, FILES, fd, to_bytes, NULL), 0);
	close(fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	check(fd, to_bytes, all);
	close(fd);
	for (unsigned i = 0; i < FILES; i++)
		store_file_close(all[i].f);
	store_freeze_end(z);
	rig_fini(&r);
	free(piece);
	free(all);
}

static void copies_are_what_was_frozen(void)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		t_seed(seed);
		copy_to(O_RDWR, seed * SECTOR);
	}
}

/* A descriptor that cannot be mapped: the rests are written. */
static void a_file_open_for_writing_alone_will_do(void)
{
	t_seed(9);
	copy_to(O_WRONLY, 0);
}

static void a_part_of_a_content_is_copied(void)
{
	struct store_piece piece = {
		.off_bytes = 4 * SECTOR, .n_bytes = 3 * SECTOR, .room_bytes = 3 * SECTOR
	};
	uint8_t got[3 * SECTOR], want[3 * SECTOR];
	struct store_freeze *z;
	struct rig r;
	char path[512];
	int fd;

	rig_init(&r);
	for (unsigned i = 0; i < 2; i++) {
		piece.loc = rig_stage(&r, 7, i ? 2000000 : 20000);
		T_MUST(store_freeze_begin(r.store, &z, NULL) == 0);
		snprintf(path, sizeof(path), "%s/out", t_tmpdir());
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		T_EQ(store_freeze_copy(z, &piece, 1, fd, SECTOR, NULL), 0);
		T_EQ(file_pread_full(fd, got, sizeof(got), SECTOR), 0);
		rig_fill(want, 7, 4 * SECTOR, sizeof(want));
		T_MEM(got, want, sizeof(got));
		close(fd);
		store_freeze_end(z);
	}
	rig_fini(&r);
}

int main(void)
{
	T_RUN(copies_are_what_was_frozen);
	T_RUN(a_file_open_for_writing_alone_will_do);
	T_RUN(a_part_of_a_content_is_copied);
	return t_end();
}
