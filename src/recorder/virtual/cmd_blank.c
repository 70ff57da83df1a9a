/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BLANK (MMC-5 6.2). */
#include "device.h"

#include "base/bytes.h"

/* 6.2.2.2 BLANKING TYPE */
enum blank_type {
	BLANK_DISC = 0,
	BLANK_MINIMAL = 1,
	BLANK_TRACK = 2,
	BLANK_RESERVATION = 3,
	BLANK_TAIL = 4,
	BLANK_UNCLOSE = 5,
	BLANK_SESSION = 6,
};

static const struct disc_track *last_track(const struct disc *d)
{
	return d->ntracks ? &d->tracks[d->ntracks - 1] : NULL;
}

/* The last track of a session that is open: nothing behind it would become unreachable. */
static int blank_track(struct disc *d, uint32_t lba, struct err *err)
{
	const struct disc_track *t = last_track(d);

	if (!t || !disc_session_open(d) || lba != t->start_lba)
		return ANSWER_OUT_OF_RANGE;
	return disc_erase_track(d, t->start_lba, err);
}

static int blank_reservation(struct disc *d, struct err *err)
{
	const struct disc_track *t = last_track(d);

	if (!t || !d->track_open || !t->reserved_nsec || t->nsec)
		return ANSWER_BAD_SEQUENCE;
	return disc_erase_track(d, t->start_lba, err);
}

static int blank_tail(struct disc *d, uint32_t lba, struct err *err)
{
	const struct disc_track *t = last_track(d);

	if (!t || !d->track_open || lba < t->start_lba || lba >= disc_track_end_lba(t) ||
		lba % d->type->packet_nsec)
		return ANSWER_OUT_OF_RANGE;
	return disc_erase_track(d, lba, err);
}

static int run_blank(struct disc *d, enum blank_type type, uint32_t lba, struct err *err)
{
	switch (type) {
	case BLANK_DISC:
	case BLANK_MINIMAL:
		return disc_erase(d, type == BLANK_MINIMAL, err);
	case BLANK_TRACK:
		return blank_track(d, lba, err);
	case BLANK_RESERVATION:
		return blank_reservation(d, err);
	case BLANK_TAIL:
		return blank_tail(d, lba, err);
	case BLANK_UNCLOSE:
		if (d->closed_sessions == 0 || disc_session_open(d))
			return ANSWER_BAD_SEQUENCE;
		return disc_unclose_session(d, err);
	case BLANK_SESSION:
		return d->ntracks ? disc_erase_session(d, err) : ANSWER_BAD_SEQUENCE;
	}
	return ANSWER_BAD_FIELD;
}

int command_blank(struct device *d, struct exchange *x)
{
	unsigned type = x->cdb[1] & 0x07;
	bool immediate = x->cdb[1] & 0x10; /* 6.2.2.1 */
	int r;

	if (!d->disc.type->blanks)
		return ANSWER_CANNOT_ERASE;
	if (!(d->disc.type->blanks & 1u << type))
		return ANSWER_BAD_FIELD;
	if (d->disc.write_protected)
		return ANSWER_WRITE_PROTECTED;
	r = run_blank(&d->disc, (enum blank_type)type, get_u32be(x->cdb + 2), x->err);
	if (r != ANSWER_GOOD)
		return r;
	device_disc_anew(d);
	d->changed_operation = true;
	if (immediate)
		device_start_busy(
			d, ANSWER_IN_PROGRESS, type == BLANK_DISC ? BUSY_LONG : BUSY_SHORT);
	return ANSWER_GOOD;
}
