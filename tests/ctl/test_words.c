/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/t.h"

#include "ctl/words.h"

#include "base/err.h"

#include <errno.h>
#include <string.h>

static struct words w;

static int split(const char *line)
{
	return words_split(line, strlen(line), &w, NULL);
}

static void blanks_part_words(void)
{
	T_EQ(split("  burn\tclose=disc   wait "), 0);
	T_EQ(w.n, 3);
	T_STR(words_at(&w, 0), "burn");
	T_STR(words_at(&w, 1), "close=disc");
	T_STR(words_at(&w, 2), "wait");
}

static void quotes_and_backslashes_work_as_in_sh(void)
{
	T_EQ(split("a\"b c\"d e\\ f \"g\\\"h\\i\\\\\" \"\" 'j"), 0);
	T_EQ(w.n, 5);
	T_STR(words_at(&w, 0), "ab cd");
	T_STR(words_at(&w, 1), "e f");
	T_STR(words_at(&w, 2), "g\"h\\i\\");
	T_STR(words_at(&w, 3), "");
	T_STR(words_at(&w, 4), "'j");
}

static void a_hash_begins_a_comment_only_at_the_start_of_a_word(void)
{
	T_EQ(split("image /a#b # the rest \"is"), 0);
	T_EQ(w.n, 2);
	T_STR(words_at(&w, 1), "/a#b");
	T_EQ(split("# all"), 0);
	T_EQ(w.n, 0);
	T_EQ(split(""), 0);
	T_EQ(w.n, 0);
}

static void what_is_open_is_refused(void)
{
	T_EQ(split("burn \"close"), -EINVAL);
	T_EQ(split("burn \"close\\\""), -EINVAL);
	T_EQ(split("burn \\"), -EINVAL);
	T_EQ(split("burn \"\\"), -EINVAL);
}

static void a_line_of_the_greatest_length_is_taken_and_no_longer_one(void)
{
	char line[WORDS_LINE_MAX + 1];
	struct err err = { 0 };

	memset(line, 'x', sizeof(line));
	T_EQ(words_split(line, WORDS_LINE_MAX, &w, &err), 0);
	T_EQ(w.n, 1);
	T_EQ(strlen(words_at(&w, 0)), WORDS_LINE_MAX);
	T_EQ(words_split(line, WORDS_LINE_MAX + 1, &w, &err), -EINVAL);
	T_HAS(err.msg, "4096");
}

static void nul_and_invalid_utf8_are_refused(void)
{
	T_EQ(words_split("burn\0", 5, &w, NULL), -EINVAL);
	T_EQ(split("burn \xff"), -EINVAL);
	T_EQ(split("burn \xc3"), -EINVAL);
	T_EQ(split("image /\xc3\xa9"), 0);
}

static void too_many_words_are_refused(void)
{
	char line[2 * (WORDS_MAX + 1) + 1] = "";

	for (unsigned i = 0; i < WORDS_MAX; i++)
		memcpy(line + 2 * i, "a ", 3);
	T_EQ(split(line), 0);
	T_EQ(w.n, WORDS_MAX);
	memcpy(line + (size_t)2 * WORDS_MAX, "a", 2);
	T_EQ(split(line), -EINVAL);
}

int main(void)
{
	T_RUN(blanks_part_words);
	T_RUN(quotes_and_backslashes_work_as_in_sh);
	T_RUN(a_hash_begins_a_comment_only_at_the_start_of_a_word);
	T_RUN(what_is_open_is_refused);
	T_RUN(a_line_of_the_greatest_length_is_taken_and_no_longer_one);
	T_RUN(nul_and_invalid_utf8_are_refused);
	T_RUN(too_many_words_are_refused);
	return t_end();
}
