/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zeros in active contents, and finding holes. */
#include "base/auto.h"
#include "harness/t.h"
#include "rig_store.h"

#include <stdlib.h>
#include <string.h>

#define BIG (4u << 20)

/* The content as @seed filled it, with zeros in a range. */
static bool holds_but(struct store_file *f, uint64_t seed, uint64_t off, uint64_t n)
{
	size_t size = (size_t)store_file_size(f);
	AUTO_FREE uint8_t *got = malloc(size), *want = malloc(size);

	T_MUST(got && want);
	rig_fill(want, seed, 0, size);
	memset(want + off, 0, n);
	return store_file_read(f, 0, got, size, NULL) == (ssize_t)size &&
	       memcmp(got, want, size) == 0;
}

static void a_range_becomes_zeros_wherever_it_lies(void)
{
	static const struct {
		size_t size;
		uint64_t off, n;
	} cases[] = { { 5000, 0, 5000 }, { 5000, 1, 10 }, { 200000, 4097, 100000 },
		{ BIG, 12345, 2u << 20 }, { BIG, BIG - 7, 7 } };

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_file *f;
		struct rig r;

		rig_init(&r);
		f = rig_new(&r);
		T_EQ(rig_write(f, 5, 0, cases[i].size), 0);
		T_EQ(store_file_zero(f, cases[i].off, cases[i].n, NULL), 0);
		T_EQ(store_file_size(f), cases[i].size);
		T_TRUE(holds_but(f, 5, cases[i].off, cases[i].n));
		store_file_close(f);
		rig_fini(&r);
	}
}

static void a_range_past_the_end_is_cut(void)
{
	struct store_file *f;
	struct rig r;

	rig_init(&r);
	f = rig_new(&r);
	T_EQ(store_file_zero(f, 0, 10, NULL), 0);
	T_EQ(rig_write(f, 5, 0, 1000), 0);
	T_EQ(store_file_zero(f, 1000, 10, NULL), 0);
	T_EQ(store_file_zero(f, 900, UINT64_MAX - 900, NULL), 0);
	T_EQ(store_file_size(f), 1000);
	T_TRUE(holds_but(f, 5, 900, 100));
	store_file_close(f);
	rig_fini(&r);
}

static void a_freeze_still_reads_what_was_there(void)
{
	const size_t sizes[] = { 5000, BIG };

	for (unsigned i = 0; i < 2; i++) {
		struct store_loc old;
		struct store_freeze *z;
		struct store_file *f;
		uint8_t byte = 0;
		struct rig r;

		rig_init(&r);
		f = rig_new(&r);
		T_EQ(rig_write(f, 5, 0, sizes[i]), 0);
		old = store_file_loc(f);
		T_MUST(store_freeze_begin(r.store, &z, NULL) == 0);
		T_EQ(store_file_zero(f, 100, 2000, NULL), 0);
		T_TRUE(holds_but(f, 5, 100, 2000));
		T_EQ(store_freeze_read(z, old, 1500, &byte, 1, NULL), 0);
		T_EQ(byte, rig_byte(5, 1500));
		store_freeze_end(z);
		store_file_close(f);
		rig_fini(&r);
	}
}

static void holes_are_found_where_the_file_system_has_them(void)
{
	struct store_file *f;
	uint64_t end = 0;
	struct rig r;
	bool data = true;

	rig_init(&r);
	f = rig_new(&r);
	T_EQ(store_file_truncate(f, 5000, NULL), 0);
	T_EQ(store_file_extent(f, 0, &data, &end, NULL), 0);
	T_TRUE(!data);
	T_EQ(end, 5000);
	T_EQ(rig_write(f, 5, 0, BIG), 0);
	T_EQ(store_file_extent(f, 10, &data, &end, NULL), 0);
	T_TRUE(data);
	T_EQ(end, BIG);
	T_EQ(store_file_truncate(f, 2 * BIG, NULL), 0);
	T_EQ(store_file_extent(f, BIG + 1, &data, &end, NULL), 0);
	T_EQ(end, 2 * BIG); /* data or not is the file system's affair */
	store_file_close(f);
	rig_fini(&r);
}

int main(void)
{
	T_RUN(a_range_becomes_zeros_wherever_it_lies);
	T_RUN(a_range_past_the_end_is_cut);
	T_RUN(a_freeze_still_reads_what_was_there);
	T_RUN(holes_are_found_where_the_file_system_has_them);
	return t_end();
}
