/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the invariants in disc.h say about a disc that was read from a text. */
#include "disc.h"

/* A reservation binds the open track alone; a closed one only remembers it. */
static bool reservation_fits(const struct disc *d, const struct disc_track *t, bool open)
{
	if (t->reserved_nsec > d->capacity_nsec)
		return false;
	if (!open || t->reserved_nsec == 0)
		return true;
	return t->nsec <= t->reserved_nsec && t->start_lba + t->reserved_nsec <= d->capacity_nsec;
}

static bool sessions_follow(const struct disc *d, unsigned i)
{
	unsigned before = i > 0 ? d->tracks[i - 1].session : 0;
	unsigned session = d->tracks[i].session;

	return session == before + 1 || (session == before && i > 0);
}

/* What the invariants in disc.h say about one track and the one before it. */
static const char *judge_track(const struct disc *d, unsigned i)
{
	const struct disc_track *t = &d->tracks[i];
	bool open = d->track_open && i + 1 == d->ntracks;

	if (!sessions_follow(d, i))
		return "sessions that follow each other";
	if (i > 0 && t->start_lba < disc_track_end_lba(&d->tracks[i - 1]))
		return "tracks that do not overlap";
	if (t->start_lba % d->type->packet_nsec)
		return "a track that starts at a packet";
	if (disc_track_end_lba(t) > d->capacity_nsec + d->type->runout_nsec)
		return "tracks within the capacity";
	if (!reservation_fits(d, t, open))
		return "a reservation that fits";
	if (!open && t->nsec == 0)
		return "closed tracks that are not empty";
	if (open && t->nsec % d->type->packet_nsec)
		return "an open track of whole packets";
	return NULL;
}

/* A disc that is overwritten has sectors instead of tracks. */
static const char *judge_formatting(const struct disc *d)
{
	static const unsigned may[] = {
		[ACCESS_ONCE] = 1u << FORMATTING_NONE | 1u << FORMATTING_COMPLETE,
		[ACCESS_RIGID] = 1u << FORMATTING_INTERMEDIATE | 1u << FORMATTING_COMPLETE,
		[ACCESS_RANDOM] = 1u << FORMATTING_NONE | 1u << FORMATTING_STOPPED |
				  1u << FORMATTING_COMPLETE,
	};

	if (d->formatted_nsec > d->capacity_nsec)
		return "formatted sectors within the capacity";
	if (!(may[d->type->access] & 1u << d->formatting))
		return "a way of being formatted that the disc has";
	if (!disc_overwritable(d))
		return d->formatted_nsec ? "no formatted sectors" : NULL;
	if (d->ntracks || d->finalised || d->closed_sessions)
		return "no tracks on a disc that is overwritten";
	return NULL;
}

const char *disc_judge(const struct disc *d, uint32_t next_lba)
{
	unsigned last = d->ntracks ? d->tracks[d->ntracks - 1].session : 0;
	const char *why = judge_formatting(d);

	if (why || disc_overwritable(d))
		return why;
	for (unsigned i = 0; i < d->ntracks; i++) {
		why = judge_track(d, i);
		if (why)
			return why;
	}
	if (d->damaged && !d->track_open)
		return "damage to an open track only";
	if (last < d->closed_sessions || last > d->closed_sessions + 1u)
		return "as many sessions as tracks tell";
	if (d->track_open && last != d->closed_sessions + 1u)
		return "an open track in the open session";
	if (d->finalised && (d->ntracks == 0 || last != d->closed_sessions))
		return "a finalised disc without an open session";
	if (d->track_open && next_lba != disc_next_lba(d))
		return "next at the end of the open track";
	if (!d->track_open &&
		(next_lba < disc_recorded_end_lba(d) || next_lba % d->type->packet_nsec))
		return "next behind the last track";
	return NULL;
}
