/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mode pages: 05h write parameters (MMC-5 7.5), 2Ah capabilities (MMC-3 5.5.10). */
#include "device.h"

#include "base/bytes.h"
#include "base/wcur.h"

#include <string.h>

enum {
	PAGE_WRITE = 0x05,
	PAGE_CAPABILITIES = 0x2a,
	PAGE_ALL = 0x3f,
	HEADER_BYTES = 8, /* SPC-3 7.4.3, the ten-byte commands */
};

static bool has_write_page(const struct device *d)
{
	return d->disc.type && d->disc.type->write_types;
}

/* 7.5.3 */
static void put_write_page(struct wcur *w, const struct device *d, unsigned control)
{
	uint8_t p[WRITE_PAGE_BYTES] = { 0 };

	if (control == 0 && d->write_page_set)
		memcpy(p, d->write_page, sizeof(p));
	else if (control == 1)
		memset(p, 0xff, sizeof(p));
	else
		put_u16be(p + 14, 150); /* 7.5.4.20 AUDIO PAUSE LENGTH */
	p[0] = PAGE_WRITE;
	p[1] = WRITE_PAGE_BYTES - 2;
	wcur_put(w, p, sizeof(p));
}

/* MMC-3 5.5.10; later editions keep it for what hosts still read from it. */
static void put_capabilities(struct wcur *w, const struct device *d, unsigned control)
{
	uint8_t p[48] = { 0 };
	unsigned n = 0;

	p[0] = PAGE_CAPABILITIES;
	if (control != 1) {
		uint32_t speed = d->write_kbs > 0xffff ? 0xffff : d->write_kbs;

		p[2] = 0x3b; /* reads CD-R(W), DVD-ROM, DVD-R(AM) */
		p[3] = 0x05; /* writes CD-R, test write */
		p[4] = 0xf0; /* BUF, multi session, mode 2 forms */
		p[6] = (uint8_t)(0x29 | (d->prevented ? 2 : 0)); /* tray, eject, lock */
		put_u16be(p + 12, 2048);			 /* buffer, KiB */
		put_u16be(p + 28, (uint16_t)speed);		 /* current write speed */
		for (; d->disc.type && n < 4; n++)
			put_u16be(p + 34 + n * 4,
				(uint16_t)(d->disc.type->kbs[n] > 0xffff ? 0xffff
									 : d->disc.type->kbs[n]));
		put_u16be(p + 30, (uint16_t)n); /* number of write speed descriptors */
	}
	p[1] = (uint8_t)(30 + n * 4);
	wcur_put(w, p, 2u + p[1]);
}

int command_mode_sense(struct device *d, struct exchange *x)
{
	uint8_t out[128] = { 0 };
	struct wcur w = wcur_over(out, sizeof(out));
	unsigned control = x->cdb[2] >> 6, page = x->cdb[2] & 0x3f;

	if (x->cdb[3]) /* SPC-3 6.10.1 SUBPAGE CODE */
		return ANSWER_BAD_FIELD;
	if (control == 3)
		return ANSWER_NO_SAVED_PAGES;
	wcur_take(&w, HEADER_BYTES);
	if (has_write_page(d) && (page == PAGE_WRITE || page == PAGE_ALL))
		put_write_page(&w, d, control);
	if (page == PAGE_CAPABILITIES || page == PAGE_ALL)
		put_capabilities(&w, d, control);
	if (w.pos == HEADER_BYTES)
		return ANSWER_BAD_FIELD;
	put_u16be(out, (uint16_t)(w.pos - 2)); /* SPC-3 7.4.3 MODE DATA LENGTH */
	return device_reply(x, out, w.pos, get_u16be(x->cdb + 7));
}

/* 7.5.4: packets have a fixed size, that of the disc; nothing follows a disc at once. */
static bool write_type_legal(const struct medium_type *t, const uint8_t *p)
{
	unsigned type = p[2] & 0x0f; /* 7.5.4.7 WRITE TYPE */
	unsigned multi = p[3] >> 6;  /* 7.5.4.8 MULTI-SESSION */
	bool packets = p[3] & 0x20;  /* 7.5.4.9 FP */

	if (type > 7 || !(t->write_types & 1u << type) || packets != (type == 0))
		return false;
	if (packets && get_u32be(p + 10) != t->packet_nsec) /* 7.5.4.17 PACKET SIZE */
		return false;
	return multi == 0 || (multi == 3 && (type != 2 || t->compact));
}

static bool write_page_legal(const struct medium_type *t, const uint8_t *p)
{
	if ((p[0] & 0x3f) != PAGE_WRITE || p[1] != WRITE_PAGE_BYTES - 2)
		return false;
	if (!write_type_legal(t, p))
		return false;
	/* A cue sheet tells them for each track. */
	if (t->compact && (p[2] & 0x0f) == 2)
		return p[8] == 0;
	if ((p[3] & 0x0f) != t->track_mode) /* 7.5.4.11 TRACK MODE */
		return false;
	if ((p[4] & 0x0f) != 8) /* 7.5.4.12 DATA BLOCK TYPE: mode 1, 2048 bytes */
		return false;
	return p[8] == 0; /* 7.5.4.15 SESSION FORMAT: CD-DA or CD-ROM */
}

int command_mode_select(struct device *d, struct exchange *x)
{
	size_t list_bytes = get_u16be(x->cdb + 7);
	const uint8_t *p = x->in;

	if (!(x->cdb[1] & 0x10) || (x->cdb[1] & 0x01)) /* SPC-3 6.8 PF, SP */
		return ANSWER_BAD_FIELD;
	if (list_bytes == 0)
		return ANSWER_GOOD;
	if (list_bytes > x->in_bytes || list_bytes < HEADER_BYTES + 2)
		return ANSWER_BAD_LIST_LENGTH;
	if (get_u16be(p) || get_u16be(p + 6)) /* MODE DATA LENGTH, BLOCK DESCRIPTOR LENGTH */
		return ANSWER_BAD_PARAMETER;
	if (!has_write_page(d) || (p[HEADER_BYTES] & 0x3f) != PAGE_WRITE)
		return ANSWER_BAD_PARAMETER;
	if (list_bytes != HEADER_BYTES + WRITE_PAGE_BYTES)
		return ANSWER_BAD_LIST_LENGTH;
	if (!write_page_legal(d->disc.type, p + HEADER_BYTES))
		return ANSWER_BAD_PARAMETER;
	if (d->ghost || d->cue.n > 0)
		return ANSWER_BAD_SEQUENCE;
	memcpy(d->write_page, p + HEADER_BYTES, WRITE_PAGE_BYTES);
	d->write_page_set = true;
	return ANSWER_GOOD;
}
