/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands go in as a line, replies come out as a line. */
#include "control.h"

#include "base/auto.h"
#include "base/buf.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int control_open(const char *mount, const char *name, int flags, struct err *err)
{
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "%s/.discfs/%s", mount, name) >= (int)sizeof(path))
		return err_set(err, -ENAMETOOLONG, "the path of the mount is too long");
	fd = open(path, flags | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	if (errno == ENOENT || errno == ENOTDIR)
		return err_set(
			err, -errno, "%s is not there: is a discfs mounted at %s?", path, mount);
	if (errno == EACCES || errno == EPERM)
		return err_set(err, -EACCES, "%s belongs to the user who mounted it", path);
	if (errno == ENOTCONN)
		return err_set(err, -ENOTCONN,
			"the discfs at %s has ended without unmounting; `umount %s`, then mount it "
			"again: nothing staged is lost",
			mount, mount);
	return err_sys(err, errno, "%s", path);
}

int control_read(const char *mount, const char *name, struct buf *out, struct err *err)
{
	AUTO_FD int fd = control_open(mount, name, O_RDONLY, err);
	char part[4096];

	if (fd < 0)
		return fd;
	for (;;) {
		ssize_t n = read(fd, part, sizeof(part));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, errno, "reading .discfs/%s", name);
		if (n == 0)
			break;
		buf_append(out, part, (size_t)n);
	}
	return out->failed ? err_nomem(err) : 0;
}

static void put_word(struct buf *out, const char *word)
{
	if (*word && !word[strcspn(word, " \t\"'\\#")]) {
		buf_puts(out, word);
		return;
	}
	buf_puts(out, "\"");
	for (; *word; word++) {
		if (*word == '"' || *word == '\\')
			buf_puts(out, "\\");
		buf_append(out, word, 1);
	}
	buf_puts(out, "\"");
}

int control_line(const char *const *words, size_t n, struct buf *out, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (strchr(words[i], '\n'))
			return err_set(err, -EINVAL,
				"word %zu holds a newline, and a command is one line", i + 1);
		buf_puts(out, i ? " " : "");
		put_word(out, words[i]);
	}
	buf_puts(out, "\n");
	return out->failed ? err_set(err, -EINVAL, "the command is longer than %zu bytes", out->max)
			   : 0;
}

/* "error ENAME: sentence" of a refusal whose errno is @errnum. */
static int refused(const char *mount, int errnum, struct err *err)
{
	struct buf text;
	char head[64];

	buf_init(&text, 65536);
	snprintf(head, sizeof(head), "error %s: ", err_name(errnum));
	if (control_read(mount, "control", &text, NULL) == 0 &&
		strncmp(buf_str(&text), head, strlen(head)) == 0) {
		const char *sentence = buf_str(&text) + strlen(head);

		err_set(err, -errnum, "%.*s", (int)strcspn(sentence, "\n"), sentence);
	} else {
		err_sys(err, errnum, "the command was refused");
	}
	buf_fini(&text);
	return -errnum;
}

static uint64_t job_of(const char *reply)
{
	const char *at = strstr(reply, "job=");

	return at ? strtoull(at + 4, NULL, 10) : 0;
}

int control_send(
	const char *mount, const char *line, struct buf *reply, uint64_t *job, struct err *err)
{
	AUTO_FD int fd = control_open(mount, "control", O_WRONLY, err);
	struct buf text;
	int r;

	*job = 0;
	if (fd < 0)
		return fd;
	if (write(fd, line, strlen(line)) < 0)
		return refused(mount, errno, err);
	buf_init(&text, 65536);
	r = control_read(mount, "control", &text, err);
	if (r == 0) {
		const char *said = buf_str(&text);

		if (strncmp(said, "ok", 2) == 0)
			said += said[2] == ' ' ? 3 : 2;
		*job = job_of(said);
		buf_puts(reply, said);
	}
	buf_fini(&text);
	return r;
}
