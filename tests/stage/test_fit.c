/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the medium's end: refused at the write, exact to the sector. */
#include "harness/t.h"
#include "rig_stage.h"

#include <errno.h>
#include <string.h>
#include <stdio.h>

static uint64_t free_nsec(struct rig *rig)
{
	struct stage_space space = { 0 };

	T_EQ(stage_space(rig->s, &space, &rig->err), 0);
	return space.free_nsec;
}

static void a_write_takes_what_still_fits(void)
{
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	rig_room(&rig, rig_image(&rig) + 3);
	T_EQ(rig_write(&rig, f, 0, 100), 100);
	T_EQ(rig_write(&rig, f, 100, 10000), 3 * 2048 - 100);
	T_EQ(rig_write(&rig, f, 3 * 2048, 1), -ENOSPC);
	T_HAS(rig.err.msg, "need 29 blocks, have 28");
	T_HAS(rig.err.msg, "overcommit");
	T_HAS(rig.err.msg, "load");
	T_EQ(free_nsec(&rig), 0);
	T_TRUE(rig_content_is(&rig, f, 3 * 2048));
	T_EQ(rig_write(&rig, f, 0, 3 * 2048), 3 * 2048);
	rig_fini(&rig);
}

static void bytes_near_the_end_are_counted_one_by_one(void)
{
	unsigned long measured;
	struct rig rig;
	uint64_t f;
	ssize_t r;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	rig_room(&rig, rig_image(&rig) + 2);
	T_EQ(stage_hold(rig.s, f, false, &rig.err), 0);
	measured = atomic_load(&rig_measured);
	for (uint64_t off = 0; off < 2 * 2048; off++) {
		r = rig_write(&rig, f, off, 1);
		T_MUST(r == 1);
	}
	T_EQ(rig_write(&rig, f, 2 * 2048, 1), -ENOSPC);
	/* Writing never measured a directory, but for once to be sure that it is full. */
	T_TRUE(atomic_load(&rig_measured) - measured <= 1);
	stage_release(rig.s, f);
	rig_fini(&rig);
}

static void units_and_padding_of_the_medium_count(void)
{
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	/* 25 + data + 150 padded to 16, and 2: 13 * 16 + 2 = 210 leaves 33 of data. */
	stage_set_room(rig.s,
		&(struct room){
			.capacity_nsec = 225, .pad_nsec = 150, .unit_nsec = 16, .runout_nsec = 2 });
	T_EQ(rig_write(&rig, f, 0, 100000), 33 * 2048);
	T_EQ(rig_write(&rig, f, 33 * 2048, 1), -ENOSPC);
	rig_fini(&rig);
}

static void a_size_is_all_or_nothing(void)
{
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	rig_room(&rig, rig_image(&rig) + 3);
	T_EQ(rig_truncate(&rig, f, 3 * 2048 + 1), -ENOSPC);
	T_EQ(rig_attr(&rig, f).size_bytes, 0);
	T_EQ(rig_truncate(&rig, f, 1ull << 60), -ENOSPC);
	T_EQ(rig_truncate(&rig, f, 3 * 2048), 0);
	T_EQ(rig_write(&rig, f, 1ull << 60, 1), -ENOSPC);
	T_EQ(rig_attr(&rig, f).size_bytes, 3 * 2048);
	T_EQ(rig_truncate(&rig, f, 0), 0);
	T_EQ(free_nsec(&rig), 3);
	rig_fini(&rig);
}

static void names_are_refused_when_their_directory_outgrows_the_medium(void)
{
	struct stage_attr before, after;
	struct stage_space sb, sa;
	struct rig rig;
	char name[32];
	uint64_t d;
	int r = 0, n = 0;

	rig_init(&rig);
	d = rig_mkdir(&rig, ROOT, "d");
	rig_room(&rig, rig_image(&rig) + 1);
	while (r == 0) {
		before = rig_attr(&rig, d);
		T_EQ(stage_space(rig.s, &sb, &rig.err), 0);
		snprintf(name, sizeof(name), "name%03d", n++);
		r = rig_make(&rig, d, name, S_IFREG | 0644);
	}
	T_EQ(r, -ENOSPC);
	T_HAS(rig.err.msg, "does not fit");
	/* 68 + 140 * 28 bytes are 2 sectors, one name more is the third. */
	T_EQ(n, 29);
	after = rig_attr(&rig, d);
	T_EQ(stage_space(rig.s, &sa, &rig.err), 0);
	T_MEM(&after, &before, sizeof(after));
	T_MEM(&sa, &sb, sizeof(sa));
	T_EQ(rig_lookup(&rig, d, name), 0);
	T_EQ(rig_make(&rig, d, "more", S_IFDIR | 0755), -ENOSPC);
	T_EQ(rig_attr(&rig, d).nlink, 2);
	/* Order may still be made, and what shrinks is never refused. */
	T_EQ(rig_rename(&rig, d, "name001", d, "x"), 0);
	T_EQ(rig_unlink(&rig, d, "x"), 0);
	T_EQ(rig_make(&rig, d, "y", S_IFREG | 0644), 0);
	rig_reopen_recounted(&rig);
	T_EQ(rig_image(&rig), sb.image_nsec);
	rig_fini(&rig);
}

static void a_rename_is_refused_when_a_directory_outgrows_the_medium(void)
{
	struct rig rig;
	char name[256];
	uint64_t d, f;
	int i;

	rig_init(&rig);
	d = rig_mkdir(&rig, ROOT, "d");
	f = rig_file(&rig, ROOT, "f", 10);
	for (i = 0; i < 14; i++) {
		snprintf(name, sizeof(name), "name%03d", i);
		rig_create(&rig, d, name);
	}
	snprintf(name, sizeof(name), "%0240d", 1);
	rig_room(&rig, rig_image(&rig));
	T_EQ(rig_rename(&rig, ROOT, "f", d, name), -ENOSPC);
	T_EQ(rig_lookup(&rig, ROOT, "f"), f);
	T_EQ(rig_lookup(&rig, d, name), 0);
	stage_set_overcommit(rig.s, true);
	T_EQ(rig_rename(&rig, ROOT, "f", d, name), 0);
	T_EQ(rig_write(&rig, f, 10, 100000), 100000);
	T_EQ(free_nsec(&rig), 0);
	stage_set_overcommit(rig.s, false);
	T_EQ(rig_write(&rig, f, 100010, 10000), sectors_for(100010) * 2048 - 100010);
	rig_fini(&rig);
}

static void another_extent_needs_its_record_too(void)
{
	const uint64_t extent = 0xfffff800ull;
	struct rig rig;
	char name[32];
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	/* 68 + 134 + 13 * 136 bytes: the directory's sector has 78 left. */
	for (int i = 0; i < 13; i++) {
		snprintf(name, sizeof(name), "n%02d", i);
		rig_create(&rig, ROOT, name);
	}
	T_EQ(rig_truncate(&rig, f, extent - 2048), 0);
	rig_room(&rig, rig_image(&rig) + 2);
	T_EQ(rig_write(&rig, f, extent - 2048, 5000), 2048);
	T_EQ(rig_write(&rig, f, extent, 1), -ENOSPC);
	rig_room(&rig, rig_image(&rig) + 2);
	T_EQ(rig_write(&rig, f, extent, 5000), 2048);
	T_EQ(rig_write(&rig, f, extent + 2048, 1), -ENOSPC);
	T_EQ(free_nsec(&rig), 0);
	rig_reopen_recounted(&rig);
	rig_room(&rig, rig_image(&rig) + 1);
	T_EQ(rig_write(&rig, f, extent + 2048, 5000), 2048);
	rig_fini(&rig);
}

static void filling_leaves_nothing(void)
{
	struct rig rig;
	char name[300];
	int refused = 0;

	rig_init(&rig);
	t_seed(5);
	rig_room(&rig, 1200);
	for (int i = 0; i < 400 && refused < 40; i++) {
		uint64_t ino;
		size_t n = (size_t)t_below(9000);

		size_t width = (size_t)t_below(200);

		memset(name, 'n', width);
		snprintf(name + width, 16, "%03d", i);
		if (rig_make(&rig, ROOT, name, S_IFREG | 0644) < 0) {
			refused++;
			continue;
		}
		ino = rig_lookup(&rig, ROOT, name);
		if (rig_write(&rig, ino, 0, n) != (ssize_t)n)
			refused++;
		T_TRUE(rig_image(&rig) <= 1200);
	}
	T_TRUE(refused > 0);
	T_EQ(free_nsec(&rig), 0);
	rig_reopen_recounted(&rig);
	T_EQ(rig_image(&rig), 1200);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_write_takes_what_still_fits);
	T_RUN(bytes_near_the_end_are_counted_one_by_one);
	T_RUN(units_and_padding_of_the_medium_count);
	T_RUN(a_size_is_all_or_nothing);
	T_RUN(names_are_refused_when_their_directory_outgrows_the_medium);
	T_RUN(a_rename_is_refused_when_a_directory_outgrows_the_medium);
	T_RUN(another_extent_needs_its_record_too);
	T_RUN(filling_leaves_nothing);
	return t_end();
}
