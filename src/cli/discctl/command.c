/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A few commands of discctl's own; every other word goes to control as it is. */
#include "command.h"

#include "base/buf.h"
#include "base/err.h"
#include "control.h"
#include "find_mount.h"
#include "follow.h"
#include "launch.h"
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS_MAX      64
#define LINE_MAX_BYTES 4096u

/* A word of a control command that names a file here, not in the mount. */
enum path_word { PATH_NONE, PATH_FIRST, PATH_FILE_KEY };

/* Control commands that need more than to be passed on. */
struct passed {
	const char *name;
	bool starts_job; /* followed to its end */
	enum path_word path;
};

static const struct passed passed[] = {
	{ .name = "burn", .starts_job = true },
	{ .name = "image", .starts_job = true, .path = PATH_FIRST },
	{ .name = "burn-image", .starts_job = true, .path = PATH_FIRST },
	{ .name = "burn-raw", .starts_job = true, .path = PATH_FIRST },
	{ .name = "burn-audio", .starts_job = true },
	{ .name = "erase", .starts_job = true },
	{ .name = "format", .starts_job = true },
	{ .name = "close", .starts_job = true },
	{ .name = "verify", .starts_job = true },
	{ .name = "resume", .starts_job = true },
	{ .name = "add", .starts_job = true, .path = PATH_FIRST },
	{ .name = "copy", .starts_job = true, .path = PATH_FIRST },
	{ .name = "load", .path = PATH_FILE_KEY },
};

static const struct passed *passed_find(const char *name)
{
	static const struct passed plain = { .name = "" };

	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		if (strcmp(passed[i].name, name) == 0)
			return &passed[i];
	return &plain;
}

/* @word with its path (after @prefix bytes) made absolute, in @out. */
static int absolute(const char *word, size_t prefix, char *out, size_t cap, struct err *err)
{
	char cwd[PATH_MAX];
	const char *path = word + prefix;

	if (*path == '/' || !*path)
		return snprintf(out, cap, "%s", word) < (int)cap
			       ? 0
			       : err_set(err, -ENAMETOOLONG, "the path is too long");
	if (!getcwd(cwd, sizeof(cwd)))
		return err_sys(err, errno, "the current directory");
	if (snprintf(out, cap, "%.*s%s/%s", (int)prefix, word, cwd, path) >= (int)cap)
		return err_set(err, -ENAMETOOLONG, "the path is too long");
	return 0;
}

static bool names_path(const struct passed *p, const char *word, size_t at, size_t *prefix)
{
	*prefix = 0;
	if (p->path == PATH_FIRST)
		return at == 1;
	if (p->path != PATH_FILE_KEY || strncmp(word, "file=", 5) != 0)
		return false;
	*prefix = 5;
	return true;
}

/* The line for control: paths absolute; no `wait`, for the progress is followed instead. */
static int compose(
	const struct discctl *d, const struct passed *p, struct buf *line, struct err *err)
{
	const char *words[WORDS_MAX];
	char path[PATH_MAX + 8];
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		const char *word = d->words[i];
		size_t prefix;
		int r;

		if (n == WORDS_MAX)
			return err_set(err, -EINVAL, "more than %d words", WORDS_MAX);
		if (p->starts_job && i > 0 && strcmp(word, "wait") == 0)
			continue;
		words[n++] = word;
		if (!names_path(p, word, i, &prefix))
			continue;
		r = absolute(word, prefix, path, sizeof(path), err);
		if (r < 0)
			return r;
		words[n - 1] = path;
	}
	return control_line(words, n, line, err);
}

static int run_passed(const struct discctl *d, const char *mount)
{
	const struct passed *p = passed_find(d->words[0]);
	struct follow_result res = { .job = 0 };
	struct err err = { .code = 0 };
	struct buf line, reply;
	uint64_t job = 0;
	int r;

	buf_init(&line, LINE_MAX_BYTES);
	buf_init(&reply, 65536);
	r = compose(d, p, &line, &err);
	if (r == 0)
		r = control_send(mount, buf_str(&line), &reply, &job, &err);
	if (r == 0 && p->starts_job && job)
		r = follow(mount, job, d->json ? FOLLOW_QUIET : FOLLOW_PLAIN, &res, &err);
	r = report(d, &res, buf_str(&reply), r, &err);
	buf_fini(&line);
	buf_fini(&reply);
	return r;
}

static int run_watch(const struct discctl *d, const char *mount)
{
	struct follow_result res;
	struct err err = { .code = 0 };
	int r = follow(mount, 0, d->json ? FOLLOW_JSON : FOLLOW_PLAIN, &res, &err);

	return report(d, &res, "there was no job yet", r, &err);
}

static int show_file(const struct discctl *d, const char *mount, const char *name)
{
	struct err err = { .code = 0 };
	struct buf text;
	int r;

	buf_init(&text, 16u << 20);
	r = control_read(mount, name, &text, &err);
	if (r == 0 && fputs(buf_str(&text), stdout) < 0)
		r = err_sys(&err, errno, "standard output");
	buf_fini(&text);
	return r < 0 ? report(d, NULL, "", r, &err) : 0;
}

static int run_status(const struct discctl *d, const char *mount)
{
	return show_file(d, mount, d->json ? "status.json" : "status");
}

static int run_help(const struct discctl *d, const char *mount)
{
	return show_file(d, mount, "help");
}

/* Why the mount cannot be asked, or its own check could not be made. */
static int check_failed(const struct discctl *d, int r, const struct err *err)
{
	report(d, NULL, "", r, err);
	return EXIT_CHECK_FAILED;
}

static int check_mounted(const struct discctl *d, const char *mount)
{
	struct err err = { .code = 0 };
	struct buf reply;
	uint64_t job;
	int r, shown;

	if (d->repair) {
		r = err_set(&err, -EBUSY,
			"%s is mounted, and nothing is repaired beneath a mount: unmount it, then "
			"use --project",
			mount);
		return check_failed(d, r, &err);
	}
	buf_init(&reply, 65536);
	r = control_send(mount, d->content ? "check content\n" : "check\n", &reply, &job, &err);
	buf_fini(&reply);
	if (r < 0 && r != -EUCLEAN)
		return check_failed(d, r, &err);
	shown = show_file(d, mount, d->json ? "check.json" : "check");
	return shown != EXIT_SUCCESS ? EXIT_CHECK_FAILED : r < 0 ? EXIT_CHECK_LEFT : EXIT_SUCCESS;
}

/* A project that is named, else the mount that is meant, else the project "default". */
static int run_check(const struct discctl *d)
{
	char mount[PATH_MAX];
	struct err err = { .code = 0 };
	int r;

	if (d->n > 1) {
		fprintf(stderr, "discctl: check takes no word \"%s\"\n", d->words[1]);
		return EXIT_USAGE;
	}
	if (d->project && !d->mountpoint)
		return launch_check(d);
	r = find_mount(d->mountpoint, mount, &err);
	if (r == -ENOENT && !d->mountpoint)
		return launch_check(d);
	return r < 0 ? check_failed(d, r, &err) : check_mounted(d, mount);
}

static int run_validate(const struct discctl *d)
{
	if (d->n == 2)
		return launch_validate(d);
	fprintf(stderr, "discctl: validate takes one IMAGE or DEVICE\n");
	return EXIT_USAGE;
}

static int run_umount(const struct discctl *d, const char *mount)
{
	return launch_umount(d->n > 1 ? d->words[1] : mount);
}

struct own {
	const char *name;
	int (*run)(const struct discctl *d, const char *mount);
	size_t words_max;
};

static const struct own own[] = {
	{ "status", run_status, 1 },
	{ "watch", run_watch, 1 },
	{ "help", run_help, 1 },
	{ "umount", run_umount, 2 },
};

bool command_takes_options(const char *word)
{
	return strcmp(word, "mount") == 0;
}

int command_run(const struct discctl *d)
{
	char mount[PATH_MAX];
	struct err err = { .code = 0 };
	bool named = d->n > 1 && strcmp(d->words[0], "umount") == 0;

	if (strcmp(d->words[0], "mount") == 0)
		return launch_discfs(d);
	if (strcmp(d->words[0], "check") == 0)
		return run_check(d);
	if (strcmp(d->words[0], "validate") == 0)
		return run_validate(d);
	if (d->project || d->repair || d->content) {
		fprintf(stderr, "discctl: --project, --repair and --content go with check\n");
		return EXIT_USAGE;
	}
	if (find_mount(named ? d->words[1] : d->mountpoint, mount, &err) < 0)
		return report(d, NULL, "", err.code, &err);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (strcmp(own[i].name, d->words[0]) != 0)
			continue;
		if (d->n > own[i].words_max) {
			fprintf(stderr, "discctl: %s takes no word \"%s\"\n", own[i].name,
				d->words[own[i].words_max]);
			return EXIT_USAGE;
		}
		return own[i].run(d, mount);
	}
	return run_passed(d, mount);
}
