/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SEND CUE SHEET (MMC-5 6.33): what a session at once on CD will hold, told before its first
 * sector. */
#include "device.h"

#include "base/bytes.h"

#include <string.h>

#define ENTRY_BYTES   8u
#define LEADOUT	      0xaau
#define FRAMES_BEFORE 150u /* sectors before address 0: the first pregap */

/* 6.33.3: control field of data, and the data form of mode 1 with 2048 bytes from the host. */
#define CONTROL_DATA 0x40u
#define FORM_MODE_1  0x10u
#define FORM_LEAD    0x14u /* lead-in and lead-out of data: zeros that the drive makes */

struct entry {
	uint8_t control, track, index, form;
	uint32_t frames; /* from the start of the first pregap */
};

static bool take_entry(const uint8_t *p, struct entry *out)
{
	*out = (struct entry){ .control = p[0], .track = p[1], .index = p[2], .form = p[3] };
	if (p[6] > 59 || p[7] > 74)
		return false;
	out->frames = ((uint32_t)p[5] * 60 + p[6]) * 75 + p[7];
	return true;
}

/* Only data: sectors of sound have no place in a plain file of 2048 bytes each. */
static bool form_fits(const struct entry *e)
{
	if ((e->control & 0xf0) != CONTROL_DATA || (e->control & 0x0f) != 1)
		return false;
	return e->form == FORM_MODE_1 ||
	       (e->form == FORM_LEAD && (e->track == 0 || e->track == LEADOUT));
}

/* The next entry of a sheet: tracks count up, each has index 1, times never go back. */
static bool add_entry(struct cue *cue, const struct entry *e, uint32_t last_frames)
{
	if (e->frames < last_frames)
		return false;
	if (e->track == LEADOUT) {
		cue->leadout_lba = e->frames - FRAMES_BEFORE;
		return cue->n > 0 && e->frames > last_frames;
	}
	if (e->index == 1 && e->track == cue->n + 1 && cue->n < CUE_TRACKS_MAX) {
		if (e->frames < FRAMES_BEFORE || (cue->n == 0 && e->frames != FRAMES_BEFORE))
			return false;
		cue->start_lba[cue->n++] = e->frames - FRAMES_BEFORE;
		return true;
	}
	/* A pregap comes before its track, further indexes within it. */
	return e->index == 0 ? e->track == cue->n + 1 : e->track == cue->n && cue->n > 0;
}

static int parse(const uint8_t *p, size_t n, struct cue *cue)
{
	uint32_t last = 0;
	struct entry e;

	if (!take_entry(p, &e) || !form_fits(&e) || e.track != 0 || e.frames != 0)
		return ANSWER_BAD_PARAMETER;
	for (size_t at = ENTRY_BYTES; at < n; at += ENTRY_BYTES) {
		bool is_last = at + ENTRY_BYTES == n;

		if (!take_entry(p + at, &e) || !form_fits(&e) || (e.track == LEADOUT) != is_last ||
			!add_entry(cue, &e, last))
			return ANSWER_BAD_PARAMETER;
		last = e.frames;
	}
	return ANSWER_GOOD;
}

int command_cue_sheet(struct device *d, struct exchange *x)
{
	size_t n = (size_t)x->cdb[6] << 16 | get_u16be(x->cdb + 7); /* 6.33.2 CUE SHEET SIZE */
	const struct disc *disc = &d->disc;
	struct cue cue = { .n = 0 };
	int answer;

	if (!disc->type->compact)
		return ANSWER_BAD_FIELD;
	if (n < 4 * ENTRY_BYTES || n % ENTRY_BYTES || n > x->in_bytes)
		return ANSWER_BAD_LIST_LENGTH;
	if (!disc_writable(disc))
		return ANSWER_WRITE_PROTECTED;
	/* Drives refuse it on discs that have a session already. */
	if (!device_writes_at_once(d) || disc->ntracks > 0 || d->ghost)
		return ANSWER_BAD_SEQUENCE;
	answer = parse(x->in, n, &cue);
	if (answer != ANSWER_GOOD)
		return answer;
	if (cue.leadout_lba > disc->capacity_nsec + disc->type->runout_nsec)
		return ANSWER_BAD_PARAMETER;
	cue.next_lba = (uint32_t)-FRAMES_BEFORE;
	d->cue = cue;
	return ANSWER_GOOD;
}

/* Addresses before 0 are the first pregap, which is not in the file. */
static uint32_t before_zero(uint32_t lba, uint32_t nsec)
{
	uint32_t left = 0u - lba;

	if (lba <= INT32_MAX)
		return 0;
	return left < nsec ? left : nsec;
}

int cue_judge(const struct device *d, uint32_t lba, uint32_t nsec)
{
	if (d->cue.n == 0)
		return ANSWER_BAD_SEQUENCE;
	if (lba != d->cue.next_lba)
		return ANSWER_BAD_WRITE_LBA;
	/* Modulo 2^32: what is left to the lead-out. */
	return nsec > d->cue.leadout_lba - lba ? ANSWER_END_OF_AREA : ANSWER_GOOD;
}

int cue_write(struct device *d, uint32_t lba, uint32_t nsec, const uint8_t *bytes, struct err *err)
{
	uint32_t skip = before_zero(lba, nsec);
	int r = 0;

	if (device_simulates(d))
		d->ghost = true;
	else if (nsec > skip)
		r = disc_write(&d->disc, nsec - skip, bytes + (size_t)skip * 2048, err);
	if (r == 0)
		d->cue.next_lba = lba + nsec;
	return r;
}

int cue_end(struct device *d, struct err *err)
{
	struct cue cue = d->cue;
	int r;

	if (cue.next_lba != cue.leadout_lba)
		return disc_flush(&d->disc, err);
	d->cue.n = 0;
	r = disc_end_tracks(&d->disc, cue.start_lba, cue.n, err);
	return r < 0 ? r : disc_end_session(&d->disc, (d->write_page[3] >> 6) == 0, err);
}
