/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Becomes another program. */
#include "launch.h"

#include "base/auto.h"
#include "command.h"
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The discfs that lies beside this program, so that a build tree works uninstalled. */
static void beside(char *out, size_t cap)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	out[0] = '\0';
	if (n < 0)
		return;
	self[n] = '\0';
	slash = strrchr(self, '/');
	if (!slash || snprintf(out, cap, "%.*s/discfs", (int)(slash - self), self) >= (int)cap)
		out[0] = '\0';
}

/* exec takes char *const[] for history's sake and changes nothing. */
static char *unconst(const char *s)
{
	union {
		const char *in;
		char *out;
	} u = { .in = s };

	return u.out;
}

/* Returns only when it fails. */
static void run_discfs(const struct discctl *d, char **argv)
{
	char path[PATH_MAX];

	fflush(stdout);
	beside(path, sizeof(path));
	if (*path)
		execv(path, argv);
	execvp("discfs", argv);
	fprintf(stderr, "discctl: %s: discfs cannot be run: %s\n", d->words[0], strerror(errno));
}

int launch_discfs(const struct discctl *d)
{
	AUTO_FREE char **argv = calloc(d->n + 1, sizeof(*argv));

	if (!argv) {
		fprintf(stderr, "discctl: out of memory\n");
		return EXIT_FAILURE;
	}
	argv[0] = unconst("discfs");
	for (size_t i = 1; i < d->n; i++)
		argv[i] = unconst(d->words[i]);
	run_discfs(d, argv);
	return EXIT_FAILURE;
}

int launch_check(const struct discctl *d)
{
	char project[PATH_MAX + 16];
	char *argv[7] = { unconst("discfs"), unconst("--check"), project };
	size_t n = 3;

	if (snprintf(project, sizeof(project), "--project=%s",
		    d->project ? d->project : "default") >= (int)sizeof(project)) {
		fprintf(stderr, "discctl: check: the project's path is too long\n");
		return EXIT_CHECK_FAILED;
	}
	if (d->repair)
		argv[n++] = unconst("--repair");
	if (d->content)
		argv[n++] = unconst("--content");
	if (d->json)
		argv[n++] = unconst("--json");
	run_discfs(d, argv);
	return EXIT_CHECK_FAILED;
}

int launch_validate(const struct discctl *d)
{
	char *argv[] = { unconst("discfs"), unconst("--validate"), unconst(d->words[1]),
		d->json ? unconst("--json") : NULL, NULL };

	run_discfs(d, argv);
	return EXIT_CHECK_FAILED;
}

int launch_umount(const char *mount)
{
	if (geteuid() == 0)
		execlp("umount", "umount", "--", mount, (char *)NULL);
	else
		execlp("fusermount3", "fusermount3", "-u", "--", mount, (char *)NULL);
	fprintf(stderr, "discctl: umount: %s cannot be run: %s\n",
		geteuid() == 0 ? "umount" : "fusermount3", strerror(errno));
	return EXIT_FAILURE;
}
