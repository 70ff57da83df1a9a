/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on a disc, and where the next sector may go. */
#include "disc.h"

bool disc_overwritable(const struct disc *d)
{
	return d->type->access != ACCESS_ONCE;
}

uint32_t disc_track_end_lba(const struct disc_track *t)
{
	return t->start_lba + t->nsec;
}

uint32_t disc_recorded_end_lba(const struct disc *d)
{
	if (disc_overwritable(d))
		return d->formatted_nsec;
	for (unsigned i = d->ntracks; i > 0; i--)
		if (d->tracks[i - 1].nsec > 0)
			return disc_track_end_lba(&d->tracks[i - 1]);
	return 0;
}

uint32_t disc_leadout_lba(const struct disc *d)
{
	if (disc_overwritable(d))
		return d->formatted_nsec;
	for (unsigned i = d->ntracks; i > 0; i--)
		if (d->tracks[i - 1].session <= d->closed_sessions)
			return disc_track_end_lba(&d->tracks[i - 1]);
	return 0;
}

bool disc_appendable(const struct disc *d)
{
	if (d->finalised || disc_overwritable(d))
		return false;
	return d->track_open || d->ntracks < d->type->tracks_max;
}

bool disc_writable(const struct disc *d)
{
	if (d->write_protected)
		return false;
	return disc_overwritable(d) || disc_appendable(d);
}

bool disc_session_open(const struct disc *d)
{
	return d->ntracks > 0 && d->tracks[d->ntracks - 1].session > d->closed_sessions;
}

uint32_t disc_next_lba(const struct disc *d)
{
	return d->track_open ? disc_track_end_lba(&d->tracks[d->ntracks - 1]) : d->next_start_lba;
}

uint32_t disc_free_nsec(const struct disc *d)
{
	const struct disc_track *open = d->track_open ? &d->tracks[d->ntracks - 1] : NULL;
	uint32_t next = disc_next_lba(d);
	uint32_t space;

	if (!disc_appendable(d) || next >= d->capacity_nsec || d->damaged)
		return 0;
	if (open && open->reserved_nsec)
		return open->reserved_nsec - open->nsec;
	space = d->capacity_nsec - next;
	if (!open && space < d->type->minimum_nsec)
		return 0;
	return space;
}

static const struct disc_track *track_holding(const struct disc *d, uint32_t lba)
{
	for (unsigned i = 0; i < d->ntracks; i++) {
		const struct disc_track *t = &d->tracks[i];

		if (lba >= t->start_lba && lba < disc_track_end_lba(t))
			return t;
	}
	return NULL;
}

/* A range may go on from one track into the next where there is no gap between them. */
bool disc_holds(const struct disc *d, uint32_t lba, uint32_t nsec)
{
	uint64_t end = (uint64_t)lba + nsec;
	uint64_t at = lba;

	if (disc_overwritable(d))
		return end <= d->formatted_nsec;
	while (at < end) {
		const struct disc_track *t = track_holding(d, (uint32_t)at);

		if (!t)
			return false;
		at = disc_track_end_lba(t);
	}
	return true;
}

unsigned disc_next_number(const struct disc *d)
{
	return d->track_open ? d->ntracks : d->ntracks + 1;
}

unsigned disc_first_track_of(const struct disc *d, unsigned session)
{
	for (unsigned i = 0; i < d->ntracks; i++)
		if (d->tracks[i].session == session)
			return i + 1;
	return disc_next_number(d);
}

uint32_t disc_format_nsec(const struct disc *d, const struct medium_format *f)
{
	int64_t nsec = (int64_t)d->size_nsec + f->nsec - d->type->capacity_nsec;

	nsec -= nsec % d->type->packet_nsec;
	return nsec > 0 ? (uint32_t)nsec : 0;
}
