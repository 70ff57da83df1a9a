/* SPDX-License-Identifier: GPL-3.0-or-later */
/* El Torito 1.0: records of 32 bytes, one after the other. */
#include "eltorito/catalog.h"

#include "base/bytes.h"
#include "base/wcur.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

uint16_t eltorito_sum(const uint8_t record[static ELTORITO_RECORD_BYTES])
{
	uint16_t sum = 0;

	for (unsigned i = 0; i < ELTORITO_RECORD_BYTES; i += 2)
		sum = (uint16_t)(sum + get_u16le(record + i));
	return sum;
}

void eltorito_record_encode(uint32_t catalog_lba, uint8_t out[static SECTOR])
{
	static const char system_id[] = ELTORITO_SYSTEM_ID;

	memset(out, 0, SECTOR);
	out[0x00] = 0;					      /* boot record indicator */
	memcpy(out + 0x01, "CD001", 5);			      /* ISO 9660 identifier */
	out[0x06] = 1;					      /* version */
	memcpy(out + 0x07, system_id, sizeof(system_id) - 1); /* padded with zeros */
	put_u32le(out + 0x47, catalog_lba);		      /* first sector of the boot catalog */
}

static uint8_t *take_record(struct wcur *c)
{
	uint8_t *p = wcur_take(c, ELTORITO_RECORD_BYTES);

	memset(p, 0, ELTORITO_RECORD_BYTES);
	return p;
}

/* 2.1 Validation Entry */
static void put_validation(struct wcur *c, const struct eltorito_entry *e)
{
	uint8_t *p = take_record(c);

	p[0x00] = ELTORITO_VALIDATION;		/* header id */
	p[0x01] = e->platform;			/* platform id */
	memcpy(p + 0x04, e->id, strlen(e->id)); /* manufacturer of the disc */
	p[0x1e] = 0x55;				/* key bytes */
	p[0x1f] = 0xaa;
	put_u16le(p + 0x1c, (uint16_t)-eltorito_sum(p)); /* checksum: all words add up to 0 */
}

/* 2.2 Initial/Default Entry; 2.4 Section Entry, whose selection criteria stay 0 */
static void put_entry(struct wcur *c, const struct eltorito_entry *e)
{
	uint8_t *p = take_record(c);

	p[0x00] = ELTORITO_BOOTABLE;	      /* boot indicator */
	p[0x01] = e->media;		      /* boot media type */
	put_u16le(p + 0x02, e->load_segment); /* load segment */
	p[0x04] = e->system_type;	      /* system type */
	put_u16le(p + 0x06, e->load_sectors); /* sector count */
	put_u32le(p + 0x08, e->lba);	      /* load address */
}

/* 2.3 Section Header */
static void put_header(struct wcur *c, const struct eltorito_entry *e, uint32_t count, bool last)
{
	uint8_t *p = take_record(c);

	p[0x00] = last ? ELTORITO_LAST : ELTORITO_MORE; /* header indicator */
	p[0x01] = e->platform;				/* platform id */
	put_u16le(p + 0x02, (uint16_t)count);		/* entries that follow */
	memcpy(p + 0x04, e->id, strlen(e->id));		/* id string */
}

/* How many of @entry stand in one section with the first. */
static uint32_t section_length(const struct eltorito_entry *entry, uint32_t n)
{
	uint32_t i = 1;

	while (i < n && entry[i].platform == entry->platform && strcmp(entry[i].id, entry->id) == 0)
		i++;
	return i;
}

void eltorito_catalog_encode(
	const struct eltorito_entry *entry, uint32_t n, uint8_t out[static SECTOR])
{
	struct wcur c = wcur_over(out, SECTOR);

	assert(n >= 1 && n <= BOOT_FILES_MAX);
	memset(out, 0, SECTOR);
	put_validation(&c, &entry[0]);
	put_entry(&c, &entry[0]);
	for (uint32_t i = 1; i < n;) {
		uint32_t count = section_length(entry + i, n - i);

		put_header(&c, &entry[i], count, i + count == n);
		for (uint32_t end = i + count; i < end; i++)
			put_entry(&c, &entry[i]);
	}
	assert(!c.overflow);
}
