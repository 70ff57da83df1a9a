/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the table of pointers by number. */
#include "stage/table.h"

#include "harness/t.h"

#define KEYS 2000u

static void table_finds_what_was_added_and_not_removed(void)
{
	static char present[KEYS];
	static char value[KEYS];
	struct table t = { 0 };
	uint32_t count = 0;

	t_seed(7);
	for (uint32_t i = 0; i < 40000; i++) {
		uint32_t k = (uint32_t)t_below(KEYS - 1) + 1;
		uint64_t key = (uint64_t)k << 20;

		if (present[k]) {
			table_remove(&t, key);
			count--;
		} else {
			T_EQ(table_add(&t, key, &value[k]), 0);
			count++;
		}
		present[k] = !present[k];
	}
	T_EQ(t.n, count);
	for (uint32_t k = 1; k < KEYS; k++)
		T_TRUE(table_get(&t, (uint64_t)k << 20) == (present[k] ? &value[k] : NULL));
	table_clear(&t);
	T_TRUE(table_get(&t, 5u << 20) == NULL);
	table_fini(&t);
}

static void an_empty_table_answers(void)
{
	struct table t = { 0 };

	T_TRUE(table_get(&t, 1) == NULL);
	table_remove(&t, 1);
	T_EQ(t.n, 0);
	table_fini(&t);
}

int main(void)
{
	T_RUN(table_finds_what_was_added_and_not_removed);
	T_RUN(an_empty_table_answers);
	return t_end();
}
