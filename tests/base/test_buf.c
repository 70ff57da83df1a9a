/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The growing buffer. */
#include "base/buf.h"

#include "harness/t.h"

#include <string.h>

static void an_empty_buffer_is_an_empty_string(void)
{
	struct buf b = { 0 };

	T_STR(buf_str(&b), "");
	buf_fini(&b);
	buf_init(&b, 10);
	T_STR(buf_str(&b), "");
	buf_append(&b, NULL, 0);
	T_TRUE(!b.failed);
	T_STR(buf_str(&b), "");
	buf_fini(&b);
}

static void appends_add_up(void)
{
	struct buf b;

	buf_init(&b, 100000);
	for (int i = 0; i < 5000; i++) {
		buf_append(&b, "ab\0", 3);
		buf_puts(&b, "c");
		buf_printf(&b, "%04d", i);
	}
	T_TRUE(!b.failed);
	T_EQ(b.len, 5000 * 8);
	T_MEM(b.data + 8 * 4999, "ab\0c4999", 9);
	buf_fini(&b);
	T_EQ(b.len, 0);
}

static void the_maximum_is_reached_and_not_passed(void)
{
	struct buf b;

	buf_init(&b, 4);
	buf_puts(&b, "abcd");
	T_TRUE(!b.failed);
	buf_puts(&b, "e");
	T_TRUE(b.failed);
	T_STR(buf_str(&b), "abcd");
	buf_fini(&b);
}

static void a_failure_sticks_until_cleared(void)
{
	struct buf b;

	buf_init(&b, 4);
	buf_puts(&b, "ab");
	buf_printf(&b, "%d", 12345);
	T_TRUE(b.failed);
	buf_puts(&b, "c");
	T_STR(buf_str(&b), "ab");
	buf_clear(&b);
	T_TRUE(!b.failed);
	T_STR(buf_str(&b), "");
	buf_puts(&b, "wxyz");
	T_STR(buf_str(&b), "wxyz");
	buf_append(&b, "x", SIZE_MAX);
	T_TRUE(b.failed);
	buf_fini(&b);
}

int main(void)
{
	T_RUN(an_empty_buffer_is_an_empty_string);
	T_RUN(appends_add_up);
	T_RUN(the_maximum_is_reached_and_not_passed);
	T_RUN(a_failure_sticks_until_cleared);
	return t_end();
}
