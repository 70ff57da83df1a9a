/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates of ECMA-119: the proleptic Gregorian calendar in integers, without the C library's zones.
 */
#include "iso9660/date.h"

#include <stdio.h>
#include <string.h>

#define DAY_SEC	   86400
#define YEAR_1	   (-62135596800) /* 0001-01-01 00:00:00 */
#define YEAR_1900  (-2208988800)
#define YEAR_2156  5869584000
#define YEAR_10000 253402300800

/* Days since 1970-01-01; years are counted from March so that the leap day is the last. */
static int64_t days_of(int64_t year, unsigned month, unsigned day)
{
	int64_t y = year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct iso_civil iso_civil_of(int64_t sec)
{
	int64_t days = sec / DAY_SEC - (sec % DAY_SEC < 0);
	unsigned rest = (unsigned)(sec - days * DAY_SEC);
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	unsigned doe = (unsigned)(z - era * 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned mp = (5 * doy + 2) / 153;
	unsigned month = mp < 10 ? mp + 3 : mp - 9;

	return (struct iso_civil){
		.year = era * 400 + yoe + (month <= 2),
		.month = month,
		.day = doy - (153 * mp + 2) / 5 + 1,
		.hour = rest / 3600,
		.minute = rest / 60 % 60,
		.second = rest % 60,
	};
}

int64_t iso_civil_seconds(const struct iso_civil *c)
{
	return days_of(c->year, c->month, c->day) * DAY_SEC + c->hour * 3600 + c->minute * 60 +
	       c->second;
}

bool iso_civil_exists(const struct iso_civil *c)
{
	static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = c->year % 4 == 0 && (c->year % 100 != 0 || c->year % 400 == 0);

	return c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	       c->day <= days[c->month - 1] + (unsigned)(c->month == 2 && leap) && c->hour <= 23 &&
	       c->minute <= 59 && c->second <= 59;
}

static int64_t clamp(int64_t sec, int64_t first, int64_t past)
{
	if (sec < first)
		return first;
	return sec < past ? sec : past - 1;
}

void iso_date7_encode(int64_t sec, uint8_t out[static ISO_DATE7])
{
	struct iso_civil c = iso_civil_of(clamp(sec, YEAR_1900, YEAR_2156));

	out[0] = (uint8_t)(c.year - 1900);
	out[1] = (uint8_t)c.month;
	out[2] = (uint8_t)c.day;
	out[3] = (uint8_t)c.hour;
	out[4] = (uint8_t)c.minute;
	out[5] = (uint8_t)c.second;
	out[6] = 0; /* offset from GMT in quarters of an hour */
}

bool iso_date7_decode(const uint8_t in[static ISO_DATE7], int64_t *sec)
{
	int zone = (int8_t)in[6];

	*sec = 0;
	if (in[1] < 1 || in[1] > 12 || in[2] < 1 || in[2] > 31)
		return false;
	if (in[3] > 23 || in[4] > 59 || in[5] > 59 || zone < -48 || zone > 52)
		return false;
	*sec = days_of(1900 + in[0], in[1], in[2]) * DAY_SEC + in[3] * 3600 + in[4] * 60 + in[5] -
	       zone * 900;
	return true;
}

void iso_date17_encode(int64_t sec, uint8_t out[static ISO_DATE17])
{
	struct iso_civil c = iso_civil_of(clamp(sec, YEAR_1, YEAR_10000));
	char text[64];

	snprintf(text, sizeof(text), "%04d%02u%02u%02u%02u%02u00", (int)c.year, c.month, c.day,
		c.hour, c.minute, c.second);
	memcpy(out, text, 16);
	out[16] = 0;
}

static bool digits(const uint8_t *in, unsigned n, unsigned *out)
{
	*out = 0;
	for (unsigned i = 0; i < n; i++) {
		if (in[i] < '0' || in[i] > '9')
			return false;
		*out = *out * 10 + (in[i] - (unsigned)'0');
	}
	return true;
}

bool iso_date17_decode(const uint8_t in[static ISO_DATE17], int64_t *sec)
{
	unsigned year, month, day, hour, minute, second;
	int zone = (int8_t)in[16];

	*sec = 0;
	if (!digits(in, 4, &year) || !digits(in + 4, 2, &month) || !digits(in + 6, 2, &day) ||
		!digits(in + 8, 2, &hour) || !digits(in + 10, 2, &minute) ||
		!digits(in + 12, 2, &second))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	if (hour > 23 || minute > 59 || second > 59 || zone < -48 || zone > 52)
		return false;
	*sec = days_of(year, month, day) * DAY_SEC + hour * 3600 + minute * 60 + second -
	       zone * 900;
	return true;
}

void iso_date17_none(uint8_t out[static ISO_DATE17])
{
	memset(out, '0', 16);
	out[16] = 0;
}
