/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System Use Sharing Protocol 1.12: fields, and their spread over continuation areas. */
#include "susp/susp.h"

#include "base/sector.h"
#include "iso9660/field.h"

#include <assert.h>
#include <string.h>

void susp_fields_init(struct susp_fields *f)
{
	f->cur = wcur_over(f->bytes, sizeof(f->bytes));
}

uint8_t *susp_field(struct susp_fields *f, const char letters[static 2], uint8_t len)
{
	uint8_t *p = wcur_take(&f->cur, len);

	assert(!f->cur.overflow && len >= 4);
	memset(p, 0, len);
	memcpy(p, letters, 2); /* signature word */
	p[BP(3)] = len;	       /* length */
	p[BP(4)] = 1;	       /* system use entry version */
	return p;
}

/* 5.3 SP: this directory hierarchy uses SUSP */
void susp_put_sp(struct susp_fields *f)
{
	uint8_t *p = susp_field(f, "SP", 7);

	p[BP(5)] = 0xbe; /* check bytes */
	p[BP(6)] = 0xef;
	p[BP(7)] = 0; /* bytes skipped before the first field */
}

/* 5.2 PD: padding */
void susp_put_pd(struct susp_fields *f, uint8_t len)
{
	susp_field(f, "PD", len);
}

static void encode_ce(uint8_t *p, uint32_t lba, uint32_t off, uint32_t n)
{
	put_both32(p + BP(5), lba);  /* block of the continuation area */
	put_both32(p + BP(13), off); /* offset in that block */
	put_both32(p + BP(21), n);   /* length of the area */
}

/* 5.1 CE: the fields go on elsewhere */
void susp_put_ce(struct susp_fields *f, uint32_t lba, uint32_t off, uint32_t n)
{
	encode_ce(susp_field(f, "CE", SUSP_CE_BYTES), lba, off, n);
}

/* 5.5 ER: the extension in use */
void susp_put_er(struct susp_fields *f, const char *id, const char *text, const char *source)
{
	uint8_t id_len = (uint8_t)strlen(id), text_len = (uint8_t)strlen(text),
		source_len = (uint8_t)strlen(source);
	uint8_t *p = susp_field(f, "ER", (uint8_t)(8 + id_len + text_len + source_len));

	p[BP(5)] = id_len;
	p[BP(6)] = text_len;
	p[BP(7)] = source_len;
	p[BP(8)] = 1; /* extension version */
	memcpy(p + BP(9), id, id_len);
	memcpy(p + BP(9) + id_len, text, text_len);
	memcpy(p + BP(9) + id_len + text_len, source, source_len);
}

/* The end of the last field from @at on that still ends within @room bytes. */
static uint32_t fields_within(const struct susp_fields *f, uint32_t at, size_t room)
{
	uint32_t end = at;

	while (end < f->cur.pos && end + f->bytes[end + 2] - at <= room)
		end += f->bytes[end + 2];
	return end;
}

static uint64_t area_start(uint64_t pos, size_t left)
{
	return left <= SECTOR - pos % SECTOR ? pos : sectors_for(pos) * SECTOR;
}

void susp_spread(const struct susp_fields *f, size_t room, uint64_t pos, struct susp_areas *out)
{
	uint32_t total = (uint32_t)f->cur.pos;
	uint32_t at;

	*out = (struct susp_areas){ .n = 1 };
	out->area[0].end = total <= room ? total : fields_within(f, 0, room - SUSP_CE_BYTES);
	for (at = out->area[0].end; at < total; at = out->area[out->n++].end) {
		struct susp_area *a = &out->area[out->n];

		assert(out->n < SUSP_AREAS_MAX);
		a->begin = at;
		a->pos = area_start(pos, total - at);
		a->end =
			total - at <= SECTOR ? total : fields_within(f, at, SECTOR - SUSP_CE_BYTES);
		pos = a->pos + (a->end - at) + (a->end < total ? SUSP_CE_BYTES : 0);
	}
}

uint32_t susp_area_bytes(const struct susp_areas *a, uint32_t i)
{
	return a->area[i].end - a->area[i].begin + (i + 1 < a->n ? SUSP_CE_BYTES : 0);
}

uint64_t susp_areas_end(const struct susp_areas *a, uint64_t pos)
{
	return a->n == 1 ? pos : a->area[a->n - 1].pos + susp_area_bytes(a, a->n - 1);
}

void susp_area_put(const struct susp_fields *f, const struct susp_areas *a, uint32_t i,
	uint32_t lba, uint8_t *out)
{
	const struct susp_area *area = &a->area[i];
	const struct susp_area *next = area + 1;
	uint32_t n = area->end - area->begin;

	memcpy(out, f->bytes + area->begin, n);
	if (i + 1 == a->n)
		return;
	memcpy(out + n, "CE", 2);
	out[n + BP(3)] = SUSP_CE_BYTES;
	out[n + BP(4)] = 1;
	encode_ce(out + n, lba + (uint32_t)(next->pos / SECTOR), (uint32_t)(next->pos % SECTOR),
		susp_area_bytes(a, i + 1));
}
