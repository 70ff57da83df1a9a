/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/crc32.h"

#include "harness/t.h"

static void the_check_value_of_the_standard_holds(void)
{
	T_EQ(crc32_of(0, "123456789", 9), 0xcbf43926);
	T_EQ(crc32_of(crc32_of(0, "1234", 4), "56789", 5), 0xcbf43926);
	T_EQ(crc32_of(0, "", 0), 0);
}

int main(void)
{
	T_RUN(the_check_value_of_the_standard_holds);
	return t_end();
}
