/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The boot record and the boot catalog of El Torito 1.0 (1995). */
#ifndef DISCFS_IMAGE_ELTORITO_CATALOG_H
#define DISCFS_IMAGE_ELTORITO_CATALOG_H

#include "base/sector.h"
#include "image/boot.h"

#include <stdint.h>

/* Where the boot record has to be: El Torito 2.0. */
#define ELTORITO_RECORD_LBA 17u

#define ELTORITO_RECORD_BYTES 32u
#define ELTORITO_SYSTEM_ID    "EL TORITO SPECIFICATION"

/* Of catalog records, 2.1 to 2.5. */
enum eltorito_indicator {
	ELTORITO_NOT_BOOTABLE = 0x00,
	ELTORITO_VALIDATION = 0x01,
	ELTORITO_EXTENSION = 0x44,
	ELTORITO_BOOTABLE = 0x88,
	ELTORITO_MORE = 0x90,
	ELTORITO_LAST = 0x91,
};

/* 2.1: the sum of the words of a validation entry, which has to be 0. */
uint16_t eltorito_sum(const uint8_t record[static ELTORITO_RECORD_BYTES]);

struct eltorito_entry {
	uint8_t platform;
	uint8_t media;	     /* enum boot_media, never automatic */
	uint8_t system_type; /* of a hard disk: byte 5 of its partition's entry */
	uint16_t load_segment;
	uint16_t load_sectors; /* of 512 bytes */
	uint32_t lba;
	char id[BOOT_ID_MAX + 1];
};

/* 2.0: the volume descriptor that points to the catalog. */
void eltorito_record_encode(uint32_t catalog_lba, uint8_t out[static SECTOR]);

/*
 * 2.1 to 2.4: validation entry, the first of @entry as initial entry, the others in sections: one
 * for each run of equal platform and id. @n from 1 to BOOT_FILES_MAX, which always fits.
 */
void eltorito_catalog_encode(
	const struct eltorito_entry *entry, uint32_t n, uint8_t out[static SECTOR]);

#endif
