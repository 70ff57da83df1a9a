/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a job does on a medium: from the medium's row and state alone. */
#include "strategy.h"

#include <assert.h>

static void add(struct strategy *s, enum burn_step step)
{
	assert(s->n < STRATEGY_STEPS_MAX);
	s->step[s->n++] = step;
}

/* What lies on an erasable medium has to go before anything else is written from its start. */
static bool erases_first(const struct medium *m, const struct burn_request *req)
{
	return req->overwrite && m->profile->place == MMC_PLACE_NEXT && m->profile->erasable &&
	       (m->state == MEDIUM_CLOSED || m->state == MEDIUM_APPENDABLE);
}

static bool appends(const struct medium *m, const struct burn_request *req)
{
	return m->state == MEDIUM_APPENDABLE && !erases_first(m, req);
}

/*
 * AUTO finalises what was blank: a finalised disc is what the most readers take. A disc that was
 * left appendable stays so: some readers know the first lead-out only.
 */
static bool keeps_open(const struct medium *m, const struct burn_request *req)
{
	if (!m->profile->sessions || req->close == BURN_CLOSE_DISC)
		return false;
	return req->close == BURN_CLOSE_APPENDABLE || appends(m, req);
}

/* A DVD-RW that is erased quickly takes no increments any more. */
static void choose_mode(const struct medium *m, const struct burn_request *req, struct strategy *s)
{
	bool erased = erases_first(m, req);

	s->keep_open = keeps_open(m, req);
	s->blanking = MMC_BLANK_NONE;
	if (erased)
		s->blanking =
			m->profile->increments && s->keep_open ? MMC_BLANK_FULL : MMC_BLANK_QUICK;
	if (m->profile->write_type == MMC_WRITE_DISC)
		s->at_once = true;
	else
		s->at_once = m->profile->increments &&
			     (erased ? s->blanking == MMC_BLANK_QUICK : m->at_once);
}

/* What was stopped goes on, so that what is written last is not behind what is formatted. */
static bool formats_first(const struct medium *m)
{
	return m->unformatted || m->background == MMC_BACKGROUND_STOPPED;
}

static bool grows(const struct medium *m, uint64_t image_nsec)
{
	return m->profile->format_grow && !m->session_open &&
	       strategy_written_nsec(m->profile, image_nsec) > m->formatted_nsec;
}

/* Only what is open is closed: a format in the background, or what grew. */
static bool leaves_open_format(const struct medium *m, uint64_t image_nsec)
{
	return formats_first(m) || m->background == MMC_BACKGROUND_RUNNING ||
	       (m->profile->format_grow && (m->session_open || grows(m, image_nsec)));
}

static void add_closing(struct strategy *s, const struct medium *m, uint64_t image_nsec)
{
	const struct mmc_close_codes *close = &m->profile->close;

	if (m->profile->place != MMC_PLACE_NEXT) {
		if (close->final && leaves_open_format(m, image_nsec))
			add(s, STEP_FINALISE);
	} else if (!s->at_once) {
		if (close->track)
			add(s, STEP_CLOSE_TRACK);
		if (s->keep_open && close->appendable)
			add(s, STEP_CLOSE_SESSION);
		if (!s->keep_open && close->final)
			add(s, STEP_FINALISE);
	}
	add(s, STEP_CHECK_CLOSED);
}

static void add_preparing(
	struct strategy *s, const struct medium *m, uint64_t image_nsec, bool simulate)
{
	const struct mmc_profile *p = m->profile;

	if (s->blanking != MMC_BLANK_NONE)
		add(s, STEP_ERASE);
	if (formats_first(m))
		add(s, STEP_FORMAT);
	if (grows(m, image_nsec))
		add(s, STEP_GROW);
	if (p->write_page)
		add(s, STEP_SET_PARAMETERS);
	add(s, STEP_SPEED);
	if (p->calibrated && !simulate)
		add(s, STEP_CALIBRATE);
	if (p->layer_break && m->state == MEDIUM_BLANK && !s->keep_open)
		add(s, STEP_LAYER);
	if (s->at_once)
		add(s, STEP_RESERVE);
}

static void make_image(struct strategy *s, const struct medium *m, uint64_t image_nsec,
	const struct burn_request *req)
{
	choose_mode(m, req, s);
	add(s, STEP_PREVENT);
	add_preparing(s, m, image_nsec, req->simulate);
	add(s, STEP_WRITE);
	add(s, STEP_SYNC);
	if (!req->simulate)
		add_closing(s, m, image_nsec);
	if (!req->simulate && req->verify != BURN_VERIFY_NONE)
		add(s, STEP_VERIFY);
}

static void make_erase(struct strategy *s, const struct medium *m, uint64_t image_nsec,
	const struct burn_request *req)
{
	(void)image_nsec;
	s->blanking = req->extent == BURN_FULL ? MMC_BLANK_FULL : MMC_BLANK_QUICK;
	add(s, STEP_PREVENT);
	if (m->profile->erasable) {
		add(s, STEP_ERASE);
		return;
	}
	if (formats_first(m))
		add(s, STEP_FORMAT);
	add(s, STEP_WIPE);
	add(s, STEP_SYNC);
	if (m->profile->close.final && leaves_open_format(m, 0))
		add(s, STEP_FINALISE);
}

static void make_format(struct strategy *s, const struct medium *m, uint64_t image_nsec,
	const struct burn_request *req)
{
	(void)m;
	(void)image_nsec;
	(void)req;
	add(s, STEP_PREVENT);
	add(s, STEP_FORMAT);
}

static void make_close(struct strategy *s, const struct medium *m, uint64_t image_nsec,
	const struct burn_request *req)
{
	const struct mmc_profile *p = m->profile;

	(void)image_nsec;
	(void)req;
	add(s, STEP_PREVENT);
	if (p->write_page)
		add(s, STEP_SET_PARAMETERS);
	if (m->track_begun) {
		add(s, STEP_SYNC);
		if (p->close.track)
			add(s, STEP_CLOSE_TRACK);
	}
	add(s, STEP_FINALISE);
	add(s, STEP_CHECK_DISC);
}

static void make_compare(struct strategy *s, const struct medium *m, uint64_t image_nsec,
	const struct burn_request *req)
{
	(void)m;
	(void)image_nsec;
	(void)req;
	add(s, STEP_PREVENT);
	add(s, STEP_VERIFY);
}

typedef void make_fn(struct strategy *s, const struct medium *m, uint64_t image_nsec,
	const struct burn_request *req);

static make_fn *const makers[BURN_DEEDS] = {
	[BURN_IMAGE] = make_image,
	[BURN_ERASE] = make_erase,
	[BURN_FORMAT] = make_format,
	[BURN_CLOSE] = make_close,
	[BURN_COMPARE] = make_compare,
};

void strategy_make(const struct medium *m, uint64_t image_nsec, const struct burn_request *req,
	struct strategy *out)
{
	*out = (struct strategy){ .n = 0 };
	makers[req->deed](out, m, image_nsec, req);
	add(out, STEP_ALLOW);
	if (req->eject)
		add(out, STEP_EJECT);
}

uint32_t burn_image_lba(const struct medium *m, const struct burn_request *req)
{
	bool takes = m->profile && m->profile->sessions && !m->session_open;

	return takes && appends(m, req) ? m->next_lba : 0;
}

uint64_t strategy_written_nsec(const struct mmc_profile *p, uint64_t image_nsec)
{
	struct room room = mmc_profile_room(p, 0);

	return room_written(&room, image_nsec);
}

struct room strategy_room(const struct medium *m, const struct burn_request *req)
{
	bool erased = erases_first(m, req);

	return mmc_profile_room(m->profile, erased ? m->erased_nsec : m->free_nsec);
}
