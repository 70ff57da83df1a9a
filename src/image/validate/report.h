/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telling findings: one line for each field that is not as it should be. */
#ifndef DISCFS_IMAGE_VALIDATE_REPORT_H
#define DISCFS_IMAGE_VALIDATE_REPORT_H

#include "image/validate.h"

#include <stdbool.h>
#include <stddef.h>

struct report {
	const struct sector_source *src;
	finding_fn *fn;
	void *arg;
	struct validate_summary sum;
};

/* Where bytes of a sector lie, and of what they are. */
struct place {
	uint32_t lba;
	const uint8_t *sector; /* 2048 bytes; fields are found at addresses within */
	const char *where;
};

/* A field by its clause, its name and its first byte. */
struct field {
	const char *clause, *what;
	const uint8_t *at;
};

void report_text(struct report *r, enum finding_severity severity, const struct place *in,
	const struct field *f, const char *expected, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
/* An error unless @found is @expected. */
void report_number(struct report *r, const struct place *in, const struct field *f,
	uint64_t expected, uint64_t found);

/* ECMA-119 7.2.3 and 7.3.3: both halves have to agree; the little-endian one counts. */
uint16_t check_both16(struct report *r, const struct place *in, const struct field *f);
uint32_t check_both32(struct report *r, const struct place *in, const struct field *f);
/* Both halves, and that they are @expected. */
void check_is16(struct report *r, const struct place *in, const struct field *f, uint16_t expected);
/* @n bytes that are reserved or unused and have to be zero. */
void check_zero(struct report *r, const struct place *in, const struct field *f, size_t n);
bool bytes_are_zero(const uint8_t *p, size_t n);
/* ECMA-119 9.1.5 and 8.4.26.1: a date, or the one that says there is none. */
void check_date7(struct report *r, const struct place *in, const struct field *f);
void check_date17(struct report *r, const struct place *in, const struct field *f);

#endif
