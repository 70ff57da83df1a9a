/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discfs: mounts the directory that becomes a disc. */
#include "assemble.h"
#include "check.h"
#include "daemonize.h"
#include "from_mount.h"
#include "mountpoint.h"
#include "options.h"
#include "validate.h"

#include "base/err.h"
#include "base/log.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(const struct err *err)
{
	fprintf(stderr, "discfs: %s\n", err->msg);
	return EXIT_FAILURE;
}

/*
 * An image of a million files takes 200 MB for as long as it is open. What is as large as its
 * pieces goes back to the system at once and never to a heap, of which threads have one each; what
 * is smaller, as the buffers of a request, is not given back each time.
 */
static void set_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, 2 << 20);
	mallopt(M_TRIM_THRESHOLD, 8 << 20);
}

static int start(struct program *p, struct options *o, char *mountpoint, struct err *err)
{
	int r = mountpoint_find(o->mountpoint, mountpoint, err);

	if (r < 0)
		return r;
	o->mountpoint = mountpoint;
	return program_start(p, o, err);
}

int main(int argc, char **argv)
{
	static char mountpoint[PATH_MAX];
	static struct program program;
	static struct options options;
	struct err err = { 0 };
	int background = -1;
	int r;

	set_memory();
	helper_translate(&argc, &argv);
	options_parse(argc, argv, &options);
	if (options.check)
		return check_project(&options);
	if (options.validate)
		return validate_image(&options);
	if (!options.foreground) {
		background = daemonize_begin();
		if (background < 0) {
			err_sys(&err, errno, "going to the background");
			return fail(&err);
		}
	}
	if (start(&program, &options, mountpoint, &err) < 0)
		return fail(&err);
	if (background >= 0) {
		log_to_syslog("discfs");
		daemonize_ready(background);
	}
	r = program_run(&program, &err);
	if (r < 0)
		log_line(LOG_LEVEL_ERROR, "mount", "%s", err.msg);
	if (program_stop(&program, &err) < 0) {
		log_line(LOG_LEVEL_ERROR, "stage", "%s", err.msg);
		r = -EIO;
	}
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
