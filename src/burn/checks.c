/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a medium takes what is asked for, said in words before anything is done to it. */
#include "strategy.h"

#include "base/err.h"

#include <errno.h>

static int check_known(const struct medium *m, struct err *err)
{
	const char *name = m->profile ? m->profile->name : "medium";

	if (m->state == MEDIUM_NONE)
		return err_set(err, -ENOMEDIUM, "no medium is in the recorder; put a blank one in");
	if (!m->profile)
		return err_set(err, -EMEDIUMTYPE,
			"the recorder does not know the medium; put in a blank CD, DVD or BD");
	if (m->profile->pressed) /* what drives call a finalised disc, too */
		return err_set(err, -EROFS,
			"the %s is a pressed or a closed disc; put a blank one in", name);
	if (!m->profile->writable)
		return err_set(err, -EMEDIUMTYPE,
			"%s cannot be written by this version; put in a blank CD, DVD or BD", name);
	if (m->state == MEDIUM_UNKNOWN)
		return err_set(err, -EMEDIUMTYPE,
			"the state of the %s cannot be told; put a blank one in", name);
	return 0;
}

/* What is on it may only go if the request says so, and where it can. */
static int check_holds_something(
	const struct medium *m, const struct burn_request *req, struct err *err)
{
	const struct mmc_profile *p = m->profile;
	bool again = p->erasable || p->place != MMC_PLACE_NEXT;

	if (req->overwrite && again)
		return 0;
	if (m->state == MEDIUM_CLOSED && !again)
		return err_set(err, -EROFS, "the %s is closed; put a blank one in", p->name);
	if (m->state == MEDIUM_APPENDABLE && m->session_open)
		return err_set(err, -EEXIST,
			"the last burn to the %s was not finished; say close to keep what is on "
			"it%s",
			p->name, again ? ", or overwrite to lose it" : "");
	if (m->state == MEDIUM_APPENDABLE && p->sessions && req->image_lba &&
		req->image_lba == m->next_lba)
		return 0;
	if (m->state == MEDIUM_APPENDABLE)
		return err_set(err, -EEXIST,
			"the %s is not blank (%u sessions), and the image is not made for its next "
			"writable block %u; put a blank one in%s",
			p->name, m->sessions, m->next_lba,
			again ? ", or say overwrite to erase it first" : "");
	return err_set(err, -EEXIST,
		"the %s is not blank; say overwrite to lose what is on it, or put a blank one in",
		p->name);
}

static int check_image(const struct medium *m, uint64_t image_nsec, const struct burn_request *req,
	struct err *err)
{
	const struct mmc_profile *p = m->profile;
	struct room room = strategy_room(m, req);
	struct strategy s;
	int r = m->state == MEDIUM_BLANK ? 0 : check_holds_something(m, req, err);

	if (r < 0)
		return r;
	if (req->simulate && (!p->simulation || m->state != MEDIUM_BLANK))
		return err_set(err, -EOPNOTSUPP,
			"%s has no test write; only a blank CD-R, CD-RW, DVD-R or DVD-RW can be "
			"simulated on",
			p->name);
	strategy_make(m, image_nsec, req, &s);
	if (req->close == BURN_CLOSE_APPENDABLE && s.at_once)
		return err_set(err, -EOPNOTSUPP,
			"this %s is written as a whole and closed by that; choose close=auto%s",
			p->name, p->erasable ? ", or erase it fully first" : "");
	if (!room_fits(&room, image_nsec))
		return err_set(err, -ENOSPC,
			"the image does not fit: it needs %llu blocks on %s, the medium has %llu "
			"free",
			(unsigned long long)room_used(&room, image_nsec), p->name,
			(unsigned long long)room.capacity_nsec);
	return 0;
}

static int check_erase(const struct medium *m, uint64_t image_nsec, const struct burn_request *req,
	struct err *err)
{
	(void)image_nsec;
	(void)req;
	if (!m->profile->erasable && m->profile->place == MMC_PLACE_NEXT)
		return err_set(err, -EMEDIUMTYPE, "a %s cannot be erased", m->profile->name);
	return 0;
}

static int check_format(const struct medium *m, uint64_t image_nsec, const struct burn_request *req,
	struct err *err)
{
	const struct mmc_profile *p = m->profile;

	(void)image_nsec;
	if (!p->formats[MMC_SPARE_DEFAULT].has)
		return err_set(err, -EMEDIUMTYPE, "a %s is not formatted", p->name);
	if (!p->formats[req->spare].has)
		return err_set(err, -EOPNOTSUPP,
			"a %s has no spare areas to choose; format it without spare=", p->name);
	if (p->place == MMC_PLACE_NEXT && !p->erasable && m->state != MEDIUM_BLANK)
		return err_set(
			err, -EEXIST, "the %s is not blank; its spare areas are fixed", p->name);
	return 0;
}

static int check_close(const struct medium *m, uint64_t image_nsec, const struct burn_request *req,
	struct err *err)
{
	const struct mmc_profile *p = m->profile;

	(void)image_nsec;
	(void)req;
	if (p->place != MMC_PLACE_NEXT)
		return err_set(err, -EMEDIUMTYPE, "a %s is overwritten and never closed", p->name);
	if (m->state == MEDIUM_BLANK)
		return err_set(err, -EINVAL, "the %s is blank: there is nothing to close", p->name);
	if (m->state == MEDIUM_CLOSED)
		return err_set(err, -EROFS, "the %s is closed already", p->name);
	if (p->write_page && !m->session_open)
		return err_set(err, -EOPNOTSUPP,
			"a %s is finalised by its last session alone: burn one with close=disc",
			p->name);
	return 0;
}

static int check_compare(const struct medium *m, uint64_t image_nsec,
	const struct burn_request *req, struct err *err)
{
	(void)image_nsec;
	(void)req;
	if (m->state == MEDIUM_BLANK)
		return err_set(err, -EINVAL, "the %s is blank: there is nothing to verify",
			m->profile->name);
	return 0;
}

typedef int check_fn(const struct medium *m, uint64_t image_nsec, const struct burn_request *req,
	struct err *err);

static check_fn *const checks[BURN_DEEDS] = {
	[BURN_IMAGE] = check_image,
	[BURN_ERASE] = check_erase,
	[BURN_FORMAT] = check_format,
	[BURN_CLOSE] = check_close,
	[BURN_COMPARE] = check_compare,
};

int strategy_check(const struct medium *m, uint64_t image_nsec, const struct burn_request *req,
	struct err *err)
{
	int r = check_known(m, err);

	if (r == 0 && m->write_protected && req->deed != BURN_COMPARE)
		r = err_set(err, -EROFS, "the %s is write-protected; take that away first",
			m->profile->name);
	return r < 0 ? r : checks[req->deed](m, image_nsec, req, err);
}
