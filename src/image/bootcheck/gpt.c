/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Both copies of a GUID partition table, UEFI 2.10 chapter 5.3. */
#include "hybrid/gpt.h"

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/err.h"
#include "bootcheck/bootcheck.h"
#include "hybrid/mbr.h"
#include "sectors.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PER_SECTOR  (SECTOR / BLOCK)
#define HEADER_MIN  92u
#define ENTRIES_MAX (1u << 20) /* bytes: more than anybody has */

static const char signature[] = "EFI PART";

/* A header and its entries as they are recorded. */
struct copy {
	const char *where;
	uint64_t block; /* of the header */
	uint8_t sector[SECTOR];
	const uint8_t *p; /* the header */
	uint8_t *entries;
	uint32_t n, bytes; /* entries, and the bytes of each */
	uint64_t at;	   /* block of the first */
};

static struct place place_of(const struct copy *c)
{
	return (struct place){ (uint32_t)(c->block / PER_SECTOR), c->sector, c->where };
}

static int load_header(struct report *r, struct copy *c, bool *there, struct err *err)
{
	int code = source_read(r->src, (uint32_t)(c->block / PER_SECTOR), 1, c->sector, err);

	c->p = c->sector + c->block % PER_SECTOR * BLOCK;
	*there = code == 0 && memcmp(c->p, signature, sizeof(signature) - 1) == 0;
	return code;
}

static void number(struct report *r, const struct copy *c, const char *what, unsigned at,
	unsigned n, uint64_t expected)
{
	const struct place in = place_of(c);
	uint64_t v = n == 8 ? get_u64le(c->p + at) : get_u32le(c->p + at);

	report_number(r, &in, &(struct field){ "UEFI 5.3.2", what, c->p + at }, expected, v);
}

/* False where the header cannot be trusted. */
static bool check_header(struct report *r, struct copy *c, uint64_t alternate)
{
	const struct place in = place_of(c);
	uint32_t bytes = get_u32le(c->p + 12);
	uint8_t header[BLOCK];

	if (bytes < HEADER_MIN || bytes > BLOCK) {
		report_text(r, FINDING_ERROR, &in,
			&(struct field){ "UEFI 5.3.2", "header size", c->p + 12 }, "92 to 512",
			"%" PRIu32, bytes);
		return false;
	}
	memcpy(header, c->p, BLOCK);
	memset(header + 16, 0, 4);
	number(r, c, "header CRC", 16, 4, crc32_of(0, header, bytes));
	number(r, c, "revision", 8, 4, 0x00010000);
	number(r, c, "reserved", 20, 4, 0);
	number(r, c, "my LBA", 24, 8, c->block);
	number(r, c, "alternate LBA", 32, 8, alternate);
	check_zero(
		r, &in, &(struct field){ "UEFI 5.3.2", "reserved", c->p + bytes }, BLOCK - bytes);
	c->at = get_u64le(c->p + 72);
	c->n = get_u32le(c->p + 80);
	c->bytes = get_u32le(c->p + 84);
	return true;
}

/* The array lies beside its header, within what no partition may have. */
static int load_entries(struct report *r, struct copy *c, uint64_t nblock, struct err *err)
{
	const struct place in = place_of(c);
	uint64_t bytes = (uint64_t)c->n * c->bytes, last;

	if (c->bytes < 128 || c->bytes & (c->bytes - 1) || bytes == 0 || bytes > ENTRIES_MAX ||
		c->at >= nblock || bytes > (nblock - c->at) * BLOCK) {
		report_text(r, FINDING_ERROR, &in,
			&(struct field){ "UEFI 5.3.2", "partition entries", c->p + 72 },
			"an array within the disk",
			"%" PRIu32 " of %" PRIu32 " bytes from block %" PRIu64, c->n, c->bytes,
			c->at);
		return 0;
	}
	c->entries = calloc(sectors_for(bytes) + 2, SECTOR);
	if (!c->entries)
		return err_nomem(err);
	last = (c->at * BLOCK + bytes - 1) / SECTOR;
	for (uint64_t lba = c->at / PER_SECTOR, i = 0; lba <= last; lba++, i++) {
		int code = source_read(r->src, (uint32_t)lba, 1, c->entries + i * SECTOR, err);

		if (code < 0)
			return code;
	}
	memmove(c->entries, c->entries + c->at % PER_SECTOR * BLOCK, (size_t)c->n * c->bytes);
	number(r, c, "entry array CRC", 88, 4, crc32_of(0, c->entries, (size_t)c->n * c->bytes));
	return 0;
}

/* 5.3.3: C12A7328-F81F-11D2-BA4B-00A0C93EC93B */
static const uint8_t type_esp[GPT_GUID_BYTES] = { 0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
	0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b };

static void find_esp(const struct copy *c, struct boot_partitions *out)
{
	for (uint32_t i = 0; c->entries && i < c->n; i++) {
		const uint8_t *p = c->entries + (size_t)i * c->bytes;

		if (memcmp(p, type_esp, sizeof(type_esp)) == 0)
			boot_partitions_add(out, get_u64le(p + 32), get_u64le(p + 40) + 1);
	}
}

static void check_entry(struct report *r, const struct copy *c, uint32_t i)
{
	const uint8_t *p = c->entries + (size_t)i * c->bytes;
	const struct place in = { (uint32_t)((c->at * BLOCK + (uint64_t)i * c->bytes) / SECTOR),
		NULL, c->where };
	const struct field f = { "UEFI 5.3.3", "partition", NULL };
	uint64_t first = get_u64le(p + 32), last = get_u64le(p + 40);

	if (bytes_are_zero(p, 16)) {
		if (!bytes_are_zero(p, c->bytes))
			report_text(r, FINDING_WARNING, &in, &f, "zeros where nothing is used",
				"entry %" PRIu32, i);
		return;
	}
	if (first > last || first < get_u64le(c->p + 40) || last > get_u64le(c->p + 48))
		report_text(r, FINDING_ERROR, &in, &f, "blocks between first and last usable LBA",
			"%" PRIu64 " to %" PRIu64, first, last);
	for (uint32_t k = 0; k < i; k++) {
		const uint8_t *q = c->entries + (size_t)k * c->bytes;

		if (bytes_are_zero(q, 16))
			continue;
		if (first <= get_u64le(q + 40) && get_u64le(q + 32) <= last)
			report_text(r, FINDING_ERROR, &in, &f, "blocks of its own",
				"some of partition %" PRIu32, k + 1);
		if (memcmp(p + 16, q + 16, 16) == 0)
			report_text(r, FINDING_ERROR, &in, &f, "a GUID of its own",
				"that of partition %" PRIu32, k + 1);
	}
}

static void check_usable(struct report *r, const struct copy *c, uint64_t nblock)
{
	const struct place in = place_of(c);
	uint64_t first = get_u64le(c->p + 40), last = get_u64le(c->p + 48);

	if (first > last || last >= nblock || first < 3)
		report_text(r, FINDING_ERROR, &in,
			&(struct field){ "UEFI 5.3.2", "first and last usable LBA", c->p + 40 },
			"blocks of the disk", "%" PRIu64 " to %" PRIu64 " of %" PRIu64, first, last,
			nblock);
}

static void check_same(struct report *r, const struct copy *a, const struct copy *b)
{
	const struct place in = place_of(b);
	const struct field f = { "UEFI 5.3.2", "backup", b->p + 40 };

	if (memcmp(a->p + 40, b->p + 40, 32) != 0 || memcmp(a->p + 80, b->p + 80, 12) != 0)
		report_text(r, FINDING_ERROR, &in, &f, "the same as the primary header", "another");
	if (a->entries && b->entries && a->n == b->n && a->bytes == b->bytes &&
		memcmp(a->entries, b->entries, (size_t)a->n * a->bytes) != 0)
		report_text(r, FINDING_ERROR, &in, &(struct field){ "UEFI 5.3.2", "backup", NULL },
			"the same entries as the primary", "others");
}

static int check_copy(struct report *r, struct copy *c, uint64_t alternate, struct err *err)
{
	uint64_t nblock = (uint64_t)r->src->nsec * PER_SECTOR;
	int code;

	if (!check_header(r, c, alternate))
		return 0;
	check_usable(r, c, nblock);
	code = load_entries(r, c, nblock, err);
	for (uint32_t i = 0; code == 0 && c->entries && i < c->n; i++)
		check_entry(r, c, i);
	return code;
}

static void missing(struct report *r, const struct copy *c)
{
	const struct place in = place_of(c);

	report_text(r, FINDING_ERROR, &in, &(struct field){ "UEFI 5.3.2", "signature", c->p },
		"EFI PART", "none, and there is one in the other place");
}

int validate_gpt(struct report *r, bool *there, struct boot_partitions *out, struct err *err)
{
	uint64_t last = (uint64_t)r->src->nsec * PER_SECTOR - 1;
	struct copy a = { .where = "GPT", .block = 1 },
		    b = { .where = "backup GPT", .block = last };
	bool primary = false, backup = false;
	int code = r->src->nsec > 0 ? load_header(r, &a, &primary, err) : 0;

	if (code == 0 && r->src->nsec > 0)
		code = load_header(r, &b, &backup, err);
	*there = primary || backup;
	if (code < 0 || !*there)
		return code;
	if (primary)
		code = check_copy(r, &a, last, err);
	if (code == 0 && backup)
		code = check_copy(r, &b, 1, err);
	if (!primary)
		missing(r, &a);
	else if (!backup)
		missing(r, &b);
	else if (code == 0)
		check_same(r, &a, &b);
	find_esp(&a, out);
	free(a.entries);
	free(b.entries);
	return code;
}
