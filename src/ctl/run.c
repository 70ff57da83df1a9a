/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each command does: checks first, then the one call that changes something. */
#include "running.h"

#include "caller.h"
#include "check.h"
#include "command.h"
#include "copy.h"
#include "handle.h"
#include "journal.h"
#include "preview.h"
#include "settings.h"
#include "state.h"

#include "base/err.h"
#include "base/sector.h"
#include "burn/burner.h"
#include "image/image.h"
#include "stage/plant.h"
#include "stage/stage.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of the mount; 0 when there is none. */
static dev_t own_device(const struct ctl *c)
{
	struct stat st;

	return c->host.mountpoint && stat(c->host.mountpoint, &st) == 0 ? st.st_dev : 0;
}

int run_check_idle(struct run *run, struct err *err)
{
	struct job *job = burner_job(run->c->burner);
	struct job_status s;

	if (!job)
		return 0;
	job_status(job, &s);
	job_unref(job);
	if (job_state_is_final(s.state)) {
		/* Its row is ended before another one begins, whoever is first to tell. */
		journal_settle(run->c, &s);
		return 0;
	}
	return err_set(err, -EBUSY, "job %" PRIu64 " is running (%s); wait for it or cancel it",
		s.id, job_state_name(s.state));
}

static int start_save(struct run *run, struct image *image, int fd, struct err *err)
{
	/* A file system is trusted, as cp does, unless the command itself says otherwise. */
	const struct save_request req = {
		.fd = fd,
		.path = run->cmd->path,
		.verify = run->cmd->given[OPTION_VERIFY] &&
			  run->cmd->choice[OPTION_VERIFY] != BURN_VERIFY_NONE,
	};
	struct err why = { 0 };
	int r = journal_begin(run->c, run->line, &run->job_id, err);

	if (r < 0) {
		image_free(image);
		close(fd);
		return r;
	}
	r = burner_save(run->c->burner, image, &req, run->job_id, &run->job, &why);
	if (r < 0) {
		journal_drop(run->c, run->job_id, &why);
		*err = why;
	}
	return r;
}

/* The bytes of a burned disc are not to be replaced by its next image. */
static int check_not_medium(struct run *run, int fd, struct err *err)
{
	char file[1024];
	struct stat medium, image;

	ctl_medium_file(run->c, file, sizeof(file));
	if (!file[0] || stat(file, &medium) < 0 || fstat(fd, &image) < 0)
		return 0;
	if (medium.st_dev != image.st_dev || medium.st_ino != image.st_ino)
		return 0;
	return err_set(err, -EBUSY,
		"that file is the medium in the recorder; choose another, or eject it first");
}

static int run_image(struct run *run, struct err *err)
{
	struct image *image = NULL;
	int fd = -1, r = run_check_idle(run, err);

	if (r == 0)
		r = stage_check_sources(run->c->stage, err);
	if (r == 0)
		r = preview_build(run->c, &image, err);
	if (r < 0)
		return r;
	fd = caller_open_image(&run->h->caller, run->cmd->path,
		(uint64_t)image_nsec(image) * SECTOR, own_device(run->c), err);
	if (fd < 0)
		r = fd;
	else
		r = check_not_medium(run, fd, err);
	if (r == 0)
		return start_save(run, image, fd, err);
	if (fd >= 0)
		close(fd);
	image_free(image);
	return r;
}

static int run_copy(struct run *run, struct err *err)
{
	struct copying *copying = NULL;
	struct err why = { 0 };
	int r = run_check_idle(run, err);

	if (r == 0)
		r = copying_new(
			run->c, &run->h->caller, run->cmd, own_device(run->c), &copying, err);
	if (r == 0)
		r = journal_begin(run->c, run->line, &run->job_id, err);
	if (r < 0) {
		copying_free(copying);
		return r;
	}
	r = copying_start(copying, run->job_id, &run->job, &why);
	if (r < 0) {
		journal_drop(run->c, run->job_id, &why);
		*err = why;
	}
	return r;
}

static int run_cancel(struct run *run, struct err *err)
{
	struct job *job = burner_job(run->c->burner);
	struct job_status s = { .state = JOB_DONE };

	if (job)
		job_status(job, &s);
	if (!job_state_is_final(s.state)) {
		job_cancel(job);
		run->job_id = s.id;
	}
	job_unref(job);
	return run->job_id ? 0 : err_set(err, -EINVAL, "no job is running");
}

/* For burner_call: @arg is a struct run. */
static int load_medium(void *arg, struct err *err)
{
	struct run *run = arg;
	struct ctl *c = run->c;
	const struct command *cmd = run->cmd;
	const char *file = cmd->given[OPTION_FILE] ? cmd->path : NULL;
	const char *type = cmd->medium ? cmd->medium->type : NULL;
	int r;

	/* A medium that exists has its type already; a new one is of the planned type. */
	if (!type && (!file || access(file, F_OK) < 0))
		type = atomic_load(&c->planned)->type;
	r = c->host.load(c->host.arg, type, file, err);
	ctl_medium_file_read(c);
	return r;
}

/* The recorder's own writes would come back as requests, and none is answered at the end. */
static int check_medium_outside(struct run *run, struct err *err)
{
	dev_t own = own_device(run->c);
	char dir[WORDS_LINE_MAX + 1];
	struct stat st;
	char *slash;

	snprintf(dir, sizeof(dir), "%s", run->cmd->path);
	slash = strrchr(dir, '/');
	if (stat(dir, &st) < 0 && slash) {
		slash[1] = '\0';
		if (stat(dir, &st) < 0)
			return 0;
	}
	if (!own || st.st_dev != own)
		return 0;
	return err_set(err, -EINVAL,
		"load: the file lies in the mount that is to be burned; choose another place");
}

static int run_load(struct run *run, struct err *err)
{
	int r = run_check_idle(run, err);

	if (r == 0 && !run->c->host.load)
		r = err_set(err, -EOPNOTSUPP, "this recorder cannot load a medium by command");
	if (r == 0 && run->cmd->medium && !run->cmd->medium->writable)
		r = err_set(err, -EOPNOTSUPP, "load: medium=%s is no medium that can be written",
			run->cmd->medium->type);
	if (r == 0 && run->cmd->given[OPTION_FILE])
		r = check_medium_outside(run, err);
	if (r == 0 && run->cmd->given[OPTION_FILE])
		r = caller_check_medium(&run->h->caller, run->cmd->path, err);
	if (r == 0)
		r = burner_call(run->c->burner, load_medium, run, err);
	ctl_medium_follow(run->c);
	return r;
}

static int run_eject(struct run *run, struct err *err)
{
	int r = run_check_idle(run, err);

	if (r == 0)
		r = burner_eject(run->c->burner, err);
	ctl_medium_follow(run->c);
	return r;
}

static int run_clear(struct run *run, struct err *err)
{
	return stage_clear(run->c->stage, err);
}

static int run_check(struct run *run, struct err *err)
{
	return check_run(run->c, run->cmd->given[OPTION_CONTENT], err);
}

/*
 * The job's outcome, which is in the journal when this returns; or 0 as soon as @enough says so of
 * its state.
 */
static int await_job(struct run *run, bool (*enough)(const struct job_status *s), struct err *err)
{
	struct ctl_handle *h = run->h;
	struct job_status s;

	pthread_mutex_lock(&h->lock);
	h->awaited = run->job;
	pthread_mutex_unlock(&h->lock);
	job_status(run->job, &s);
	while (!job_state_is_final(s.state) && !enough(&s) && !handle_interrupted(h)) {
		job_wait_change(run->job, s.change, 1000, handle_interrupted, h);
		job_status(run->job, &s);
	}
	pthread_mutex_lock(&h->lock);
	h->awaited = NULL;
	pthread_mutex_unlock(&h->lock);
	if (enough(&s))
		return 0;
	if (!job_state_is_final(s.state))
		return err_set(err, -EINTR, "job %" PRIu64 " goes on; the waiting has ended", s.id);
	journal_settle(run->c, &s);
	if (s.err.code && err)
		*err = s.err;
	return s.err.code;
}

static bool never(const struct job_status *s)
{
	(void)s;
	return false;
}

/* Percents begin with the work itself; it may have ended since. */
static bool is_prepared(const struct job_status *s)
{
	return s->percent > 0;
}

struct verb_row {
	int (*run)(struct run *run, struct err *err);
	bool prepares;	    /* a job: one such command at a time */
	bool checks_in_job; /* what its state prepare finds refuses the command */
};

static const struct verb_row verb_rows[COMMAND_VERBS] = {
	[COMMAND_BURN] = { run_burn, true },
	[COMMAND_ERASE] = { run_erase, true },
	[COMMAND_FORMAT] = { run_format, true },
	[COMMAND_CLOSE] = { run_close, true },
	[COMMAND_VERIFY] = { run_verify, true },
	[COMMAND_IMAGE] = { run_image, true },
	[COMMAND_CANCEL] = { run_cancel },
	[COMMAND_LOAD] = { run_load },
	[COMMAND_EJECT] = { run_eject },
	[COMMAND_CLEAR] = { run_clear },
	[COMMAND_CHECK] = { run_check },
	[COMMAND_COPY] = { run_copy, true, true },
	[COMMAND_ADD] = { run_copy, true, true },
};

/* The checks and the start, without the waiting. */
static int start(struct run *run, struct err *err)
{
	const struct verb_row *row = &verb_rows[run->cmd->verb];
	int r;

	if (!row->prepares)
		return row->run(run, err);
	if (pthread_mutex_trylock(&run->c->command_turn) != 0)
		return err_set(err, -EBUSY, "another command is preparing a job; try again");
	r = row->run(run, err);
	pthread_mutex_unlock(&run->c->command_turn);
	return r;
}

int run_command(struct ctl_handle *h, const struct command *cmd, const char *line,
	uint64_t *out_job, struct err *err)
{
	struct run run = { .c = h->ctl, .h = h, .cmd = cmd, .line = line };
	int r = start(&run, err);

	*out_job = run.job_id;
	if (r == 0 && run.job && cmd->given[OPTION_WAIT])
		r = await_job(&run, never, err);
	else if (r == 0 && run.job && verb_rows[cmd->verb].checks_in_job)
		r = await_job(&run, is_prepared, err);
	job_unref(run.job);
	return r;
}
