/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Progress of a job: how far, how fast, which file. */
#include "run.h"

#include "base/buf.h"
#include "base/sector.h"

#include <string.h>

#define TELL_MS	   100u	 /* a person cannot read faster, and naming the file costs a search */
#define MEASURE_MS 1000u /* "of late" */

void run_enter(struct run *run, enum job_state s, uint64_t total_nsec)
{
	job_enter(run->job, s, total_nsec);
	run->changed(run->changed_arg, run->job);
}

void progress_begin(struct progress *p, struct run *run, enum job_state s, uint64_t total_nsec)
{
	memset(p, 0, sizeof(*p));
	p->run = run;
	p->total_nsec = total_nsec;
	p->mark_ms = clock_now_ms(&run->clock);
	run_enter(run, s, total_nsec);
}

/* kB of 1000 bytes a second are bytes a millisecond. */
static void measure(struct progress *p, uint64_t now_ms, uint64_t done_nsec)
{
	uint64_t rate;

	if (now_ms - p->mark_ms < MEASURE_MS)
		return;
	rate = (done_nsec - p->mark_nsec) * SECTOR / (now_ms - p->mark_ms);
	if (rate > UINT32_MAX / 2)
		rate = UINT32_MAX / 2;
	p->rate_kbs = p->rate_kbs ? (p->rate_kbs + (uint32_t)rate) / 2 : (uint32_t)rate;
	p->mark_ms = now_ms;
	p->mark_nsec = done_nsec;
}

static uint32_t eta_s(const struct progress *p, uint64_t done_nsec)
{
	uint64_t left_kb = (p->total_nsec - done_nsec) * SECTOR / 1000;

	return p->rate_kbs ? (uint32_t)(left_kb / p->rate_kbs) : 0;
}

bool progress_is_due(struct progress *p, uint64_t done_nsec)
{
	uint64_t now_ms = clock_now_ms(&p->run->clock);

	measure(p, now_ms, done_nsec);
	if (done_nsec > 0 && done_nsec < p->total_nsec && now_ms - p->told_ms < TELL_MS)
		return false;
	p->told_ms = now_ms;
	return true;
}

void progress_tell(struct progress *p, uint64_t done_nsec, uint32_t lba, const char *file)
{
	job_progress(p->run->job, &(struct job_progress){
					  .done_nsec = done_nsec,
					  .lba = lba,
					  .rate_kbs = p->rate_kbs,
					  .eta_s = eta_s(p, done_nsec),
					  .buffer_percent = p->buffer_percent,
					  .drive_buffer_percent = p->drive_buffer_percent,
					  .file = file,
				  });
}

void progress_at(struct progress *p, uint64_t done_nsec, uint32_t lba, uint64_t image_lba)
{
	struct buf path;

	if (!progress_is_due(p, done_nsec))
		return;
	buf_init(&path, 64 * 1024);
	if (image_lba < image_nsec(p->run->image))
		image_path_at(p->run->image, (uint32_t)image_lba, &path);
	progress_tell(p, done_nsec, lba, buf_str(&path));
	buf_fini(&path);
}
