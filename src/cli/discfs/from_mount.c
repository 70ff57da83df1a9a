/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mount(8)'s way of calling helpers, as mount(8) "EXTERNAL HELPERS" has it. */
#include "from_mount.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS_MAX 32

static bool is_helper(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');
	const char *name = slash ? slash + 1 : argv0;

	return strcmp(name, "mount.fuse.discfs") == 0 || strcmp(name, "mount.discfs") == 0;
}

static bool is_default(const char *spec)
{
	return !*spec || strcmp(spec, "none") == 0 || strcmp(spec, "discfs") == 0;
}

static void usage(const char *argv0)
{
	fprintf(stderr, "usage: %s PROJECT|none MOUNTPOINT [-o OPT,...]\n", argv0);
	exit(2);
}

struct line {
	char *word[WORDS_MAX + 1]; /* NULL at the end */
	int n;
};

static void put(struct line *l, const char *argv0, char *word)
{
	if (l->n == WORDS_MAX)
		usage(argv0);
	l->word[l->n++] = word;
}

/* What mount(8) may say besides: sloppy, no mtab, verbose, read-write, and the type again. */
static void take_flags(struct line *l, int argc, char **argv)
{
	static char dash_o[] = "-o", read_only[] = "ro";
	int c;

	while ((c = getopt(argc, argv, "sfnrvwt:N:o:")) != -1) {
		if (c == 'f')
			exit(EXIT_SUCCESS);
		if (c == '?')
			usage(argv[0]);
		if (c != 'o' && c != 'r')
			continue;
		put(l, argv[0], dash_o);
		put(l, argv[0], c == 'o' ? optarg : read_only);
	}
}

void helper_translate(int *argc, char ***argv)
{
	static char project[PATH_MAX + 16];
	static struct line line;
	char **from = *argv;

	if (*argc < 1 || !is_helper(from[0]))
		return;
	put(&line, from[0], from[0]);
	put(&line, from[0], project); /* before -o, so that its project= comes to mean more */
	take_flags(&line, *argc, from);
	if (*argc - optind != 2)
		usage(from[0]);
	if (snprintf(project, sizeof(project), "--project=%s",
		    is_default(from[optind]) ? "default" : from[optind]) >= (int)sizeof(project))
		usage(from[0]);
	put(&line, from[0], from[optind + 1]);
	*argc = line.n;
	*argv = line.word;
	optind = 0; /* argp starts afresh */
}
