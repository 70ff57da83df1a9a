/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/t.h"

#include "ctl/nearest.h"

static void slips_are_counted(void)
{
	T_EQ(nearest_distance("burn", "burn"), 0);
	T_EQ(nearest_distance("brun", "burn"), 1);
	T_EQ(nearest_distance("bur", "burn"), 1);
	T_EQ(nearest_distance("burrn", "burn"), 1);
	T_EQ(nearest_distance("barn", "burn"), 1);
	T_EQ(nearest_distance("", "burn"), 4);
	T_EQ(nearest_distance("a word of more than 24 letters", "burn"), 99);
}

static void the_nearest_of_several_is_kept(void)
{
	struct nearest n = nearest_to("clera");

	nearest_try(&n, "burn");
	T_TRUE(n.best == NULL);
	nearest_try(&n, "clear");
	nearest_try(&n, "close");
	T_STR(n.best, "clear");
}

int main(void)
{
	T_RUN(slips_are_counted);
	T_RUN(the_nearest_of_several_is_kept);
	return t_end();
}
