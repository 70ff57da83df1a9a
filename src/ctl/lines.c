/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing `control`: a handle's bytes are one text, and each line is run in the write that
 * completes it, so that its errno reaches the writer. A whole write without a newline that is a
 * command (printf burn), or cannot become one, is run as well: a shell does not see the error of a
 * flush.
 */
#include "handle.h"
#include "node.h"
#include "state.h"

#include "base/err.h"
#include "base/text.h"
#include "command.h"
#include "run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What was read before is replaced by the answer to this handle's own command. */
static void show_reply(struct ctl_handle *h)
{
	pthread_mutex_lock(&h->lock);
	buf_clear(&h->text);
	report_render_reply(&h->ctl->report, &h->text);
	pthread_mutex_unlock(&h->lock);
}

static int answer(struct ctl_handle *h, int r, uint64_t job, const char *line, struct err *why)
{
	struct report *report = &h->ctl->report;
	char request[512];

	/* After an interrupt the job goes on: the command was taken. */
	if (r == 0 || r == -EINTR) {
		report_ok(report, job);
	} else {
		report_refused(report, why);
		text_quoted(request, sizeof(request), line, strlen(line));
		report_failure(report, why, job, request);
	}
	show_reply(h);
	return r;
}

static int run_parsed(struct ctl_handle *h, struct command *cmd, const char *line, struct err *err)
{
	struct err why = { 0 };
	uint64_t job = 0;
	int r;

	if (cmd->verb == COMMAND_NOTHING)
		return 0;
	r = run_command(h, cmd, line, &job, &why);
	if (r < 0 && err)
		*err = why;
	return answer(h, r, job, line, &why);
}

static int run_line(struct ctl_handle *h, const char *line, size_t n, struct err *err)
{
	struct command *cmd = malloc(sizeof(*cmd));
	struct err why = { 0 };
	int r;

	if (!cmd)
		return err_nomem(err);
	r = command_parse(line, n, cmd, &why);
	if (r == 0)
		r = run_parsed(h, cmd, line, err);
	else {
		if (err)
			*err = why;
		answer(h, r, 0, line, &why);
	}
	free(cmd);
	return r;
}

/* Moves the line gathered so far out of the handle into @out. */
static void take_written(struct ctl_handle *h, struct buf *out)
{
	pthread_mutex_lock(&h->lock);
	*out = h->written;
	buf_init(&h->written, HANDLE_TEXT_MAX);
	pthread_mutex_unlock(&h->lock);
}

static int run_written(struct ctl_handle *h, struct err *err)
{
	struct buf line;
	int r;

	take_written(h, &line);
	r = run_line(h, buf_str(&line), line.len, err);
	buf_fini(&line);
	return r;
}

/* Adds part of a line; -EINVAL once it is too long, and its rest is dropped then. */
static int gather(
	struct ctl_handle *h, const char *bytes, size_t n, bool completes, struct err *err)
{
	struct err why = { 0 };
	int r = 0;

	pthread_mutex_lock(&h->lock);
	if (h->skipping)
		goto unlock;
	buf_append(&h->written, bytes, n);
	if (h->written.failed)
		r = err_nomem(&why);
	else if (h->written.len > WORDS_LINE_MAX)
		r = err_set(&why, -EINVAL, "the line has more than %u bytes", WORDS_LINE_MAX);
	if (r < 0) {
		buf_clear(&h->written);
		h->skipping = !completes;
	}
unlock:
	pthread_mutex_unlock(&h->lock);
	if (r == 0)
		return 0;
	if (err)
		*err = why;
	return answer(h, r, 0, "", &why);
}

/* The line is complete: run, unless it is the end of one that was too long. */
static int finish_line(struct ctl_handle *h, struct err *err)
{
	bool skipped;

	pthread_mutex_lock(&h->lock);
	skipped = h->skipping;
	h->skipping = false;
	pthread_mutex_unlock(&h->lock);
	return skipped ? 0 : run_written(h, err);
}

/* A blank at the end says that words are to come: burn, and then simulate. */
static bool expects_more(const struct buf *line)
{
	const char *text = buf_str(line);

	return line->len > 0 && (text[line->len - 1] == ' ' || text[line->len - 1] == '\t');
}

/* Whether the line gathered so far is a command as it stands, or can be none any more. */
static bool is_decided(struct ctl_handle *h)
{
	struct command *cmd = malloc(sizeof(*cmd));
	bool is = false;

	pthread_mutex_lock(&h->lock);
	if (cmd) {
		int r = command_parse(buf_str(&h->written), h->written.len, cmd, NULL);

		is = r == -EOPNOTSUPP ||
		     (r == 0 && cmd->verb != COMMAND_NOTHING && !expects_more(&h->written)) ||
		     !command_may_become(buf_str(&h->written), h->written.len);
	}
	pthread_mutex_unlock(&h->lock);
	free(cmd);
	return is;
}

static bool at_start(struct ctl_handle *h)
{
	bool start;

	pthread_mutex_lock(&h->lock);
	start = h->written.len == 0 && !h->skipping;
	pthread_mutex_unlock(&h->lock);
	return start;
}

static int lines_write(struct ctl_handle *h, const char *bytes, size_t n, struct err *err)
{
	const char *end = bytes + n;
	/* A buffer's worth of bytes is rather the first part of a line that is too long. */
	bool whole = n < WORDS_LINE_MAX && at_start(h) && !memchr(bytes, '\n', n);

	while (bytes < end) {
		const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
		const char *stop = newline ? newline : end;
		int r = gather(h, bytes, (size_t)(stop - bytes), newline != NULL, err);

		if (r == 0 && newline)
			r = finish_line(h, err);
		if (r < 0)
			return r;
		bytes = newline ? newline + 1 : end;
	}
	if (whole && is_decided(h))
		return run_written(h, err);
	return 0;
}

/* Comes once for each copy of the descriptor: it looks and runs nothing. */
static int lines_flush(struct ctl_handle *h, struct err *err)
{
	struct command *cmd = malloc(sizeof(*cmd));
	int r;

	if (!cmd)
		return err_nomem(err);
	pthread_mutex_lock(&h->lock);
	r = command_parse(buf_str(&h->written), h->written.len, cmd, err);
	pthread_mutex_unlock(&h->lock);
	free(cmd);
	return r;
}

static void lines_finish(struct ctl_handle *h)
{
	struct buf line;
	struct command *cmd = malloc(sizeof(*cmd));
	struct err why = { 0 };
	int r;

	take_written(h, &line);
	if (!cmd || line.len == 0)
		goto free_line;
	r = command_parse(buf_str(&line), line.len, cmd, &why);
	/* Nobody is left who could wait. */
	cmd->given[OPTION_WAIT] = false;
	if (r == 0)
		run_parsed(h, cmd, buf_str(&line), NULL);
	else
		answer(h, r, 0, buf_str(&line), &why);
free_line:
	buf_fini(&line);
	free(cmd);
}

const struct node_ops lines_ops = {
	.write = lines_write, .flush = lines_flush, .finish = lines_finish
};
