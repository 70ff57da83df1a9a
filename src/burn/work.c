/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kinds of jobs, a row each. */
#include "work.h"

#include "burn.h"
#include "refresh.h"
#include "save.h"
#include "task_run.h"

#include "scsi/transport.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void work_free(struct work *w)
{
	if (!w)
		return;
	image_free(w->image);
	job_unref(w->job);
	if (w->fd >= 0)
		close(w->fd);
	if (w->task.free)
		w->task.free(w->task.arg);
	free(w->path);
	free(w);
}

struct work *work_new(enum job_kind kind, struct image *image, int fd, const char *path)
{
	struct work *w = calloc(1, sizeof(*w));

	if (w && (w->path = strdup(path))) {
		w->kind = kind;
		w->image = image;
		w->fd = fd;
		return w;
	}
	free(w);
	image_free(image);
	if (fd >= 0)
		close(fd);
	return NULL;
}

/* The disc is right all the same: the outcome tells, and the job is done. */
static void tell_stale(struct job_end *end, int r)
{
	size_t n = strlen(end->outcome);

	if (r == -ESTALE)
		snprintf(end->outcome + n, sizeof(end->outcome) - n,
			"; take the disc out and in again, so that this machine sees what is on "
			"it");
}

static void run_burn(
	struct work *w, struct mmc_drive *drive, const struct run *run, struct job_end *end)
{
	struct burn burn = { .run = *run, .drive = drive, .req = w->req };

	burn_run(&burn, end);
	/* Others may look at the disc again. */
	transport_release(mmc_transport(drive));
	if (end->state == JOB_DONE && !w->req.simulate && !w->req.eject)
		tell_stale(end, refresh_machine(drive, burn.start_lba + burn.image_nsec));
}

static void run_save(
	struct work *w, struct mmc_drive *drive, const struct run *run, struct job_end *end)
{
	struct save save = { .run = *run, .fd = w->fd, .path = w->path, .verify = w->verify };

	(void)drive;
	save_run(&save, end);
}

static void run_task(
	struct work *w, struct mmc_drive *drive, const struct run *run, struct job_end *end)
{
	struct task task = { .run = *run };

	(void)drive;
	task_run(&task, &w->task, end);
}

typedef void work_fn(
	struct work *w, struct mmc_drive *drive, const struct run *run, struct job_end *end);
static work_fn *const kinds[] = {
	[JOB_BURN] = run_burn,
	[JOB_SAVE_IMAGE] = run_save,
	[JOB_COPY] = run_task,
	[JOB_ADD] = run_task,
	[JOB_ERASE_MEDIUM] = run_burn,
	[JOB_FORMAT_MEDIUM] = run_burn,
	[JOB_CLOSE_MEDIUM] = run_burn,
	[JOB_VERIFY_MEDIUM] = run_burn,
};

bool work_run(struct work *w, struct mmc_drive *drive, const struct run *run, struct job_end *end)
{
	kinds[w->kind](w, drive, run, end);
	return kinds[w->kind] == run_burn;
}
