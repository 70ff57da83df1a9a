/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on the inserted disc: profile, disc information and the open track put together. */
#include "overwritable.h"

#include "base/err.h"

#include <errno.h>
#include <string.h>

/* A drive that has just taken a disc in may need this long to know it. */
#define READY_WINDOW_MS 60000u

/* 5/24/00 and 5/21/00 are both said about a track number that the medium has no use for. */
static bool refused_number(int r)
{
	return r == -EOPNOTSUPP || r == -EIO || r == -EINVAL;
}

/*
 * The track that the next WRITE goes to: the invisible one on CD, DVD+R and BD-R; drives that
 * do not know it, and DVD-R, want the last track's number.
 */
static int read_open_track(
	struct mmc_drive *d, const struct mmc_disc *disc, struct mmc_track *out, struct err *err)
{
	struct err first = { 0 };
	int r = mmc_read_track_info(d, MMC_TRACK_INVISIBLE, out, &first);

	if ((r == 0 && out->nwa_valid) || (r < 0 && !refused_number(r))) {
		if (r < 0 && err)
			*err = first;
		return r;
	}
	r = mmc_read_track_info(d, disc->last_track ? disc->last_track : 1, out, err);
	return r < 0 ? err_prefix(err, r, "finding the next writable address") : 0;
}

static int read_writable(
	struct mmc_drive *d, const struct mmc_disc *disc, struct medium *out, struct err *err)
{
	struct mmc_track track;
	int r = read_open_track(d, disc, &track, err);

	if (r < 0)
		return r;
	if (track.nwa_valid) {
		out->next_lba = track.next_lba;
		out->free_nsec = track.free_nsec;
		out->open_track = track.number;
		out->track_begun = !track.blank;
	}
	out->capacity_nsec = (uint64_t)out->next_lba + out->free_nsec;
	return 0;
}

/* A feature that is missing from a disc that can have it: it was erased quickly. */
static int read_at_once(struct mmc_drive *d, struct medium *out, struct err *err)
{
	bool increments = true;
	int r = 0;

	if (out->profile->increments)
		r = mmc_feature_current(d, out->profile->increments, &increments, err);
	out->at_once = !increments || out->profile->write_type == MMC_WRITE_DISC;
	return r == -EOPNOTSUPP ? 0 : r;
}

static int read_recorded(struct mmc_drive *d, struct medium *out, struct err *err)
{
	uint32_t nsec = 0;
	int r = mmc_read_capacity(d, &nsec, err);

	out->capacity_nsec = nsec;
	return r;
}

/* What a drive does not tell, or tells badly, leaves the first session the last one. */
static int read_last_session(struct mmc_drive *d, struct medium *out, struct err *err)
{
	struct mmc_toc toc;
	int r = mmc_read_toc(d, &toc, err);

	if (r == -EOPNOTSUPP || r == -EBADMSG || r == -EIO)
		return 0;
	out->session_lba = toc.last_start_lba;
	return r;
}

static uint16_t count_sessions(const struct mmc_disc *disc)
{
	bool one_less = disc->last_session_empty && disc->sessions > 0;

	if (disc->status == MMC_DISC_BLANK)
		return 0;
	return (uint16_t)(disc->sessions - (one_less ? 1 : 0));
}

static int read_state(struct mmc_drive *d, struct medium *out, struct err *err)
{
	static const enum medium_state states[] = {
		[MMC_DISC_BLANK] = MEDIUM_BLANK,
		[MMC_DISC_APPENDABLE] = MEDIUM_APPENDABLE,
		[MMC_DISC_COMPLETE] = MEDIUM_CLOSED,
		[MMC_DISC_OTHER] = MEDIUM_UNKNOWN,
	};
	struct mmc_disc disc;
	int r = mmc_read_disc_info(d, &disc, err);

	if (r == -EOPNOTSUPP && !out->profile->writable) { /* a drive that only reads */
		out->state = MEDIUM_CLOSED;
		return read_recorded(d, out, err);
	}
	if (r < 0)
		return r;
	out->state = states[disc.status];
	out->sessions = count_sessions(&disc);
	out->session_open = disc.last_session_open;
	out->background = disc.background;
	out->last_track = disc.status == MMC_DISC_BLANK ? 0 : disc.last_track;
	if (out->profile->place != MMC_PLACE_NEXT)
		return overwritable_read(d, &disc, out, err);
	if (out->profile->erasable)
		r = overwritable_read_erased(d, out, err);
	if (r == 0 && out->sessions > (out->session_open ? 1 : 0))
		r = read_last_session(d, out, err);
	if (r < 0)
		return r;
	if (out->state != MEDIUM_BLANK && out->state != MEDIUM_APPENDABLE)
		return read_recorded(d, out, err);
	r = read_writable(d, &disc, out, err);
	return r < 0 ? r : read_at_once(d, out, err);
}

/* Several rows of one number differ in their layers, which a BD tells in its own information. */
static int find_profile(struct mmc_drive *d, uint16_t number, struct medium *out, struct err *err)
{
	unsigned layers = 0;
	int r = 0;

	if (mmc_profile_by_layers(number, 2) != mmc_profile_by_layers(number, 1))
		r = mmc_bd_layers(d, &layers, err);
	/* A drive that lies about its length does so of what is for names alone. */
	if (r == -EBADMSG)
		r = 0;
	out->profile = mmc_profile_by_layers(number, layers);
	return r;
}

int medium_read(struct mmc_drive *d, struct medium *out, struct err *err)
{
	uint16_t number;
	int r;

	memset(out, 0, sizeof(*out));
	r = mmc_wait_ready(d, READY_WINDOW_MS, err);
	if (r == 0)
		r = mmc_current_profile(d, &number, err);
	if (r == 0) {
		out->state = MEDIUM_UNKNOWN;
		r = find_profile(d, number, out, err);
		if (r == 0 && out->profile)
			r = read_state(d, out, err);
	}
	if (r < 0)
		memset(out, 0, sizeof(*out));
	return r == -ENOMEDIUM ? 0 : r;
}

const char *medium_state_name(enum medium_state s)
{
	static const char *const names[] = {
		[MEDIUM_NONE] = "none",
		[MEDIUM_BLANK] = "blank",
		[MEDIUM_APPENDABLE] = "appendable",
		[MEDIUM_OVERWRITABLE] = "overwritable",
		[MEDIUM_CLOSED] = "closed",
		[MEDIUM_UNKNOWN] = "unknown",
	};

	return names[s];
}
