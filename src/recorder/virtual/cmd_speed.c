/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Speeds: SET CD SPEED, SET STREAMING, GET PERFORMANCE (MMC-5 6.37, 6.39, 6.8). */
#include "device.h"

#include "base/bytes.h"

#define STREAMING_BYTES 28u
#define SPEEDS		4u

/* The fastest speed of the disc that is not above @kbs; the slowest when all are. */
static uint32_t nearest(const struct medium_type *t, uint32_t kbs)
{
	for (unsigned i = 0; i < SPEEDS; i++)
		if (t->kbs[i] <= kbs)
			return t->kbs[i];
	return t->kbs[SPEEDS - 1];
}

int command_set_cd_speed(struct device *d, struct exchange *x)
{
	uint16_t kbs = get_u16be(x->cdb + 4); /* 6.37.2.3; FFFFh: the fastest */

	if (x->cdb[1] & 0x03) /* 6.37.2.1 ROTATIONAL CONTROL: CLV only */
		return ANSWER_BAD_FIELD;
	if (d->disc.type)
		d->write_kbs = nearest(d->disc.type, kbs == 0xffff ? UINT32_MAX : kbs);
	return ANSWER_GOOD;
}

/* Size and time of a descriptor as kB a second; 0 when it has none. */
static uint32_t descriptor_kbs(const uint8_t *size)
{
	uint32_t ms = get_u32be(size + 4);
	uint64_t kbs = ms ? (uint64_t)get_u32be(size) * 1000 / ms : 0;

	return kbs > UINT32_MAX ? UINT32_MAX : (uint32_t)kbs;
}

int command_set_streaming(struct device *d, struct exchange *x)
{
	const uint8_t *p = x->in;
	uint32_t start, end, kbs;

	if (!d->disc.type->stream_speed || x->cdb[8]) /* 6.39.2.1 TYPE */
		return ANSWER_BAD_FIELD;
	if (get_u16be(x->cdb + 9) != STREAMING_BYTES || x->in_bytes < STREAMING_BYTES)
		return ANSWER_BAD_LIST_LENGTH;
	start = get_u32be(p + 4); /* 6.39.3.1 */
	end = get_u32be(p + 8);	  /* 6.39.3.1 */
	if (p[0] & 0x04) {	  /* 6.39.3.1 RDD: back to the drive's own choice */
		d->write_kbs = d->disc.type->kbs[0];
		return ANSWER_GOOD;
	}
	/* Some drives take any end; those that do not are the ones to be ready for. */
	if (start > end || end >= d->disc.capacity_nsec)
		return ANSWER_BAD_PARAMETER;
	kbs = descriptor_kbs(p + 20); /* 6.39.3.1 WRITE SIZE, WRITE TIME */
	if (kbs == 0)
		return ANSWER_BAD_PARAMETER;
	if ((p[0] & 0x02) && nearest(d->disc.type, kbs) != kbs) /* 6.39.3.1 EXACT */
		return ANSWER_BAD_PARAMETER;
	d->write_kbs = nearest(d->disc.type, kbs);
	return ANSWER_GOOD;
}

/* 6.8.3.2.1 nominal performance: one speed from end to end. */
static size_t put_nominal(uint8_t *p, const struct device *d, size_t most)
{
	if (most < 1)
		return 0;
	put_u32be(p + 4, d->write_kbs);
	put_u32be(p + 8, d->disc.capacity_nsec - 1);
	put_u32be(p + 12, d->write_kbs);
	return 16;
}

/* 6.8.3.5 write speed descriptors */
static size_t put_speeds(uint8_t *p, const struct device *d, size_t most)
{
	size_t n = most < SPEEDS ? most : SPEEDS;

	for (size_t i = 0; i < n; i++) {
		put_u32be(p + i * 16 + 4, d->disc.capacity_nsec - 1);
		put_u32be(p + i * 16 + 8, d->disc.type->kbs[0]);
		put_u32be(p + i * 16 + 12, d->disc.type->kbs[i]);
	}
	return n * 16;
}

int command_performance(struct device *d, struct exchange *x)
{
	uint8_t out[8 + SPEEDS * 16] = { 0 };
	uint8_t type = x->cdb[10], detail = x->cdb[1] & 0x1f;
	size_t most = get_u16be(x->cdb + 8), n;

	/* 6.8.2.1: nominal (EXCEPT 0), tolerance 10 %, either direction. */
	if (type == 0x00 && (detail & 0x1b) == 0x10)
		n = put_nominal(out + 8, d, most);
	else if (type == 0x03 && detail == 0)
		n = put_speeds(out + 8, d, most);
	else
		return ANSWER_BAD_FIELD;
	put_u32be(out, (uint32_t)n + 4); /* 6.8.3.1 */
	if (type == 0x00)
		out[4] = (detail & 0x04) ? 0x02 : 0; /* 6.8.3.2 WRITE */
	return device_reply(x, out, n + 8, sizeof(out));
}
