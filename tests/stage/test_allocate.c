/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranges of staged files. */
#include "base/auto.h"
#include "harness/t.h"
#include "rig_stage.h"
#include "stage/range.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BIG (3u << 20)

static int allocate(
	struct rig *rig, uint64_t ino, enum stage_allocate what, uint64_t off, uint64_t n)
{
	return stage_allocate(rig->s, ino, what, off, n, &rig->err);
}

static bool zeros(struct rig *rig, uint64_t ino, uint64_t off, size_t n)
{
	AUTO_FREE uint8_t *got = malloc(n);

	T_MUST(got);
	if (stage_read(rig->s, ino, off, got, n, &rig->err) != (ssize_t)n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (got[i])
			return false;
	return true;
}

static void growing_counts_and_keeping_the_size_does_not(void)
{
	uint64_t f, before;
	struct rig rig;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 3000);
	before = rig_image(&rig);
	T_EQ(allocate(&rig, f, STAGE_ALLOCATE_KEEP, 0, BIG), 0);
	T_EQ(rig_attr(&rig, f).size_bytes, 3000);
	T_EQ(rig_image(&rig), before);
	T_EQ(allocate(&rig, f, STAGE_ALLOCATE_GROW, 100, 200), 0);
	T_TRUE(rig_content_is(&rig, f, 3000));
	T_EQ(allocate(&rig, f, STAGE_ALLOCATE_GROW, 0, 2048 * 10), 0);
	T_EQ(rig_attr(&rig, f).size_bytes, 20480);
	T_EQ(rig_image(&rig), before + 8);
	T_TRUE(zeros(&rig, f, 3000, 17480));
	rig_fini(&rig);
}

static void what_the_medium_cannot_hold_is_refused(void)
{
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 3000);
	rig_room(&rig, rig_image(&rig) + 100);
	T_EQ(allocate(&rig, f, STAGE_ALLOCATE_GROW, 0, BIG), -ENOSPC);
	T_EQ(allocate(&rig, f, STAGE_ALLOCATE_KEEP, 0, BIG), -ENOSPC);
	T_EQ(allocate(&rig, f, STAGE_ALLOCATE_ZERO, 0, BIG), -ENOSPC);
	T_TRUE(rig_content_is(&rig, f, 3000));
	T_EQ(allocate(&rig, f, STAGE_ALLOCATE_PUNCH, BIG, BIG), 0);
	T_EQ(allocate(&rig, f, STAGE_ALLOCATE_GROW, 0, 2048 * 50), 0);
	rig_fini(&rig);
}

static void zeros_replace_content(void)
{
	const size_t sizes[] = { 9000, BIG };
	struct rig rig;

	rig_init(&rig);
	for (unsigned i = 0; i < 2; i++) {
		size_t n = sizes[i];
		uint64_t f = rig_file(&rig, ROOT, i ? "g" : "f", n);

		T_EQ(allocate(&rig, f, STAGE_ALLOCATE_PUNCH, 1000, 4000), 0);
		T_TRUE(zeros(&rig, f, 1000, 4000));
		T_TRUE(!zeros(&rig, f, 0, 1000));
		T_TRUE(!zeros(&rig, f, 5000, 1000));
		T_EQ(allocate(&rig, f, STAGE_ALLOCATE_ZERO_KEEP, n - 100, 200), 0);
		T_EQ(rig_attr(&rig, f).size_bytes, n);
		T_EQ(allocate(&rig, f, STAGE_ALLOCATE_ZERO, n - 200, 300), 0);
		T_EQ(rig_attr(&rig, f).size_bytes, n + 100);
		T_TRUE(zeros(&rig, f, n - 200, 300));
		rig_reopen(&rig);
		T_TRUE(zeros(&rig, f, 1000, 4000));
		T_TRUE(zeros(&rig, f, n - 200, 300));
	}
	rig_fini(&rig);
}

static void only_regular_files_have_ranges(void)
{
	struct rig rig;
	uint64_t at;

	rig_init(&rig);
	T_EQ(allocate(&rig, ROOT, STAGE_ALLOCATE_GROW, 0, 1), -EISDIR);
	T_EQ(allocate(&rig, ROOT, STAGE_ALLOCATE_GROW, 0, 0), -EINVAL);
	T_EQ(allocate(&rig, ROOT, STAGE_ALLOCATE_GROW, 1, INT64_MAX), -EFBIG);
	T_EQ(stage_seek(rig.s, ROOT, STAGE_SEEK_DATA, 0, &at, &rig.err), -EISDIR);
	rig_fini(&rig);
}

static void seeking_tells_data_from_the_end(void)
{
	struct rig rig;
	uint64_t f, g, at;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 5000);
	T_EQ(stage_seek(rig.s, f, STAGE_SEEK_DATA, 10, &at, &rig.err), 0);
	T_EQ(at, 10);
	T_EQ(stage_seek(rig.s, f, STAGE_SEEK_HOLE, 10, &at, &rig.err), 0);
	T_EQ(at, 5000);
	T_EQ(stage_seek(rig.s, f, STAGE_SEEK_HOLE, 5000, &at, &rig.err), -ENXIO);
	g = rig_create(&rig, ROOT, "g");
	T_EQ(stage_seek(rig.s, g, STAGE_SEEK_DATA, 0, &at, &rig.err), -ENXIO);
	T_EQ(rig_truncate(&rig, g, BIG), 0);
	T_EQ(stage_seek(rig.s, g, STAGE_SEEK_DATA, 0, &at, &rig.err), -ENXIO);
	T_EQ(stage_seek(rig.s, g, STAGE_SEEK_HOLE, 7, &at, &rig.err), 0);
	T_EQ(at, 7);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(growing_counts_and_keeping_the_size_does_not);
	T_RUN(what_the_medium_cannot_hold_is_refused);
	T_RUN(zeros_replace_content);
	T_RUN(only_regular_files_have_ranges);
	T_RUN(seeking_tells_data_from_the_end);
	return t_end();
}
