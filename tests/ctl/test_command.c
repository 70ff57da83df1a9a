/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/t.h"

#include "ctl/command.h"

#include "base/buf.h"
#include "base/err.h"
#include "burn/burner.h"
#include "mmc/profile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct command cmd;
static struct err err;

static int parse(const char *line)
{
	err = (struct err){ 0 };
	return command_parse(line, strlen(line), &cmd, &err);
}

static void every_option_of_burn_is_read(void)
{
	T_EQ(parse("burn close=appendable speed=8x verify=quick simulate eject wait"), 0);
	T_EQ(cmd.verb, COMMAND_BURN);
	T_EQ(cmd.choice[OPTION_CLOSE], BURN_CLOSE_APPENDABLE);
	T_EQ(cmd.choice[OPTION_VERIFY], BURN_VERIFY_QUICK);
	T_EQ(cmd.speed_tenths, 80);
	T_TRUE(cmd.given[OPTION_SIMULATE] && cmd.given[OPTION_EJECT] && cmd.given[OPTION_WAIT]);
	T_EQ(parse("burn"), 0);
	T_TRUE(!cmd.given[OPTION_CLOSE] && !cmd.given[OPTION_WAIT]);
}

static void the_words_stand_in_the_order_of_the_enums(void)
{
	T_STR(command_close_words[BURN_CLOSE_AUTO], "auto");
	T_STR(command_close_words[BURN_CLOSE_APPENDABLE], "appendable");
	T_STR(command_close_words[BURN_CLOSE_DISC], "disc");
	T_STR(command_verify_words[BURN_VERIFY_FULL], "full");
	T_STR(command_verify_words[BURN_VERIFY_QUICK], "quick");
	T_STR(command_verify_words[BURN_VERIFY_NONE], "none");
}

static void speeds_are_max_times_or_kilobytes(void)
{
	T_EQ(parse("burn speed=max"), 0);
	T_EQ(cmd.speed_kbs + cmd.speed_tenths, 0);
	T_EQ(parse("burn speed=2.4x"), 0);
	T_EQ(cmd.speed_tenths, 24);
	T_EQ(parse("burn speed=11080"), 0);
	T_EQ(cmd.speed_kbs, 11080);
	for (const char *const *bad = (const char *const[]){ "0", "-1", "x", "0x", "8xx", "8 x",
		     "1e3", "99999999999", "99999x", ".x", "1.x", ".5x", "1.25x", "", NULL };
		*bad; bad++) {
		char line[64];

		snprintf(line, sizeof(line), "burn speed=\"%s\"", *bad);
		T_EQ(parse(line), -EINVAL);
	}
}

static void the_other_commands_are_read(void)
{
	T_EQ(parse("image \"/tmp/a b.iso\" wait"), 0);
	T_EQ(cmd.verb, COMMAND_IMAGE);
	T_STR(cmd.path, "/tmp/a b.iso");
	T_TRUE(cmd.given[OPTION_WAIT]);
	T_EQ(parse("cancel"), 0);
	T_EQ(cmd.verb, COMMAND_CANCEL);
	T_EQ(parse("load medium=bd-r file=/x"), 0);
	T_EQ(cmd.verb, COMMAND_LOAD);
	T_STR(cmd.medium->type, "bd-r");
	T_STR(cmd.path, "/x");
	T_EQ(parse("load"), 0);
	T_TRUE(cmd.medium == NULL);
	T_EQ(parse("eject"), 0);
	T_EQ(cmd.verb, COMMAND_EJECT);
	T_EQ(parse("clear"), 0);
	T_EQ(cmd.verb, COMMAND_CLEAR);
	T_EQ(parse(" # burn"), 0);
	T_EQ(cmd.verb, COMMAND_NOTHING);
}

struct refusal {
	const char *line, *has;
};

static void words_that_make_no_sense_are_named(void)
{
	static const struct refusal refusals[] = {
		{ "brun", "did you mean \"burn\"" },
		{ "xyzzy", "\"xyzzy\"" },
		{ "xyzzy", ".discfs/help" },
		{ "Burn", "burn" },
		{ "burn clsoe=disc", "did you mean \"close\"" },
		{ "burn now", "\"now\"" },
		{ "burn close", "wants a value" },
		{ "burn close=", "wants a value" },
		{ "burn close=maybe", "maybe" },
		{ "burn wait=1", "takes no value" },
		{ "burn wait wait", "twice" },
		{ "burn medium=cd-r", "medium" },
		{ "image", "PATH is missing" },
		{ "image wait", "PATH is missing" },
		{ "image here.iso", "relative" },
		{ "image \"\"", "value" },
		{ "image /a /b", "\"/b\"" },
		{ "load file=x", "relative" },
		{ "load medium=dvdr+r", "did you mean \"dvd+r\"" },
		{ "load medium=floppy", "\"floppy\"" },
		{ "eject wait", "wait" },
		{ "burn \x1b[2J", "\\x1b[2J" },
	};

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		T_EQ(parse(refusals[i].line), -EINVAL);
		T_HAS(err.msg, refusals[i].has);
	}
}

static void what_comes_later_is_told_from_what_never_was(void)
{
	static const char *const later[] = { "format certify", "verify job=3", "import",
		"snapshot a", "lock", "burn copies=2", "burn recorders=a,b" };

	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		T_EQ(parse(later[i]), -EOPNOTSUPP);
		T_HAS(err.msg, "not in this version");
	}
}

static void the_start_of_a_command_may_become_one(void)
{
	T_TRUE(command_may_become("b", 1));
	T_TRUE(command_may_become("bu", 2));
	T_TRUE(command_may_become("  burn clo", 10));
	T_TRUE(command_may_become("\"bu", 3));
	T_TRUE(command_may_become("# x", 3));
	T_TRUE(command_may_become("", 0));
	T_TRUE(!command_may_become("nonsense", 8));
	T_TRUE(command_may_become("image /tm", 9));
	T_TRUE(command_may_become("burn wait clos", 14));
	T_TRUE(!command_may_become("burnt", 5));
	T_TRUE(!command_may_become("burn quux", 9));
	T_TRUE(!command_may_become("burn clos ", 10));
	T_TRUE(!command_may_become("image here.iso", 14));
	T_TRUE(!command_may_become("cl\0r", 4));
}

static void help_lists_what_works_and_nothing_else(void)
{
	struct buf help;

	buf_init(&help, 65536);
	command_help(&help);
	T_HAS(buf_str(&help), "burn [close=auto|appendable|disc]");
	T_HAS(buf_str(&help), "image PATH [verify=full|quick|none] [wait]");
	T_TRUE(!strstr(buf_str(&help), "snapshot"));
	T_TRUE(!strstr(buf_str(&help), "certify"));
	buf_fini(&help);
}

/* Random lines of words, quotes and junk: never a crash, and a refusal always has its sentence. */
static void random_bytes_are_parsed_or_refused(void)
{
	static const char *const bits[] = { "burn", " ", "image", "close=", "disc", "\"", "\\", "/",
		"wait", "speed=", "8x", "=", "load", "medium=", "dvd+r", "\t", "#", "\xc3\xa9" };
	char line[512];

	for (unsigned i = 0; i < 100000; i++) {
		size_t n = 0, want = t_below(48);

		while (n < want) {
			const char *bit = bits[t_below(sizeof(bits) / sizeof(bits[0]))];

			if (t_below(4) == 0) {
				line[n++] = (char)t_below(256);
				continue;
			}
			memcpy(line + n, bit, strlen(bit));
			n += strlen(bit);
		}
		err = (struct err){ 0 };
		if (command_parse(line, n, &cmd, &err) < 0)
			T_TRUE(err.code && err.msg[0]);
		else
			T_TRUE(cmd.verb < COMMAND_VERBS);
		command_may_become(line, n);
	}
}

int main(void)
{
	T_RUN(every_option_of_burn_is_read);
	T_RUN(the_words_stand_in_the_order_of_the_enums);
	T_RUN(speeds_are_max_times_or_kilobytes);
	T_RUN(the_other_commands_are_read);
	T_RUN(words_that_make_no_sense_are_named);
	T_RUN(what_comes_later_is_told_from_what_never_was);
	T_RUN(the_start_of_a_command_may_become_one);
	T_RUN(help_lists_what_works_and_nothing_else);
	T_RUN(random_bytes_are_parsed_or_refused);
	return t_end();
}
