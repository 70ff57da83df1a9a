/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `copy` and `add` as jobs: what intake does, told in the words of jobs. */
#include "copy.h"

#include "command.h"
#include "state.h"

#include "base/err.h"
#include "base/log.h"
#include "base/text.h"
#include "burn/task.h"
#include "intake/intake.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Of what is left out, so many are logged; the outcome has the count. */
#define LOGGED_MAX 100u

struct copying {
	struct ctl *c;
	enum job_kind kind; /* JOB_COPY or JOB_ADD */
	struct intake_request req;
	char *source;
	char *dst;
	unsigned logged;
	struct task *task; /* while it runs */
};

/* @dst as people see it may begin with the mount point. */
static const char *below_mount(const struct ctl *c, const char *dst)
{
	const char *mnt = c->host.mountpoint;
	size_t n = mnt ? strlen(mnt) : 0;

	if (n > 1 && strncmp(dst, mnt, n) == 0 && (dst[n] == '/' || dst[n] == '\0'))
		return dst + n;
	return dst;
}

static void find_project(const struct ctl *c, struct intake_request *req)
{
	struct stat st;

	if (!c->host.project_dir || stat(c->host.project_dir, &st) < 0)
		return;
	req->project_dev = st.st_dev;
	req->project_ino = st.st_ino;
}

int copying_new(struct ctl *c, const struct ctl_caller *who, const struct command *cmd, dev_t own,
	struct copying **out, struct err *err)
{
	struct copying *k = calloc(1, sizeof(*k));
	int r;

	if (!k)
		return err_nomem(err);
	k->c = c;
	k->kind = cmd->verb == COMMAND_ADD ? JOB_ADD : JOB_COPY;
	k->source = strdup(cmd->path);
	k->dst = strdup(below_mount(c, cmd->dst));
	r = k->source && k->dst ? 0 : err_nomem(err);
	if (r == 0)
		r = intake_find_target(c->stage, k->source, k->dst, &k->req.target, err);
	if (r < 0) {
		copying_free(k);
		return r;
	}
	k->req.source = k->source;
	k->req.on_error = (enum intake_on_error)cmd->choice[OPTION_ON_ERROR];
	k->req.mount_dev = own;
	rights_of(who->uid, who->gid, who->pid, &k->req.who);
	find_project(c, &k->req);
	*out = k;
	return 0;
}

void copying_free(struct copying *k)
{
	if (!k)
		return;
	free(k->source);
	free(k->dst);
	free(k);
}

static bool cancelled(void *arg)
{
	const struct copying *k = arg;

	return task_cancelled(k->task);
}

static void begin(void *arg, uint64_t total_nsec)
{
	const struct copying *k = arg;

	task_begin(k->task, total_nsec);
}

static bool due(void *arg, uint64_t done_nsec)
{
	const struct copying *k = arg;

	return task_due(k->task, done_nsec);
}

static void tell(void *arg, uint64_t done_nsec, const char *file)
{
	const struct copying *k = arg;

	task_tell(k->task, done_nsec, file);
}

static void skipped(void *arg, const struct err *why)
{
	struct copying *k = arg;

	if (k->logged++ < LOGGED_MAX)
		log_line(LOG_LEVEL_WARNING, k->kind == JOB_ADD ? "add" : "copy", "left out: %s",
			why->msg);
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void put_count(const struct intake_result *res, char *out, size_t cap)
{
	char bytes[16];

	snprintf(out, cap, "%" PRIu64 " file%s (%s)", res->files, plural(res->files),
		text_bytes(bytes, res->bytes));
}

struct verb_words {
	const char *done, *failed, *rest;
};
static const struct verb_words copy_words = { "copied", "copying failed", "; these stay" };
static const struct verb_words add_words = { "added", "adding failed", "; nothing was added" };

static void words(const struct copying *k, const struct intake_result *res, struct task_end *end)
{
	const struct verb_words *w = k->kind == JOB_ADD ? &add_words : &copy_words;
	char count[64], shown[100];
	int n;

	put_count(res, count, sizeof(count));
	if (end->err.code) {
		snprintf(end->outcome, sizeof(end->outcome), "%s after %s%s",
			end->err.code == -ECANCELED ? "cancelled" : w->failed, count, w->rest);
		if (end->err.code == -ECANCELED)
			err_set(&end->err, -ECANCELED, "%s", end->outcome);
		return;
	}
	n = snprintf(end->outcome, sizeof(end->outcome), "%s %s and %" PRIu64 " director%s of %s",
		w->done, count, res->dirs, res->dirs == 1 ? "y" : "ies",
		text_quoted(shown, sizeof(shown), k->source, strlen(k->source)));
	if (res->skipped > 0 && n > 0 && (size_t)n < sizeof(end->outcome))
		snprintf(end->outcome + n, sizeof(end->outcome) - (size_t)n,
			"; %" PRIu64 " left out, first %.100s", res->skipped, res->first.msg);
}

static void run(void *arg, struct task *t, struct task_end *end)
{
	struct copying *k = arg;
	const struct intake_watcher watcher = {
		.cancelled = cancelled,
		.begin = begin,
		.due = due,
		.tell = tell,
		.skipped = skipped,
		.arg = k,
	};
	struct intake_result res = { .files = 0 };

	k->task = t;
	end->err.code = (k->kind == JOB_ADD ? intake_add : intake_copy)(
		k->c->stage, &k->req, &watcher, &res, &end->err);
	words(k, &res, end);
}

static void free_work(void *arg)
{
	copying_free(arg);
}

int copying_start(struct copying *k, uint64_t id, struct job **out, struct err *err)
{
	const struct task_work work = { .kind = k->kind, .run = run, .free = free_work, .arg = k };

	return burner_task(k->c->burner, &work, id, out, err);
}
