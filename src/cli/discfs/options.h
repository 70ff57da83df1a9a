/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of discfs. */
#ifndef DISCFS_CLI_OPTIONS_H
#define DISCFS_CLI_OPTIONS_H

#include <stdbool.h>

struct options {
	const char *source; /* the first of two words: the first field of a line of fstab(5) */
	const char *mountpoint;
	const char *project; /* a name, or a directory when it holds a '/' */
	const char *recorder;
	const char *medium;   /* NULL: what is in the recorder, else DVD+R */
	char fs_options[512]; /* of -o, what is for libfuse and the kernel */
	char words[1024];     /* storage of what -o named */
	bool foreground;
	bool control_visible;
	bool allow_other;
	bool check; /* instead of a mount; with it: */
	bool repair, content, json;
	const char *validate; /* an image to check instead of a mount, or NULL; with it: json */
};

/* Fills @o or ends the program: --help, --version, or a usage error with status 2. */
void options_parse(int argc, char **argv, struct options *o);

#endif
