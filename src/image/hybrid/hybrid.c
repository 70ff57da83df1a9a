/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a disk's partition tables say of an image. Partition editors complain of partitions that
 * overlap, and UEFI's firmware then takes the MBR for none (EDK II, PartitionValidMbr): none do. In
 * the MBR one is the volume, which is mounted from its first block on, with UEFI's boot images
 * behind it. Where such an image is a file of the volume's tree, or the table is a GPT, the volume
 * is in parts that nobody takes for it, and is mounted as the whole disk.
 */
#include "hybrid/hybrid.h"

#include "base/bytes.h"
#include "base/crc32.h"
#include "hybrid/gpt.h"
#include "hybrid/mbr.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#define PER_SECTOR (SECTOR / BLOCK)
#define FIRST_FREE (SYSTEM_AREA_BYTES / BLOCK)
/* UEFI 5.3.3: read-only, hidden and without a drive letter, as far as systems heed it. */
#define LEAVE_ALONE (1ull << 60 | 1ull << 62 | 1ull << 63)

/* GUIDs as they lie on the disk: the first three groups little endian. */
static const uint8_t type_esp[GPT_GUID_BYTES] = { 0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
	0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b };
static const uint8_t type_data[GPT_GUID_BYTES] = { 0xa2, 0xa0, 0xd0, 0xeb, 0xe5, 0xb9, 0x33, 0x44,
	0x87, 0xc0, 0x68, 0xb6, 0xb7, 0x26, 0x99, 0xc7 };

static uint32_t number_of(const struct hybrid *h, uint32_t salt)
{
	uint8_t bytes[16];
	uint32_t crc;

	put_u32le(bytes, salt);
	put_u32le(bytes + 4, h->image_nsec);
	put_u64le(bytes + 8, h->stamp_sec);
	crc = crc32_of(0, bytes, sizeof(bytes));
	return crc32_of(crc, h->volume_id, strlen(h->volume_id));
}

/* RFC 4122 4.4 in form, but the same for the same image. */
static void make_guid(const struct hybrid *h, uint32_t which, uint8_t out[static GPT_GUID_BYTES])
{
	for (uint32_t i = 0; i < 4; i++)
		put_u32le(out + 4 * i, number_of(h, which << 8 | (i + 1)));
	out[7] = (uint8_t)((out[7] & 0x0f) | 0x40);
	out[8] = (uint8_t)((out[8] & 0x3f) | 0x80);
}

static uint32_t blocks32(uint64_t nblock)
{
	return nblock > UINT32_MAX ? UINT32_MAX : (uint32_t)nblock;
}

/* A partition of the volume's own, or one that is a boot image. */
struct piece {
	uint64_t first, end;
	bool esp;
};

#define PIECES_MAX (2u * BOOT_FILES_MAX + 1)

static uint32_t add_piece(struct piece *out, uint32_t n, uint64_t first, uint64_t end, bool esp)
{
	if (first < end)
		out[n++] = (struct piece){ first, end, esp };
	return n;
}

/* The boot images, and what is between and behind them up to @end; how many. */
static uint32_t pieces(const struct hybrid *h, uint64_t end, struct piece out[static PIECES_MAX])
{
	uint64_t at = FIRST_FREE;
	uint32_t n = 0;

	for (uint32_t i = 0; i < h->nesp; i++) {
		uint64_t first = (uint64_t)h->esp[i].lba * PER_SECTOR;

		n = add_piece(out, n, at, first, false);
		at = first + (uint64_t)h->esp[i].nsec * PER_SECTOR;
		n = add_piece(out, n, first, at, true);
	}
	return add_piece(out, n, at, end, false);
}

static bool is_within_volume(const struct hybrid *h)
{
	return h->nesp > 0 && h->esp[0].lba < h->volume_nsec;
}

static uint32_t add_mbr(struct mbr *m, uint32_t n, const struct piece *p)
{
	if (n == MBR_NPART || p->first > UINT32_MAX)
		return n; /* beyond what an MBR has room for, or can address */
	m->part[n] = (struct mbr_partition){
		.type = p->esp ? MBR_TYPE_ESP : MBR_TYPE_ISO,
		.active = n == 0,
		.first = (uint32_t)p->first,
		.nblock = blocks32(p->end - p->first),
	};
	return n + 1;
}

static void fill_mbr(const struct hybrid *h, struct mbr *m)
{
	uint64_t end = (uint64_t)h->volume_nsec * PER_SECTOR;
	struct piece all[PIECES_MAX];
	bool within = is_within_volume(h);
	uint32_t n, used = 0;

	/* Nobody reads the last part by itself: a GPT has room to follow it. */
	if (within)
		end = (uint64_t)(h->image_nsec - HYBRID_TAIL_NSEC) * PER_SECTOR;
	n = pieces(h, end, all);
	if (!within)
		all[0] = (struct piece){ 0, end, false };
	/* Boot images before what is between them. */
	for (uint32_t i = 0; i < n; i++)
		if (i == 0 || all[i].esp || (within && used + (n - i) <= MBR_NPART))
			used = add_mbr(m, used, &all[i]);
}

/* UEFI 5.2.3 Protective MBR */
static void protect(const struct hybrid *h, struct mbr *m)
{
	m->part[0] = (struct mbr_partition){
		.type = MBR_TYPE_PROTECT,
		.first = 1,
		.nblock = blocks32((uint64_t)h->image_nsec * PER_SECTOR - 1),
	};
	/* Some BIOSes start no disk on which nothing is active; this is a partition to nobody. */
	if (h->code)
		m->part[1] = (struct mbr_partition){ .active = true, .nblock = 1 };
}

static void put_mbr(const struct hybrid *h, uint8_t out[static BLOCK])
{
	struct mbr m = {
		.code = h->code,
		.code_n = h->code_n,
		.loader_block = h->loader_block,
		.disk_id = number_of(h, 0),
	};

	if (h->kind == IMAGE_HYBRID_GPT)
		protect(h, &m);
	else
		fill_mbr(h, &m);
	mbr_encode(&m, out);
}

/* Partitions, in the order of their places. */
struct table {
	struct gpt gpt;
	struct gpt_partition part[PIECES_MAX];
};

static void add_partition(const struct hybrid *h, struct table *t, const struct piece *piece)
{
	struct gpt_partition *p = &t->part[t->gpt.npart++];

	memcpy(p->type, piece->esp ? type_esp : type_data, GPT_GUID_BYTES);
	make_guid(h, t->gpt.npart, p->guid);
	p->first = piece->first;
	p->last = piece->end - 1;
	p->attributes = piece->esp ? 0 : LEAVE_ALONE;
	p->name = piece->esp ? "EFI boot" : "ISO 9660";
}

static void fill_table(const struct hybrid *h, struct table *t)
{
	struct piece all[PIECES_MAX];
	uint32_t n = pieces(h, (uint64_t)(h->image_nsec - HYBRID_TAIL_NSEC) * PER_SECTOR, all);

	*t = (struct table){ .gpt.nblock = (uint64_t)h->image_nsec * PER_SECTOR };
	t->gpt.part = t->part;
	make_guid(h, 0, t->gpt.guid);
	for (uint32_t i = 0; i < n; i++)
		add_partition(h, t, &all[i]);
}

void hybrid_system_area(const struct hybrid *h, uint8_t out[static SYSTEM_AREA_BYTES])
{
	struct table t;

	memset(out, 0, SYSTEM_AREA_BYTES);
	if (h->kind == IMAGE_HYBRID_OFF)
		return;
	put_mbr(h, out);
	if (h->kind != IMAGE_HYBRID_GPT)
		return;
	fill_table(h, &t);
	gpt_entries_encode(&t.gpt, out + (size_t)GPT_ENTRIES_BLOCK * BLOCK);
	gpt_header_encode(
		&t.gpt, GPT_PRIMARY, out + (size_t)GPT_ENTRIES_BLOCK * BLOCK, out + BLOCK);
}

void hybrid_tail(const struct hybrid *h, uint8_t out[static HYBRID_TAIL_NSEC * SECTOR])
{
	const size_t n = (size_t)HYBRID_TAIL_NSEC * SECTOR;
	uint8_t *entries = out + n - (size_t)GPT_BACKUP_NBLOCK * BLOCK;
	struct table t;

	assert(h->kind == IMAGE_HYBRID_GPT);
	memset(out, 0, n);
	fill_table(h, &t);
	gpt_entries_encode(&t.gpt, entries);
	gpt_header_encode(&t.gpt, GPT_BACKUP, entries, out + n - BLOCK);
}
