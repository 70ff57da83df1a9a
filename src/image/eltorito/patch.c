/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The boot info table and the address of GRUB's core, over the bytes of a boot image. */
#include "eltorito/patch.h"

#include "base/bytes.h"
#include "base/err.h"
#include "tree/tree.h"

#include <string.h>

#define PVD_LBA	    16u
#define TABLE_AT    8u
#define TABLE_BYTES 56u
#define GRUB2_AT    2548u
#define GRUB2_BYTES 8u
#define STEP_BYTES  4096u

uint64_t eltorito_patch_min(enum boot_patch what)
{
	if (what == BOOT_PATCH_NONE)
		return 0;
	return what == BOOT_PATCH_GRUB2 ? GRUB2_AT + GRUB2_BYTES : TABLE_AT + TABLE_BYTES;
}

static void overlay(uint64_t off_bytes, uint8_t *bytes, size_t n, uint64_t at, const uint8_t *patch,
	size_t patch_n)
{
	uint64_t from = off_bytes > at ? off_bytes : at;
	uint64_t end = off_bytes + n < at + patch_n ? off_bytes + n : at + patch_n;

	if (from < end)
		memcpy(bytes + (from - off_bytes), patch + (from - at), (size_t)(end - from));
}

/* As isolinux's documentation has it: little endian, 40 reserved bytes at the end. */
static void encode_table(const struct eltorito_patch *p, uint8_t out[static TABLE_BYTES])
{
	memset(out, 0, TABLE_BYTES);
	put_u32le(out, p->start_lba + PVD_LBA); /* bi_pvd */
	put_u32le(out + 4, p->lba);		/* bi_file */
	put_u32le(out + 8, p->size_bytes);	/* bi_length */
	put_u32le(out + 12, p->checksum);	/* bi_csum */
}

void eltorito_patch_apply(
	const struct eltorito_patch *p, uint64_t off_bytes, uint8_t *bytes, size_t n)
{
	uint8_t table[TABLE_BYTES], address[GRUB2_BYTES];

	if (p->what == BOOT_PATCH_NONE)
		return;
	encode_table(p, table);
	overlay(off_bytes, bytes, n, TABLE_AT, table, sizeof(table));
	if (p->what != BOOT_PATCH_GRUB2)
		return;
	/* In blocks of 512 bytes; the first 2048 of the image are loaded already. */
	put_u64le(address, (uint64_t)p->lba * 4 + 5);
	overlay(off_bytes, bytes, n, GRUB2_AT, address, sizeof(address));
}

int eltorito_patch_prepare(struct eltorito_patch *p, const struct tree *t,
	const struct tree_inode *in, struct err *err)
{
	uint64_t left = in->size_bytes, at = 0;
	uint8_t bytes[STEP_BYTES];

	p->checksum = 0;
	for (size_t n; left > 0; left -= n, at += n) {
		int r;

		n = left < sizeof(bytes) ? (size_t)left : sizeof(bytes);
		memset(bytes, 0, sizeof(bytes));
		r = tree_read_of(t, in, at, bytes, n, err);
		if (r < 0)
			return r;
		eltorito_patch_apply(p, at, bytes, n);
		for (size_t i = at ? 0 : TABLE_AT + TABLE_BYTES; i < n; i += 4)
			p->checksum += get_u32le(bytes + i);
	}
	return 0;
}
