/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GET CONFIGURATION (MMC-5 6.6): features, and which of them are current. */
#include "device.h"

#include "base/bytes.h"
#include "base/wcur.h"

#include <string.h>

struct feature {
	uint16_t code; /* MMC-5 table 85 */
	uint8_t version;
	bool persistent;    /* always current */
	uint8_t data_bytes; /* a multiple of 4 */
	uint8_t data[8];
};

/* Ascending, as 5.3 asks. The profile list is made from the table of media. */
static const struct feature features[] = {
	{ 0x0001, 2, true, 8, { 0, 0, 0, 8, 0x01 } },  /* core: USB, DBE */
	{ 0x0003, 0, true, 4, { 0x29 } },	       /* removable: tray, eject, lock */
	{ 0x0010, 0, false, 8, { 0, 0, 8, 0, 0, 1 } }, /* random readable: 2048, 1 block */
	{ 0x001e, 2, false, 4, { 0 } },		       /* CD read */
	{ 0x001f, 1, false, 4, { 0 } },		       /* DVD read */
	{ 0x002b, 0, false, 4, { 0x01 } },	       /* DVD+R: write */
	{ 0x002d, 2, false, 4, { 0x44, 0, 0x01, 0 } }, /* CD TAO: BUF, test write; mode 1 */
	{ 0x0040, 0, false, 0, { 0 } },		       /* BD read; data below */
	{ 0x0041, 0, false, 0, { 0 } },		       /* BD write; data below */
	{ 0x0100, 0, true, 0, { 0 } },		       /* power management */
	{ 0x0107, 4, false, 4, { 0x1e } }, /* real time streaming: SW, WSPD, MP2A, SCS */
};

/* BD read (5.3.24) and write (5.3.25) carry bit maps of classes and versions. */
static size_t bd_data(uint16_t code, uint8_t out[static 28])
{
	memset(out, 0, 28);
	if (code == 0x0040) {
		out[17] = 0x01; /* 5.3.24 class 0 BD-R read, version 0 */
		return 28;
	}
	out[9] = 0x01; /* 5.3.25 class 0 BD-R write, version 0 */
	return 20;
}

static bool feature_current(const struct device *d, const struct feature *f)
{
	const struct medium_type *t = d->disc.type;

	if (f->persistent)
		return true;
	if (!t)
		return false;
	if (f->code == 0x0010)
		return disc_recorded_end_lba(&d->disc) > 0;
	if (f->code == 0x0107)
		return t->stream_speed;
	return f->code == t->read_feature ||
	       (f->code == t->write_feature && disc_appendable(&d->disc));
}

static void put_header(struct wcur *w, uint16_t code, uint8_t flags, size_t data_bytes)
{
	uint8_t *p = wcur_take(w, 4);

	put_u16be(p, code);	    /* 5.2.2 FEATURE CODE */
	p[2] = flags;		    /* 5.2.2 VERSION, PERSISTENT, CURRENT */
	p[3] = (uint8_t)data_bytes; /* 5.2.2 ADDITIONAL LENGTH */
}

static void put_feature(struct wcur *w, const struct feature *f, bool current)
{
	uint8_t bd[28];
	bool is_bd = f->code == 0x0040 || f->code == 0x0041;
	size_t n = is_bd ? bd_data(f->code, bd) : f->data_bytes;

	put_header(w, f->code,
		(uint8_t)(f->version << 2 | (f->persistent ? 2 : 0) | (current ? 1 : 0)), n);
	wcur_put(w, is_bd ? bd : f->data, n);
}

/* 5.3.1: every profile this drive has, the best first. */
static void put_profiles(struct wcur *w, const struct device *d)
{
	const struct medium_type *t;
	unsigned n = 0;

	while (medium_type_at(n))
		n++;
	put_header(w, 0x0000, 0x03, n * 4u);
	while (n-- > 0) {
		uint8_t *p = wcur_take(w, 4);

		t = medium_type_at(n);
		put_u16be(p, t->profile);	  /* 5.3.1 PROFILE NUMBER */
		p[2] = t == d->disc.type ? 1 : 0; /* 5.3.1 CurrentP */
		p[3] = 0;
	}
}

/* 6.6.2.1 RT: 0 all from the starting feature on, 1 the current ones, 2 that one alone. */
static bool feature_asked(unsigned rt, uint16_t first, uint16_t code, bool current)
{
	if (rt == 2)
		return code == first;
	return code >= first && (rt == 0 || current);
}

int command_get_configuration(struct device *d, struct exchange *x)
{
	uint8_t out[512] = { 0 };
	struct wcur w = wcur_over(out, sizeof(out));
	unsigned rt = x->cdb[1] & 0x03;
	uint16_t first = get_u16be(x->cdb + 2);

	if (rt == 3)
		return ANSWER_BAD_FIELD;
	memset(wcur_take(&w, 8), 0, 8);
	if (feature_asked(rt, first, 0x0000, true))
		put_profiles(&w, d);
	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
		const struct feature *f = &features[i];
		bool current = feature_current(d, f);

		if (feature_asked(rt, first, f->code, current))
			put_feature(&w, f, current);
	}
	put_u32be(out, (uint32_t)w.pos - 4);			      /* 6.6.3.1 DATA LENGTH */
	put_u16be(out + 6, d->disc.type ? d->disc.type->profile : 0); /* 6.6.3.1 */
	return device_reply(x, out, w.pos, get_u16be(x->cdb + 7));
}
