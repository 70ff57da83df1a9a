/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volume structures of UDF, read strictly. */
#include "rig_udf.h"

#include "harness/t.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEC 2048u

void view_sector(const struct udf_view *v, uint32_t lba, uint8_t *out)
{
	T_MUST(lba < v->nsec);
	T_MUST(image_read(v->img, lba, 1, out, NULL) == 0);
}

/* Bit by bit, from the polynomial. */
static unsigned crc_of(const uint8_t *p, size_t n)
{
	unsigned crc = 0;

	for (size_t i = 0; i < n * 8; i++) {
		unsigned bit = p[i / 8] >> (7 - i % 8) & 1;

		crc = crc << 1 ^ (crc >> 15 != bit ? 0x1021 : 0);
		crc &= 0xffff;
	}
	return crc;
}

bool view_tag(
	const struct udf_view *v, const uint8_t *p, unsigned id, uint32_t location, size_t len)
{
	unsigned sum = 0;
	bool ok;

	for (unsigned i = 0; i < 16; i++)
		sum += i == 4 ? 0 : p[i];
	ok = T_EQ(udf_le16(p), id);
	ok &= T_EQ(udf_le16(p + 2), v->version);
	ok &= T_EQ(p[4], sum & 0xff);
	ok &= T_EQ(p[5], 0);
	ok &= T_EQ(udf_le16(p + 6), 0);
	ok &= T_EQ(udf_le16(p + 10), len - 16);
	ok &= T_EQ(udf_le16(p + 8), crc_of(p + 16, len - 16));
	ok &= T_EQ(udf_le32(p + 12), location);
	return ok;
}

void view_claim(struct udf_view *v, uint32_t lba, uint64_t nsec)
{
	if (nsec == 0)
		return;
	T_TRUE(lba + nsec <= v->nsec);
	if ((v->nclaim & (v->nclaim + 255)) == 0 || v->nclaim % 256 == 0)
		v->claim = reallocarray(v->claim, v->nclaim + 256, sizeof(*v->claim));
	T_MUST(v->claim != NULL);
	v->claim[v->nclaim++] = (struct udf_claim){ lba, nsec };
}

static void read_recognition(struct udf_view *v)
{
	uint8_t s[SEC];
	uint32_t lba = 16;

	for (;; lba++) {
		view_sector(v, lba, s);
		if (memcmp(s + 1, "CD001", 5) != 0)
			break;
	}
	T_MEM(s, "\0BEA01\1", 7);
	view_sector(v, lba + 1, s);
	T_MEM(s, "\0NSR0", 5);
	v->version = s[5] - '0';
	T_TRUE(v->version == 2 || v->version == 3);
	view_sector(v, lba + 2, s);
	T_MEM(s, "\0TEA01\1", 7);
	view_sector(v, lba + 3, s);
	T_EQ(s[0] | s[1] | s[2], 0);
	view_claim(v, lba, 3);
}

static void check_text(const uint8_t *p, size_t len)
{
	unsigned used = p[len - 1];

	T_TRUE(used < len);
	if (used)
		T_TRUE(p[0] == 8 || p[0] == 16);
	for (size_t i = used; i < len - 1; i++)
		T_EQ(p[i], 0);
}

static void check_charset(const uint8_t *p)
{
	uint8_t want[64] = "\0OSTA Compressed Unicode";

	T_MEM(p, want, 64);
}

static void read_map_metadata(struct udf_view *v, const uint8_t *p);

static void read_logical(struct udf_view *v, const uint8_t *s)
{
	const uint8_t *map = s + 440;
	unsigned nmap = udf_le32(s + 268);

	T_TRUE(view_tag(v, s, 6, udf_le32(s + 12), 440 + udf_le32(s + 264)));
	check_charset(s + 20);
	check_text(s + 84, 128);
	T_EQ(udf_le32(s + 212), SEC);
	T_MEM(s + 216, "\0*OSTA UDF Compliant\0\0\0\0", 24);
	v->revision = udf_le16(s + 240);
	T_EQ(v->version, v->revision < 0x200 ? 2 : 3);
	T_EQ(s[242], 0);
	T_MEM(map, "\1\6\1\0\0\0", 6);
	T_EQ(udf_le32(s + 264), nmap == 1 ? 6 : 70);
	v->space = VIEW_DIRECT;
	if (nmap == 1)
		return;
	T_EQ(nmap, 2);
	map += 6;
	T_MEM(map, "\2\x40\0\0\0", 5);
	T_EQ(udf_le16(map + 28), v->revision);
	T_MEM(map + 36, "\1\0\0\0", 4);
	v->space =
		memcmp(map + 5, "*UDF Virtual Partition", 23) == 0 ? VIEW_VIRTUAL : VIEW_METADATA;
	if (v->space == VIEW_METADATA)
		T_MEM(map + 5, "*UDF Metadata Partition", 23);
}

static void read_partition(struct udf_view *v, const uint8_t *s)
{
	T_TRUE(view_tag(v, s, 5, udf_le32(s + 12), 512));
	T_EQ(udf_le16(s + 20), 1);
	T_EQ(udf_le16(s + 22), 0);
	T_MEM(s + 24, v->version == 2 ? "\0+NSR02\0\0" : "\0+NSR03\0\0", 9);
	v->access = udf_le32(s + 184);
	v->part_lba = udf_le32(s + 188);
	v->part_nsec = udf_le32(s + 192);
	T_TRUE(v->access >= 1 && v->access <= 4);
	T_TRUE((uint64_t)v->part_lba + v->part_nsec <= v->nsec);
	if (v->access >= 3) {
		uint32_t bytes = udf_le32(s + 64), lba = v->part_lba + udf_le32(s + 68);
		uint8_t bitmap[SEC];

		T_TRUE(bytes > 0);
		view_claim(v, lba, bytes / SEC);
		view_sector(v, lba, bitmap);
		view_tag(v, bitmap, 264, lba - v->part_lba, 24);
		T_EQ(udf_le32(bitmap + 16), v->part_nsec);
		T_TRUE(udf_le32(bitmap + 20) + 24 <= bytes);
	}
}

/* One descriptor of the main sequence. */
static void read_descriptor(struct udf_view *v, const uint8_t *s, uint32_t lba)
{
	switch (udf_le16(s)) {
	case 1:
		view_tag(v, s, 1, lba, 512);
		check_text(s + 24, 32);
		check_text(s + 72, 128);
		T_TRUE(s[72 + 127] >= 17);
		check_charset(s + 200);
		memcpy(v->recorded, s + 376, 12);
		break;
	case 4:
		view_tag(v, s, 4, lba, 512);
		T_MEM(s + 21, "*UDF LV Info\0", 13);
		check_text(s + 116, 128);
		break;
	case 5:
		T_EQ(udf_le32(s + 12), lba);
		read_partition(v, s);
		break;
	case 6:
		T_EQ(udf_le32(s + 12), lba);
		read_logical(v, s);
		break;
	case 7:
		view_tag(v, s, 7, lba, 24);
		break;
	default:
		T_EQ(udf_le16(s), 8);
		view_tag(v, s, 8, lba, 512);
		break;
	}
}

/* The reserve sequence says the same but for where it is: the tags' check sums and locations. */
static void check_equivalent(const struct udf_view *v, const uint8_t *s, uint32_t lba)
{
	uint8_t r[SEC];

	view_sector(v, lba, r);
	T_MEM(r, s, 4);
	T_MEM(r + 5, s + 5, 7);
	T_EQ(udf_le32(r + 12), lba);
	T_MEM(r + 16, s + 16, SEC - 16);
}

static void read_integrity(struct udf_view *v, uint32_t lba, uint32_t bytes)
{
	uint8_t s[SEC];
	unsigned n;

	T_EQ(bytes, 2 * SEC);
	view_claim(v, lba, 2);
	view_sector(v, lba + 1, s);
	view_tag(v, s, 8, lba + 1, 512);
	view_sector(v, lba, s);
	n = udf_le32(s + 72);
	T_EQ(n, v->space == VIEW_DIRECT ? 1 : 2);
	view_tag(v, s, 9, lba, 80 + 8 * (size_t)n + udf_le32(s + 76));
	T_EQ(udf_le32(s + 28), 1);
	memcpy(v->recorded, s + 16, 12);
	v->next_unique = udf_le64(s + 40);
	T_EQ(udf_le32(s + 80), 0);
	T_EQ(udf_le32(s + 80 + 4 * n), v->part_nsec);
	if (n == 2)
		v->second_nsec = udf_le32(s + 80 + 4 * n + 4);
	n = 80 + 8 * n;
	v->nfile = udf_le32(s + n + 32);
	v->ndir = udf_le32(s + n + 36);
	T_EQ(udf_le16(s + n + 40), v->revision == 0x260 ? 0x250 : v->revision);
	T_EQ(udf_le16(s + n + 42), v->revision);
	T_EQ(udf_le16(s + n + 44), v->revision);
}

static void check_anchor(const struct udf_view *v, uint32_t lba, uint32_t extents[4])
{
	uint8_t s[SEC];

	view_sector(v, lba, s);
	view_tag(v, s, 2, lba, 512);
	for (unsigned i = 0; i < 4; i++)
		extents[i] = udf_le32(s + 16 + 4 * i);
}

static void read_fileset(struct udf_view *v, const uint8_t *long_ad)
{
	struct udf_at at = { udf_le32(long_ad + 4), udf_le16(long_ad + 8) };
	uint8_t s[SEC];

	T_EQ(udf_le32(long_ad), 2 * SEC);
	view_sector(v, view_lba(v, at), s);
	view_tag(v, s, 256, at.block, 512);
	check_charset(s + 48);
	check_text(s + 112, 128);
	check_text(s + 304, 32);
	T_EQ(udf_le16(s + 440), v->revision);
	T_EQ(udf_le32(s + 400), SEC);
	v->root = (struct udf_at){ udf_le32(s + 404), udf_le16(s + 408) };
	view_claim(v, view_lba(v, at), 2);
	at.block++;
	view_sector(v, view_lba(v, at), s);
	view_tag(v, s, 8, at.block, 512);
}

/* The table's file entry is the last sector of all. */
static void read_vat(struct udf_view *v)
{
	struct udf_at at = { v->nsec - 1 - v->part_lba, 0 };
	bool old = v->revision < 0x200;
	struct udf_entry e;
	uint8_t *table;
	uint32_t head;

	view_entry(v, at, &e);
	T_EQ(e.type, old ? 0 : 248);
	T_MUST(e.info_bytes % 4 == 0 && e.info_bytes < (1u << 28));
	table = malloc(e.info_bytes);
	T_MUST(table != NULL);
	view_read(v, &e, 0, table, e.info_bytes);
	head = old ? 0 : udf_le16(table);
	v->nvat = (uint32_t)(e.info_bytes - head - (old ? 36 : 0)) / 4;
	if (old)
		T_MEM(table + 4 * (size_t)v->nvat + 1, "*UDF Virtual Alloc Tbl", 23);
	v->vat = calloc(v->nvat, sizeof(*v->vat));
	T_MUST(v->vat != NULL);
	for (uint32_t i = 0; i < v->nvat; i++)
		v->vat[i] = udf_le32(table + head + 4 * (size_t)i);
	free(table);
	view_entry_free(&e);
}

/* UDF 2.50 2.2.13: the mirror says the same as the metadata file, on blocks of its own or not. */
static void check_mirror(struct udf_view *v, uint32_t block, bool duplicate)
{
	struct udf_entry mirror;
	uint8_t a[SEC], b[SEC];

	view_entry(v, (struct udf_at){ block, 0 }, &mirror);
	T_EQ(mirror.type, 251);
	T_EQ(mirror.info_bytes, v->metadata.info_bytes);
	T_EQ(mirror.extent[0].lba != v->metadata.extent[0].lba, duplicate);
	if (duplicate)
		view_claim(v, mirror.extent[0].lba, mirror.info_bytes / SEC);
	for (uint32_t i = 0; i < mirror.info_bytes / SEC; i++) {
		view_sector(v, v->metadata.extent[0].lba + i, a);
		view_sector(v, mirror.extent[0].lba + i, b);
		T_MEM(a, b, SEC);
	}
	view_entry_free(&mirror);
}

static void read_map_metadata(struct udf_view *v, const uint8_t *p)
{
	uint32_t file = udf_le32(p + 40), bitmap = udf_le32(p + 48);
	unsigned unit = udf_le32(p + 52);

	T_EQ(unit % 32, 0);
	T_EQ(udf_le16(p + 56) % 32, 0);
	view_entry(v, (struct udf_at){ file, 0 }, &v->metadata);
	T_EQ(v->metadata.type, 250);
	T_EQ(v->metadata.info_bytes % (unit * SEC), 0);
	for (unsigned i = 0; i < v->metadata.nextent; i++) {
		T_EQ(v->metadata.extent[i].lba % unit, 0);
		T_EQ(v->metadata.extent[i].bytes % (unit * SEC), 0);
	}
	check_mirror(v, udf_le32(p + 44), p[58] & 1);
	T_EQ(bitmap == UINT32_MAX, v->access == 1);
	if (bitmap != UINT32_MAX) {
		struct udf_entry e;
		uint8_t s[SEC];

		view_entry(v, (struct udf_at){ bitmap, 0 }, &e);
		T_EQ(e.type, 252);
		view_read(v, &e, 0, s, 24);
		T_EQ(udf_le32(s + 16), v->metadata.info_bytes / SEC);
		view_claim(v, e.extent[0].lba, e.nblock);
		view_entry_free(&e);
	}
}

void view_open(struct udf_view *v, const struct image *img)
{
	uint8_t s[SEC], logical[SEC] = { 0 };
	uint32_t anchor[4], last[4], end;

	*v = (struct udf_view){ .img = img, .nsec = image_nsec(img) };
	read_recognition(v);
	check_anchor(v, 256, anchor);
	view_claim(v, 256, 1);
	T_TRUE(anchor[0] >= 16 * SEC);
	T_EQ(anchor[2], anchor[0]);
	view_claim(v, anchor[1], anchor[0] / SEC);
	view_claim(v, anchor[3], anchor[0] / SEC);
	for (uint32_t i = 0; i == 0 || udf_le16(s) != 8; i++) {
		T_MUST(i < anchor[0] / SEC);
		view_sector(v, anchor[1] + i, s);
		read_descriptor(v, s, anchor[1] + i);
		check_equivalent(v, s, anchor[3] + i);
		if (udf_le16(s) == 6)
			memcpy(logical, s, SEC);
	}
	read_integrity(v, udf_le32(logical + 436), udf_le32(logical + 432));
	if (v->space == VIEW_VIRTUAL) {
		read_vat(v);
		T_EQ(v->second_nsec, UINT32_MAX);
	} else {
		/* UDF 2.2.3: at N, or at N - 256 where a partition table ends the disk. */
		view_sector(v, v->nsec - 1, s);
		end = v->nsec - (memcmp(s + 1536, "EFI PART", 8) == 0 ? 257 : 1);
		check_anchor(v, end, last);
		T_MEM(last, anchor, sizeof(last));
		view_claim(v, end, 1);
	}
	if (v->space == VIEW_METADATA) {
		read_map_metadata(v, logical + 446);
		T_EQ(v->second_nsec, v->metadata.info_bytes / SEC);
	}
	read_fileset(v, logical + 248);
}

static int by_lba(const void *a, const void *b)
{
	const struct udf_claim *ca = a, *cb = b;

	return (ca->lba > cb->lba) - (ca->lba < cb->lba);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void check_numbers(const struct udf_view *v)
{
	uint64_t *all = calloc(v->nseen + v->nunique + 1, sizeof(*all)), n = 0;
	uint32_t nfile = 0, ndir = 0;

	T_MUST(all != NULL);
	for (size_t i = 0; i < v->nseen; i++) {
		T_EQ(v->seen[i].names < 65535 ? v->seen[i].names : 65535, v->seen[i].nlink);
		nfile += v->seen[i].type != 4;
		ndir += v->seen[i].type == 4;
		T_TRUE(v->seen[i].unique == 0 ? i == 0 : v->seen[i].unique >= 16);
		if (v->revision >= 0x200 && i > 0)
			T_TRUE(v->seen[i].matched);
		if (v->revision < 0x200)
			all[n++] = v->seen[i].unique;
	}
	for (size_t i = 0; i < v->nunique && v->revision >= 0x200; i++)
		all[n++] = v->unique[i];
	T_EQ(nfile, v->nfile);
	T_EQ(ndir, v->ndir);
	qsort(all, n, sizeof(*all), by_value);
	for (uint64_t i = 0; i < n; i++) {
		T_TRUE(i == 0 || all[i] != all[i - 1]);
		T_TRUE(all[i] < v->next_unique);
	}
	T_TRUE(v->next_unique >= 16);
	free(all);
}

void view_close(struct udf_view *v)
{
	qsort(v->claim, v->nclaim, sizeof(*v->claim), by_lba);
	for (size_t i = 1; i < v->nclaim; i++)
		T_TRUE(v->claim[i - 1].lba + v->claim[i - 1].nsec <= v->claim[i].lba);
	check_numbers(v);
	view_entry_free(&v->metadata);
	free(v->claim);
	free(v->seen);
	free(v->unique);
	free(v->vat);
}
