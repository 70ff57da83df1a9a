/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arena. */
#include "base/arena.h"

#include "harness/t.h"

#include <stdalign.h>
#include <string.h>

static void memory_is_zeroed_and_aligned_for_all(void)
{
	struct arena a;

	arena_init(&a);
	t_seed(1);
	for (int i = 0; i < 2000; i++) {
		size_t n = 1 + (size_t)t_below(300);
		unsigned char *p = arena_alloc(&a, n);

		T_MUST(p);
		T_EQ((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t k = 0; k < n; k++)
			T_MUST(p[k] == 0);
		memset(p, 0xff, n);
		T_MUST(arena_bytes(&a, 1 + (size_t)t_below(7)));
	}
	arena_fini(&a);
	T_EQ(a.used_bytes, 0);
}

static void pieces_do_not_overlap(void)
{
	enum { N = 3000 };
	static unsigned char *piece[N];
	static size_t size[N];
	struct arena a;

	arena_init(&a);
	t_seed(2);
	for (int i = 0; i < N; i++) {
		size[i] = 1 + (size_t)t_below(i % 100 ? 60 : 200000);
		piece[i] = i % 2 ? arena_alloc(&a, size[i])
				 : (unsigned char *)arena_bytes(&a, size[i]);
		T_MUST(piece[i]);
		memset(piece[i], i % 251, size[i]);
	}
	for (int i = 0; i < N; i++)
		for (size_t k = 0; k < size[i]; k++)
			T_MUST(piece[i][k] == i % 251);
	arena_fini(&a);
}

static void a_piece_may_be_larger_than_any_chunk(void)
{
	struct arena a;
	char *big, *small;

	arena_init(&a);
	small = arena_alloc(&a, 8);
	big = arena_alloc(&a, 9u << 20);
	T_MUST(small && big);
	memset(big, 1, 9u << 20);
	T_EQ(small[0], 0);
	T_TRUE(a.used_bytes >= 9u << 20);
	T_MUST(arena_alloc(&a, 8));
	arena_fini(&a);
}

static void what_overflows_is_refused(void)
{
	struct arena a;

	arena_init(&a);
	T_TRUE(!arena_array(&a, SIZE_MAX / 2, 4));
	T_TRUE(!arena_array(&a, SIZE_MAX, SIZE_MAX));
	T_TRUE(!arena_alloc(&a, SIZE_MAX));
	T_TRUE(!arena_bytes(&a, SIZE_MAX - 8));
	T_TRUE(arena_array(&a, 3, 5));
	arena_fini(&a);
}

static void a_copy_ends_with_nul(void)
{
	struct arena a;
	char *s;

	arena_init(&a);
	s = arena_dup(&a, "a\0bcd", 3);
	T_MUST(s);
	T_MEM(s, "a\0b\0", 4);
	s = arena_dup(&a, NULL, 0);
	T_MUST(s);
	T_STR(s, "");
	arena_fini(&a);
	arena_fini(&(struct arena){ 0 });
}

int main(void)
{
	T_RUN(memory_is_zeroed_and_aligned_for_all);
	T_RUN(pieces_do_not_overlap);
	T_RUN(a_piece_may_be_larger_than_any_chunk);
	T_RUN(what_overflows_is_refused);
	T_RUN(a_copy_ends_with_nul);
	return t_end();
}
