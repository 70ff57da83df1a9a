/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text beside a medium: written whole, read with nothing taken on trust. */
#include "disc.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Far above any disc, far below where sums of 32 bits wrap. */
#define LBA_MAX 0x3fffffffu

static const char *const formattings[] = {
	[FORMATTING_NONE] = "none",
	[FORMATTING_STOPPED] = "stopped",
	[FORMATTING_RUNNING] = "running",
	[FORMATTING_INTERMEDIATE] = "intermediate",
	[FORMATTING_COMPLETE] = "complete",
};

static const char *yes_or_no(bool yes)
{
	return yes ? "yes" : "no";
}

/*
 * discfs-medium 2
 * type dvd+r
 * mode sequential
 * size 2295104
 * capacity 2295104
 * formatting none
 * formatted 0
 * layer 0
 * protected no
 * minimal no
 * damaged no
 * finalised no
 * sessions 1
 * track 1 session 1 start 0 blocks 64 reserved 0 closed
 * track 2 session 2 start 2112 blocks 16 reserved 0 open
 * next 2128
 * end
 *
 * Version 1 had neither mode and size nor what lies between capacity and finalised.
 */
void disc_state_put(const struct disc *d, struct buf *out)
{
	buf_printf(out,
		"discfs-medium 2\ntype %s\nmode %s\nsize %u\ncapacity %u\nformatting %s\n"
		"formatted %u\nlayer %u\n",
		d->type->name, d->type->mode, d->size_nsec, d->capacity_nsec,
		formattings[d->formatting], d->formatted_nsec, d->layer_nsec);
	buf_printf(out, "protected %s\nminimal %s\ndamaged %s\nfinalised %s\nsessions %u\n",
		yes_or_no(d->write_protected), yes_or_no(d->minimal), yes_or_no(d->damaged),
		yes_or_no(d->finalised), (unsigned)d->closed_sessions);
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

static bool truth_line(struct lines *l, const char *key)
{
	const char *word = value_line(l, key);

	if (!l->why && strcmp(word, "yes") != 0 && strcmp(word, "no") != 0)
		l->why = "yes or no";
	return strcmp(word, "yes") == 0;
}

static enum disc_formatting formatting_line(struct lines *l)
{
	const char *word = value_line(l, "formatting");

	for (unsigned i = 0; i < sizeof(formattings) / sizeof(formattings[0]); i++)
		if (strcmp(word, formattings[i]) == 0)
			return (enum disc_formatting)i;
	if (!l->why)
		l->why = "a way of being formatted";
	return FORMATTING_NONE;
}

/* What version 2 added. A power cut has stopped what ran in the background. */
static void take_formatting(struct disc *d, struct lines *l)
{
	d->formatting = formatting_line(l);
	if (d->formatting == FORMATTING_RUNNING)
		d->formatting = FORMATTING_STOPPED;
	d->formatted_nsec = number_line(l, "formatted");
	d->layer_nsec = number_line(l, "layer");
	d->write_protected = truth_line(l, "protected");
	d->minimal = truth_line(l, "minimal");
	d->damaged = truth_line(l, "damaged");
}

static void take_head(struct disc *d, struct lines *l)
{
	uint32_t version = number_line(l, "discfs-medium"), sessions;
	char name[32];

	if (version != 1 && version != 2 && !l->why)
		l->why = "version 1 or 2";
	snprintf(name, sizeof(name), "%s", value_line(l, "type"));
	d->type = medium_type_by_mode(name, version == 2 ? value_line(l, "mode") : NULL);
	if (!d->type && !l->why)
		l->why = "a known type";
	if (version == 2)
		d->size_nsec = number_line(l, "size");
	d->capacity_nsec = number_line(l, "capacity");
	if (version == 1)
		d->size_nsec = d->capacity_nsec;
	if (!l->why && (d->capacity_nsec == 0 || d->capacity_nsec % d->type->packet_nsec ||
			       d->size_nsec == 0))
		l->why = "a capacity of whole packets";
	if (version == 2)
		take_formatting(d, l);
	d->finalised = truth_line(l, "finalised");
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
		l.why = disc_judge(d, next_lba);
	if (l.why) {
		d->type = NULL;
		return err_set(err, -EBADMSG, "line %u: %s was expected", l.number, l.why);
	}
	d->next_start_lba = next_lba;
	return 0;
}
