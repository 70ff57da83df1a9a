/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The GUID partition table: a header with checksums, and the same again at the disk's end. */
#include "hybrid/gpt.h"

#include "base/bytes.h"
#include "base/crc32.h"

#include <assert.h>
#include <string.h>

#define HEADER_BYTES 92u
#define NAME_UNITS   36u

/* 5.3.3 GPT Partition Entry Array */
static void put_entry(const struct gpt_partition *part, uint8_t *p)
{
	memcpy(p, part->type, GPT_GUID_BYTES);	    /* PartitionTypeGUID */
	memcpy(p + 16, part->guid, GPT_GUID_BYTES); /* UniquePartitionGUID */
	put_u64le(p + 32, part->first);		    /* StartingLBA */
	put_u64le(p + 40, part->last);		    /* EndingLBA */
	put_u64le(p + 48, part->attributes);	    /* Attributes */
	for (unsigned i = 0; i < NAME_UNITS - 1 && part->name[i]; i++)
		put_u16le(p + 56 + 2 * i, (uint8_t)part->name[i]); /* PartitionName */
}

void gpt_entries_encode(const struct gpt *g, uint8_t out[static GPT_NENTRY * GPT_ENTRY_BYTES])
{
	assert(g->npart <= GPT_NENTRY);
	memset(out, 0, GPT_NENTRY * GPT_ENTRY_BYTES);
	for (uint32_t i = 0; i < g->npart; i++)
		put_entry(&g->part[i], out + (size_t)i * GPT_ENTRY_BYTES);
}

/* 5.3.2 GPT Header */
void gpt_header_encode(const struct gpt *g, enum gpt_copy which,
	const uint8_t entries[static GPT_NENTRY * GPT_ENTRY_BYTES], uint8_t out[static BLOCK])
{
	uint64_t primary = 1, backup = g->nblock - 1;

	assert(g->nblock > GPT_ENTRIES_BLOCK + GPT_ENTRIES_NBLOCK + GPT_BACKUP_NBLOCK);
	memset(out, 0, BLOCK);
	memcpy(out, "EFI PART", 8);				      /* Signature */
	put_u32le(out + 8, 0x00010000);				      /* Revision */
	put_u32le(out + 12, HEADER_BYTES);			      /* HeaderSize */
	put_u64le(out + 24, which == GPT_PRIMARY ? primary : backup); /* MyLBA */
	put_u64le(out + 32, which == GPT_PRIMARY ? backup : primary); /* AlternateLBA */
	put_u64le(out + 40, GPT_ENTRIES_BLOCK + GPT_ENTRIES_NBLOCK);  /* FirstUsableLBA */
	put_u64le(out + 48, g->nblock - GPT_BACKUP_NBLOCK - 1);	      /* LastUsableLBA */
	memcpy(out + 56, g->guid, GPT_GUID_BYTES);		      /* DiskGUID */
	put_u64le(out + 72, which == GPT_PRIMARY ? GPT_ENTRIES_BLOCK
						 : g->nblock - GPT_BACKUP_NBLOCK); /* entries */
	put_u32le(out + 80, GPT_NENTRY);      /* NumberOfPartitionEntries */
	put_u32le(out + 84, GPT_ENTRY_BYTES); /* SizeOfPartitionEntry */
	put_u32le(out + 88, crc32_of(0, entries, (size_t)GPT_NENTRY * GPT_ENTRY_BYTES));
	put_u32le(out + 16, crc32_of(0, out, HEADER_BYTES)); /* HeaderCRC32, itself 0 */
}
