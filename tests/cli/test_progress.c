/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of .discfs/progress as discctl reads and draws them. */
#include "cli/discctl/progress.c"

#include "harness/t.h"

static const char line[] = "job=7 state=write percent=42 lba=9 rate=5540 eta=12 "
			   "file=\"/a b/state=done \\\" x\" buffer=90";

static void a_value_is_found_by_its_key(void)
{
	char out[64];

	T_TRUE(progress_field(line, "percent", out, sizeof(out)));
	T_STR(out, "42");
	T_TRUE(progress_field(line, "buffer", out, sizeof(out)));
	T_STR(out, "90");
}

static void a_name_cannot_forge_a_field(void)
{
	char out[64];

	T_TRUE(progress_field(line, "state", out, sizeof(out)));
	T_STR(out, "write");
	T_TRUE(progress_field(line, "file", out, sizeof(out)));
	T_STR(out, "/a b/state=done \\\" x");
	T_TRUE(!progress_field("file=\" outcome=x\"", "outcome", out, sizeof(out)));
}

static void a_missing_key_is_empty(void)
{
	char out[8] = "old";

	T_TRUE(!progress_field(line, "outcome", out, sizeof(out)));
	T_STR(out, "");
	T_TRUE(!progress_field("", "job", out, sizeof(out)));
	T_TRUE(!progress_field("file=\"never closed", "job", out, sizeof(out)));
}

static void a_long_value_is_cut(void)
{
	char out[4];

	T_TRUE(progress_field(line, "file", out, sizeof(out)));
	T_STR(out, "/a ");
}

static void the_bar_keeps_to_its_columns(void)
{
	char out[512];

	progress_bar(line, 40, out, sizeof(out));
	T_EQ(strlen(out), 39);
	T_HAS(out, "[####------]");
	progress_bar(line, 100, out, sizeof(out));
	T_HAS(out, "5540 kB/s");
	T_TRUE(strlen(out) < 100);
}

static void no_byte_that_drives_a_terminal_is_drawn(void)
{
	char out[512];

	progress_bar("state=a\033[2J percent=500 file=\"\a\"", 80, out, sizeof(out));
	for (size_t i = 0; out[i]; i++)
		T_TRUE((unsigned char)out[i] >= 0x20);
	T_HAS(out, "[################################]");
}

int main(void)
{
	T_RUN(a_value_is_found_by_its_key);
	T_RUN(a_name_cannot_forge_a_field);
	T_RUN(a_missing_key_is_empty);
	T_RUN(a_long_value_is_cut);
	T_RUN(the_bar_keeps_to_its_columns);
	T_RUN(no_byte_that_drives_a_terminal_is_drawn);
	return t_end();
}
