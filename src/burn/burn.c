/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Carries out a strategy step by step; the only place that knows the order of a job. */
#include "burn.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int step_set_parameters(struct burn *b, struct err *err)
{
	const struct mmc_write_mode mode = {
		.type = b->at_once ? MMC_WRITE_DISC : b->row->write_type,
		.keep_open = b->keep_open,
		.simulate = b->req.simulate,
	};

	return mmc_set_write_parameters(b->drive, b->row, &mode, err);
}

static int step_speed(struct burn *b, struct err *err)
{
	return mmc_set_speed(b->drive, b->req.speed_kbs, err);
}

static int step_prevent(struct burn *b, struct err *err)
{
	int r;

	b->prevented = true; /* also when the answer is lost: it is lifted at the end */
	r = mmc_prevent_removal(b->drive, true, err);
	return r < 0 ? r : mmc_drain_events(b->drive, err);
}

/* The last two cannot hurt the disc any more: they leave a note instead of failing the job. */
static int step_allow(struct burn *b, struct err *err)
{
	b->prevented = false;
	if (mmc_prevent_removal(b->drive, false, err) < 0)
		snprintf(b->note, sizeof(b->note), "; the tray may still be locked");
	return 0;
}

static int step_eject(struct burn *b, struct err *err)
{
	if (mmc_eject(b->drive, err) < 0)
		snprintf(b->note, sizeof(b->note), "; the tray did not open");
	return 0;
}

struct step_row {
	int (*run)(struct burn *b, struct err *err);
	enum job_state state;
	bool enters; /* the step itself enters the state, with its amount of work */
	bool stays;  /* in whatever state it is reached */
};

static const struct step_row steps[] = {
	[STEP_ERASE] = { .run = burn_erase, .state = JOB_PREPARE },
	[STEP_WIPE] = { .run = burn_wipe, .state = JOB_WRITE, .enters = true },
	[STEP_FORMAT] = { .run = burn_format, .state = JOB_PREPARE },
	[STEP_GROW] = { .run = burn_grow, .state = JOB_PREPARE },
	[STEP_CALIBRATE] = { .run = burn_calibrate, .state = JOB_PREPARE },
	[STEP_LAYER] = { .run = burn_layer, .state = JOB_PREPARE },
	[STEP_RESERVE] = { .run = burn_reserve, .state = JOB_PREPARE },
	[STEP_SET_PARAMETERS] = { .run = step_set_parameters, .state = JOB_PREPARE },
	[STEP_SPEED] = { .run = step_speed, .state = JOB_PREPARE },
	[STEP_PREVENT] = { .run = step_prevent, .state = JOB_PREPARE },
	[STEP_WRITE] = { .run = burn_write, .state = JOB_WRITE, .enters = true },
	[STEP_SYNC] = { .run = burn_sync, .state = JOB_CLOSE },
	[STEP_CLOSE_TRACK] = { .run = burn_close_track, .state = JOB_CLOSE },
	[STEP_CLOSE_SESSION] = { .run = burn_close_session, .state = JOB_CLOSE },
	[STEP_FINALISE] = { .run = burn_finalise, .state = JOB_CLOSE },
	[STEP_CHECK_CLOSED] = { .run = burn_check_closed, .state = JOB_CLOSE },
	[STEP_CHECK_DISC] = { .run = burn_check_disc, .state = JOB_CLOSE },
	[STEP_VERIFY] = { .run = burn_verify, .state = JOB_VERIFY, .enters = true },
	[STEP_ALLOW] = { .run = step_allow, .stays = true },
	[STEP_EJECT] = { .run = step_eject, .stays = true },
};

bool burn_cancel_due(void *job)
{
	return job_cancel_due(job);
}

static int run_step(struct burn *b, enum burn_step step, enum job_state *state, struct err *err)
{
	const struct step_row *row = &steps[step];

	if (row->stays)
		return row->run(b, err);
	if (job_cancel_due(b->run.job))
		return err_set(err, -ECANCELED, "cancelled");
	if (*state != row->state && !row->enters)
		run_enter(&b->run, row->state, 0);
	*state = row->state;
	return row->run(b, err);
}

void burn_take_medium(struct burn *b, const struct medium *m)
{
	b->medium = *m;
	b->row = m->profile;
	b->start_lba = m->next_lba;
	b->track = m->open_track ? m->open_track : (uint16_t)(m->last_track + 1);
	b->total_nsec = strategy_written_nsec(m->profile, b->image_nsec);
}

/* The medium may be another than the one that the request was checked against. */
static int check(struct burn *b, struct err *err)
{
	struct medium m;
	int r = medium_read(b->drive, &m, err);

	if (r == 0)
		r = strategy_check(&m, b->image_nsec, &b->req, err);
	if (r < 0)
		return r;
	burn_take_medium(b, &m);
	if (b->req.deed == BURN_COMPARE)
		b->start_lba = m.session_lba;
	return 0;
}

static int carry_out(struct burn *b, struct err *err)
{
	enum job_state state = JOB_CHECK;
	struct strategy s;
	int r = check(b, err);

	if (r < 0)
		return r;
	strategy_make(&b->medium, b->image_nsec, &b->req, &s);
	b->keep_open = s.keep_open;
	b->at_once = s.at_once;
	b->blanking = s.blanking;
	for (unsigned i = 0; r == 0 && i < s.n; i++)
		r = run_step(b, s.step[i], &state, err);
	return r;
}

static void told_portion(void *job, uint16_t portion)
{
	job_portion(job, portion);
}

/* After an end before its time: what was taken in reaches the disc, and the tray opens again. */
static void clean_up(struct burn *b, const struct job_status *last, int r)
{
	if (r == -ECANCELED && last->medium_touched && last->state == JOB_WRITE)
		mmc_sync_cache(b->drive, NULL);
	if (b->prevented)
		step_allow(b, NULL);
}

void burn_run(struct burn *b, struct job_end *end)
{
	struct job *job = b->run.job;
	struct err err = { 0 };
	struct job_status last;
	int r;

	b->image_nsec = b->run.image ? image_nsec(b->run.image) : 0;
	mmc_set_cancel(b->drive, burn_cancel_due, job);
	mmc_set_progress(b->drive, told_portion, job);
	r = carry_out(b, &err);
	mmc_set_cancel(b->drive, NULL, NULL);
	mmc_set_progress(b->drive, NULL, NULL);
	job_status(job, &last);
	if (r < 0)
		clean_up(b, &last, r);
	burn_ending(b, &last, r, &err, end);
}
