/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts the parts of one mount together. */
#include "assemble.h"

#include "base/err.h"
#include "base/log.h"
#include "burn/burner.h"
#include "ctl/ctl.h"
#include "image/image.h"
#include "mount/mount.h"
#include "recorder/virtual.h"
#include "stage/stage.h"
#include "hasher.h"
#include "ticker.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_MEDIUM "dvd+r"

static void job_changed(void *arg, const struct job_status *status)
{
	struct program *p = arg;
	struct ctl *ctl = atomic_load(&p->ctl);

	if (ctl)
		ctl_job_changed(ctl, status);
}

static void medium_changed(void *arg, const struct medium *medium)
{
	struct program *p = arg;
	struct ctl *ctl = atomic_load(&p->ctl);

	if (ctl)
		ctl_medium_changed(ctl, medium);
}

static int load_medium(void *arg, const char *type, const char *file, struct err *err)
{
	struct program *p = arg;

	return virtual_load(p->recorder.transport, type, file, err);
}

static const char *medium_file(void *arg)
{
	struct program *p = arg;

	return virtual_medium_file(p->recorder.transport);
}

static int check_medium_type(const char *type, struct err *err)
{
	const struct mmc_profile *profile = mmc_profile_by_type(type);

	if (!profile)
		return err_set(
			err, -EINVAL, "--medium=%s is no type of medium; see discfs --help", type);
	if (!profile->writable)
		return err_set(
			err, -EOPNOTSUPP, "--medium=%s is no medium that can be written", type);
	return 0;
}

/*
 * A medium that is in stays in, unless another type was asked for: a closed disc is not thrown
 * out, and a blank one is not wasted.
 */
static int load_at_start(struct program *p, const struct options *o, struct err *err)
{
	struct medium now;
	const char *in;

	burner_medium(p->burner, &now);
	in = now.profile ? now.profile->type : "";
	p->planned_medium = o->medium ? o->medium : *in ? in : DEFAULT_MEDIUM;
	if (!p->recorder.takes_media)
		return 0;
	if (now.state != MEDIUM_NONE && strcmp(in, p->planned_medium) == 0)
		return 0;
	return virtual_load(p->recorder.transport, p->planned_medium, NULL, err);
}

struct load_call {
	struct program *program;
	const struct options *options;
};

static int load_call(void *arg, struct err *err)
{
	struct load_call *call = arg;

	return load_at_start(call->program, call->options, err);
}

static int start_recorder(struct program *p, const struct options *o, struct err *err)
{
	const struct burner_events events = {
		.job_changed = job_changed, .medium_changed = medium_changed, .arg = p
	};
	struct load_call call = { .program = p, .options = o };
	int r = recorder_open(o->recorder, p->project.dir, &p->recorder, err);

	if (r == 0)
		r = burner_new(p->recorder.transport, &clock_real, &events, &p->burner, err);
	if (r == 0)
		r = burner_call(p->burner, load_call, &call, err);
	return r;
}

static int start_control(struct program *p, const char *mountpoint, struct err *err)
{
	const struct ctl_host host = {
		.load = p->recorder.takes_media ? load_medium : NULL,
		.medium_file = p->recorder.takes_media ? medium_file : NULL,
		.recorder_id = p->recorder.id,
		.planned_type = p->planned_medium,
		.mountpoint = mountpoint,
		.project_dir = p->project.dir,
		.arg = p,
	};
	struct ctl *ctl;
	uint64_t cut = stage_cut_files(p->stage);
	int r = ctl_new(p->stage, p->burner, &host, &ctl, err);

	if (cut > 0)
		log_line(LOG_LEVEL_WARNING, "stage",
			"%" PRIu64 " staged files had lost their end: see .discfs/error", cut);
	if (r == 0)
		atomic_store(&p->ctl, ctl);
	return r;
}

int program_start(struct program *p, const struct options *o, struct err *err)
{
	const struct mount_opts mount = {
		.mountpoint = o->mountpoint,
		.fs_options = o->fs_options,
		.control_visible = o->control_visible,
		.allow_other = o->allow_other,
	};
	int r = o->medium ? check_medium_type(o->medium, err) : 0;

	p->project.lock_fd = -1;
	if (r == 0)
		r = project_open(o->project, o->mountpoint, &p->project, err);
	if (r == 0)
		r = stage_open(p->project.dir, NULL, &p->stage, err);
	if (r == 0)
		r = start_recorder(p, o, err);
	if (r == 0)
		r = start_control(p, o->mountpoint, err);
	if (r == 0)
		r = ticker_start(p->stage, &p->ticker, err);
	if (r == 0)
		r = hasher_start(p->stage, &p->hasher, err);
	if (r == 0)
		r = mount_start(&mount, p->stage, atomic_load(&p->ctl), &p->mount, err);
	if (r < 0)
		program_stop(p, NULL);
	return r;
}

static void finish_job(struct program *p, bool cancel)
{
	struct job *job = burner_job(p->burner);
	struct job_status status;

	if (!job)
		return;
	if (cancel)
		job_cancel(job);
	job_status(job, &status);
	while (!job_state_is_final(status.state)) {
		job_wait_change(job, status.change, 60000, NULL, NULL);
		job_status(job, &status);
	}
	job_unref(job);
}

/*
 * For mount_run, after a signal: the job is to end, and what it tells the kernel (stage/keeper.h)
 * waits for requests that have to be answered until then.
 */
static bool job_runs(void *arg)
{
	const struct program *p = arg;
	struct job *job = burner_job(p->burner);
	struct job_status status = { .state = JOB_DONE };

	if (!job)
		return false;
	job_cancel(job);
	job_status(job, &status);
	job_unref(job);
	return !job_state_is_final(status.state);
}

int program_run(struct program *p, struct err *err)
{
	int r = mount_run(p->mount, job_runs, p, err);

	finish_job(p, r != 0);
	return r < 0 ? r : 0;
}

int program_stop(struct program *p, struct err *err)
{
	int r;

	mount_stop(p->mount);
	ticker_stop(p->ticker);
	hasher_stop(p->hasher);
	/* The burner first: its thread tells ctl what happens until it ends. */
	burner_free(p->burner);
	/* While ctl's settings are there to measure by: the next mount need not do it. */
	if (atomic_load(&p->ctl))
		stage_space(p->stage, &(struct stage_space){ 0 }, NULL);
	ctl_free(atomic_exchange(&p->ctl, NULL));
	r = stage_close(p->stage, err);
	project_close(&p->project);
	*p = (struct program){ .project.lock_fd = -1 };
	return r;
}
