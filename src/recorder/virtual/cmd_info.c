/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on the disc: READ DISC INFORMATION, READ TRACK INFORMATION, capacities (MMC-5). */
#include "device.h"

#include "base/bytes.h"
#include "base/sector.h"

#include <string.h>

#define BUFFER_BYTES (2u << 20)

enum { DISC_EMPTY = 0, DISC_APPENDABLE = 1, DISC_FINAL = 2, DISC_OTHER = 3 };
enum { SESSION_EMPTY = 0, SESSION_INCOMPLETE = 1, SESSION_COMPLETE = 3 };

/* The one that is open or could be opened counts. */
static unsigned session_count(const struct disc *d)
{
	if (disc_overwritable(d))
		return 1;
	return d->closed_sessions + (disc_appendable(d) || disc_session_open(d) ? 1u : 0u);
}

static unsigned last_session_state(const struct disc *d)
{
	if (disc_session_open(d) || d->formatting == FORMATTING_INTERMEDIATE)
		return SESSION_INCOMPLETE;
	if (disc_overwritable(d))
		return d->formatting == FORMATTING_NONE ? SESSION_EMPTY : SESSION_COMPLETE;
	return disc_appendable(d) ? SESSION_EMPTY : SESSION_COMPLETE;
}

static unsigned disc_status(const struct disc *d)
{
	if (disc_overwritable(d) && d->formatting == FORMATTING_NONE)
		return DISC_EMPTY;
	if (disc_overwritable(d))
		return d->type->status_other ? DISC_OTHER : DISC_FINAL;
	if (!disc_appendable(d) && !disc_session_open(d))
		return DISC_FINAL;
	return d->ntracks == 0 ? DISC_EMPTY : DISC_APPENDABLE;
}

/* The track that can be written counts as the last session's last. */
static unsigned last_track(const struct disc *d)
{
	if (disc_overwritable(d))
		return 1;
	return disc_appendable(d) ? disc_next_number(d) : d->ntracks;
}

/* 6.22.3.1.12: how far a format in the background is. */
static uint8_t background_state(const struct disc *d)
{
	static const uint8_t states[] = {
		[FORMATTING_STOPPED] = 1,
		[FORMATTING_RUNNING] = 2,
		[FORMATTING_COMPLETE] = 3,
	};

	if (d->type->formats[0].effect != FORMAT_BACKGROUND || d->formatting >= sizeof(states))
		return 0;
	return states[d->formatting];
}

/* 6.22.3: only a CD tells addresses here; FFh: nothing can be added. */
static void put_cd_places(uint8_t *out, const struct disc *d)
{
	if (!d->type->compact)
		return;
	if (!disc_appendable(d)) {
		memset(out + 16, 0xff, 8);
		return;
	}
	out[17] = 97; /* 6.22.3.1.14 LAST SESSION LEAD-IN START, as the ATIP has it */
	out[18] = 26;
	out[19] = 65;
	device_put_msf(out + 21, d->capacity_nsec + d->type->runout_nsec); /* 6.22.3.1.15 */
}

int command_disc_info(struct device *d, struct exchange *x)
{
	const struct disc *disc = &d->disc;
	unsigned sessions = session_count(disc);
	unsigned first = disc_overwritable(disc) ? 1 : disc_first_track_of(disc, sessions);
	unsigned last = last_track(disc);
	uint8_t out[34] = { 0 };

	if (x->cdb[1] & 0x07) /* 6.22.2.1 DATA TYPE: standard only */
		return ANSWER_BAD_FIELD;
	put_u16be(out, sizeof(out) - 2);				       /* 6.22.3.1.1 */
	out[2] = (uint8_t)(last_session_state(disc) << 2 | disc_status(disc)); /* 6.22.3.1.3 */
	if (disc->type->blanks || disc_overwritable(disc))
		out[2] |= 0x10;			/* 6.22.3.1.2 ERASABLE */
	out[3] = 1;				/* 6.22.3.1.5 FIRST TRACK */
	out[4] = (uint8_t)sessions;		/* 6.22.3.1.6 */
	out[5] = (uint8_t)first;		/* 6.22.3.1.7 */
	out[6] = (uint8_t)last;			/* 6.22.3.1.8 */
	out[7] = 0x20 | background_state(disc); /* 6.22.3.1.11 URU, 6.22.3.1.12 */
	out[8] = disc->type->compact && disc->ntracks ? 0x00 : 0xff; /* 6.22.3.1.13 DISC TYPE */
	out[9] = (uint8_t)(sessions >> 8);			     /* 6.22.3.1.6 */
	out[10] = (uint8_t)(first >> 8);			     /* 6.22.3.1.7 */
	out[11] = (uint8_t)(last >> 8);				     /* 6.22.3.1.8 */
	put_cd_places(out, disc);
	return device_reply(x, out, sizeof(out), get_u16be(x->cdb + 7));
}

/* Track @number's place, the one that would be opened next included; false: no such track. */
static bool get_track(const struct disc *d, unsigned number, struct disc_track *out)
{
	if (disc_overwritable(d)) {
		*out = (struct disc_track){ .nsec = d->formatted_nsec, .session = 1 };
		return number == 1;
	}
	if (number >= 1 && number <= d->ntracks) {
		*out = d->tracks[number - 1];
		return true;
	}
	if (!disc_appendable(d) || number != disc_next_number(d))
		return false;
	*out = (struct disc_track){
		.start_lba = d->next_start_lba,
		.session = (uint16_t)(d->closed_sessions + 1),
	};
	return true;
}

static unsigned number_of_lba(const struct disc *d, uint32_t lba)
{
	if (disc_overwritable(d))
		return lba < d->capacity_nsec ? 1 : 0;
	for (unsigned i = 0; i < d->ntracks; i++)
		if (lba >= d->tracks[i].start_lba && lba < disc_track_end_lba(&d->tracks[i]))
			return i + 1;
	if (disc_appendable(d) && lba < d->capacity_nsec &&
		(lba >= disc_next_lba(d) || d->ntracks == 0))
		return disc_next_number(d);
	return 0;
}

/* 6.27.2.2: the address means a sector, a track or a session. */
static int asked_number(const struct disc *d, const uint8_t *cdb, unsigned *out)
{
	uint32_t address = get_u32be(cdb + 2);
	bool invisible = address == 0xff;

	switch (cdb[1] & 0x03) {
	case 0:
		*out = number_of_lba(d, address);
		return *out ? ANSWER_GOOD : ANSWER_OUT_OF_RANGE;
	case 1:
		*out = invisible ? disc_next_number(d) : address;
		if (invisible && (!disc_appendable(d) || d->type->last_is_open))
			return ANSWER_BAD_FIELD;
		return ANSWER_GOOD;
	case 2:
		if (address == 0 || address > session_count(d))
			return ANSWER_BAD_FIELD;
		*out = disc_overwritable(d) ? 1 : disc_first_track_of(d, address);
		return ANSWER_GOOD;
	default:
		return ANSWER_BAD_FIELD;
	}
}

/* 6.27.3: of a track that can be written. */
static void put_writable_part(uint8_t *out, const struct device *d, const struct disc_track *t)
{
	const struct disc *disc = &d->disc;
	uint32_t next = device_next_lba(d);
	uint32_t limit = disc_next_lba(disc) + disc_free_nsec(disc);
	uint32_t from = next > INT32_MAX ? 0 : next; /* the pregap of a session at once */
	uint32_t free_nsec = limit > from ? limit - from : 0;

	if (t->nsec == 0)
		out[6] |= 0x40; /* 6.27.3.10 BLANK */
	if (disc->damaged) {
		out[5] |= 0x20; /* 6.27.3.5 DAMAGE */
		return;
	}
	out[7] |= 0x01;			/* 6.27.3.13 NWA_V */
	put_u32be(out + 12, next);	/* 6.27.3.15 NEXT WRITABLE ADDRESS */
	put_u32be(out + 16, free_nsec); /* 6.27.3.16 FREE BLOCKS */
	put_u32be(out + 24, limit > t->start_lba ? limit - t->start_lba : 0); /* 6.27.3.18 */
}

/* 6.27.3: of a disc that is overwritten; only one that grows has a next address. */
static void put_overwritten(uint8_t *out, const struct disc *d)
{
	bool grows = d->formatting == FORMATTING_INTERMEDIATE;

	if (d->formatting == FORMATTING_NONE)
		out[6] |= 0x40; /* 6.27.3.10 BLANK */
	if (grows) {
		out[7] |= 0x01;						   /* 6.27.3.13 NWA_V */
		put_u32be(out + 12, d->formatted_nsec);			   /* 6.27.3.15 */
		put_u32be(out + 16, d->capacity_nsec - d->formatted_nsec); /* 6.27.3.16 */
	}
	put_u32be(out + 24, grows ? d->formatted_nsec : d->capacity_nsec); /* 6.27.3.18 */
}

int command_track_info(struct device *d, struct exchange *x)
{
	const struct disc *disc = &d->disc;
	struct disc_track t;
	uint8_t out[36] = { 0 };
	unsigned number = 0;
	int answer;

	if (x->cdb[1] & 0x04) /* 6.27.2.1 OPEN: not for these media */
		return ANSWER_BAD_FIELD;
	answer = asked_number(disc, x->cdb, &number);
	if (answer != ANSWER_GOOD)
		return answer;
	if (!get_track(disc, number, &t))
		return ANSWER_BAD_FIELD;
	put_u16be(out, sizeof(out) - 2); /* 6.27.3.1 */
	out[2] = (uint8_t)number;	 /* 6.27.3.2 */
	out[3] = (uint8_t)t.session;	 /* 6.27.3.3 */
	out[5] = 0x04;			 /* 6.27.3.6 TRACK MODE: data */
	out[6] = (uint8_t)((t.reserved_nsec ? 0x80 : 0) | (disc->type->compact ? 0 : 0x30) | 1);
	put_u32be(out + 8, t.start_lba); /* 6.27.3.14 */
	if (!disc->type->compact)
		put_u32be(out + 20, disc->type->packet_nsec); /* 6.27.3.17 */
	if (disc_overwritable(disc)) {
		put_overwritten(out, disc);
	} else if (number > disc->ntracks || (disc->track_open && number == disc->ntracks)) {
		put_writable_part(out, d, &t);
	} else {
		put_u32be(out + 24, t.nsec); /* 6.27.3.18 */
	}
	if (t.nsec > 0) {
		out[7] |= 0x02;					 /* 6.27.3.12 LRA_V */
		put_u32be(out + 28, disc_track_end_lba(&t) - 1); /* 6.27.3.19 */
	}
	out[32] = (uint8_t)(number >> 8);    /* 6.27.3.2 */
	out[33] = (uint8_t)(t.session >> 8); /* 6.27.3.3 */
	return device_reply(x, out, sizeof(out), get_u16be(x->cdb + 7));
}

/*
 * 6.21: the last sector that is recorded. A blank disc is answered with address 0, as drives do
 * (dvd+rw-mediainfo shows them as "1*2048"): only READ DISC INFORMATION tells that it is blank.
 */
int command_capacity(struct device *d, struct exchange *x)
{
	uint32_t end = disc_recorded_end_lba(&d->disc);
	uint8_t out[8] = { 0 };

	put_u32be(out, end ? end - 1 : 0); /* 6.21.3 */
	put_u32be(out + 4, SECTOR);	   /* 6.21.3 */
	return device_reply(x, out, sizeof(out), sizeof(out));
}

/* 6.20: writes are in the file when they are answered, so the buffer is always free. */
int command_buffer_capacity(struct device *d, struct exchange *x)
{
	uint8_t out[12] = { 0 };

	(void)d;
	if (x->cdb[1] & 0x01) /* 6.20.2.1 BLOCK */
		return ANSWER_BAD_FIELD;
	put_u16be(out, sizeof(out) - 2);  /* 6.20.3 */
	put_u32be(out + 4, BUFFER_BYTES); /* 6.20.3 LENGTH */
	put_u32be(out + 8, BUFFER_BYTES); /* 6.20.3 AVAILABLE */
	return device_reply(x, out, sizeof(out), get_u16be(x->cdb + 7));
}
