/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/t.h"

#include "intake/links.h"

static void thousands_are_found_again_by_device_and_inode(void)
{
	struct links l = { .slot = NULL };

	T_EQ(links_get(&l, 1, 1), 0);
	for (uint64_t i = 1; i <= 5000; i++)
		T_MUST(links_put(&l, i % 3, i / 3, i) == 0);
	for (uint64_t i = 1; i <= 5000; i++)
		T_EQ(links_get(&l, i % 3, i / 3), i);
	T_EQ(links_get(&l, 3, 1), 0);
	T_EQ(links_put(&l, 1, 0, 77), 0);
	T_EQ(links_get(&l, 1, 0), 77);
	links_fini(&l);
}

int main(void)
{
	T_RUN(thousands_are_found_again_by_device_and_inode);
	return t_end();
}
