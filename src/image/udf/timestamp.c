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
