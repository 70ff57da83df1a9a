/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include "base/buf.h"
#include "harness/t.h"

#include <string.h>

static const char *quoted(const char *s, size_t n)
{
	static char out[256];

	return text_quoted(out, sizeof(out), s, n);
}

static void quoting_leaves_ordinary_names_alone(void)
{
	T_STR(quoted("a b.txt", 7), "a b.txt");
	T_STR(quoted("\xc3\xa4\xf0\x9f\x98\x80", 6), "\xc3\xa4\xf0\x9f\x98\x80");
}

static void quoting_lets_no_control_byte_through(void)
{
	struct buf b;

	buf_init(&b, 8192);
	for (unsigned c = 0; c < 256; c++) {
		char byte = (char)c;

		buf_clear(&b);
		text_quote(&b, &byte, 1);
		for (size_t i = 0; i < b.len; i++)
			T_TRUE((unsigned char)b.data[i] >= 0x20 && (unsigned char)b.data[i] < 0x7f);
	}
	buf_fini(&b);
	T_STR(quoted("\xe2\x80\xae", 3), "\\xe2\\x80\\xae");
	T_STR(quoted("\xc2\x9b", 2), "\\xc2\\x9b");
	T_STR(quoted("a\nb\x1b\"\\", 6), "a\\nb\\x1b\\\"\\\\");
}

static void quoting_that_does_not_fit_is_cut(void)
{
	char out[8];

	T_STR(text_quoted(out, sizeof(out), "abcdefghijkl", 12), "abcd...");
}

static void overlong_forms_and_surrogates_are_no_utf8(void)
{
	T_TRUE(utf8_valid("\xf0\x9f\x98\x80z", 5));
	T_TRUE(!utf8_valid("\xc0\xaf", 2));
	T_TRUE(!utf8_valid("\xed\xa0\x80", 3));
	T_TRUE(!utf8_valid("\xe2\x82", 2));
	T_TRUE(!utf8_valid("\xf4\x90\x80\x80", 4));
	T_TRUE(!utf8_valid("\x80", 1));
}

static void numbers_are_whole_and_bounded(void)
{
	uint64_t v = 7;

	T_TRUE(text_u64("18446744073709551615", &v) && v == UINT64_MAX);
	v = 7;
	T_TRUE(!text_u64("18446744073709551616", &v) && v == 7);
	T_TRUE(!text_u64("", &v) && !text_u64("-1", &v) && !text_u64("1 ", &v));
}

static void bytes_are_told_in_binary_units(void)
{
	char out[16];

	T_STR(text_bytes(out, 1023), "1023 B");
	T_STR(text_bytes(out, 1024), "1.0 KiB");
	T_STR(text_bytes(out, 25ull << 30), "25.0 GiB");
}

int main(void)
{
	T_RUN(quoting_leaves_ordinary_names_alone);
	T_RUN(quoting_lets_no_control_byte_through);
	T_RUN(quoting_that_does_not_fit_is_cut);
	T_RUN(overlong_forms_and_surrogates_are_no_utf8);
	T_RUN(numbers_are_whole_and_bounded);
	T_RUN(bytes_are_told_in_binary_units);
	return t_end();
}
