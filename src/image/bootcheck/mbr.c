/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The master boot record of an image that is a disk too. */
#include "base/bytes.h"
#include "base/err.h"
#include "bootcheck/bootcheck.h"
#include "hybrid/mbr.h"
#include "sectors.h"

#include <inttypes.h>
#include <string.h>

#define PER_SECTOR (SECTOR / BLOCK)
#define CLAUSE	   "UEFI 5.2.1"
#define TABLE_AT   446u
#define ENTRY	   16u

struct part {
	const uint8_t *p;
	uint64_t first, end; /* blocks */
};

static uint64_t blocks_of(const struct report *r)
{
	return (uint64_t)r->src->nsec * PER_SECTOR;
}

/* Cylinder, head and sector are of a geometry that some maker uses, or say that they say nothing.
 */
static bool chs_fits(const uint8_t *p, uint64_t block)
{
	static const uint16_t geometry[][2] = { { 255, 63 }, { 64, 32 }, { 128, 32 }, { 128, 63 },
		{ 16, 63 }, { 240, 63 }, { 32, 32 }, { 16, 32 } };
	unsigned head = p[0], sector = p[1] & 0x3f, cylinder = (p[1] & 0xc0u) << 2 | p[2];

	if ((p[0] >= 0xfe && p[1] == 0xff && p[2] == 0xff) || (cylinder == 1023 && sector > 0))
		return true;
	for (size_t i = 0; i < sizeof(geometry) / sizeof(geometry[0]); i++)
		if (((uint64_t)cylinder * geometry[i][0] + head) * geometry[i][1] + sector ==
			block + 1)
			return true;
	return false;
}

static void check_part(struct report *r, const struct place *in, const struct part *part)
{
	const uint8_t *p = part->p;
	const struct field range = { CLAUSE, "blocks of a partition", p + 8 };

	if (part->end > blocks_of(r))
		report_text(r, FINDING_ERROR, in, &range, "blocks of the image",
			"%" PRIu64 " to %" PRIu64 " of %" PRIu64, part->first, part->end - 1,
			blocks_of(r));
	if (!chs_fits(p + 1, part->first))
		report_text(r, FINDING_WARNING, in,
			&(struct field){ CLAUSE, "starting CHS", p + 1 }, "that of the first block",
			"%02x %02x %02x for %" PRIu64, p[1], p[2], p[3], part->first);
	if (!chs_fits(p + 5, part->end - 1))
		report_text(r, FINDING_WARNING, in, &(struct field){ CLAUSE, "ending CHS", p + 5 },
			"that of the last block", "%02x %02x %02x for %" PRIu64, p[5], p[6], p[7],
			part->end - 1);
	if (p[4] == MBR_TYPE_PROTECT)
		report_number(r, in, &(struct field){ "UEFI 5.2.3", "starting LBA", p + 8 }, 1,
			part->first);
	if (p[4] == MBR_TYPE_PROTECT && get_u32le(p + 12) != UINT32_MAX)
		report_number(r, in, &(struct field){ "UEFI 5.2.3", "size in LBA", p + 12 },
			blocks_of(r) - 1, get_u32le(p + 12));
}

static void check_overlap(
	struct report *r, const struct place *in, const struct part *part, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = i + 1; k < n; k++)
			if (part[i].first < part[k].end && part[k].first < part[i].end)
				report_text(r, FINDING_WARNING, in,
					&(struct field){
						CLAUSE, "blocks of a partition", part[k].p + 8 },
					"blocks of its own", "some of partition %u", i + 1);
}

void boot_partitions_add(struct boot_partitions *parts, uint64_t first, uint64_t end)
{
	if (parts->n == BOOT_ESP_MAX || first >= end)
		return;
	parts->esp[parts->n].first = first;
	parts->esp[parts->n++].end = end;
}

/*
 * What has no type is a partition to nobody. Some BIOSes want one that is active, and makers of
 * hybrids then have one of a block from block 0 on.
 */
static void check_empty(struct report *r, const struct place *in, const uint8_t *p)
{
	if (get_u32le(p + 8) == 0 && get_u32le(p + 12) == 1)
		return;
	if (!bytes_are_zero(p + 1, ENTRY - 1))
		report_text(r, FINDING_WARNING, in,
			&(struct field){ CLAUSE, "partition without a type", p + 1 }, "zeros",
			"something else");
}

static void check_table(
	struct report *r, const struct place *in, bool gpt, struct boot_partitions *out)
{
	struct part part[MBR_NPART];
	bool protect = false;
	unsigned n = 0;

	for (unsigned i = 0; i < MBR_NPART; i++) {
		const uint8_t *p = in->sector + TABLE_AT + (size_t)i * ENTRY;

		if (p[0] & 0x7f)
			report_text(r, FINDING_ERROR, in,
				&(struct field){ CLAUSE, "boot indicator", p }, "00 or 80", "%02x",
				p[0]);
		protect |= p[4] == MBR_TYPE_PROTECT;
		if (p[4] == 0) {
			check_empty(r, in, p);
			continue;
		}
		if (get_u32le(p + 12) == 0) {
			report_text(r, FINDING_ERROR, in,
				&(struct field){ CLAUSE, "size in LBA", p + 12 }, "1 or more", "0");
			continue;
		}
		part[n] = (struct part){ p, get_u32le(p + 8),
			(uint64_t)get_u32le(p + 8) + get_u32le(p + 12) };
		if (p[4] == MBR_TYPE_ESP)
			boot_partitions_add(out, part[n].first, part[n].end);
		check_part(r, in, &part[n++]);
	}
	check_overlap(r, in, part, n);
	if (gpt && !protect)
		report_text(r, FINDING_WARNING, in,
			&(struct field){
				"UEFI 5.2.3", "partition type", in->sector + TABLE_AT + 4 },
			"EE, which protects the GPT", "none");
	if (protect && !gpt)
		report_text(r, FINDING_ERROR, in,
			&(struct field){
				"UEFI 5.2.3", "partition type", in->sector + TABLE_AT + 4 },
			"a GPT, which type EE protects", "none");
}

int validate_hybrid(struct report *r, struct boot_partitions *out, struct err *err)
{
	uint8_t p[SECTOR];
	const struct place in = { 0, p, "master boot record" };
	bool gpt = false;
	int code = r->src->nsec > 0 ? source_read(r->src, 0, 1, p, err) : 0;

	if (code == 0)
		code = validate_gpt(r, &gpt, out, err);
	if (code < 0 || r->src->nsec == 0)
		return code;
	r->sum.gpt = gpt;
	r->sum.mbr = p[510] == 0x55 && p[511] == 0xaa;
	if (r->sum.mbr)
		check_table(r, &in, gpt, out);
	else if (gpt || (p[510] == 0x55) != (p[511] == 0xaa))
		report_text(r, FINDING_ERROR, &in, &(struct field){ CLAUSE, "signature", p + 510 },
			"55 aa", "%02x %02x", p[510], p[511]);
	return 0;
}
