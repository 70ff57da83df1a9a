/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images, changed. */
#include "patched.h"

#include "base/bytes.h"
#include "base/sector.h"
#include "image/image.h"
#include "image/rig_image.h"
#include "image/rig_tree.h"
#include "image/survey.h"
#include "mend.h"

#include <string.h>

/* Something of everything, and little content. */
static const char text[] = "d /dir mode=700\n"
			   "d /dir/sub\n"
			   "f /dir/sub/file size=3000\n"
			   "f /dir/sub/small size=30\n"
			   "f /dir/{n*200} size=100\n"
			   "l /dir/link -> ../one/./{t*250}/{u*200}\n"
			   "l /short -> dir\n"
			   "f /one size=5000 uid=7 gid=8\n"
			   "h /two = /one\n"
			   "f /README size=1\n"
			   "f /readme size=2\n"
			   "f /\xc3\xa9\xe6\x97\xa5.txt size=9\n"
			   "c /null rdev=1:3\n"
			   "p /fifo\n"
			   "f /empty size=0\n";

#define RR   (IMAGE_ISO9660 | IMAGE_ROCKRIDGE)
#define ONCE IMAGE_ACCESS_WRITE_ONCE
#define FORM(...)                                                                                  \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

static const struct image_opts forms[] = {
	FORM(.spaces = RIG_ISO),
	FORM(.spaces = RR, .iso_level = IMAGE_LEVEL_1999),
	FORM(.spaces = 0),
	FORM(.spaces = IMAGE_UDF, .udf_revision = IMAGE_UDF_102),
	FORM(.spaces = IMAGE_UDF, .udf_revision = IMAGE_UDF_150, .udf_access = ONCE),
	FORM(.spaces = IMAGE_UDF, .udf_revision = IMAGE_UDF_200, .udf_access = ONCE),
	FORM(.spaces = IMAGE_UDF, .udf_revision = IMAGE_UDF_201),
	FORM(.spaces = IMAGE_UDF, .udf_revision = IMAGE_UDF_260),
};
#define NFORMS (sizeof(forms) / sizeof(forms[0]))

struct base {
	uint8_t *bytes, *now; /* as it was made; as it is changed */
	uint32_t nsec, nmeta;
	uint32_t *meta; /* sectors that are neither content nor nothing */
	bool *changed;
};

static struct base bases[NFORMS];

static void note_sectors(struct base *base, const struct image *img)
{
	struct image_cursor at = { 0 };
	struct image_extent e;

	while (image_extent_next(img, &at, &e))
		for (uint32_t i = 0; e.kind != EXTENT_FILE && i < e.nsec; i++) {
			const uint8_t *p = base->bytes + (size_t)(e.lba + i) * SECTOR;

			if (p[0] != 0 || memcmp(p, p + 1, SECTOR - 1) != 0)
				base->meta[base->nmeta++] = e.lba + i;
		}
	FUZZ_MUST(base->nmeta > 0);
}

/* An attribute on some: streams, AAIP. */
static struct tree *make_tree(void)
{
	static const struct tree_xattr all[] = {
		{ "user.a", "alpha", 5 },
		{ "user.b", text, 200 },
	};
	struct tree *t = rig_tree_parse(text, 1600000000);

	for (uint32_t node = 1; node < 4 && node < t->nnode; node++) {
		t->inode[t->node[node].inode].xattr = all;
		t->inode[t->node[node].inode].nxattr = 2;
	}
	return t;
}

static struct base *base_of(unsigned form)
{
	struct base *base = &bases[form];
	struct image_opts opts = forms[form];
	struct image *img;

	if (base->bytes)
		return base;
	snprintf(opts.volume_id, sizeof(opts.volume_id), "Fuzzed");
	img = rig_image_with(make_tree(), &opts);
	base->nsec = image_nsec(img);
	base->bytes = rig_image_bytes(img);
	base->now = malloc((size_t)base->nsec * SECTOR);
	base->meta = calloc(base->nsec, sizeof(*base->meta));
	base->changed = calloc(base->nsec, sizeof(*base->changed));
	FUZZ_MUST(base->now && base->meta && base->changed);
	memcpy(base->now, base->bytes, (size_t)base->nsec * SECTOR);
	note_sectors(base, img);
	image_free(img);
	return base;
}

static void restore(struct base *base)
{
	for (uint32_t i = 0; i < base->nsec; i++) {
		if (base->changed[i])
			memcpy(base->now + (size_t)i * SECTOR, base->bytes + (size_t)i * SECTOR,
				SECTOR);
		base->changed[i] = false;
	}
}

enum change { RAW, BOTH32, BOTH16, LITTLE32, LITTLE16, COPY, ZERO, CUT, CHANGES };

static void change_one(struct base *base, struct fuzz_bytes *b, uint32_t *nsec)
{
	const uint8_t what = fuzz_u8(b);
	const uint32_t lba = base->meta[fuzz_u16(b) % base->nmeta];
	const size_t at = fuzz_u16(b) % (SECTOR - 8);
	uint8_t *p = base->now + (size_t)lba * SECTOR + at;
	uint32_t v;

	base->changed[lba] = true;
	switch ((enum change)(what % CHANGES)) {
	case RAW:
		for (unsigned i = 0; i <= what / CHANGES && at + i < SECTOR && b->n > 0; i++)
			p[i] = fuzz_u8(b);
		break;
	case BOTH32:
		v = fuzz_u32(b);
		put_u32le(p, v);
		put_u32be(p + 4, v);
		break;
	case BOTH16:
		v = fuzz_u16(b);
		put_u16le(p, (uint16_t)v);
		put_u16be(p + 2, (uint16_t)v);
		break;
	case LITTLE32:
		put_u32le(p, fuzz_u32(b));
		break;
	case LITTLE16:
		put_u16le(p, fuzz_u16(b));
		break;
	case COPY:
		memcpy(p - at, base->bytes + (size_t)base->meta[fuzz_u16(b) % base->nmeta] * SECTOR,
			SECTOR);
		break;
	case ZERO:
		memset(p, 0, fuzz_u16(b) % (SECTOR - at));
		break;
	case CUT:
	case CHANGES:
		*nsec = lba;
	}
}

static void mend_sector(uint8_t *p)
{
	for (size_t at = 0; at + 16 <= SECTOR; at += 4) {
		unsigned id = get_u16le(p + at);
		bool version = p[at + 2] == 2 || p[at + 2] == 3;

		if (version && p[at + 3] == 0 && (at == 0 ? id <= 266 : id == 257))
			mend_tag(p + at, SECTOR - at);
	}
}

static int read_now(void *arg, uint32_t lba, uint32_t nsec, void *out, struct err *err)
{
	const struct base *base = arg;

	(void)err;
	FUZZ_MUST(lba < base->nsec && nsec <= base->nsec - lba);
	memcpy(out, base->now + (size_t)lba * SECTOR, (size_t)nsec * SECTOR);
	return 0;
}

struct sector_source patched_image(struct fuzz_bytes *b)
{
	const uint8_t form = fuzz_u8(b);
	struct base *base = base_of(form % NFORMS);
	uint32_t nsec = base->nsec;

	restore(base);
	while (b->n > 5)
		change_one(base, b, &nsec);
	for (uint32_t i = 0; form < 128 && i < base->nsec; i++)
		if (base->changed[i])
			mend_sector(base->now + (size_t)i * SECTOR);
	return (struct sector_source){ .read = read_now, .arg = base, .nsec = nsec };
}

size_t patched_seed(unsigned i, uint8_t *out)
{
	if (i >= NFORMS * (1 + CHANGES))
		return 0;
	memset(out, 0, 16);
	out[0] = (uint8_t)(i % NFORMS);
	if (i < NFORMS)
		return 1;
	/* One change somewhere, each of another kind. */
	out[1] = (uint8_t)(i / NFORMS - 1);
	put_u16le(out + 2, (uint16_t)(i * 7));
	put_u16le(out + 4, (uint16_t)(i * 13 % 64));
	put_u32le(out + 6, i);
	return 12;
}
