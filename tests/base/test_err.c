/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors by value. */
#include "base/err.h"

#include "harness/t.h"

#include <errno.h>
#include <string.h>

static void setting_gives_code_and_sentence(void)
{
	struct err e = { 0 };

	T_EQ(err_set(&e, -ENOSPC, "need %d, have %d", 5, 3), -ENOSPC);
	T_EQ(e.code, -ENOSPC);
	T_STR(e.msg, "need 5, have 3");
	T_EQ(err_nomem(&e), -ENOMEM);
	T_EQ(e.code, -ENOMEM);
}

static void nobody_listening_is_fine(void)
{
	T_EQ(err_set(NULL, -EIO, "x"), -EIO);
	T_EQ(err_prefix(NULL, -EIO, "x"), -EIO);
	T_EQ(err_sys(NULL, EIO, "x"), -EIO);
	T_EQ(err_nomem(NULL), -ENOMEM);
}

static void a_prefix_stands_before_and_keeps_the_code(void)
{
	struct err e = { 0 };

	err_set(&e, -EIO, "no answer");
	T_EQ(err_prefix(&e, -EIO, "track %d", 2), -EIO);
	T_STR(e.msg, "track 2: no answer");
	T_EQ(err_prefix(&e, e.code, "burning"), -EIO);
	T_STR(e.msg, "burning: track 2: no answer");
	T_EQ(e.code, -EIO);
}

static void the_systems_words_come_last(void)
{
	struct err e = { 0 };

	T_EQ(err_sys(&e, ENOSPC, "segment %u", 3u), -ENOSPC);
	T_STR(e.msg, "segment 3: No space left on device");
	T_EQ(e.code, -ENOSPC);
}

static void long_sentences_are_cut_not_spilled(void)
{
	char text[2000];
	struct {
		struct err e;
		char after[8];
	} s;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memset(&s, 'A', sizeof(s));
	err_set(&s.e, -EIO, "%s", text);
	T_EQ(strlen(s.e.msg), sizeof(s.e.msg) - 1);
	err_prefix(&s.e, -EIO, "%s", text);
	T_EQ(strlen(s.e.msg), sizeof(s.e.msg) - 1);
	err_prefix(&s.e, -EIO, "short");
	T_HAS(s.e.msg, "short: xxx");
	err_sys(&s.e, EIO, "%s", text);
	T_EQ(strlen(s.e.msg), sizeof(s.e.msg) - 1);
	T_MEM(s.after, "AAAAAAAA", 8);
}

static void a_copy_is_whole(void)
{
	struct err e = { 0 }, copy;

	err_set(&e, -EBUSY, "a job runs");
	copy = e;
	err_set(&e, -EIO, "other");
	T_EQ(copy.code, -EBUSY);
	T_STR(copy.msg, "a job runs");
}

static void codes_have_names_of_any_sign(void)
{
	T_STR(err_name(-ENOSPC), "ENOSPC");
	T_STR(err_name(EMEDIUMTYPE), "EMEDIUMTYPE");
	T_STR(err_name(-99999), "EUNKNOWN");
}

int main(void)
{
	T_RUN(setting_gives_code_and_sentence);
	T_RUN(nobody_listening_is_fine);
	T_RUN(a_prefix_stands_before_and_keeps_the_code);
	T_RUN(the_systems_words_come_last);
	T_RUN(long_sentences_are_cut_not_spilled);
	T_RUN(a_copy_is_whole);
	T_RUN(codes_have_names_of_any_sign);
	return t_end();
}
