/* SPDX-License-Identifier: GPL-3.0-or-later */
/* READ TOC/PMA/ATIP (MMC-5 6.26): what the lead-ins of closed sessions tell. */
#include "device.h"

#include "base/bytes.h"
#include "base/wcur.h"

#include <string.h>

#define LEADOUT_TRACK 0xaau

/* The longest: a raw TOC of 99 tracks in as many sessions, five entries each. */
#define TOC_MAX_BYTES (4u + DISC_TRACKS_MAX * 5u * 11u)

struct toc {
	const struct disc *disc;
	unsigned ntracks; /* in closed sessions */
	bool msf;
	uint8_t bytes[TOC_MAX_BYTES];
	struct wcur w;
};

/* MMC-5 4.2.3.5: 75 frames a second, 150 before sector 0. */
void device_put_msf(uint8_t *p, uint32_t lba)
{
	uint32_t frames = lba + 150;

	p[0] = (uint8_t)(frames / (75 * 60));
	p[1] = (uint8_t)(frames / 75 % 60);
	p[2] = (uint8_t)(frames % 75);
}

static void put_address(uint8_t *p, const struct toc *t, uint32_t lba)
{
	if (t->msf)
		device_put_msf(p + 1, lba);
	else
		put_u32be(p, lba);
}

static void put_track(struct toc *t, uint8_t number, uint32_t lba)
{
	uint8_t *p = wcur_take(&t->w, 8);

	memset(p, 0, 8);
	p[1] = 0x14;   /* 6.26.3.2 ADR 1, CONTROL 4: data */
	p[2] = number; /* 6.26.3.2 TRACK NUMBER */
	put_address(p + 4, t, lba);
}

/* Format 0: 6.26.3.2 */
static int put_tracks(struct toc *t, uint8_t from)
{
	if (from > t->ntracks && from != LEADOUT_TRACK)
		return ANSWER_BAD_FIELD;
	for (unsigned i = from ? from : 1; i <= t->ntracks; i++)
		put_track(t, (uint8_t)i, t->disc->tracks[i - 1].start_lba);
	put_track(t, LEADOUT_TRACK, disc_leadout_lba(t->disc));
	t->bytes[2] = 1;
	t->bytes[3] = (uint8_t)t->ntracks;
	return ANSWER_GOOD;
}

/* Format 1: 6.26.3.3 */
static int put_sessions(struct toc *t, uint8_t from)
{
	unsigned last = t->disc->closed_sessions;
	unsigned first_track = disc_first_track_of(t->disc, last);

	(void)from;
	put_track(t, (uint8_t)first_track, t->disc->tracks[first_track - 1].start_lba);
	t->bytes[2] = 1;
	t->bytes[3] = (uint8_t)last;
	return ANSWER_GOOD;
}

/* 6.26.3.4 */
static uint8_t *put_raw(struct toc *t, unsigned session, uint8_t adr, uint8_t point)
{
	uint8_t *p = wcur_take(&t->w, 11);

	memset(p, 0, 11);
	p[0] = (uint8_t)session;
	p[1] = (uint8_t)(adr << 4 | 4); /* ADR, CONTROL: data */
	p[3] = point;
	return p;
}

static void put_raw_session(struct toc *t, unsigned session)
{
	const struct disc *d = t->disc;
	unsigned first = disc_first_track_of(d, session), last = first;
	bool more = session < d->closed_sessions || !d->finalised;

	while (last < t->ntracks && d->tracks[last].session == session)
		last++;
	put_raw(t, session, 1, 0xa0)[8] = (uint8_t)first;
	put_raw(t, session, 1, 0xa1)[8] = (uint8_t)last;
	device_put_msf(put_raw(t, session, 1, 0xa2) + 8, disc_track_end_lba(&d->tracks[last - 1]));
	for (unsigned i = first; i <= last; i++)
		device_put_msf(put_raw(t, session, 1, (uint8_t)i) + 8, d->tracks[i - 1].start_lba);
	if (more) {
		uint32_t next = last < d->ntracks ? d->tracks[last].start_lba : d->next_start_lba;
		uint8_t *p = put_raw(t, session, 5, 0xb0);

		device_put_msf(p + 4, next); /* next program area */
		p[7] = 1;		     /* mode 5 entries */
		device_put_msf(p + 8, d->capacity_nsec + d->type->runout_nsec); /* last lead-out */
	}
}

/* Format 2: 6.26.3.4; other media have no lead-in of that kind. */
static int put_raw_toc(struct toc *t, uint8_t from)
{
	if (!t->disc->type->compact)
		return ANSWER_BAD_FIELD;
	for (unsigned s = from ? from : 1; s <= t->disc->closed_sessions; s++)
		put_raw_session(t, s);
	t->bytes[2] = 1;
	t->bytes[3] = (uint8_t)t->disc->closed_sessions;
	return ANSWER_GOOD;
}

/* Format 4: 6.26.3.6 */
static int put_atip(struct toc *t, uint8_t from)
{
	uint8_t *p;

	(void)from;
	if (!t->disc->type->compact)
		return ANSWER_BAD_FIELD;
	p = wcur_take(&t->w, 24);
	memset(p, 0, 24);
	p[0] = 0xd0;				    /* indicative writing power, reference speed */
	p[1] = 0x40;				    /* unrestricted use */
	p[2] = t->disc->type->blanks ? 0xc0 : 0x80; /* CD-RW or CD-R, no further values */
	p[4] = 97;				    /* start of the lead-in: who made it */
	p[5] = 26;
	p[6] = 65;
	device_put_msf(
		p + 8, t->disc->capacity_nsec + t->disc->type->runout_nsec); /* last lead-out */
	return ANSWER_GOOD;
}

struct toc_format {
	int (*put)(struct toc *t, uint8_t from);
	bool of_blank; /* can be told without a closed session */
};

static const struct toc_format formats[16] = {
	[0] = { .put = put_tracks },
	[1] = { .put = put_sessions },
	[2] = { .put = put_raw_toc },
	[4] = { .put = put_atip, .of_blank = true },
};

/* 6.26.3.1: a disc without lead-ins is shown as one track in one session. */
static void fabricate(struct disc *shown)
{
	shown->ntracks = shown->formatted_nsec > 0;
	shown->closed_sessions = 1;
	shown->tracks[0] = (struct disc_track){ .nsec = shown->formatted_nsec, .session = 1 };
}

int command_toc(struct device *d, struct exchange *x)
{
	const struct toc_format *f = &formats[x->cdb[2] & 0x0f];
	struct disc shown = d->disc;
	struct toc t = { .disc = &shown, .msf = x->cdb[1] & 0x02 };
	int answer;

	if (disc_overwritable(&shown))
		fabricate(&shown);
	while (t.ntracks < shown.ntracks &&
		shown.tracks[t.ntracks].session <= shown.closed_sessions)
		t.ntracks++;
	if (!f->put || (!f->of_blank && t.ntracks == 0))
		return ANSWER_BAD_FIELD;
	t.w = wcur_over(t.bytes, sizeof(t.bytes));
	memset(wcur_take(&t.w, 4), 0, 4);
	answer = f->put(&t, x->cdb[6]);
	if (answer != ANSWER_GOOD)
		return answer;
	put_u16be(t.bytes, (uint16_t)(t.w.pos - 2)); /* 6.26.3.1 */
	return device_reply(x, t.bytes, t.w.pos, get_u16be(x->cdb + 7));
}
