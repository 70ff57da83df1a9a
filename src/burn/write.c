/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The write step: whole transfer units out of the feeder's ring. */
#include "burn.h"
#include "feeder.h"

#include "base/err.h"
#include "base/sector.h"

#include <errno.h>

#define ASK_BUFFER_MS 2000u
/* A DVR-216D dislikes the question before its buffer has been filled once: 8 MiB are enough. */
#define ASK_BUFFER_FROM_NSEC 4096u

struct writer {
	struct burn *b;
	struct feeder *feeder;
	struct progress progress;
	uint64_t asked_ms;
	bool mute; /* the drive has no READ BUFFER CAPACITY */
};

/* For show alone: a drive that does not answer is not asked again, and the burn goes on. */
static void ask_buffer(struct writer *w)
{
	uint64_t now_ms = clock_now_ms(&w->b->run.clock);
	uint32_t total = 0, left = 0;

	if (w->mute || w->b->written_nsec < ASK_BUFFER_FROM_NSEC ||
		now_ms - w->asked_ms < ASK_BUFFER_MS)
		return;
	w->asked_ms = now_ms;
	w->progress.drive_buffer_percent = 0;
	if (mmc_buffer_capacity(w->b->drive, &total, &left, NULL) < 0 || total == 0)
		w->mute = true;
	else
		w->progress.drive_buffer_percent =
			(uint8_t)((uint64_t)(total - left) * 100 / total);
}

static int write_chunk(struct writer *w, const uint8_t *bytes, uint32_t nsec, struct err *err)
{
	struct burn *b = w->b;
	int r;

	for (uint32_t at = 0, n; at < nsec; at += n) {
		n = nsec - at < b->row->transfer_nsec ? nsec - at : b->row->transfer_nsec;
		if (job_cancel_due(b->run.job))
			return err_set(err, -ECANCELED, "cancelled");
		if (!b->req.simulate)
			job_touch(b->run.job);
		r = mmc_write(b->drive, b->start_lba + (uint32_t)b->written_nsec, n,
			bytes + (size_t)at * SECTOR, err);
		if (r < 0)
			return r;
		b->written_nsec += n;
		ask_buffer(w);
		w->progress.buffer_percent = feeder_percent(w->feeder);
		progress_at(&w->progress, b->written_nsec, b->start_lba + (uint32_t)b->written_nsec,
			b->written_nsec);
	}
	return 0;
}

static int write_all(struct writer *w, struct err *err)
{
	struct burn *b = w->b;
	const uint8_t *bytes = NULL;
	uint32_t nsec = 0;
	int r = feeder_fill(w->feeder, burn_cancel_due, b->run.job, err);

	while (r == 0 && b->written_nsec < b->total_nsec) {
		r = feeder_next(w->feeder, burn_cancel_due, b->run.job, &bytes, &nsec, err);
		if (r == 0)
			r = write_chunk(w, bytes, nsec, err);
		if (r == 0)
			feeder_drop(w->feeder);
	}
	return r;
}

int burn_write(struct burn *b, struct err *err)
{
	struct writer w = { .b = b };
	int r;

	progress_begin(&w.progress, &b->run, JOB_WRITE, b->total_nsec);
	r = feeder_new(b->run.image, b->total_nsec, &w.feeder, err);
	if (r < 0)
		return r;
	r = write_all(&w, err);
	feeder_free(w.feeder);
	return r;
}
