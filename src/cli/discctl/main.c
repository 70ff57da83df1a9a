/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discctl: tells a mounted discfs what to do, and shows what it does. */
#include "command.h"
#include "report.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

const char *argp_program_version = "discctl " DISCFS_VERSION;

#define WORDS_MAX 64

enum { KEY_PROJECT = 256, KEY_REPAIR, KEY_CONTENT };

static const char doc[] =
	"Tells a mounted discfs what to do.\v"
	"Commands of its own:\n"
	"  status             the recorder, the medium, the layout and the job\n"
	"  watch              follow the job that runs\n"
	"  mount [OPTIONS] MOUNTPOINT   the same as discfs\n"
	"  umount [MOUNTPOINT]          end a mount; the layout is there again at the next\n"
	"  check              prove a project: catalog, store and projection\n"
	"  validate IMAGE     check an image, or the disc in a drive, against the standards\n"
	"  help               what the control file of this mount understands\n"
	"Every other command goes to the control file, for example:\n"
	"  burn [close=disc] [speed=8x] [verify=none] [eject]\n"
	"  image PATH         save the image that a burn would write\n"
	"  load medium=bd-r   put a blank medium into the virtual recorder\n"
	"  cancel, eject, clear\n"
	"\n"
	"Exit status: 0 success, 1 failure, 2 wrong usage; of check: 0 clean, 1 repaired, 4 faults "
	"left, 8 not checked; of validate: 0 clean, 1 warnings, 4 errors, 8 not checked.";

static const struct argp_option options[] = {
	{ .name = "mountpoint",
		.key = 'm',
		.arg = "DIR",
		.doc = "which mount; default: the one around the current directory, or the only "
		       "one" },
	{ .name = "json", .key = 'j', .doc = "answer with JSON, for scripts" },
	{ .name = "project",
		.key = KEY_PROJECT,
		.arg = "NAME|DIR",
		.doc = "of check: a project that is not mounted" },
	{ .name = "repair",
		.key = KEY_REPAIR,
		.doc = "of check: mend what can be mended; the project must not be mounted" },
	{ .name = "content", .key = KEY_CONTENT, .doc = "of check: read every staged byte too" },
	{ 0 },
};

struct command_line {
	struct discctl d;
	const char *words[WORDS_MAX];
};

static void take_word(struct command_line *c, struct argp_state *state, const char *word)
{
	if (c->d.n == WORDS_MAX)
		argp_error(state, "more than %d words", WORDS_MAX);
	else
		c->words[c->d.n++] = word;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct command_line *c = state->input;

	switch (key) {
	case 'm':
		c->d.mountpoint = arg;
		return 0;
	case 'j':
		c->d.json = true;
		return 0;
	case KEY_PROJECT:
		c->d.project = arg;
		return 0;
	case KEY_REPAIR:
		c->d.repair = true;
		return 0;
	case KEY_CONTENT:
		c->d.content = true;
		return 0;
	case ARGP_KEY_ARG:
		take_word(c, state, arg);
		if (c->d.n == 1 && command_takes_options(arg))
			while (state->next < state->argc)
				take_word(c, state, state->argv[state->next++]);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "a command is missing");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "COMMAND [WORD...]",
		.doc = doc,
	};
	struct command_line c = { .d = { .n = 0 } };

	argp_err_exit_status = EXIT_USAGE;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &c) != 0)
		return EXIT_USAGE;
	c.d.words = c.words;
	return command_run(&c.d);
}
