/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Erasing: the whole disc, its last session, its last track (MMC-5 6.2). */
#include "disc.h"

#include "base/sector.h"

#include <assert.h>

/* The text first: disc_open cuts what a crash left behind the end of a disc that is erasable. */
static int save_and_cut(struct disc *d, const struct disc *before, struct err *err)
{
	int r = disc_save(d, err);

	if (r < 0) {
		*d = *before;
		return r;
	}
	return disc_cut(d, disc_recorded_end_lba(d), err);
}

/* Where the next track would start: behind the last one, or behind its closed session. */
static uint32_t start_behind(const struct disc *d)
{
	const struct medium_type *t = d->type;
	const struct disc_track *last = &d->tracks[d->ntracks - 1];
	uint32_t gap;

	if (d->ntracks == 0)
		return 0;
	if (last->session > d->closed_sessions)
		gap = t->track_gap_nsec;
	else
		gap = d->closed_sessions == 1 ? t->first_gap_nsec : t->later_gap_nsec;
	return (uint32_t)sectors_align(disc_track_end_lba(last) + gap, t->packet_nsec);
}

static void drop_last_track(struct disc *d)
{
	d->ntracks--;
	d->track_open = false;
	d->short_packet = false;
	d->damaged = false;
}

int disc_erase(struct disc *d, bool minimal, struct err *err)
{
	struct disc before = *d;

	if (d->type->blank_mode)
		d->type = medium_type_by_mode(d->type->name, d->type->blank_mode);
	assert(d->type);
	while (d->ntracks > 0)
		drop_last_track(d);
	d->capacity_nsec = d->size_nsec;
	d->formatting = FORMATTING_NONE;
	d->formatted_nsec = 0;
	d->closed_sessions = 0;
	d->finalised = false;
	d->minimal = minimal;
	d->next_start_lba = 0;
	return save_and_cut(d, &before, err);
}

int disc_erase_track(struct disc *d, uint32_t from_lba, struct err *err)
{
	struct disc_track *last = &d->tracks[d->ntracks - 1];
	struct disc before = *d;

	assert(disc_session_open(d));
	if (from_lba > last->start_lba) {
		last->nsec = from_lba - last->start_lba;
		d->damaged = false;
		d->short_packet = false;
	} else {
		uint32_t start = last->start_lba;

		drop_last_track(d);
		d->next_start_lba = start;
	}
	return save_and_cut(d, &before, err);
}

int disc_unclose_session(struct disc *d, struct err *err)
{
	struct disc before = *d;

	assert(d->closed_sessions > 0 && !disc_session_open(d));
	d->closed_sessions--;
	d->finalised = false;
	d->next_start_lba = start_behind(d);
	return save_and_cut(d, &before, err);
}

int disc_erase_session(struct disc *d, struct err *err)
{
	struct disc before = *d;
	unsigned session;

	assert(d->ntracks > 0);
	session = d->tracks[d->ntracks - 1].session;
	while (d->ntracks > 0 && d->tracks[d->ntracks - 1].session == session)
		drop_last_track(d);
	if (d->closed_sessions >= session)
		d->closed_sessions = (uint16_t)(session - 1);
	d->finalised = false;
	d->next_start_lba = start_behind(d);
	return save_and_cut(d, &before, err);
}
