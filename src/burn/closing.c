/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flushing, closing, and asking the disc whether it is what it should be. */
#include "burn.h"

#include "base/err.h"

#include <errno.h>

int burn_sync(struct burn *b, struct err *err)
{
	return mmc_sync_cache(b->drive, err);
}

int burn_close_track(struct burn *b, struct err *err)
{
	job_touch(b->run.job);
	return mmc_close_track_session(b->drive, b->row->close.track, b->track, err);
}

int burn_close_session(struct burn *b, struct err *err)
{
	job_touch(b->run.job);
	return mmc_close_track_session(b->drive, b->row->close.appendable, 0, err);
}

int burn_finalise(struct burn *b, struct err *err)
{
	const struct mmc_close_codes *close = &b->row->close;
	int r;

	job_touch(b->run.job);
	r = mmc_close_track_session(b->drive, close->final, 0, err);

	/* DVD+R drives have function 6 or 5, or both. */
	if (r == -EOPNOTSUPP && close->final_else)
		r = mmc_close_track_session(b->drive, close->final_else, 0, err);
	return r;
}

/* A DVD-RAM is neither blank nor complete all its life. */
static bool status_fits(const struct burn *b, enum mmc_disc_status status)
{
	if (b->row->place != MMC_PLACE_NEXT)
		return status == MMC_DISC_COMPLETE || status == MMC_DISC_OTHER;
	return status == (b->keep_open ? MMC_DISC_APPENDABLE : MMC_DISC_COMPLETE);
}

static int check_status(struct burn *b, struct err *err)
{
	struct mmc_disc disc;
	int r = mmc_read_disc_info(b->drive, &disc, err);

	if (r < 0)
		return r;
	if (!status_fits(b, disc.status))
		return err_set(err, -EIO,
			"the drive accepted the close, but the disc says status %d, wanted %s",
			(int)disc.status, b->keep_open ? "1 (appendable)" : "2 (complete)");
	return 0;
}

/* What is overwritten has no track of its own: it has to be long enough to be read. */
static int check_readable(struct burn *b, struct err *err)
{
	uint32_t nsec = 0;
	int r = mmc_read_capacity(b->drive, &nsec, err);

	if (r == 0 && nsec < b->total_nsec)
		r = err_set(err, -EIO, "%u blocks can be read, %llu were written", nsec,
			(unsigned long long)b->total_nsec);
	return r;
}

static int check_track(struct burn *b, struct err *err)
{
	struct mmc_track track;
	int r = mmc_read_track_info(b->drive, b->track, &track, err);

	if (r < 0)
		return r;
	if (track.start_lba != b->start_lba || track.size_nsec < b->total_nsec)
		return err_set(err, -EIO,
			"track %u is %u blocks at %u on the disc, wanted %llu at %u", b->track,
			track.size_nsec, track.start_lba, (unsigned long long)b->total_nsec,
			b->start_lba);
	return 0;
}

static int check_toc(struct burn *b, struct err *err)
{
	struct mmc_toc toc;
	int r;

	if (!b->row->toc_recorded) /* what the drive makes up may be made up badly */
		return 0;
	r = mmc_read_toc(b->drive, &toc, err);

	if (r == -EOPNOTSUPP) /* the track information has said the same */
		return 0;
	if (r < 0)
		return r;
	if (toc.last_start_lba != b->start_lba ||
		toc.leadout_lba < (uint64_t)b->start_lba + b->image_nsec)
		return err_set(err, -EIO,
			"the table of contents has blocks %u to %u, wanted %u blocks at %u",
			toc.last_start_lba, toc.leadout_lba, b->image_nsec, b->start_lba);
	return 0;
}

static int check_recorded(struct burn *b, struct err *err)
{
	int r = check_track(b, err);

	return r < 0 ? r : check_toc(b, err);
}

int burn_check_closed(struct burn *b, struct err *err)
{
	int r = check_status(b, err);

	if (r == 0)
		r = b->row->place == MMC_PLACE_NEXT ? check_recorded(b, err)
						    : check_readable(b, err);
	return r < 0 ? err_prefix(err, r, "checking the closed disc") : 0;
}

int burn_check_disc(struct burn *b, struct err *err)
{
	int r = check_status(b, err);

	return r < 0 ? err_prefix(err, r, "checking the closed disc") : 0;
}
