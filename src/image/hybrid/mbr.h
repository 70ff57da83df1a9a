/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The master boot record: the first 512 bytes of a disk. */
#ifndef DISCFS_IMAGE_HYBRID_MBR_H
#define DISCFS_IMAGE_HYBRID_MBR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCK		 512u /* of disks: the unit of partition tables */
#define MBR_CODE_MAX	 440u
#define MBR_NPART	 4u
#define MBR_TYPE_ISO	 0x17 /* what nobody mounts by itself, as isohybrid has it */
#define MBR_TYPE_ESP	 0xef
#define MBR_TYPE_PROTECT 0xee /* UEFI 5.2.3 */

struct mbr_partition {
	uint8_t type;
	bool active;
	uint32_t first, nblock; /* no blocks: no partition */
};

struct mbr {
	const uint8_t *code; /* NULL: a few bytes that go on to the next boot device */
	size_t code_n;
	uint64_t loader_block; /* what @code is to load, for loaders that ask; 0: nothing */
	uint32_t disk_id;
	struct mbr_partition part[MBR_NPART];
};

void mbr_encode(const struct mbr *m, uint8_t out[static BLOCK]);
/* Type of the first partition with one, active ones before others; 0: @in is no MBR or has none. */
uint8_t mbr_system_type(const uint8_t in[static BLOCK]);

#endif
