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
	uint8_t data_bytes; /* a multiple of 4, at most 28 */
	uint8_t data[8];
};

/* Ascending, as 5.3 asks. The profile list is made from the table of media. */
static const struct feature features[] = {
	{ 0x0001, 2, true, 8, { 0, 0, 0, 8, 0x01 } },	   /* core: USB, DBE */
	{ 0x0003, 0, true, 4, { 0x29 } },		   /* removable: tray, eject, lock */
	{ 0x0010, 0, false, 8, { 0, 0, 8, 0, 0, 1 } },	   /* random readable: 2048, 1 block */
	{ 0x001e, 2, false, 4, { 0 } },			   /* CD read */
	{ 0x001f, 1, false, 4, { 0 } },			   /* DVD read */
	{ 0x0020, 1, false, 12, { 0 } },		   /* random writable; data below */
	{ 0x0021, 3, false, 8, { 0x01, 0, 0x01, 1, 16 } }, /* increments: mode 1, BUF, link 16 */
	{ 0x0023, 1, false, 8, { 0x08 } },		   /* formattable: BD-RE without spares */
	{ 0x0024, 1, false, 4, { 0x80 } },		   /* defects are managed, SSA */
	{ 0x0026, 0, false, 0, { 0 } },			   /* restricted overwrite */
	{ 0x002a, 0, false, 4, { 0x01 } },		   /* DVD+RW: write */
	{ 0x002b, 0, false, 4, { 0x01 } },		   /* DVD+R: write */
	{ 0x002c, 0, false, 4, { 0x03 } },		  /* rigid overwrite: intermediate, blank */
	{ 0x002d, 2, false, 4, { 0x46, 0, 0x01, 0 } },	  /* CD TAO: BUF, test write, RW; mode 1 */
	{ 0x002e, 0, false, 4, { 0x66, 0, 0x03, 0x20 } }, /* CD SAO: BUF, test write, RW */
	{ 0x002f, 2, false, 4, { 0x4e } },		  /* DVD-R/-RW: BUF, RDL, test write, RW */
	{ 0x0037, 0, false, 4, { 0, 0x02 } },		  /* CD-RW subtypes */
	{ 0x003a, 0, false, 4, { 0x01 } },		  /* DVD+RW DL: write */
	{ 0x003b, 0, false, 4, { 0x01 } },		  /* DVD+R DL: write */
	{ 0x0040, 0, false, 28, { 0 } },		  /* BD read; data below */
	{ 0x0041, 0, false, 20, { 0 } },		  /* BD write; data below */
	{ 0x0100, 0, true, 0, { 0 } },			  /* power management */
	{ 0x0107, 4, false, 4, { 0x1e } }, /* real time streaming: SW, WSPD, MP2A, SCS */
};

/* 5.3.12: the last sector, and what is written at once. */
static void random_data(const struct disc *d, uint8_t out[static 28])
{
	put_u32be(out, d->capacity_nsec - 1);
	put_u32be(out + 4, 2048);
	put_u16be(out + 8, (uint16_t)d->type->packet_nsec);
}

/* 5.3.24, 5.3.25: bit maps of versions, for classes 0 to 3 of BD-RE, then of BD-R. */
static void bd_data(const struct disc *d, uint8_t out[static 28])
{
	(void)d;
	out[5] = 0x06;
	out[13] = 0x06;
}

/* Data that is not a constant. */
static const struct made {
	uint16_t code;
	void (*make)(const struct disc *d, uint8_t out[static 28]);
} made[] = {
	{ 0x0020, random_data },
	{ 0x0040, bd_data },
	{ 0x0041, bd_data },
};

static bool is_in(const uint16_t *codes, size_t n, uint16_t code)
{
	for (size_t i = 0; i < n; i++)
		if (codes[i] == code)
			return true;
	return false;
}

static bool feature_current(const struct device *d, const struct feature *f)
{
	const struct disc *disc = &d->disc;
	const struct medium_type *t = disc->type;

	if (f->persistent)
		return true;
	if (!t)
		return false;
	/* Sectors of any disc can be read at random once there are some. */
	if (f->code == 0x0010)
		return disc_recorded_end_lba(disc) > 0;
	if (f->code == 0x0107)
		return t->stream_speed;
	if (is_in(t->reads, sizeof(t->reads) / sizeof(t->reads[0]), f->code))
		return true;
	if (!disc_writable(disc))
		return false;
	if (f->code == t->increments)
		return !disc->minimal;
	return is_in(t->writes, MEDIUM_FEATURES, f->code);
}

static void put_header(struct wcur *w, uint16_t code, uint8_t flags, size_t data_bytes)
{
	uint8_t *p = wcur_take(w, 4);

	put_u16be(p, code);	    /* 5.2.2 FEATURE CODE */
	p[2] = flags;		    /* 5.2.2 VERSION, PERSISTENT, CURRENT */
	p[3] = (uint8_t)data_bytes; /* 5.2.2 ADDITIONAL LENGTH */
}

static void put_feature(
	struct wcur *w, const struct device *d, const struct feature *f, bool current)
{
	uint8_t data[28] = { 0 };

	memcpy(data, f->data, sizeof(f->data));
	for (size_t i = 0; d->disc.type && i < sizeof(made) / sizeof(made[0]); i++)
		if (made[i].code == f->code)
			made[i].make(&d->disc, data);
	put_header(w, f->code,
		(uint8_t)(f->version << 2 | (f->persistent ? 2 : 0) | (current ? 1 : 0)),
		f->data_bytes);
	wcur_put(w, data, f->data_bytes);
}

static bool profile_seen(unsigned i)
{
	const struct medium_type *t = medium_type_at(i), *other;

	while ((other = medium_type_at(++i)))
		if (other->profile == t->profile)
			return true;
	return false;
}

/* 5.3.1: every profile this drive has, the best first. */
static void put_profiles(struct wcur *w, const struct device *d)
{
	size_t at = w->pos;
	unsigned n = 0;

	while (medium_type_at(n))
		n++;
	put_header(w, 0x0000, 0x03, 0);
	while (n-- > 0) {
		uint16_t profile = medium_type_at(n)->profile;
		uint8_t *p = profile_seen(n) ? NULL : wcur_take(w, 4);

		if (!p)
			continue;
		put_u16be(p, profile); /* 5.3.1 PROFILE NUMBER */
		p[2] = d->disc.type && d->disc.type->profile == profile ? 1 : 0; /* CurrentP */
		p[3] = 0;
	}
	w->base[at + 3] = (uint8_t)(w->pos - at - 4); /* 5.2.2 ADDITIONAL LENGTH */
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
			put_feature(&w, d, f, current);
	}
	put_u32be(out, (uint32_t)w.pos - 4);			      /* 6.6.3.1 DATA LENGTH */
	put_u16be(out + 6, d->disc.type ? d->disc.type->profile : 0); /* 6.6.3.1 */
	return device_reply(x, out, w.pos, get_u16be(x->cdb + 7));
}
