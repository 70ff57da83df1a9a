/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates of ECMA-119, always in UTC. */
#ifndef DISCFS_IMAGE_ISO9660_DATE_H
#define DISCFS_IMAGE_ISO9660_DATE_H

#include <stdbool.h>
#include <stdint.h>

#define ISO_DATE7  7u
#define ISO_DATE17 17u

struct iso_civil {
	int64_t year;
	unsigned month, day, hour, minute, second; /* month and day from 1 */
};

struct iso_civil iso_civil_of(int64_t sec);
/* The inverse, of a date that exists: leap years count, leap seconds do not. */
int64_t iso_civil_seconds(const struct iso_civil *c);
bool iso_civil_exists(const struct iso_civil *c);

/* 9.1.5: years 1900 to 2155; times outside are moved to the nearer end. */
void iso_date7_encode(int64_t sec, uint8_t out[static ISO_DATE7]);
/* The seconds since 1970; false for a date that does not exist. */
bool iso_date7_decode(const uint8_t in[static ISO_DATE7], int64_t *sec);
/* 8.4.26.1: years 1 to 9999; times outside are moved to the nearer end. */
void iso_date17_encode(int64_t sec, uint8_t out[static ISO_DATE17]);
/* The seconds since 1970, of hundredths nothing; false for no date and for "not specified". */
bool iso_date17_decode(const uint8_t in[static ISO_DATE17], int64_t *sec);
/* 8.4.26.1: "not specified" */
void iso_date17_none(uint8_t out[static ISO_DATE17]);

#endif
