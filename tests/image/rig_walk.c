/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reader of images with its own decoders. */
#include "rig_walk.h"

#include "harness/t.h"

#include <string.h>

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t both32(const uint8_t *p)
{
	uint32_t be =
		(uint32_t)p[7] | (uint32_t)p[6] << 8 | (uint32_t)p[5] << 16 | (uint32_t)p[4] << 24;

	T_EQ(le32(p), be);
	return be;
}

void walk_open(struct walk *w, const struct image *img, uint32_t lba, uint32_t size_bytes)
{
	T_EQ(size_bytes % 2048, 0);
	T_MUST(lba > 18 && lba < image_nsec(img));
	*w = (struct walk){ img, lba, size_bytes / 2048, 0 };
}

void walk_root(struct walk *w, const struct image *img, uint32_t descriptor_lba)
{
	uint8_t s[2048];

	T_MUST(image_read(img, descriptor_lba, 1, s, NULL) == 0);
	T_MEM(s + 1, "CD001", 5);
	T_EQ(both32(s + 80), image_nsec(img));
	T_EQ(s[156], 34);
	walk_open(w, img, both32(s + 158), both32(s + 166));
}

static void add_component(
	struct walk_entry *e, unsigned flags, const uint8_t *s, unsigned n, bool *joined)
{
	static const char *const words[] = { [2] = ".", [4] = ".." };

	if (!*joined)
		e->target[e->target_len++] = '/';
	if (flags == 8) {
		e->target[e->target_len++] = '/';
		*joined = true;
		return;
	}
	if (flags == 2 || flags == 4) {
		memcpy(e->target + e->target_len, words[flags], flags / 2);
		e->target_len += flags / 2;
	} else {
		T_TRUE(flags <= 1);
		memcpy(e->target + e->target_len, s, n);
		e->target_len += n;
	}
	*joined = flags == 1;
}

/* Whether the next component follows without '/'; kept over the fields of one entry. */
static bool sl_joined;

static void parse_sl(struct walk_entry *e, const uint8_t *f, unsigned len)
{
	unsigned at = 5;

	while (at < len) {
		T_MUST(at + 2 <= len && at + 2 + f[at + 1] <= len);
		add_component(e, f[at], f + at + 2, f[at + 1], &sl_joined);
		at += 2u + f[at + 1];
	}
	/* At the end of every field but the last a component is under way. */
	if (f[4] & 1)
		T_TRUE(sl_joined);
}

static void parse_px(struct walk_entry *e, const uint8_t *f)
{
	T_TRUE(!e->has_px && f[2] == 44);
	e->has_px = true;
	e->mode = both32(f + 4);
	e->nlink = both32(f + 12);
	e->uid = both32(f + 20);
	e->gid = both32(f + 28);
	e->serial = both32(f + 36);
}

static void parse_field(struct walk_entry *e, const uint8_t *f)
{
	unsigned len = f[2];

	if (memcmp(f, "PX", 2) == 0) {
		parse_px(e, f);
	} else if (memcmp(f, "TF", 2) == 0) {
		T_TRUE(len == 12 && f[4] == 2);
		e->has_tf = true;
		memcpy(e->mtime, f + 5, 7);
	} else if (memcmp(f, "NM", 2) == 0) {
		memcpy(e->name + e->name_len, f + 5, len - 5);
		e->name_len += len - 5;
	} else if (memcmp(f, "SL", 2) == 0) {
		parse_sl(e, f, len);
	} else if (memcmp(f, "PN", 2) == 0) {
		e->has_pn = true;
		e->dev_high = both32(f + 4);
		e->dev_low = both32(f + 12);
	} else if (memcmp(f, "SP", 2) == 0) {
		T_TRUE(len == 7 && f[4] == 0xbe && f[5] == 0xef);
		e->has_sp = true;
	} else if (memcmp(f, "ER", 2) == 0) {
		e->has_er = true;
	} else {
		T_TRUE(memcmp(f, "PD", 2) == 0);
	}
}

/* The fields of one area; what its CE says in @ce. */
static bool parse_area(struct walk_entry *e, const uint8_t *p, unsigned n, uint32_t ce[3])
{
	bool more = false;
	unsigned at = 0;

	while (at + 4 <= n) {
		T_MUST(p[at + 2] >= 4 && at + p[at + 2] <= n && p[at + 3] == 1);
		if (memcmp(p + at, "CE", 2) == 0) {
			T_TRUE(!more && p[at + 2] == 28);
			more = true;
			for (unsigned i = 0; i < 3; i++)
				ce[i] = both32(p + at + 4 + (size_t)i * 8);
		} else {
			parse_field(e, p + at);
		}
		at += p[at + 2];
	}
	/* Only the pad byte that makes a record even may be left. */
	T_TRUE(n - at <= 1 && (n == at || p[at] == 0));
	return more;
}

static void parse_su(const struct walk *w, struct walk_entry *e, const uint8_t *p, unsigned n)
{
	uint8_t sector[2048];
	uint32_t ce[3];
	bool more;

	sl_joined = true;
	more = parse_area(e, p, n, ce);
	while (more) {
		T_MUST(e->areas++ < 32);
		T_MUST(ce[1] + ce[2] <= 2048 && ce[0] < image_nsec(w->img));
		/* Behind the directory's own extent, or libarchive refuses. */
		T_TRUE(ce[0] >= w->lba + w->nsec);
		T_MUST(image_read(w->img, ce[0], 1, sector, NULL) == 0);
		more = parse_area(e, sector + ce[1], ce[2], ce);
	}
}

bool walk_next(struct walk *w, struct walk_entry *out)
{
	uint8_t s[2048];
	const uint8_t *r;
	unsigned base;

	for (;; w->at = (w->at / 2048 + 1) * 2048) {
		if (w->at / 2048 >= w->nsec)
			return false;
		T_MUST(image_read(w->img, w->lba + w->at / 2048, 1, s, NULL) == 0);
		r = s + w->at % 2048;
		if (r[0])
			break;
		for (const uint8_t *z = r; z < s + 2048; z++)
			T_TRUE(*z == 0);
	}
	T_MUST(w->at % 2048 + r[0] <= 2048 && r[0] % 2 == 0 && r[0] >= 34);
	*out = (struct walk_entry){ .record_len = r[0], .id_len = r[32], .flags = r[25] };
	out->lba = both32(r + 2);
	out->size_bytes = both32(r + 10);
	T_TRUE(out->lba < image_nsec(w->img));
	base = 33 + out->id_len + (out->id_len % 2 == 0);
	T_MUST(base <= r[0]);
	memcpy(out->id, r + 33, out->id_len);
	parse_su(w, out, r + base, r[0] - base);
	w->at += r[0];
	return true;
}
