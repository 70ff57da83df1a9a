/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times, ECMA-167 1/7.3. */
#include "udf/timestamp.h"

#include "base/bytes.h"
#include "iso9660/date.h"

#define YEAR_1	      (-62135596800ll)
#define YEAR_9999_END 253402300799ll
#define TYPE_LOCAL    (1u << 12) /* 7.3.1: with the offset from UTC, here 0 */

void udf_timestamp_put(uint8_t *out, struct timespec t)
{
	int64_t sec = t.tv_sec;
	uint32_t usec = (uint32_t)(t.tv_nsec / 1000);
	struct iso_civil c;

	if (sec < YEAR_1 || sec > YEAR_9999_END)
		usec = 0;
	if (sec < YEAR_1)
		sec = YEAR_1;
	if (sec > YEAR_9999_END)
		sec = YEAR_9999_END;
	c = iso_civil_of(sec);
	put_u16le(out, TYPE_LOCAL);	       /* 7.3.1 type and time zone */
	put_u16le(out + 2, (uint16_t)c.year);  /* 7.3.2 year */
	out[4] = (uint8_t)c.month;	       /* 7.3.3 month */
	out[5] = (uint8_t)c.day;	       /* 7.3.4 day */
	out[6] = (uint8_t)c.hour;	       /* 7.3.5 hour */
	out[7] = (uint8_t)c.minute;	       /* 7.3.6 minute */
	out[8] = (uint8_t)c.second;	       /* 7.3.7 second */
	out[9] = (uint8_t)(usec / 10000);      /* 7.3.8 centiseconds */
	out[10] = (uint8_t)(usec / 100 % 100); /* 7.3.9 hundreds of microseconds */
	out[11] = (uint8_t)(usec % 100);       /* 7.3.10 microseconds */
}

#define ZONE_MAX     1440  /* 7.3.1: minutes */
#define ZONE_UNKNOWN -2047 /* 7.3.1 */

/* 7.3.1: twelve bits, the highest of which is the sign */
static int zone_of(uint16_t type)
{
	int zone = type & 0x0fff;

	return zone & 0x0800 ? zone - 0x1000 : zone;
}

bool udf_timestamp_get(const uint8_t *p, struct timespec *out)
{
	const struct iso_civil c = { (int16_t)get_u16le(p + 2), p[4], p[5], p[6], p[7], p[8] };
	int zone = zone_of(get_u16le(p));

	*out = (struct timespec){ 0 };
	if (get_u16le(p) >> 12 > 1 || c.year < 1 || c.year > 9999 || !iso_civil_exists(&c) ||
		p[9] > 99 || p[10] > 99 || p[11] > 99)
		return false;
	if (zone != ZONE_UNKNOWN && (zone < -ZONE_MAX || zone > ZONE_MAX))
		return false;
	out->tv_sec = iso_civil_seconds(&c) - (zone == ZONE_UNKNOWN ? 0 : zone * 60);
	out->tv_nsec = (p[9] * 10000 + p[10] * 100 + p[11]) * 1000L;
	return true;
}
