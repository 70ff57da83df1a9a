/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of content: reading, writing, truncating. */
#include "harness/t.h"
#include "rig_stage.h"
#include "stage/range.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void content_of_any_size_comes_back(void)
{
	static const size_t sizes[] = { 0, 1, 2047, 2048, 2049, 70000, 1 << 20, (1 << 20) + 1,
		3000000 };
	uint64_t ino[9];
	char name[2] = "a";
	struct rig rig;

	rig_init(&rig);
	for (size_t i = 0; i < 9; i++, name[0]++)
		ino[i] = rig_file(&rig, ROOT, name, sizes[i]);
	for (size_t i = 0; i < 9; i++)
		T_TRUE(rig_content_is(&rig, ino[i], sizes[i]));
	rig_reopen(&rig);
	for (size_t i = 0; i < 9; i++) {
		T_EQ(rig_attr(&rig, ino[i]).size_bytes, sizes[i]);
		T_TRUE(rig_content_is(&rig, ino[i], sizes[i]));
	}
	rig_fini(&rig);
}

static void two_files_grow_side_by_side(void)
{
	struct rig rig;
	uint64_t a, b;

	rig_init(&rig);
	a = rig_create(&rig, ROOT, "a");
	b = rig_create(&rig, ROOT, "b");
	T_EQ(stage_hold(rig.s, a, false, &rig.err), 0);
	T_EQ(stage_hold(rig.s, b, false, &rig.err), 0);
	for (uint64_t off = 0; off < 1500000; off += 30000) {
		T_EQ(rig_write(&rig, a, off, 30000), 30000);
		T_EQ(rig_write(&rig, b, off, 30000), 30000);
	}
	stage_release(rig.s, a);
	stage_release(rig.s, b);
	rig_reopen(&rig);
	T_TRUE(rig_content_is(&rig, a, 1500000));
	T_TRUE(rig_content_is(&rig, b, 1500000));
	rig_fini(&rig);
}

static void holes_read_as_zeros(void)
{
	uint8_t got[5000];
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	T_EQ(rig_write(&rig, f, 10000, 10), 10);
	T_EQ(stage_read(rig.s, f, 4000, got, sizeof(got), &rig.err), 5000);
	for (size_t i = 0; i < sizeof(got); i++)
		T_MUST(got[i] == 0);
	T_EQ(rig_truncate(&rig, f, 20000), 0);
	T_EQ(rig_attr(&rig, f).size_bytes, 20000);
	T_EQ(stage_read(rig.s, f, 19990, got, 100, &rig.err), 10);
	T_EQ(stage_read(rig.s, f, 20000, got, 100, &rig.err), 0);
	rig_fini(&rig);
}

static void truncating_forgets_what_was_there(void)
{
	uint8_t got[100];
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 8000);
	T_EQ(rig_truncate(&rig, f, 4000), 0);
	T_TRUE(rig_content_is(&rig, f, 4000));
	T_EQ(rig_truncate(&rig, f, 4100), 0);
	T_EQ(stage_read(rig.s, f, 4000, got, 100, &rig.err), 100);
	for (size_t i = 0; i < 100; i++)
		T_MUST(got[i] == 0);
	T_EQ(stage_hold(rig.s, f, true, &rig.err), 0);
	T_EQ(rig_attr(&rig, f).size_bytes, 0);
	T_EQ(rig_write(&rig, f, 0, 6000), 6000);
	stage_release(rig.s, f);
	rig_reopen(&rig);
	T_TRUE(rig_content_is(&rig, f, 6000));
	rig_fini(&rig);
}

static void appending_ignores_the_offset(void)
{
	struct rig rig;
	uint64_t f;
	uint8_t bytes[100];

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 3000);
	rig_fill(f, 3000, bytes, sizeof(bytes));
	T_EQ(stage_write(rig.s, f, 5, true, bytes, sizeof(bytes), &rig.err), 100);
	T_TRUE(rig_content_is(&rig, f, 3100));
	rig_fini(&rig);
}

static void what_is_no_file_has_no_content(void)
{
	char b[4] = "abc";
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	T_EQ(stage_read(rig.s, ROOT, 0, b, 3, &rig.err), -EISDIR);
	T_EQ(stage_write(rig.s, ROOT, 0, false, b, 3, &rig.err), -EISDIR);
	T_EQ(stage_write(rig.s, 4711, 0, false, b, 3, &rig.err), -ENOENT);
	T_EQ(stage_hold(rig.s, 4711, false, &rig.err), -ENOENT);
	T_EQ(stage_hold(rig.s, ROOT, true, &rig.err), -EISDIR);
	T_EQ(stage_write(rig.s, f, INT64_MAX - 1, false, b, 3, &rig.err), -EFBIG);
	T_EQ(stage_write(rig.s, f, 0, false, b, 0, &rig.err), 0);
	stage_release(rig.s, 4711);
	rig_fini(&rig);
}

static void random_changes_match_a_plain_buffer(void)
{
	static uint8_t want[200000], got[200000], piece[30000];
	uint64_t size = 0;
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	t_seed(11);
	f = rig_create(&rig, ROOT, "f");
	T_EQ(stage_hold(rig.s, f, false, &rig.err), 0);
	for (int i = 0; i < 400; i++) {
		uint64_t off = t_below(sizeof(want) - sizeof(piece));
		size_t n = (size_t)t_below(sizeof(piece)) + 1;

		if (t_below(4) == 0) {
			T_EQ(rig_truncate(&rig, f, off), 0);
			if (off < size)
				memset(want + off, 0, size - off);
			size = off;
		} else {
			rig_fill(t_random(), off, piece, n);
			memcpy(want + off, piece, n);
			T_EQ(stage_write(rig.s, f, off, false, piece, n, &rig.err), n);
			size = off + n > size ? off + n : size;
		}
		if (t_below(20) == 0)
			T_EQ(stage_fsync(rig.s, f, &rig.err), 0);
		T_EQ(stage_read(rig.s, f, 0, got, sizeof(got), &rig.err), size);
		T_MUST(memcmp(got, want, size) == 0);
	}
	stage_release(rig.s, f);
	rig_reopen(&rig);
	T_EQ(stage_read(rig.s, f, 0, got, sizeof(got), &rig.err), size);
	T_MUST(memcmp(got, want, size) == 0);
	rig_fini(&rig);
}

static ssize_t copy(
	struct rig *rig, uint64_t from, uint64_t at, uint64_t to, uint64_t to_at, size_t n)
{
	return stage_copy(rig->s, (struct stage_range){ from, at },
		(struct stage_range){ to, to_at }, n, &rig->err);
}

/* As callers do: until all is there. */
static void copy_all(struct rig *rig, uint64_t from, uint64_t to, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r = copy(rig, from, done, to, done, n - done);

		T_MUST(r > 0);
		done += (size_t)r;
	}
	T_EQ(copy(rig, from, n, to, n, 1), 0);
}

static void copied_content_is_the_same(void)
{
	static const size_t sizes[] = { 1, 2049, 300000, 3000000 };
	uint8_t *want = malloc(3000000), *got = malloc(3000000);
	struct rig rig;

	T_MUST(want && got);
	rig_init(&rig);
	for (unsigned i = 0; i < 4; i++) {
		char name[] = { (char)('a' + i), '\0' }, copied[] = { (char)('A' + i), '\0' };
		uint64_t from = rig_file(&rig, ROOT, name, sizes[i]);
		uint64_t to = rig_create(&rig, ROOT, copied);

		copy_all(&rig, from, to, sizes[i]);
		rig_reopen(&rig);
		T_EQ(rig_attr(&rig, to).size_bytes, sizes[i]);
		T_EQ(stage_read(rig.s, from, 0, want, sizes[i], &rig.err), sizes[i]);
		T_EQ(stage_read(rig.s, to, 0, got, sizes[i], &rig.err), sizes[i]);
		T_MEM(got, want, sizes[i]);
		T_TRUE(rig_content_is(&rig, from, sizes[i]));
	}
	free(want);
	free(got);
	rig_fini(&rig);
}

static void copying_within_a_file_needs_ranges_apart(void)
{
	uint8_t got[100], want[100];
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 5000);
	T_EQ(copy(&rig, f, 0, f, 99, 100), -EINVAL);
	T_EQ(copy(&rig, f, 99, f, 0, 100), -EINVAL);
	T_EQ(copy(&rig, f, 100, f, 5000, 100), 100);
	rig_fill(f, 100, want, 100);
	T_EQ(stage_read(rig.s, f, 5000, got, 100, &rig.err), 100);
	T_MEM(got, want, 100);
	T_EQ(copy(&rig, f, 0, ROOT, 0, 1), -EISDIR);
	T_EQ(copy(&rig, ROOT, 0, f, 0, 1), -EISDIR);
	rig_fini(&rig);
}

static void what_was_never_written_is_copied_as_zeros(void)
{
	uint8_t got[100] = { 1 };
	uint64_t hole, f;
	struct rig rig;

	rig_init(&rig);
	hole = rig_create(&rig, ROOT, "hole");
	T_EQ(rig_truncate(&rig, hole, 200000), 0);
	f = rig_file(&rig, ROOT, "f", 200000);
	copy_all(&rig, hole, f, 200000);
	T_EQ(stage_read(rig.s, f, 150000, got, 100, &rig.err), 100);
	for (unsigned i = 0; i < 100; i++)
		T_EQ(got[i], 0);
	rig_fini(&rig);
}

static void a_copy_ends_where_the_medium_ends(void)
{
	struct rig rig;
	uint64_t f, to;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 100000);
	to = rig_create(&rig, ROOT, "to");
	rig_room(&rig, rig_image(&rig) + 10);
	T_EQ(copy(&rig, f, 0, to, 0, 100000), 10 * 2048);
	T_EQ(copy(&rig, f, 10 * 2048, to, 10 * 2048, 1), -ENOSPC);
	T_EQ(rig_attr(&rig, to).size_bytes, 10 * 2048);
	T_EQ(copy(&rig, f, 50000, to, 5, 1000), 1000); /* over what is there */
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(content_of_any_size_comes_back);
	T_RUN(two_files_grow_side_by_side);
	T_RUN(holes_read_as_zeros);
	T_RUN(truncating_forgets_what_was_there);
	T_RUN(appending_ignores_the_offset);
	T_RUN(what_is_no_file_has_no_content);
	T_RUN(random_changes_match_a_plain_buffer);
	T_RUN(copied_content_is_the_same);
	T_RUN(copying_within_a_file_needs_ranges_apart);
	T_RUN(what_was_never_written_is_copied_as_zeros);
	T_RUN(a_copy_ends_where_the_medium_ends);
	return t_end();
}
