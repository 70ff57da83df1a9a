/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a burn does on a medium, and whether it may: from the medium's row alone. */
#include "strategy.h"

#include "base/err.h"

#include <assert.h>
#include <errno.h>

static void add(struct strategy *s, enum burn_step step)
{
	assert(s->n < STRATEGY_STEPS_MAX);
	s->step[s->n++] = step;
}

static void add_closing(struct strategy *s, const struct mmc_profile *p)
{
	if (p->close.track)
		add(s, STEP_CLOSE_TRACK);
	if (s->keep_open && p->close.appendable)
		add(s, STEP_CLOSE_SESSION);
	if (!s->keep_open && p->close.final)
		add(s, STEP_FINALISE);
	add(s, STEP_CHECK_CLOSED);
}

void strategy_make(
	const struct mmc_profile *p, const struct burn_request *req, struct strategy *out)
{
	/*
	 * AUTO finalises on every medium: this version cannot append, and a finalised disc is
	 * what the most readers take.
	 */
	*out = (struct strategy){ .keep_open = req->close == BURN_CLOSE_APPENDABLE };
	if (p->write_page)
		add(out, STEP_SET_PARAMETERS);
	add(out, STEP_SPEED);
	add(out, STEP_PREVENT);
	add(out, STEP_WRITE);
	add(out, STEP_SYNC);
	if (!req->simulate)
		add_closing(out, p);
	if (!req->simulate && req->verify != BURN_VERIFY_NONE)
		add(out, STEP_VERIFY);
	add(out, STEP_ALLOW);
	if (req->eject)
		add(out, STEP_EJECT);
}

uint64_t strategy_written_nsec(const struct mmc_profile *p, uint64_t image_nsec)
{
	struct room room = mmc_profile_room(p, 0);

	return room_written(&room, image_nsec);
}

static int check_state(const struct medium *m, struct err *err)
{
	const char *name = m->profile ? m->profile->name : "medium";

	if (m->state == MEDIUM_NONE)
		return err_set(err, -ENOMEDIUM, "no medium is in the recorder; put a blank one in");
	if (!m->profile)
		return err_set(err, -EMEDIUMTYPE,
			"the recorder does not know the medium; put in a CD-R, DVD+R or BD-R");
	if (m->state == MEDIUM_CLOSED && m->profile->blank_needed)
		return err_set(err, -EROFS, "the %s is closed; put a blank one in", name);
	if (m->profile->pressed) /* what drives call a finalised disc, too */
		return err_set(err, -EROFS,
			"the %s is a pressed or a closed disc; put a blank one in", name);
	if (!m->profile->writable)
		return err_set(err, -EMEDIUMTYPE,
			"%s cannot be written by this version; put in a CD-R, DVD+R or BD-R", name);
	if (m->state == MEDIUM_UNKNOWN)
		return err_set(err, -EMEDIUMTYPE,
			"the state of the %s cannot be told; put a blank one in", name);
	if (m->state != MEDIUM_BLANK)
		return err_set(err, -EEXIST,
			"the %s is not blank (%u sessions) and this version does not append; "
			"put a blank one in",
			name, m->sessions);
	return 0;
}

int strategy_check(const struct medium *m, uint64_t image_nsec, const struct burn_request *req,
	struct err *err)
{
	struct room room;
	int r = check_state(m, err);

	if (r < 0)
		return r;
	if (req->simulate && !m->profile->simulation)
		return err_set(err, -EOPNOTSUPP,
			"%s has no test write; only a CD-R can be simulated on", m->profile->name);
	room = mmc_profile_room(m->profile, m->free_nsec);
	if (!room_fits(&room, image_nsec))
		return err_set(err, -ENOSPC,
			"the image does not fit: it needs %llu blocks on %s, the medium has %llu "
			"free",
			(unsigned long long)room_used(&room, image_nsec), m->profile->name,
			(unsigned long long)room.capacity_nsec);
	return 0;
}
