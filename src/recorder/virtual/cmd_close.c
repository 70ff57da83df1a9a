/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends of tracks, sessions and discs, and what comes before them (MMC-5 6.3, 6.31, 6.36). */
#include "device.h"

#include "base/bytes.h"
#include "base/sector.h"

/* A track that is closed already is left as it is. */
static int close_track(struct device *d, struct exchange *x, unsigned number)
{
	const struct disc *disc = &d->disc;

	if (number == 0 || number > disc->ntracks)
		return ANSWER_BAD_FIELD;
	if (!disc->track_open || number < disc->ntracks)
		return ANSWER_GOOD;
	return disc_end_track(&d->disc, x->err);
}

static int close_session(struct device *d, struct exchange *x, bool finalise)
{
	struct disc *disc = &d->disc;

	if (disc->track_open)
		return ANSWER_TRACK_OPEN;
	/* An empty session cannot be closed; a disc with others can still be finalised. */
	if (!disc_session_open(disc) && !(finalise && disc->ntracks > 0))
		return ANSWER_BAD_SEQUENCE;
	return disc_end_session(disc, finalise, x->err);
}

/* MMC-5 7.5.4.8: multi-session bits 00 mean that no further session comes. */
static int close_by_write_page(struct device *d, struct exchange *x)
{
	if (!d->write_page_set)
		return ANSWER_BAD_SEQUENCE;
	if (device_simulates(d))
		return d->ghost ? ANSWER_TRACK_OPEN : ANSWER_GOOD;
	/* A CD is finalised by the lead-in of its last session, not without one. */
	if (!disc_session_open(&d->disc))
		return ANSWER_BAD_SEQUENCE;
	return close_session(d, x, (d->write_page[3] >> 6) == 0);
}

/* MMC-5 6.3.3.4: on what is not being formatted there is nothing to do, and no error. */
static int close_formatting(struct device *d, struct exchange *x)
{
	if (d->disc.formatting == FORMATTING_NONE)
		return ANSWER_BAD_SEQUENCE;
	return disc_format_end(&d->disc, x->err);
}

static int close_by_action(struct device *d, struct exchange *x, enum close_action action)
{
	switch (action) {
	case CLOSE_TRACK:
		return close_track(d, x, get_u16be(x->cdb + 4)); /* 6.3.2.3 */
	case CLOSE_SESSION:
		return close_session(d, x, false);
	case CLOSE_FINALISE:
		return close_session(d, x, true);
	case CLOSE_BY_WRITE_PAGE:
		return close_by_write_page(d, x);
	case CLOSE_FORMATTING:
		return close_formatting(d, x);
	default:
		return ANSWER_BAD_FIELD;
	}
}

int command_close(struct device *d, struct exchange *x)
{
	bool immediate = x->cdb[1] & 0x01;				  /* 6.3.2.1 */
	enum close_action action = d->disc.type->close[x->cdb[2] & 0x07]; /* 6.3.2.2 */
	int r;

	if (action == CLOSE_UNKNOWN)
		return ANSWER_BAD_FIELD;
	if (d->disc.finalised || d->disc.write_protected)
		return ANSWER_WRITE_PROTECTED;
	if (d->cue.n > 0) /* it ends by itself, with what the sheet announced */
		return ANSWER_BAD_SEQUENCE;
	r = close_by_action(d, x, action);
	if (r == ANSWER_GOOD && immediate)
		device_start_busy(d, ANSWER_LONG_WRITE, BUSY_SHORT);
	return r;
}

/*
 * MMC-5 6.31. One reservation at a time: the reserved track is the invisible one until it is
 * closed, where real drives would already offer the track behind it.
 */
int command_reserve(struct device *d, struct exchange *x)
{
	uint32_t nsec = get_u32be(x->cdb + 5); /* 6.31.2.3 RESERVATION SIZE */
	struct disc *disc = &d->disc;

	if (!disc->type->reservable || (x->cdb[1] & 0x03) || nsec == 0) /* 6.31.2.1 RMZ, ARSV */
		return ANSWER_BAD_FIELD;
	if (disc->finalised || disc->write_protected)
		return ANSWER_WRITE_PROTECTED;
	if (!disc_appendable(disc))
		return ANSWER_NO_MORE_TRACKS;
	if (disc->type->page_needed && !d->write_page_set)
		return ANSWER_BAD_TRACK_MODE;
	/* A whole disc begins with nothing on it. */
	if (disc->track_open || d->ghost || (device_writes_at_once(d) && disc->ntracks > 0))
		return ANSWER_BAD_SEQUENCE;
	if (disc->minimal && disc->type->increments && !device_writes_at_once(d))
		return ANSWER_BAD_TRACK_MODE;
	if (sectors_align(nsec, disc->type->packet_nsec) > disc_free_nsec(disc))
		return ANSWER_END_OF_AREA;
	if (!device_simulates(d))
		return disc_reserve(disc, nsec, x->err);
	d->ghost = true;
	d->ghost_lba = disc_next_lba(disc);
	return ANSWER_GOOD;
}

/* MMC-5 6.36: there is nothing to calibrate, but it may only be asked where one could write. */
int command_opc(struct device *d, struct exchange *x)
{
	if (!(x->cdb[1] & 0x01) || get_u16be(x->cdb + 7)) /* 6.36.2.1 DOOPC, list length */
		return ANSWER_BAD_FIELD;
	if (!disc_writable(&d->disc))
		return ANSWER_WRITE_PROTECTED;
	return ANSWER_GOOD;
}
