/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The GUID partition table, UEFI 2.10 chapter 5.3. */
#ifndef DISCFS_IMAGE_HYBRID_GPT_H
#define DISCFS_IMAGE_HYBRID_GPT_H

#include "hybrid/mbr.h"

#include <stdint.h>

#define GPT_GUID_BYTES	   16u
#define GPT_NENTRY	   128u
#define GPT_ENTRY_BYTES	   128u
#define GPT_ENTRIES_BLOCK  2u /* of the primary table */
#define GPT_ENTRIES_NBLOCK (GPT_NENTRY * GPT_ENTRY_BYTES / BLOCK)
#define GPT_BACKUP_NBLOCK  (GPT_ENTRIES_NBLOCK + 1) /* entries and header at the disk's end */

struct gpt_partition {
	uint8_t type[GPT_GUID_BYTES], guid[GPT_GUID_BYTES];
	uint64_t first, last; /* blocks, both of the partition */
	uint64_t attributes;
	const char *name; /* ASCII, up to 35 characters */
};

struct gpt {
	uint64_t nblock; /* of the disk */
	uint8_t guid[GPT_GUID_BYTES];
	const struct gpt_partition *part;
	uint32_t npart; /* at most GPT_NENTRY */
};

enum gpt_copy { GPT_PRIMARY, GPT_BACKUP };

/* The array of entries, the same in both copies. */
void gpt_entries_encode(const struct gpt *g, uint8_t out[static GPT_NENTRY * GPT_ENTRY_BYTES]);
/* @entries: as encoded. */
void gpt_header_encode(const struct gpt *g, enum gpt_copy which,
	const uint8_t entries[static GPT_NENTRY * GPT_ENTRY_BYTES], uint8_t out[static BLOCK]);

#endif
