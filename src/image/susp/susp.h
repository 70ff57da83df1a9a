/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System Use Sharing Protocol 1.12: fields, and their spread over continuation areas. */
#ifndef DISCFS_IMAGE_SUSP_SUSP_H
#define DISCFS_IMAGE_SUSP_SUSP_H

#include "base/wcur.h"

#include <stdint.h>

#define SUSP_FIELD_MAX 255u
#define SUSP_CE_BYTES  28u
/* Of one entry: a target of 4095 bytes takes 8.4 KiB, attributes AAIP_BYTES_MAX. */
#define SUSP_FIELDS_MAX 56320u
#define SUSP_AREAS_MAX	31u

/* The fields of one entry, one after another: two letters, length, version, data. */
struct susp_fields {
	struct wcur cur;
	uint8_t bytes[SUSP_FIELDS_MAX];
};

void susp_fields_init(struct susp_fields *f);
/* A field of @len bytes in all, its data zeroed, to be filled in. */
uint8_t *susp_field(struct susp_fields *f, const char letters[static 2], uint8_t len);

void susp_put_sp(struct susp_fields *f);					 /* 5.3 */
void susp_put_pd(struct susp_fields *f, uint8_t len);				 /* 5.2 */
void susp_put_ce(struct susp_fields *f, uint32_t lba, uint32_t off, uint32_t n); /* 5.1 */
void susp_put_er(
	struct susp_fields *f, const char *id, const char *text, const char *source); /* 5.5 */

/*
 * Where the fields go: the first area is in the record, the others in the continuation sectors of
 * the directory, where no area crosses a sector: readers read one block for each CE. Fields are
 * never split. Every area but the last is followed by a CE that names the next.
 */
struct susp_area {
	uint32_t begin, end; /* of fields->bytes */
	uint64_t pos;	     /* in the continuation sectors; unused for area 0 */
};

struct susp_areas {
	uint32_t n;
	struct susp_area area[SUSP_AREAS_MAX];
};

/* @room: bytes in the record; @pos: first free byte of the continuation sectors. */
void susp_spread(const struct susp_fields *f, size_t room, uint64_t pos, struct susp_areas *out);
/* Bytes of area @i with its CE. */
uint32_t susp_area_bytes(const struct susp_areas *a, uint32_t i);
/* The first free byte of the continuation sectors after @a. */
uint64_t susp_areas_end(const struct susp_areas *a, uint64_t pos);
/* Writes area @i, susp_area_bytes() bytes; @lba: of the continuation sectors. */
void susp_area_put(const struct susp_fields *f, const struct susp_areas *a, uint32_t i,
	uint32_t lba, uint8_t *out);

#endif
