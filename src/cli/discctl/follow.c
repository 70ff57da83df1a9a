/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the progress stream line by line until the job is over. */
#include "follow.h"

#include "base/auto.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "control.h"
#include "progress.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void stop_reading(int signum)
{
	(void)signum;
}

/* Ctrl-C shall end the watching with a word, and the job not at all: read(2) gives EINTR then. */
static void catch_interrupt(void)
{
	struct sigaction act = { .sa_handler = stop_reading };

	sigaction(SIGINT, &act, NULL);
}

static size_t terminal_columns(void)
{
	struct winsize w;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 20)
		return w.ws_col < 200 ? w.ws_col : 200;
	return 80;
}

/* Text as text and numbers as numbers; a key that the line lacks is left out. */
static void show_json(const char *line)
{
	static const char *const texts[] = { "state", "file", "outcome" };
	static const char *const numbers[] = { "job", "percent", "lba", "rate", "eta", "buffer",
		"drive_buffer" };
	json_t *o = json_object();
	char value[1024];
	uint64_t number;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (progress_field(line, texts[i], value, sizeof(value)))
			json_object_set_new(o, texts[i], json_string(value));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (progress_field(line, numbers[i], value, sizeof(value)) &&
			text_u64(value, &number))
			json_object_set_new(o, numbers[i], json_integer((json_int_t)number));
	json_dumpf(o, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(o);
}

static void show(const char *line, enum follow_style style)
{
	char bar[1024];

	if (style == FOLLOW_JSON) {
		show_json(line);
	} else if (style == FOLLOW_PLAIN && isatty(STDOUT_FILENO)) {
		progress_bar(line, terminal_columns(), bar, sizeof(bar));
		printf("\r%s\033[K", bar);
		fflush(stdout);
	} else if (style == FOLLOW_PLAIN) {
		puts(line);
		fflush(stdout);
	}
}

/* Notes what a line says; false when it is about another job than @job. */
static bool take_line(const char *line, uint64_t job, struct follow_result *out)
{
	char value[32];
	uint64_t about = 0;

	if (progress_field(line, "job", value, sizeof(value)))
		about = strtoull(value, NULL, 10);
	if (about == 0)
		return true;
	if (job && about != job)
		return false;
	out->job = about;
	progress_field(line, "state", out->state, sizeof(out->state));
	progress_field(line, "outcome", out->outcome, sizeof(out->outcome));
	return true;
}

static int read_stream(
	int fd, uint64_t job, enum follow_style style, struct follow_result *out, struct err *err)
{
	char text[16384];
	size_t have = 0;

	for (;;) {
		char *line = text, *end;
		ssize_t n;

		if (have >= sizeof(text) - 1)
			return err_set(err, -EBADMSG, "a line of .discfs/progress has no end");
		n = read(fd, text + have, sizeof(text) - 1 - have);

		if (n < 0 && errno == EINTR)
			return err_set(err, -EINTR,
				"the job runs on: `discctl watch` follows it, `discctl cancel` "
				"ends it");
		if (n < 0)
			return err_sys(err, errno, "reading .discfs/progress");
		if (n == 0)
			return 0;
		have += (size_t)n;
		text[have] = '\0';
		while ((end = strchr(line, '\n')) != NULL) {
			*end = '\0';
			if (take_line(line, job, out))
				show(line, style);
			line = end + 1;
		}
		have = strlen(line);
		memmove(text, line, have);
	}
}

/* The value of a line "KEY   value" of .discfs/error into @out; "" when there is none. */
static void error_line(const char *text, const char *key, char *out, size_t cap)
{
	size_t n = strlen(key);

	out[0] = '\0';
	for (; text && *text; text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL) {
		if (strncmp(text, key, n) != 0 || text[n] != ' ')
			continue;
		text += n + strspn(text + n, " ");
		snprintf(out, cap, "%.*s", (int)strcspn(text, "\n"), text);
		return;
	}
}

/* The errno called @name; EIO for a name that there is not. */
static int errno_named(const char *name)
{
	for (int code = 1; code < 200; code++)
		if (strcmp(err_name(code), name) == 0)
			return code;
	return EIO;
}

/* .discfs/error tells the errno and the sentence, if it is about this job still. */
static int failure(const char *mount, const struct follow_result *res, struct err *err)
{
	int code = strcmp(res->state, "cancelled") == 0 ? -ECANCELED : -EIO;
	char job[24], want[24], name[32], what[512];
	struct buf text;

	buf_init(&text, 65536);
	snprintf(want, sizeof(want), "%llu", (unsigned long long)res->job);
	if (control_read(mount, "error", &text, NULL) < 0)
		buf_clear(&text);
	error_line(buf_str(&text), "job", job, sizeof(job));
	error_line(buf_str(&text), "error", name, sizeof(name));
	error_line(buf_str(&text), "what", what, sizeof(what));
	buf_fini(&text);
	if (strcmp(job, want) == 0 && *what)
		return err_set(err, -errno_named(name), "%s", what);
	return err_set(err, code, "%s", *res->outcome ? res->outcome : res->state);
}

int follow(const char *mount, uint64_t job, enum follow_style style, struct follow_result *out,
	struct err *err)
{
	AUTO_FD int fd = control_open(mount, "progress", O_RDONLY, err);
	int r;

	*out = (struct follow_result){ .job = 0 };
	if (fd < 0)
		return fd;
	catch_interrupt();
	r = read_stream(fd, job, style, out, err);
	if (style == FOLLOW_PLAIN && isatty(STDOUT_FILENO) && out->job)
		putchar('\n');
	if (r < 0)
		return r;
	if (job && !out->job)
		return err_set(err, -ESTALE,
			"job %llu is over and another has begun; .discfs/status tells of it",
			(unsigned long long)job);
	if (!out->job || strcmp(out->state, "done") == 0)
		return 0;
	return failure(mount, out, err);
}
