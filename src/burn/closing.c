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
	return mmc_close_track_session(b->drive, b->row->close.track, b->track, err);
}

int burn_close_session(struct burn *b, struct err *err)
{
	return mmc_close_track_session(b->drive, b->row->close.appendable, 0, err);
}

int burn_finalise(struct burn *b, struct err *err)
{
	const struct mmc_close_codes *close = &b->row->close;
	int r = mmc_close_track_session(b->drive, close->final, 0, err);

	/* DVD+R drives have function 6 or 5, or both. */
	if (r == -EOPNOTSUPP && close->final_else)
		r = mmc_close_track_session(b->drive, close->final_else, 0, err);
	return r;
}

static int check_status(struct burn *b, struct err *err)
{
	enum mmc_disc_status want = b->keep_open ? MMC_DISC_APPENDABLE : MMC_DISC_COMPLETE;
	struct mmc_disc disc;
	int r = mmc_read_disc_info(b->drive, &disc, err);

	if (r < 0)
		return r;
	if (disc.status != want)
		return err_set(err, -EIO,
			"the drive accepted the close, but the disc says status %d, wanted %d (%s)",
			(int)disc.status, (int)want, b->keep_open ? "appendable" : "complete");
	return 0;
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

int burn_check_closed(struct burn *b, struct err *err)
{
	int r = check_status(b, err);

	if (r == 0)
		r = check_track(b, err);
	if (r == 0)
		r = check_toc(b, err);
	return r < 0 ? err_prefix(err, r, "checking the closed disc") : 0;
}
