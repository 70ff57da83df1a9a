/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partition tables over an image, so that it boots from a disk or a USB stick too. */
#ifndef DISCFS_IMAGE_HYBRID_HYBRID_H
#define DISCFS_IMAGE_HYBRID_HYBRID_H

#include "base/sector.h"
#include "image/boot.h"
#include "image/image.h"

#include <stddef.h>
#include <stdint.h>

#define SYSTEM_AREA_BYTES (16u * SECTOR) /* ECMA-119 6.2.1 */
/* The backup of a GPT is the end of the disk: 33 blocks of 512 bytes. */
#define HYBRID_TAIL_NSEC 9u

struct hybrid_extent {
	uint32_t lba, nsec;
};

struct hybrid {
	enum image_hybrid kind;
	uint32_t image_nsec;  /* all of the image, with the tail */
	uint32_t volume_nsec; /* up to a UEFI image behind all that is read from the volume */
	/* Of the volume: identifiers of disk and partitions are made of it, the same each time. */
	const char *volume_id;
	uint64_t stamp_sec;
	const uint8_t *code; /* of the MBR, NULL: none given */
	size_t code_n;
	uint64_t loader_block;
	/* UEFI's boot images, ascending, apart from each other */
	struct hybrid_extent esp[BOOT_FILES_MAX];
	uint32_t nesp;
};

/* Behind other sessions an image is no disk. */
static inline enum image_hybrid hybrid_of(const struct image_opts *opts)
{
	return opts->start_lba ? IMAGE_HYBRID_OFF : opts->hybrid;
}

/* Sectors that a hybrid image has after all else. */
static inline uint32_t hybrid_tail_nsec(enum image_hybrid kind)
{
	return kind == IMAGE_HYBRID_GPT ? HYBRID_TAIL_NSEC : 0;
}

void hybrid_system_area(const struct hybrid *h, uint8_t out[static SYSTEM_AREA_BYTES]);
void hybrid_tail(const struct hybrid *h, uint8_t out[static HYBRID_TAIL_NSEC * SECTOR]);

#endif
