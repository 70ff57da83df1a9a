/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text beside a medium: written whole, read with nothing taken on trust. */
#include "disc.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

/* Far above any disc, far below where sums of 32 bits wrap. */
#define LBA_MAX 0x3fffffffu

/*
 * discfs-medium 1
 * type dvd+r
 * capacity 2295104
 * finalised no
 * sessions 1
 * track 1 session 1 start 0 blocks 64 reserved 0 closed
 * track 2 session 2 start 2112 blocks 16 reserved 0 open
 * next 2128
 * end
 */
void disc_state_put(const struct disc *d, struct buf *out)
{
	buf_printf(out, "discfs-medium 1\ntype %s\ncapacity %u\nfinalised %s\nsessions %u\n",
		d->type->name, d->capacity_nsec, d->finalised ? "yes" : "no",
		(unsigned)d->closed_sessions);
	for (unsigned i = 0; i < d->ntracks; i++) {
		const struct disc_track *t = &d->tracks[i];
		bool open = d->track_open && i + 1 == d->ntracks;

		buf_printf(out, "track %u session %u start %u blocks %u reserved %u %s\n", i + 1,
			(unsigned)t->session, t->start_lba, t->nsec, t->reserved_nsec,
			open ? "open" : "closed");
	}
	buf_printf(out, "next %u\nend\n", disc_next_lba(d));
}

struct lines {
	char *at; /* the rest of the text */
	unsigned number;
	const char *why; /* set by the first thing that is wrong */
};

/* The next line, without its newline; "" past the end. */
static char *next_line(struct lines *l)
{
	char *line = l->at;
	char *end = strchr(line, '\n');

	l->number++;
	if (!end) {
		l->at += strlen(l->at);
		return line;
	}
	*end = '\0';
	l->at = end + 1;
	return line;
}

/* The next word of a line, words being parted by one blank; "" past the last. */
static char *next_word(char **at)
{
	char *word = *at;
	char *end = strchr(word, ' ');

	if (end) {
		*end = '\0';
		*at = end + 1;
	} else {
		*at += strlen(*at);
	}
	return word;
}

static bool take_key(struct lines *l, char **at, const char *key)
{
	if (!l->why && strcmp(next_word(at), key) != 0)
		l->why = key;
	return !l->why;
}

/* "<key> <number>" */
static uint32_t take_number(struct lines *l, char **at, const char *key)
{
	uint64_t v = 0;

	if (!take_key(l, at, key))
		return 0;
	if (!text_u64(next_word(at), &v) || v > LBA_MAX) {
		l->why = key;
		return 0;
	}
	return (uint32_t)v;
}

static const char *take_value(struct lines *l, char **at, const char *key)
{
	return take_key(l, at, key) ? next_word(at) : "";
}

static void take_end_of_line(struct lines *l, const char *at)
{
	if (!l->why && *at)
		l->why = "the end of the line";
}

static uint32_t number_line(struct lines *l, const char *key)
{
	char *at = next_line(l);
	uint32_t v = take_number(l, &at, key);

	take_end_of_line(l, at);
	return v;
}

static const char *value_line(struct lines *l, const char *key)
{
	char *at = next_line(l);
	const char *v = take_value(l, &at, key);

	take_end_of_line(l, at);
	return v;
}

static void take_track(struct disc *d, struct lines *l)
{
	char *at = next_line(l);
	uint32_t number = take_number(l, &at, "track");
	uint32_t session = take_number(l, &at, "session");
	struct disc_track t = { 0 };
	const char *word;

	t.start_lba = take_number(l, &at, "start");
	t.nsec = take_number(l, &at, "blocks");
	t.reserved_nsec = take_number(l, &at, "reserved");
	word = l->why ? "" : next_word(&at);
	take_end_of_line(l, at);
	if (l->why)
		return;
	if (number != d->ntracks + 1 || number > d->type->tracks_max || d->track_open)
		l->why = "the next track's number";
	else if (session == 0 || session > DISC_TRACKS_MAX)
		l->why = "a session's number";
	else if (strcmp(word, "open") != 0 && strcmp(word, "closed") != 0)
		l->why = "open or closed";
	if (l->why)
		return;
	t.session = (uint16_t)session;
	d->track_open = strcmp(word, "open") == 0;
	d->tracks[d->ntracks++] = t;
}

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

static const char *judge_disc(const struct disc *d, uint32_t next_lba)
{
	unsigned last = d->ntracks ? d->tracks[d->ntracks - 1].session : 0;

	for (unsigned i = 0; i < d->ntracks; i++) {
		const char *why = judge_track(d, i);

		if (why)
			return why;
	}
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

static void take_head(struct disc *d, struct lines *l)
{
	const char *word;
	uint32_t sessions;

	if (number_line(l, "discfs-medium") != 1 && !l->why)
		l->why = "version 1";
	d->type = medium_type_by_name(value_line(l, "type"));
	if (!d->type && !l->why)
		l->why = "a known type";
	d->capacity_nsec = number_line(l, "capacity");
	if (!l->why && (d->capacity_nsec == 0 || d->capacity_nsec % d->type->packet_nsec))
		l->why = "a capacity of whole packets";
	word = value_line(l, "finalised");
	d->finalised = strcmp(word, "yes") == 0;
	if (!l->why && !d->finalised && strcmp(word, "no") != 0)
		l->why = "yes or no";
	sessions = number_line(l, "sessions");
	if (!l->why && sessions > DISC_TRACKS_MAX)
		l->why = "a count of sessions";
	d->closed_sessions = (uint16_t)(l->why ? 0 : sessions);
}

int disc_state_parse(struct disc *d, char *text, struct err *err)
{
	struct lines l = { .at = text };
	uint32_t next_lba;

	take_head(d, &l);
	while (!l.why && strncmp(l.at, "track ", 6) == 0)
		take_track(d, &l);
	next_lba = l.why ? 0 : number_line(&l, "next");
	if (!l.why && (strcmp(next_line(&l), "end") != 0 || *l.at))
		l.why = "end";
	if (!l.why)
		l.why = judge_disc(d, next_lba);
	if (l.why) {
		d->type = NULL;
		return err_set(err, -EBADMSG, "line %u: %s was expected", l.number, l.why);
	}
	d->next_start_lba = next_lba;
	return 0;
}
