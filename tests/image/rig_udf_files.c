/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File entries, their content and the identifiers that name them, read strictly. */
#include "rig_udf.h"

#include "harness/t.h"

#include <stdlib.h>
#include <string.h>

#define SEC 2048u

uint32_t view_lba(const struct udf_view *v, struct udf_at at)
{
	uint64_t bytes = (uint64_t)at.block * SEC;

	if (at.part == 0) {
		T_MUST(at.block < v->part_nsec);
		return v->part_lba + at.block;
	}
	T_MUST(at.part == 1 && v->space != VIEW_DIRECT);
	if (v->space == VIEW_VIRTUAL) {
		T_MUST(at.block < v->nvat);
		return v->part_lba + v->vat[at.block];
	}
	for (unsigned i = 0; i < v->metadata.nextent; i++) {
		const struct udf_extent *x = &v->metadata.extent[i];

		if (bytes < x->bytes)
			return x->lba + (uint32_t)(bytes / SEC);
		bytes -= x->bytes;
	}
	T_MUST(!"a block beyond the metadata file");
	return 0;
}

/* Times are in UTC and exist. */
static void check_time(const struct udf_view *v, const uint8_t *p)
{
	const unsigned most[] = { 12, 31, 23, 59, 59, 99, 99, 99 };

	T_EQ(udf_le16(p), 0x1000);
	for (unsigned i = 0; i < 8; i++)
		T_TRUE(p[4 + i] <= most[i]);
	T_TRUE(p[4] >= 1 && p[5] >= 1);
	/* UDF 2.2.6: the volume is not older */
	if (v->next_unique) {
		int year = (int16_t)udf_le16(p + 2), volume = (int16_t)udf_le16(v->recorded + 2);

		T_TRUE(year < volume || (year == volume && memcmp(p + 4, v->recorded + 4, 8) <= 0));
	}
}

/* One descriptor; false at the end of a block's. */
static bool next_ad(struct udf_view *v, struct udf_entry *e, const uint8_t *p)
{
	bool longer = (e->flags & 7) == 1;
	uint32_t word = udf_le32(p), bytes = word & 0x3fffffff;
	struct udf_at at = { udf_le32(p + 4), longer ? udf_le16(p + 8) : e->at.part };
	uint8_t aed[SEC];
	struct udf_entry more;

	if (word >> 30 == 3) {
		T_EQ(bytes, SEC);
		view_sector(v, view_lba(v, at), aed);
		view_tag(v, aed, 258, at.block, 24 + (size_t)udf_le32(aed + 20));
		view_claim(v, view_lba(v, at), 1);
		more = *e;
		more.ad = aed + 24;
		more.ad_bytes = udf_le32(aed + 20);
		for (uint32_t i = 0; i < more.ad_bytes; i += longer ? 16 : 8)
			if (!next_ad(v, e, more.ad + i))
				T_EQ(i + (longer ? 16 : 8), more.ad_bytes);
		return false;
	}
	T_EQ(word >> 30, 0);
	T_TRUE(bytes > 0);
	/* All but the last are whole blocks. */
	if (e->nextent)
		T_EQ(e->extent[e->nextent - 1].bytes % SEC, 0);
	e->extent = reallocarray(e->extent, e->nextent + 1, sizeof(*e->extent));
	T_MUST(e->extent != NULL);
	e->extent[e->nextent++] = (struct udf_extent){ view_lba(v, at), bytes, at };
	return true;
}

static void read_extents(struct udf_view *v, struct udf_entry *e)
{
	uint32_t size = (e->flags & 7) == 1 ? 16 : 8;
	uint64_t bytes = 0, nsec = 0;

	if ((e->flags & 7) == 3) {
		T_EQ(e->ad_bytes, e->info_bytes);
		T_EQ(e->nblock, 0);
		return;
	}
	T_TRUE((e->flags & 7) <= 1);
	T_EQ(e->ad_bytes % size, 0);
	for (uint32_t i = 0; i < e->ad_bytes; i += size)
		if (!next_ad(v, e, e->ad + i))
			T_EQ(i + size, e->ad_bytes);
	for (unsigned i = 0; i < e->nextent; i++) {
		bytes += e->extent[i].bytes;
		nsec += (e->extent[i].bytes + SEC - 1) / SEC;
	}
	T_EQ(bytes, e->info_bytes);
	T_EQ(nsec, e->nblock);
}

static void decode_head(struct udf_view *v, struct udf_entry *e)
{
	const uint8_t *p = e->raw;
	bool extended = udf_le16(p) == 266;
	unsigned head = extended ? 216 : 176;

	T_EQ(extended, v->revision >= 0x200);
	T_EQ(udf_le16(p + 20), 4);
	T_EQ(udf_le16(p + 24), 1);
	e->type = p[27];
	e->flags = udf_le16(p + 34);
	e->uid = udf_le32(p + 36);
	e->gid = udf_le32(p + 40);
	e->perm = udf_le32(p + 44);
	e->nlink = udf_le16(p + 48);
	e->info_bytes = udf_le64(p + 56);
	e->object_bytes = extended ? udf_le64(p + 64) : e->info_bytes;
	e->nblock = udf_le64(p + (extended ? 72 : 64));
	for (unsigned i = 0; i < (extended ? 4 : 3); i++)
		check_time(v, p + (extended ? 80 : 72) + 12 * i);
	e->mtime = p + (extended ? 92 : 84);
	T_EQ(udf_le32(p + (extended ? 128 : 108)), 1);
	e->unique = udf_le64(p + (extended ? 200 : 160));
	e->ea_bytes = udf_le32(p + head - 8);
	e->ad_bytes = udf_le32(p + head - 4);
	if (extended) {
		e->stream_dir_bytes = udf_le32(p + 152);
		e->stream_dir = (struct udf_at){ udf_le32(p + 156), udf_le16(p + 160) };
	}
	T_MUST(e->ea_bytes <= SEC - head && e->ad_bytes <= SEC - head - e->ea_bytes);
	e->ea = p + head;
	e->ad = e->ea + e->ea_bytes;
	view_tag(v, p, extended ? 266 : 261, e->at.block, head + (size_t)e->ea_bytes + e->ad_bytes);
	for (unsigned i = head + e->ea_bytes + e->ad_bytes; i < SEC; i++)
		T_EQ(p[i], 0);
}

void view_entry(struct udf_view *v, struct udf_at at, struct udf_entry *out)
{
	*out = (struct udf_entry){ .at = at };
	view_sector(v, view_lba(v, at), out->raw);
	view_claim(v, view_lba(v, at), 1);
	decode_head(v, out);
	read_extents(v, out);
}

void view_entry_free(struct udf_entry *e)
{
	free(e->extent);
	e->extent = NULL;
}

void view_read(
	const struct udf_view *v, const struct udf_entry *e, uint64_t off, void *out, size_t n)
{
	uint8_t *p = out, s[SEC];

	T_MUST(off + n <= e->info_bytes);
	if ((e->flags & 7) == 3) {
		memcpy(out, e->ad + off, n);
		return;
	}
	while (n > 0) {
		uint64_t at = off;
		unsigned i = 0;
		size_t k;

		while (at >= e->extent[i].bytes)
			at -= e->extent[i++].bytes;
		view_sector(v, e->extent[i].lba + (uint32_t)(at / SEC), s);
		k = SEC - at % SEC < n ? SEC - at % SEC : n;
		memcpy(p, s + at % SEC, k);
		p += k;
		off += k;
		n -= k;
	}
}

static void put_utf8(struct udf_name *n, uint32_t c)
{
	char *p = n->utf8 + n->len;

	if (c < 0x80) {
		p[0] = (char)c;
		n->len += 1;
	} else if (c < 0x800) {
		p[0] = (char)(0xc0 | c >> 6);
		p[1] = (char)(0x80 | (c & 0x3f));
		n->len += 2;
	} else if (c < 0x10000) {
		p[0] = (char)(0xe0 | c >> 12);
		p[1] = (char)(0x80 | (c >> 6 & 0x3f));
		p[2] = (char)(0x80 | (c & 0x3f));
		n->len += 3;
	} else {
		p[0] = (char)(0xf0 | c >> 18);
		p[1] = (char)(0x80 | (c >> 12 & 0x3f));
		p[2] = (char)(0x80 | (c >> 6 & 0x3f));
		p[3] = (char)(0x80 | (c & 0x3f));
		n->len += 4;
	}
	n->utf8[n->len] = '\0';
}

static void decode_ident(
	const struct udf_view *v, const uint8_t *p, unsigned len, struct udf_name *n)
{
	unsigned width = p[0] / 8;

	T_MUST(p[0] == 8 || p[0] == 16);
	T_TRUE(len > 1);
	T_EQ((len - 1) % width, 0);
	for (unsigned i = 1; i < len; i += width) {
		uint32_t c = width == 1 ? p[i] : p[i] * 256u + p[i + 1];

		if ((c & 0xfc00) == 0xd800) {
			uint32_t low = p[i + 2] * 256u + p[i + 3];

			T_TRUE(v->revision >= 0x250);
			T_MUST(i + 3 < len && (low & 0xfc00) == 0xdc00);
			c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
			i += 2;
		}
		put_utf8(n, c);
	}
}

/* Where the byte at @off of a directory is, as tags say it. */
static uint32_t location_of(const struct udf_entry *dir, uint64_t off)
{
	unsigned i = 0;

	if ((dir->flags & 7) == 3)
		return dir->at.block;
	while (off >= dir->extent[i].bytes)
		off -= dir->extent[i++].bytes;
	return dir->extent[i].at.block + (uint32_t)(off / SEC);
}

static unsigned decode_name(const struct udf_view *v, const struct udf_entry *dir,
	const uint8_t *all, uint64_t off, struct udf_name *n)
{
	const uint8_t *p = all + off;
	unsigned used, len;

	T_MUST(dir->info_bytes - off >= 38);
	used = 38u + p[19] + udf_le16(p + 36);
	len = (used + 3) / 4 * 4;
	T_MUST(len <= dir->info_bytes - off);
	T_MUST(view_tag(v, p, 257, location_of(dir, off), len));
	T_EQ(udf_le16(p + 16), 1);
	T_EQ(udf_le16(p + 36), 0);
	T_EQ(udf_le32(p + 20), SEC);
	for (unsigned i = used; i < len; i++)
		T_EQ(p[i], 0);
	*n = (struct udf_name){
		.flags = p[18],
		.icb = { udf_le32(p + 24), udf_le16(p + 28) },
		.unique = udf_le32(p + 32),
	};
	T_EQ(udf_le16(p + 30), 0);
	if (p[18] & 8)
		T_EQ(p[19], 0);
	else
		decode_ident(v, p + 38, p[19], n);
	return len;
}

struct udf_name *view_names(struct udf_view *v, const struct udf_entry *dir, unsigned *n)
{
	uint8_t *all = malloc(dir->info_bytes + 1);
	struct udf_name *names = NULL;
	unsigned cap = 0;

	*n = 0;
	T_MUST(all != NULL);
	view_read(v, dir, 0, all, dir->info_bytes);
	for (uint64_t off = 0; off < dir->info_bytes;) {
		if (*n == cap) {
			cap = cap ? cap * 2 : 16;
			names = reallocarray(names, cap, sizeof(*names));
			T_MUST(names != NULL);
		}
		off += decode_name(v, dir, all, off, &names[*n]);
		T_EQ((names[*n].flags & 8) != 0, *n == 0);
		(*n)++;
	}
	free(all);
	return names;
}

size_t view_named(struct udf_view *v, const struct udf_name *name, bool *first)
{
	size_t i = 0;

	if (!(name->flags & 8) && v->revision >= 0x200) {
		v->unique = reallocarray(v->unique, v->nunique + 1, sizeof(*v->unique));
		T_MUST(v->unique != NULL);
		v->unique[v->nunique++] = name->unique;
	}
	while (i < v->nseen &&
		(v->seen[i].at.block != name->icb.block || v->seen[i].at.part != name->icb.part))
		i++;
	*first = i == v->nseen;
	if (*first) {
		v->seen = reallocarray(v->seen, v->nseen + 1, sizeof(*v->seen));
		T_MUST(v->seen != NULL);
		v->seen[v->nseen++] = (struct udf_seen){ .at = name->icb };
	}
	v->seen[i].names++;
	return i;
}
