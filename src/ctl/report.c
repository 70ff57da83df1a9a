/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the last command answered, and the last failure with what to do about it. */
#include "report.h"

#include "base/buf.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

static const struct remedy {
	int code;
	const char *text;
} remedies[] = {
	{ -EINVAL, "see .discfs/help for the words that a command takes" },
	{ -ENODEV, "see .discfs/status for the recorder that is used" },
	{ -ENOMEDIUM, "insert a medium, or: echo load > .discfs/control" },
	{ -EMEDIUMTYPE, "insert another type of medium" },
	{ -EROFS, "insert a blank medium" },
	{ -ENOSPC, "remove files, or insert a larger medium; .discfs/space has the numbers" },
	{ -EEXIST, "insert a blank medium" },
	{ -EBUSY, "wait for the job's end (cat .discfs/progress), or: echo cancel > "
		  ".discfs/control" },
	{ -ESTALE, "stage the file anew" },
	{ -EILSEQ, "rename the file" },
	{ -EACCES, "ask as a user who may open that file" },
	{ -EPERM, "ask as a user who may do that, or put it elsewhere" },
	{ -EIO, "the layout is still staged: burn it again on another medium" },
	{ -ECANCELED, "the layout is still staged; .discfs/status says what the medium holds" },
	{ -ETIMEDOUT, "check the drive and its cable, then burn again on another medium" },
	{ -EOPNOTSUPP, "see .discfs/help for what works" },
	{ -EINTR, "look at the medium, then burn again on another one if need be" },
};

void report_init(struct report *r)
{
	pthread_mutex_init(&r->lock, NULL);
	report_ok(r, 0);
}

void report_fini(struct report *r)
{
	pthread_mutex_destroy(&r->lock);
}

void report_ok(struct report *r, uint64_t job)
{
	pthread_mutex_lock(&r->lock);
	if (job)
		snprintf(r->reply, sizeof(r->reply), "ok job=%" PRIu64 "\n", job);
	else
		snprintf(r->reply, sizeof(r->reply), "ok\n");
	pthread_mutex_unlock(&r->lock);
}

void report_refused(struct report *r, const struct err *why)
{
	pthread_mutex_lock(&r->lock);
	snprintf(r->reply, sizeof(r->reply), "error %s: %s\n", err_name(why->code), why->msg);
	pthread_mutex_unlock(&r->lock);
}

void report_past_failure(struct report *r, const struct err *why, uint64_t job, const char *request,
	int64_t when_sec)
{
	pthread_mutex_lock(&r->lock);
	r->failure = *why;
	r->job = job;
	r->when_sec = when_sec;
	snprintf(r->request, sizeof(r->request), "%s", request);
	pthread_mutex_unlock(&r->lock);
}

void report_failure(struct report *r, const struct err *why, uint64_t job, const char *request)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	report_past_failure(r, why, job, request, now.tv_sec);
}

void report_render_reply(struct report *r, struct buf *out)
{
	pthread_mutex_lock(&r->lock);
	buf_puts(out, r->reply);
	pthread_mutex_unlock(&r->lock);
}

static const char *remedy_for(int code)
{
	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		if (remedies[i].code == code)
			return remedies[i].text;
	return "see .discfs/status";
}

static void render_failure(const struct report *r, struct buf *out)
{
	char when[REPORT_TIME_SIZE];

	if (!r->failure.code) {
		buf_puts(out, "no error\n");
		return;
	}
	buf_printf(out, "error    %s\n", err_name(r->failure.code));
	buf_printf(out, "what     %s\n", r->failure.msg);
	buf_printf(out, "when     %s\n", report_time(when, r->when_sec));
	if (r->request[0])
		buf_printf(out, "request  \"%s\"\n", r->request);
	if (r->job)
		buf_printf(out, "job      %" PRIu64 "\n", r->job);
	buf_printf(out, "next     %s\n", remedy_for(r->failure.code));
}

void report_render_error(struct report *r, struct buf *out)
{
	pthread_mutex_lock(&r->lock);
	render_failure(r, out);
	pthread_mutex_unlock(&r->lock);
}

const char *report_time(char out[static REPORT_TIME_SIZE], int64_t sec)
{
	time_t t = (time_t)sec;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !strftime(out, REPORT_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(out, REPORT_TIME_SIZE, "unknown");
	return out;
}
