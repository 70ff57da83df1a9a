/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The master boot record, with addresses in blocks for all that can read them. */
#include "hybrid/mbr.h"

#include "base/bytes.h"

#include <string.h>

#define LOADER_AT    432u
#define DISK_ID_AT   440u
#define TABLE_AT     446u
#define SIGNATURE_AT 510u
#define ACTIVE	     0x80

/* int 18h: go on to the next boot device; should that return, stand still. */
static const uint8_t next_device[] = { 0xcd, 0x18, 0xf4, 0xeb, 0xfd };

/* Cylinder, head and sector, of 255 heads and 63 sectors; beyond them the last that there is. */
static void put_chs(uint8_t *p, uint64_t block)
{
	uint64_t cylinder = block / (255 * 63);
	uint32_t head = (uint32_t)(block / 63 % 255), sector = (uint32_t)(block % 63) + 1;

	if (cylinder > 1023) {
		cylinder = 1023;
		head = 254;
		sector = 63;
	}
	p[0] = (uint8_t)head;
	p[1] = (uint8_t)(sector | (cylinder >> 8) << 6);
	p[2] = (uint8_t)cylinder;
}

static void put_partition(const struct mbr_partition *part, uint8_t *p)
{
	if (part->nblock == 0)
		return;
	p[0] = part->active ? ACTIVE : 0;			  /* boot indicator */
	put_chs(p + 1, part->first);				  /* starting CHS */
	p[4] = part->type;					  /* system type */
	put_chs(p + 5, (uint64_t)part->first + part->nblock - 1); /* ending CHS */
	put_u32le(p + 8, part->first);				  /* starting block */
	put_u32le(p + 12, part->nblock);			  /* blocks */
}

/*
 * ISOLINUX's code ends before the address that it reads there, GRUB's has a small number in its
 * place; other code goes on over it and is left alone.
 */
static bool wants_loader(const struct mbr *m)
{
	if (m->loader_block == 0)
		return false;
	return m->code_n <= LOADER_AT ||
	       (m->code_n >= LOADER_AT + 8 && get_u64le(m->code + LOADER_AT) <= 1);
}

void mbr_encode(const struct mbr *m, uint8_t out[static BLOCK])
{
	memset(out, 0, BLOCK);
	if (!m->code)
		memcpy(out, next_device, sizeof(next_device));
	else
		memcpy(out, m->code, m->code_n < MBR_CODE_MAX ? m->code_n : MBR_CODE_MAX);
	if (m->code && wants_loader(m))
		put_u64le(out + LOADER_AT, m->loader_block);
	put_u32le(out + DISK_ID_AT, m->disk_id);
	for (unsigned i = 0; i < MBR_NPART; i++)
		put_partition(&m->part[i], out + TABLE_AT + 16 * i);
	out[SIGNATURE_AT] = 0x55;
	out[SIGNATURE_AT + 1] = 0xaa;
}

uint8_t mbr_system_type(const uint8_t in[static BLOCK])
{
	uint8_t first = 0;

	if (in[SIGNATURE_AT] != 0x55 || in[SIGNATURE_AT + 1] != 0xaa)
		return 0;
	for (unsigned i = 0; i < MBR_NPART; i++) {
		const uint8_t *p = in + TABLE_AT + 16 * i;

		if (p[4] && p[0] == ACTIVE)
			return p[4];
		if (first == 0)
			first = p[4];
	}
	return first;
}
