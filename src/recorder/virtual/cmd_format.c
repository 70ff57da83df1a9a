/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FORMAT UNIT and READ FORMAT CAPACITIES (MMC-5 6.5, 6.24). */
#include "device.h"

#include "base/bytes.h"
#include "base/sector.h"
#include "base/wcur.h"

#include <string.h>

#define LIST_BYTES   12u /* header and one descriptor */
#define NSEC_ANY     0xffffffffu
#define RESTART	     0x01u /* 6.5.4.2.14: of the type specific parameter of DVD+RW */
#define SUBTYPE_MASK 0x03u

/* 6.24.3.2.1: what the current descriptor describes. */
enum { DESCRIBES_MOST = 1, DESCRIBES_FORMATTED = 2, DESCRIBES_NO_MEDIUM = 3 };

static void put_descriptor(struct wcur *w, uint32_t nsec, uint8_t type, uint32_t parameter)
{
	uint8_t *p = wcur_take(w, 8);

	put_u32be(p, nsec);
	p[4] = type;
	put_u24be(p + 5, parameter);
}

/* 6.24.3.2 */
static void put_current(struct wcur *w, const struct device *d)
{
	const struct disc *disc = &d->disc;

	if (!disc->type)
		put_descriptor(w, 0, DESCRIBES_NO_MEDIUM, SECTOR);
	else if (disc_overwritable(disc) && disc->formatting != FORMATTING_NONE)
		put_descriptor(w,
			disc->type->access == ACCESS_RIGID ? disc->formatted_nsec
							   : disc->capacity_nsec,
			DESCRIBES_FORMATTED, SECTOR);
	else
		put_descriptor(w, disc->size_nsec, DESCRIBES_MOST, SECTOR);
}

static bool offered(const struct disc *d, const struct medium_format *f)
{
	if (f->effect == FORMAT_NOT || disc_format_nsec(d, f) == 0)
		return false;
	return f->effect != FORMAT_SPARES || (d->ntracks == 0 && d->formatting == FORMATTING_NONE);
}

int command_format_capacities(struct device *d, struct exchange *x)
{
	uint8_t out[4 + 8 * (MEDIUM_FORMATS + 1)] = { 0 };
	struct wcur w = wcur_over(out, sizeof(out));

	wcur_take(&w, 4);
	put_current(&w, d);
	for (unsigned i = 0; d->disc.type && i < MEDIUM_FORMATS; i++) {
		const struct medium_format *f = &d->disc.type->formats[i];

		if (offered(&d->disc, f)) /* 6.24.3.3: the type in the upper six bits */
			put_descriptor(&w, disc_format_nsec(&d->disc, f), (uint8_t)(f->type << 2),
				f->parameter);
	}
	out[3] = (uint8_t)(w.pos - 4); /* 6.24.3.1 CAPACITY LIST LENGTH */
	return device_reply(x, out, w.pos, get_u16be(x->cdb + 7));
}

/* The row that the descriptor means: its size, or any where the host leaves it to the drive. */
static const struct medium_format *find_format(
	const struct disc *d, uint8_t type, uint32_t nsec, uint32_t *out_nsec)
{
	bool any = nsec == 0 || nsec == NSEC_ANY;

	for (unsigned i = 0; i < MEDIUM_FORMATS; i++) {
		const struct medium_format *f = &d->type->formats[i];

		if (f->type != type || !offered(d, f))
			continue;
		*out_nsec = disc_format_nsec(d, f);
		if (any || nsec == *out_nsec)
			return f;
	}
	return NULL;
}

/* 6.5.4.2.14: a DVD+RW that was stopped may go on, what is formatted is not done again. */
static bool resumes(const struct disc *d, const struct medium_format *f, uint32_t parameter)
{
	return f->effect == FORMAT_BACKGROUND && (parameter & RESTART) &&
	       d->formatting != FORMATTING_NONE;
}

static int start_format(struct device *d, struct exchange *x, bool immediate)
{
	const uint8_t *descriptor = x->in + 4;
	uint32_t nsec = 0, parameter = (uint32_t)descriptor[5] << 16 | get_u16be(descriptor + 6);
	const struct medium_format *f =
		find_format(&d->disc, descriptor[4] >> 2, get_u32be(descriptor), &nsec);
	int r;

	/* 6.5.4.2: feature 23h offers no certification, and write-once media no pseudo overwrite */
	if (!f || (descriptor[4] & SUBTYPE_MASK) > 1)
		return ANSWER_BAD_PARAMETER;
	r = resumes(&d->disc, f, parameter) ? disc_format_resume(&d->disc, x->err)
					    : disc_format(&d->disc, f, nsec, x->err);
	if (r != 0)
		return r;
	device_disc_anew(d);
	d->changed_operation = true;
	if (immediate)
		device_start_busy(
			d, ANSWER_FORMATTING, f->effect == FORMAT_WHOLE ? BUSY_LONG : BUSY_SHORT);
	return ANSWER_GOOD;
}

int command_format(struct device *d, struct exchange *x)
{
	if (d->disc.type->formats[0].effect == FORMAT_NOT)
		return ANSWER_CANNOT_FORMAT;
	/* 6.5.2: FMTDATA and format code 1; there are no defect lists to complete. */
	if ((x->cdb[1] & 0x1f) != 0x11 && (x->cdb[1] & 0x1f) != 0x19)
		return ANSWER_BAD_FIELD;
	if (x->in_bytes < LIST_BYTES || get_u16be(x->in + 2) != LIST_BYTES - 4)
		return ANSWER_BAD_LIST_LENGTH;
	if ((x->in[1] & 0x1d) && !(x->in[1] & 0x80)) /* 6.5.4.1: without FOV there are no options */
		return ANSWER_BAD_PARAMETER;
	if (d->disc.write_protected || d->disc.finalised)
		return ANSWER_WRITE_PROTECTED;
	if (d->disc.formatting == FORMATTING_RUNNING)
		return ANSWER_BAD_SEQUENCE;
	return start_format(d, x, x->in[1] & 0x02);
}
