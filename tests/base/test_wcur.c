/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The write cursor. */
#include "base/wcur.h"

#include "base/bytes.h"
#include "harness/t.h"

#include <string.h>

/* Something with fields, repeats and bytes, as encoders are. */
static void encode(struct wcur *c)
{
	for (uint32_t i = 0; i < 10; i++) {
		uint8_t *p = wcur_take(c, 6);

		put_u16le(p, (uint16_t)i);
		put_u32be(p + 2, i * 3);
		wcur_put(c, "abcdefghij", i);
	}
	memset(wcur_take(c, 256), 0x11, 256);
	wcur_put(c, NULL, 0);
}

static void counting_and_writing_agree(void)
{
	struct wcur count = wcur_counting(), write;
	uint8_t out[1024];

	encode(&count);
	T_TRUE(!count.overflow);
	T_EQ(count.pos, 10 * 6 + 45 + 256);
	write = wcur_over(out, count.pos);
	encode(&write);
	T_TRUE(!write.overflow);
	T_EQ(write.pos, count.pos);
	T_MEM(out, "\0\0\0\0\0\0\1\0\0\0\0\3a", 13);
	T_EQ(out[count.pos - 1], 0x11);
}

static void nothing_is_written_past_the_end(void)
{
	uint8_t whole[1024];
	struct wcur count = wcur_counting(), all = wcur_over(whole, sizeof(whole));

	encode(&count);
	encode(&all);
	for (size_t cap = 0; cap < count.pos; cap++) {
		uint8_t out[1024];
		struct wcur c = wcur_over(out, cap);

		memset(out, 0xee, sizeof(out));
		encode(&c);
		T_TRUE(c.overflow);
		T_EQ(c.pos, count.pos);
		for (size_t i = cap; i < sizeof(out); i++)
			T_MUST(out[i] == 0xee);
	}
}

static void what_fitted_before_an_overflow_stands(void)
{
	uint8_t out[8] = "........";
	struct wcur c = wcur_over(out, 4);

	wcur_put(&c, "ab", 2);
	wcur_put(&c, "cde", 3);
	T_TRUE(c.overflow);
	T_MEM(out, "ab......", 8);
	wcur_put(&c, "f", 1);
	T_MEM(out, "ab......", 8);
	T_EQ(c.pos, 6);
}

int main(void)
{
	T_RUN(counting_and_writing_agree);
	T_RUN(nothing_is_written_past_the_end);
	T_RUN(what_fitted_before_an_overflow_stands);
	return t_end();
}
