/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A strategy in words, for plan. */
#include "strategy.h"

static bool has(const struct strategy *s, enum burn_step step)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->step[i] == step)
			return true;
	return false;
}

const char *burn_closing(const struct medium *m, const struct burn_request *req)
{
	struct strategy s;

	if (m->profile->place != MMC_PLACE_NEXT)
		return "nothing: the medium can be overwritten";
	strategy_make(m, 0, req, &s);
	if (s.at_once)
		return "the disc is complete once it is written";
	return s.keep_open ? "close the session, keep the disc appendable" : "finalise the disc";
}

const char *burn_writing(const struct medium *m, const struct burn_request *req)
{
	static const char *const types[] = {
		[MMC_WRITE_PACKETS] = "packets (incremental)",
		[MMC_WRITE_TRACK] = "track at once",
		[MMC_WRITE_DISC] = "disc at once",
	};
	struct strategy s;

	if (m->profile->place != MMC_PLACE_NEXT)
		return "overwrite";
	if (!m->profile->write_page)
		return "sequential";
	strategy_make(m, 0, req, &s);
	return types[s.at_once ? MMC_WRITE_DISC : m->profile->write_type];
}

const char *burn_preparing(const struct medium *m, const struct burn_request *req)
{
	struct strategy s;

	strategy_make(m, 0, req, &s);
	if (has(&s, STEP_ERASE))
		return s.blanking == MMC_BLANK_FULL ? "erased fully first" : "erased quickly first";
	return has(&s, STEP_FORMAT) ? "formatted first" : "no";
}
