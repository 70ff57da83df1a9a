/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Before the first WRITE: erasing, formatting, calibrating, announcing. */
#include "burn.h"

#include "base/err.h"
#include "base/sector.h"

#include <errno.h>

#define EDGE_NSEC 512u /* a wiped medium's first and last MiB: descriptors, both UDF anchors */
#define WIPE_NSEC 512u /* what is written at once, of zeros */

/* What the medium is now is not what the request was checked against. */
static int look_again(struct burn *b, struct err *err)
{
	struct medium m;
	int r = medium_read(b->drive, &m, err);

	if (r < 0)
		return err_prefix(err, r, "looking at the medium anew");
	if (!m.profile || (m.profile->place == MMC_PLACE_NEXT && m.state != MEDIUM_BLANK))
		return err_set(err, -EIO, "the drive prepared the medium, which is %s all the same",
			medium_state_name(m.state));
	burn_take_medium(b, &m);
	return 0;
}

int burn_erase(struct burn *b, struct err *err)
{
	int r;

	job_touch(b->run.job);
	r = mmc_blank(b->drive, b->blanking, err);
	return r < 0 ? r : look_again(b, err);
}

/* The descriptor that the drive offers for what is wanted. */
static int choose_format(struct burn *b, struct mmc_format *out, struct err *err)
{
	const struct mmc_profile *p = b->medium.profile;
	const struct mmc_format *f;
	struct mmc_formats formats;
	int r = mmc_read_formats(b->drive, &formats, err);

	if (r < 0)
		return r;
	f = mmc_formats_find(&formats, &p->formats[b->req.spare]);
	if (!f)
		return err_set(
			err, -EOPNOTSUPP, "the drive offers no such format for this %s", p->name);
	*out = *f;
	out->parameter = p->format_parameter;
	if (p->format_any_size)
		out->nsec = 0;
	if (b->req.deed != BURN_FORMAT && b->medium.background == MMC_BACKGROUND_STOPPED)
		out->parameter = p->format_resume;
	return 0;
}

int burn_format(struct burn *b, struct err *err)
{
	struct mmc_format f;
	int r = choose_format(b, &f, err);

	if (r < 0)
		return r;
	job_touch(b->run.job);
	r = mmc_format(b->drive, &f, err);
	return r < 0 ? r : look_again(b, err);
}

int burn_grow(struct burn *b, struct err *err)
{
	const struct mmc_profile *p = b->row;

	job_touch(b->run.job);
	return mmc_format(b->drive,
		&(struct mmc_format){ .type = p->format_grow, .parameter = p->format_parameter },
		err);
}

int burn_calibrate(struct burn *b, struct err *err)
{
	struct mmc_disc disc;
	int r = mmc_read_disc_info(b->drive, &disc, err);

	if (r < 0 || disc.calibrated)
		return r;
	return mmc_calibrate(b->drive, err);
}

/*
 * Half of the image on each layer, so that neither is left with a hole. Where the image ends on
 * layer 0, or the drive will not have it, the disc is written as it was made.
 */
int burn_layer(struct burn *b, struct err *err)
{
	struct mmc_layer layer;
	uint64_t half = sectors_align((b->total_nsec + 1) / 2, b->row->unit_nsec);
	int r = mmc_read_layer(b->drive, &layer, err);

	if (r == -EOPNOTSUPP)
		return 0;
	if (r < 0 || layer.fixed || b->total_nsec <= layer.nsec || half >= layer.nsec)
		return r;
	job_touch(b->run.job);
	r = mmc_set_layer(b->drive, (uint32_t)half, err);
	return r == -EOPNOTSUPP ? 0 : r;
}

int burn_reserve(struct burn *b, struct err *err)
{
	return mmc_reserve_track(b->drive, (uint32_t)b->total_nsec, err);
}

static int wipe_span(
	struct burn *b, struct progress *p, uint32_t lba, uint32_t nsec, struct err *err)
{
	static const uint8_t zeros[WIPE_NSEC * SECTOR];
	uint32_t unit = b->row->transfer_nsec;
	int r = 0;

	for (uint32_t at = 0, n; r == 0 && at < nsec; at += n) {
		n = nsec - at < unit ? nsec - at : unit;
		if (job_cancel_due(b->run.job))
			return err_set(err, -ECANCELED, "cancelled");
		job_touch(b->run.job);
		r = mmc_write(b->drive, lba + at, n, zeros, err);
		b->written_nsec += r == 0 ? n : 0;
		if (progress_is_due(p, b->written_nsec))
			progress_tell(p, b->written_nsec, lba + at, "");
	}
	return r;
}

int burn_wipe(struct burn *b, struct err *err)
{
	uint32_t nsec = (uint32_t)b->medium.capacity_nsec;
	bool whole = b->req.extent == BURN_FULL || nsec <= 2 * EDGE_NSEC;
	struct progress p;
	int r;

	b->total_nsec = whole ? nsec : 2 * EDGE_NSEC;
	progress_begin(&p, &b->run, JOB_WRITE, b->total_nsec);
	if (whole)
		return wipe_span(b, &p, 0, nsec, err);
	r = wipe_span(b, &p, 0, EDGE_NSEC, err);
	return r < 0 ? r : wipe_span(b, &p, nsec - EDGE_NSEC, EDGE_NSEC, err);
}
