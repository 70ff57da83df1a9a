/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The descriptors of a sequence, ECMA-167 3/10 and UDF 2.2, field by field. */
#include "base/bytes.h"
#include "udfcheck/check.h"
#include "udfread/tagread.h"

#include <inttypes.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ANY	 0, UINT32_MAX, NULL

static const struct rule primary[] = {
	{ "ECMA-167 3/10.1.3", "descriptor number", 20, 4, RULE_NUMBER, 0, 0, NULL },
	{ "ECMA-167 3/10.1.4", "volume identifier", 24, 32, RULE_DSTRING, ANY },
	{ "ECMA-167 3/10.1.5", "volume sequence number", 56, 2, RULE_NUMBER, 1, 1, NULL },
	{ "ECMA-167 3/10.1.6", "maximum volume sequence number", 58, 2, RULE_NUMBER, 1, 1, NULL },
	{ "UDF 2.2.2.3", "interchange level", 60, 2, RULE_NUMBER, 2, 3, NULL },
	{ "UDF 2.2.2.4", "maximum interchange level", 62, 2, RULE_NUMBER, 2, 3, NULL },
	{ "UDF 2.2.2", "character set list", 64, 4, RULE_NUMBER, 1, 1, NULL },
	{ "UDF 2.2.2", "maximum character set list", 68, 4, RULE_NUMBER, 1, 1, NULL },
	{ "ECMA-167 3/10.1.11", "volume set identifier", 72, 128, RULE_DSTRING, ANY },
	{ "UDF 2.2.2.6", "descriptor character set", 200, 64, RULE_CHARSPEC, ANY },
	{ "UDF 2.2.2.7", "explanatory character set", 264, 64, RULE_CHARSPEC, ANY },
	{ "ECMA-167 3/10.1.16", "application identifier", 344, 32, RULE_MAKER_OR_NONE, ANY },
	{ "ECMA-167 3/10.1.17", "recording time", 376, 12, RULE_TIME, ANY },
	{ "UDF 2.2.2.9", "implementation identifier", 388, 32, RULE_MAKER, ANY },
	{ "ECMA-167 3/10.1.21", "flags", 488, 2, RULE_NUMBER, 0, 1, NULL },
	{ "ECMA-167 3/10.1.22", "reserved", 490, 22, RULE_ZERO, ANY },
};

static const struct rule implementation[] = {
	{ "UDF 2.2.7.1", "implementation identifier", 20, 32, RULE_UDF_ID, 0, 0, "*UDF LV Info" },
	{ "UDF 2.2.7.2.1", "LVI character set", 52, 64, RULE_CHARSPEC, ANY },
	{ "UDF 2.2.7.2.2", "logical volume identifier", 116, 128, RULE_DSTRING, ANY },
	{ "UDF 2.2.7.2.3", "LV info 1", 244, 36, RULE_DSTRING, ANY },
	{ "UDF 2.2.7.2.3", "LV info 2", 280, 36, RULE_DSTRING, ANY },
	{ "UDF 2.2.7.2.3", "LV info 3", 316, 36, RULE_DSTRING, ANY },
	{ "UDF 2.2.7.2.4", "implementation identifier", 352, 32, RULE_MAKER, ANY },
};

static const struct rule partition[] = {
	{ "ECMA-167 3/10.5.3", "partition flags", 20, 2, RULE_NUMBER, 0, 1, NULL },
	{ "ECMA-167 3/10.5.7", "access type", 184, 4, RULE_NUMBER, 0, 4, NULL },
	{ "ECMA-167 3/10.5.10", "implementation identifier", 196, 32, RULE_MAKER, ANY },
	{ "ECMA-167 3/10.5.12", "reserved", 356, 156, RULE_ZERO, ANY },
};

static const struct rule logical[] = {
	{ "UDF 2.2.4.1", "descriptor character set", 20, 64, RULE_CHARSPEC, ANY },
	{ "ECMA-167 3/10.6.4", "logical volume identifier", 84, 128, RULE_DSTRING, ANY },
	{ "UDF 2.2.4.2", "logical block size", 212, 4, RULE_NUMBER, SECTOR, SECTOR, NULL },
	{ "UDF 2.2.4.3", "domain identifier", 216, 32, RULE_DOMAIN, ANY },
	{ "ECMA-167 3/10.6.11", "implementation identifier", 272, 32, RULE_MAKER, ANY },
};

/* 4/14.3: five descriptors, of which UDF allows tables and bitmaps of free space. */
static void check_contents_use(struct udf_check *c, const struct place *in)
{
	const uint8_t *use = in->sector + 56;
	const char *id = c->version == 3 ? "+NSR03" : "+NSR02";

	if (c->version)
		check_entity(c->report, in,
			&(struct field){ "UDF 2.2.14.1", "partition contents", in->sector + 24 },
			id);
	check_zero(c->report, in,
		&(struct field){ "ECMA-167 1/7.4.3", "identifier suffix", in->sector + 48 }, 8);
	check_zero(c->report, in,
		&(struct field){ "UDF 2.3.3", "partition integrity table", use + 16 }, 8);
	check_zero(c->report, in, &(struct field){ "ECMA-167 4/14.3.6", "reserved", use + 40 }, 88);
}

static void check_partition(struct udf_check *c, const struct place *in)
{
	const uint8_t *p = in->sector;
	uint32_t lba = get_u32le(p + 188), nsec = get_u32le(p + 192);

	check_rules(c->report, in, p, c->revision, partition, COUNT(partition));
	check_contents_use(c, in);
	if (lba >= c->report->src->nsec || nsec > c->report->src->nsec - lba)
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "ECMA-167 3/10.5.8", "partition", p + 188 },
			"sectors of the volume", "%" PRIu32 " from %" PRIu32 " of %" PRIu32, nsec,
			lba, c->report->src->nsec);
	if (get_u32le(p + 184) == 0 && c->revision < 0x0260)
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "ECMA-167 3/10.5.7", "access type", p + 184 },
			"1 to 4 before UDF 2.60", "0");
}

/* UDF 2.2.8 to 2.2.10 */
static void check_map_2(struct udf_check *c, const struct place *in, const uint8_t *map)
{
	static const char *const ids[] = { "*UDF Virtual Partition", "*UDF Sparable Partition",
		"*UDF Metadata Partition" };
	static const uint16_t free_at[] = { 40, 64, 59 };
	struct rule id = { "UDF 2.2.8", "partition type identifier", 4, 32, RULE_UDF_ID, 0, 0,
		ids[0] };
	unsigned kind = 0;

	for (unsigned i = 0; i < COUNT(ids); i++)
		if (strncmp((const char *)map + 5, ids[i], 23) == 0)
			kind = i;
	id.id = ids[kind];
	check_rule(c->report, in, map, c->revision, &id);
	check_zero(c->report, in, &(struct field){ "UDF 2.2.8", "reserved", map + 2 }, 2);
	report_number(c->report, in,
		&(struct field){ "UDF 2.2.8", "volume sequence number", map + 36 }, 1,
		get_u16le(map + 36));
	check_zero(c->report, in, &(struct field){ "UDF 2.2.8", "reserved", map + free_at[kind] },
		64u - free_at[kind]);
	if (kind == 2 && map[58] > 1)
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "UDF 2.2.10", "flags", map + 58 }, "0 or 1", "%u",
			map[58]);
	if (kind == 2 && get_u32le(map + 52) % 32)
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "UDF 2.2.10", "allocation unit size", map + 52 },
			"a multiple of 32", "%" PRIu32, get_u32le(map + 52));
	if (kind == 1 && get_u16le(map + 40) != 32)
		report_text(c->report, FINDING_WARNING, in,
			&(struct field){ "UDF 2.2.9", "packet length", map + 40 }, "32", "%u",
			get_u16le(map + 40));
}

static void check_maps(struct udf_check *c, const struct place *in)
{
	const uint8_t *p = in->sector;
	uint32_t bytes = get_u32le(p + 264), n = get_u32le(p + 268), at = 440;

	for (uint32_t i = 0; i < n && at + 64 <= SECTOR; i++) {
		const uint8_t *map = p + at;

		if ((map[0] != 1 || map[1] != 6) && (map[0] != 2 || map[1] != 64)) {
			report_text(c->report, FINDING_ERROR, in,
				&(struct field){ "ECMA-167 3/10.7.1", "partition map", map },
				"type 1 of 6 bytes or type 2 of 64", "type %u of %u", map[0],
				map[1]);
			return;
		}
		if (map[0] == 1)
			report_number(c->report, in,
				&(struct field){
					"ECMA-167 3/10.7.2.3", "volume sequence number", map + 2 },
				1, get_u16le(map + 2));
		else
			check_map_2(c, in, map);
		at += map[1];
	}
	report_number(c->report, in,
		&(struct field){ "ECMA-167 3/10.6.8", "map table length", p + 264 }, at - 440,
		bytes);
	check_zero(c->report, in,
		&(struct field){ "ECMA-167 3/10.6", "bytes behind the partition maps", p + at },
		SECTOR - at);
}

static void check_logical(struct udf_check *c, const struct place *in)
{
	const uint8_t *p = in->sector;

	check_rules(c->report, in, p, c->revision, logical, COUNT(logical));
	check_maps(c, in);
}

/* 3/10.8: what it names is part of no partition. */
static void check_unallocated(struct udf_check *c, const struct place *in)
{
	const uint8_t *p = in->sector;
	uint32_t n = get_u32le(p + 20);

	if (n > (SECTOR - 24) / 8)
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "ECMA-167 3/10.8.3", "allocation descriptors", p + 20 },
			"as many as fit", "%" PRIu32, n);
	else
		check_zero(c->report, in,
			&(struct field){ "ECMA-167 3/10.8", "bytes behind the descriptors",
				p + 24 + (size_t)n * 8 },
			SECTOR - 24 - (size_t)n * 8);
}

static void check_behind(struct udf_check *c, const struct place *in)
{
	check_zero(c->report, in,
		&(struct field){ "ECMA-167 3/10", "bytes behind the descriptor", in->sector + 512 },
		SECTOR - 512);
}

void udf_check_descriptor(struct udf_check *c, const struct place *in)
{
	const uint8_t *p = in->sector;
	const size_t covered = get_u16le(p + 10) + (size_t)UDF_TAG_BYTES;
	size_t used = 512;

	switch (udf_tag_id_of(p)) {
	case UDF_TAG_PVD:
		check_rules(c->report, in, p, c->revision, primary, COUNT(primary));
		check_behind(c, in);
		break;
	case UDF_TAG_IUVD:
		check_rules(c->report, in, p, c->revision, implementation, COUNT(implementation));
		check_behind(c, in);
		break;
	case UDF_TAG_PD:
		check_partition(c, in);
		check_behind(c, in);
		break;
	case UDF_TAG_LVD:
		check_logical(c, in);
		used = 440;
		break;
	case UDF_TAG_USD:
		check_unallocated(c, in);
		used = 24;
		break;
	default:
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "ECMA-167 3/7.2.1", "tag identifier", p },
			"1 to 8, without 2", "%u", udf_tag_id_of(p));
		return;
	}
	if (covered < used)
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "UDF 2.2.1.2", "descriptor CRC length", p + 10 },
			"all of the descriptor", "%u", get_u16le(p + 10));
}
