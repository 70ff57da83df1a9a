/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What hostile and broken discs make of the UDF reader. */
#include "image/reader.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/sector.h"
#include "harness/t.h"
#include "rig_image.h"
#include "rig_source.h"
#include "rig_tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What every hostile image began as. Entries are numbered as the walk meets them. */
static const char base_tree[] = "d /dir\n"
				"f /file size=5000\n"
				"l /link -> a/b\n"
				"c /null rdev=1:3\n"
				"f /streams size=10\n"
				"d /dir/sub\n"
				"f /dir/two size=3000\n"
				"f /dir/sub/file size=5000\n";
enum entry { ROOT, DIR, REGULAR, LINK, DEVICE, STREAMS, SUB };

static const struct image_opts bases[] = {
	{ .spaces = IMAGE_SPACES_DEFAULT, .udf_revision = IMAGE_UDF_201 },
	{ .spaces = IMAGE_UDF,
		.udf_revision = IMAGE_UDF_150,
		.udf_access = IMAGE_ACCESS_WRITE_ONCE },
	{ .spaces = IMAGE_SPACES_DEFAULT,
		.udf_revision = IMAGE_UDF_250,
		.udf_mirror = IMAGE_MIRROR_ON },
	{ .spaces = IMAGE_UDF,
		.udf_revision = IMAGE_UDF_200,
		.udf_access = IMAGE_ACCESS_WRITE_ONCE },
};
enum base { DIRECT, VAT, METADATA, VAT_LATER };
#define NBASES (sizeof(bases) / sizeof(bases[0]))

struct disc {
	uint8_t *bytes;
	uint32_t nsec, meta; /* first sector of metadata */
};

static struct tree *make_tree(void)
{
	static const struct tree_xattr x[] = { { "user.a", "one", 3 }, { "user.b", "two", 3 } };
	struct tree *t = rig_tree_parse(base_tree, 1600000000);

	t->inode[STREAMS].xattr = x;
	t->inode[STREAMS].nxattr = 2;
	return t;
}

static struct disc make_base(enum base base)
{
	struct image *img = rig_image_with(make_tree(), &bases[base]);
	struct disc d = { rig_image_bytes(img), image_nsec(img), 0 };

	for (d.meta = 257; d.meta < d.nsec; d.meta++)
		if (get_u16le(d.bytes + (size_t)d.meta * SECTOR) == 256)
			break;
	T_MUST(d.meta < d.nsec);
	image_free(img);
	return d;
}

/* Where a change is made. */
enum where {
	SECTOR_AT,   /* what = number of a sector */
	LAST_SECTOR, /* of the image */
	ENTRY,	     /* what = enum entry: its file entry */
	NAMES,	     /* what = enum entry of a directory: its first sector of identifiers */
	FSD,
};

/* The block of the first allocation descriptor of the file entry in sector @lba. */
static uint32_t first_block(const struct disc *d, uint32_t lba)
{
	const uint8_t *icb = d->bytes + (size_t)lba * SECTOR;
	uint32_t head = get_u16le(icb) == 266 ? 216 : 176;

	return get_u32le(icb + head + get_u32le(icb + head - 8) + 4);
}

static uint32_t lba_of(const struct disc *d, enum where where, uint32_t what)
{
	switch (where) {
	case SECTOR_AT:
		return what;
	case LAST_SECTOR:
		return d->nsec - 1;
	case FSD:
		return d->meta;
	case ENTRY:
		return d->meta + 2 + what;
	case NAMES:
	default:
		return d->meta + first_block(d, d->meta + 2 + what);
	}
}

struct change {
	enum where where;
	uint32_t what;
	unsigned tag_at; /* of the descriptor that is sealed again; UINT_MAX: none is */
	unsigned at, n;	 /* of the sector: bytes, little endian */
	uint64_t value;
};
#define UNSEALED UINT32_MAX

static void change(const struct disc *d, const struct change *c)
{
	uint8_t *p = d->bytes + (size_t)lba_of(d, c->where, c->what) * SECTOR;

	for (unsigned i = 0; i < c->n; i++)
		p[c->at + i] = (uint8_t)(c->value >> 8 * i);
	if (c->n > 0 && c->tag_at != UNSEALED)
		rig_reseal(p + c->tag_at, SECTOR - c->tag_at);
}

#define EXTENT_MORE (3ull << 30)
/* Fields: of an extended file entry of 2.01, and of the first child behind the parent's 40 bytes.
 */
#define FIRST_AD   216
#define FID	   40
#define FID_FLAGS  (FID + 18)
#define FID_LENGTH (FID + 19)
#define FID_ICB	   (FID + 24)
#define FID_USE	   (FID + 36)
#define FID_NAME   (FID + 39)
#define LVD	   35
#define LVD_2	   51
#define PD	   34
#define PD_2	   50

/* Each is refused, for the reason that stands beside it, and nothing is read beyond the image. */
static const struct hostile {
	const char *name;
	enum base base;
	struct change change[2];
	int code;
	const char *reason;
} hostile[] = {
	{ "a directory that holds itself", DIRECT, { { NAMES, ROOT, FID, FID_ICB, 4, 2 } }, -ELOOP,
		"part of two structures" },
	{ "a directory that holds its parent", DIRECT, { { NAMES, DIR, FID, FID_ICB, 4, 3 } },
		-ELOOP, "part of two structures" },
	{ "a file entry past the partition", DIRECT,
		{ { NAMES, ROOT, FID, FID_ICB, 4, 0xfffffff0 } }, -EBADMSG, "which has" },
	{ "a file entry in a partition that there is not", DIRECT,
		{ { NAMES, ROOT, FID, FID_ICB + 4, 2, 7 } }, -EBADMSG, "partition 7 of 1" },
	{ "an identifier where a file entry should be", DIRECT,
		{ { NAMES, ROOT, FID, FID_ICB, 4, 0 } }, -EBADMSG, "descriptor 256" },
	{ "identifiers past the end of their directory", DIRECT,
		{ { NAMES, ROOT, UNSEALED, FID_LENGTH, 1, 250 } }, -EBADMSG, "identifier" },
	{ "more implementation use than directory", DIRECT,
		{ { NAMES, ROOT, UNSEALED, FID_USE, 2, 0xffff } }, -EBADMSG, "where" },
	{ "a slash in a name", DIRECT, { { NAMES, ROOT, FID, FID_NAME, 1, '/' } }, -EBADMSG,
		"'/'" },
	{ "a NUL in a name", DIRECT, { { NAMES, ROOT, FID, FID_NAME, 1, 0 } }, -EBADMSG, "NUL" },
	{ "a text of compression 7", DIRECT, { { NAMES, ROOT, FID, FID_NAME - 1, 1, 7 } }, -EBADMSG,
		"compression 7" },
	{ "a name that is written for another block", DIRECT,
		{ { NAMES, ROOT, FID, FID + 12, 4, 99 } }, -EBADMSG, "for block 99" },
	{ "a name that was changed", DIRECT, { { NAMES, ROOT, UNSEALED, FID_NAME, 1, 'x' } },
		-EBADMSG, "CRC is wrong" },
	{ "a directory that is said to be a file", DIRECT,
		{ { NAMES, ROOT, FID, FID_FLAGS, 1, 0 } }, -EBADMSG, "a file of type 4" },
	{ "a size that asks for 4 EiB", DIRECT, { { ENTRY, DIR, 0, 56, 8, 1ull << 62 } }, -EFBIG,
		"bytes, more than" },
	{ "a directory longer than its extents", DIRECT, { { ENTRY, DIR, 0, 56, 8, 100000 } },
		-EBADMSG, "and extents of" },
	{ "an extent of a gibibyte", DIRECT,
		{ { ENTRY, DIR, 0, 56, 8, 0x3fffffff },
			{ ENTRY, DIR, 0, FIRST_AD, 4, 0x3fffffff } },
		-EBADMSG, "which has" },
	{ "content past the end", DIRECT, { { ENTRY, REGULAR, 0, FIRST_AD + 4, 4, 0xffffff } },
		-EBADMSG, "which has" },
	{ "a negative size", DIRECT, { { ENTRY, REGULAR, 0, 56, 8, UINT64_MAX } }, -EBADMSG,
		"bytes" },
	{ "a directory over a file entry", DIRECT, { { ENTRY, DIR, 0, FIRST_AD + 4, 4, 3 } },
		-ELOOP, "part of two" },
	{ "a directory that is not recorded", DIRECT, { { ENTRY, DIR, 0, FIRST_AD + 3, 1, 0x40 } },
		-EBADMSG, "not recorded" },
	{ "descriptors that go on in a file entry", DIRECT,
		{ { ENTRY, REGULAR, 0, FIRST_AD, 8, 2ull << 32 | EXTENT_MORE | 2048 } }, -ELOOP,
		"part of two" },
	{ "attributes longer than the entry", DIRECT, { { ENTRY, DIR, 0, 208, 4, 0xfffffff0 } },
		-EBADMSG, "room for" },
	{ "allocation descriptors longer than the entry", DIRECT,
		{ { ENTRY, DIR, 0, 212, 4, 1833 } }, -EBADMSG, "room for" },
	{ "content longer than the entry that holds it", DIRECT,
		{ { ENTRY, LINK, 0, 56, 8, 1500 } }, -EBADMSG, "in a file entry that has" },
	{ "allocation descriptors of kind 5", DIRECT, { { ENTRY, DIR, 0, 34, 1, 5 } }, -EBADMSG,
		"kind 5" },
	{ "a chain of entries", DIRECT, { { ENTRY, DIR, 0, 20, 2, 4096 } }, -EOPNOTSUPP,
		"strategy 4096" },
	{ "a type that there is not", DIRECT, { { ENTRY, REGULAR, 0, 27, 1, 99 } }, -EBADMSG,
		"type 99" },
	{ "streams in a file", DIRECT, { { ENTRY, STREAMS, 0, 156, 4, 3 } }, -EBADMSG, "not 13" },
	{ "streams of the root in the root", DIRECT,
		{ { ENTRY, ROOT, 0, 152, 8, 2ull << 32 | 2048 } }, -EBADMSG, "not 13" },
	{ "two files with one directory of streams", DIRECT,
		{ { ENTRY, REGULAR, 0, 152, 8, 11ull << 32 | 2048 } }, -ELOOP, "part of two" },
	{ "a component longer than its link", DIRECT, { { ENTRY, LINK, 0, 217, 1, 200 } }, -EBADMSG,
		"component" },
	{ "a component of no type", DIRECT, { { ENTRY, LINK, 0, 216, 1, 9 } }, -EBADMSG, "type 9" },
	{ "a link to nothing", DIRECT, { { ENTRY, LINK, 0, 56, 8, 0 } }, -EBADMSG, "to nothing" },
	{ "an attribute without a length", DIRECT, { { ENTRY, DEVICE, 0, 216 + 32, 4, 0 } },
		-EBADMSG, "attribute of 0" },
	{ "an attribute longer than all", DIRECT, { { ENTRY, DEVICE, 0, 216 + 32, 4, 4000 } },
		-EBADMSG, "attribute of 4000" },
	{ "a file set that is none", DIRECT, { { FSD, 0, 0, 0, 2, 257 } }, -EBADMSG,
		"descriptor 257" },
	{ "a root past the partition", DIRECT, { { FSD, 0, 0, 404, 4, UINT32_MAX } }, -EBADMSG,
		"root directory" },
	{ "a root that is a file", DIRECT, { { FSD, 0, 0, 404, 4, 4 } }, -EBADMSG, "type 5" },
	{ "a partition past the end", DIRECT,
		{ { SECTOR_AT, PD, 0, 188, 4, UINT32_MAX },
			{ SECTOR_AT, PD_2, 0, 188, 4, UINT32_MAX } },
		-EBADMSG, "and there are" },
	{ "blocks of 512 bytes", DIRECT,
		{ { SECTOR_AT, LVD, 0, 212, 4, 512 }, { SECTOR_AT, LVD_2, 0, 212, 4, 512 } },
		-EOPNOTSUPP, "blocks of 512" },
	{ "a volume that is not UDF", DIRECT,
		{ { SECTOR_AT, LVD, 0, 217, 1, 'X' }, { SECTOR_AT, LVD_2, 0, 217, 1, 'X' } },
		-EOPNOTSUPP, "not UDF" },
	{ "UDF 3.00", DIRECT,
		{ { SECTOR_AT, LVD, 0, 240, 2, 0x300 }, { SECTOR_AT, LVD_2, 0, 240, 2, 0x300 } },
		-EOPNOTSUPP, "UDF 3.00" },
	{ "no partition map", DIRECT,
		{ { SECTOR_AT, LVD, 0, 268, 4, 0 }, { SECTOR_AT, LVD_2, 0, 268, 4, 0 } }, -EBADMSG,
		"0 partition maps" },
	{ "a thousand partition maps", DIRECT,
		{ { SECTOR_AT, LVD, 0, 268, 4, 1000 }, { SECTOR_AT, LVD_2, 0, 268, 4, 1000 } },
		-EOPNOTSUPP, "1000 partition maps" },
	{ "more partition maps than bytes", DIRECT,
		{ { SECTOR_AT, LVD, 0, 268, 4, 3 }, { SECTOR_AT, LVD_2, 0, 268, 4, 3 } }, -EBADMSG,
		"with 0 left" },
	{ "partition maps past their sector", DIRECT,
		{ { SECTOR_AT, LVD, 0, 264, 4, 4000 }, { SECTOR_AT, LVD_2, 0, 264, 4, 4000 } },
		-EBADMSG, "maps of 4000" },
	{ "a partition map without a length", DIRECT,
		{ { SECTOR_AT, LVD, 0, 441, 1, 0 }, { SECTOR_AT, LVD_2, 0, 441, 1, 0 } }, -EBADMSG,
		"0 bytes" },
	{ "a map of a partition that there is not", DIRECT,
		{ { SECTOR_AT, LVD, 0, 444, 2, 3 }, { SECTOR_AT, LVD_2, 0, 444, 2, 3 } }, -EBADMSG,
		"not described" },
	{ "a virtual partition that is something else", VAT,
		{ { SECTOR_AT, LVD, 0, 452, 1, 'X' }, { SECTOR_AT, LVD_2, 0, 452, 1, 'X' } },
		-EOPNOTSUPP, "of a kind" },
	{ "a virtual partition alone", VAT,
		{ { SECTOR_AT, LVD, 0, 440, 2, 0x4002 }, { SECTOR_AT, LVD_2, 0, 440, 2, 0x4002 } },
		-EOPNOTSUPP, "of a kind" },
	{ "a table of 2^60 virtual blocks", VAT, { { LAST_SECTOR, 0, 0, 56, 8, 1ull << 62 } },
		-EBADMSG, "no virtual allocation table" },
	{ "a table that is a directory", VAT, { { LAST_SECTOR, 0, 0, 27, 1, 4 } }, -EBADMSG,
		"no virtual allocation table" },
	{ "a table that is not there", VAT, { { LAST_SECTOR, 0, UNSEALED, 0, 2, 0 } }, -EBADMSG,
		"no virtual allocation table" },
	{ "a table past the end", VAT, { { LAST_SECTOR, 0, 0, 180, 4, UINT32_MAX } }, -EBADMSG,
		"no virtual allocation table" },
	{ "a table in its own file entry", VAT_LATER, { { LAST_SECTOR, 0, 0, 216 + 4, 4, 0 } },
		-EBADMSG, "no virtual allocation table" },
};

static void refuse(const struct hostile *h)
{
	struct disc d = make_base(h->base);
	struct sector_source src = rig_source(d.bytes, d.nsec);
	struct tree *t = NULL;
	struct err err = { 0 };
	int r;

	change(&d, &h->change[0]);
	change(&d, &h->change[1]);
	r = reader_tree(&src, 0, READER_UDF, &t, &err);
	if (!T_TRUE(r == h->code && strstr(err.msg, h->reason)))
		fprintf(stderr, "  %s: %d %s\n", h->name, r, err.msg);
	T_TRUE(t == NULL);
	free(d.bytes);
}

static void hostile_volumes_are_refused_with_a_reason(void)
{
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
		refuse(&hostile[i]);
}

/* Both metadata files as they must not be: of blocks in which they lie themselves. */
static void metadata_that_holds_itself_is_refused(void)
{
	struct disc d = make_base(METADATA);
	struct sector_source src = rig_source(d.bytes, d.nsec);
	struct tree *t = NULL;
	struct err err = { 0 };

	for (uint32_t lba = 257; lba < d.nsec; lba++) {
		uint8_t *p = d.bytes + (size_t)lba * SECTOR;

		if (get_u16le(p) != 266 || (p[27] != 250 && p[27] != 251))
			continue;
		put_u32le(p + 216 + 4, lba - 288);
		rig_reseal(p, SECTOR);
	}
	T_EQ(reader_tree(&src, 0, READER_UDF, &t, &err), -EBADMSG);
	T_HAS(err.msg, "file set descriptor");
	T_TRUE(t == NULL);
	free(d.bytes);
}

/* A block of further descriptors whose last leads to the block itself. */
static void descriptors_that_go_on_in_themselves_are_refused(void)
{
	struct disc d = make_base(DIRECT);
	struct sector_source src = rig_source(d.bytes, d.nsec);
	uint8_t *icb = d.bytes + (size_t)lba_of(&d, ENTRY, REGULAR) * SECTOR;
	uint8_t *aed = d.bytes + (size_t)lba_of(&d, ENTRY, LINK) * SECTOR;
	struct tree *t = NULL;
	struct err err = { 0 };
	uint32_t block = 2 + LINK;

	put_u32le(icb + FIRST_AD, (uint32_t)EXTENT_MORE | SECTOR);
	put_u32le(icb + FIRST_AD + 4, block);
	rig_reseal(icb, SECTOR);
	memset(aed, 0, SECTOR);
	put_u16le(aed, 258);
	put_u16le(aed + 2, 3);
	put_u16le(aed + 10, 16);
	put_u32le(aed + 12, block);
	put_u32le(aed + 20, 8);
	put_u32le(aed + 24, (uint32_t)EXTENT_MORE | SECTOR);
	put_u32le(aed + 28, block);
	rig_reseal(aed, SECTOR);
	T_EQ(reader_tree(&src, 0, READER_UDF, &t, &err), -ELOOP);
	T_HAS(err.msg, "part of two");
	free(d.bytes);
}

static void volume_descriptors_that_lead_to_themselves_are_refused(void)
{
	struct disc d = make_base(DIRECT);
	struct sector_source src = rig_source(d.bytes, d.nsec);
	struct tree *t = NULL;
	struct err err = { 0 };

	for (uint32_t lba = 32; lba <= 48; lba += 16) {
		uint8_t *p = d.bytes + (size_t)lba * SECTOR;

		put_u16le(p, 3);
		put_u32le(p + 20, 16 * SECTOR);
		put_u32le(p + 24, lba);
		rig_reseal(p, SECTOR);
	}
	T_EQ(reader_tree(&src, 0, READER_UDF, &t, &err), -EBADMSG);
	T_HAS(err.msg, "a loop");
	free(d.bytes);
}

static void directories_too_deep_are_refused(void)
{
	const struct image_opts opts = { .spaces = IMAGE_UDF };
	const struct tree_inode in = { .mode = S_IFDIR | 0755 };
	struct rig_tree *rt = rig_tree_new();
	struct sector_source src;
	struct image *img;
	struct tree *t = NULL;
	struct err err = { 0 };
	uint32_t parent = 0;

	for (unsigned i = 0; i < READER_DEPTH_MAX + 2; i++)
		parent = rig_tree_add(rt, parent, "d", 1, i + 1, &in);
	img = rig_image_with(rig_tree_finish(rt, 1600000000), &opts);
	src = rig_image_source(img);
	T_EQ(reader_tree(&src, 0, READER_UDF, &t, &err), -EBADMSG);
	T_HAS(err.msg, "deep");
	image_free(img);
}

static void what_is_no_volume_is_said_to_be_none(void)
{
	uint8_t *bytes = calloc(600, SECTOR);
	struct sector_source src = rig_source(bytes, 600);
	struct reader_spaces spaces;
	struct tree *t;
	struct err err = { 0 };

	for (src.nsec = 0; src.nsec <= 600; src.nsec += 200) {
		T_EQ(reader_tree(&src, 0, READER_UDF, &t, &err), -ENODATA);
		T_HAS(err.msg, "no anchor");
		T_EQ(reader_probe(&src, 0, &spaces, &err), -ENODATA);
	}
	free(bytes);
}

/* Random changes where descriptors are, and most of them sealed again. */
static void change_at_random(const struct disc *d, uint32_t structures)
{
	for (uint64_t n = 1 + t_below(4); n > 0; n--) {
		uint32_t lba = t_below(3) ? d->meta + (uint32_t)t_below(structures)
					  : (uint32_t)(t_below(2) ? 32 + t_below(40)
								  : d->nsec - 1 - t_below(40));
		uint8_t *p = d->bytes + (size_t)(lba % d->nsec) * SECTOR;
		unsigned at = (unsigned)t_below(t_below(2) ? 300 : SECTOR);

		static const uint8_t likely[] = { 0, 1, 2, 4, 0x40, 0x80, 0xff };
		p[at] = t_below(2) ? likely[t_below(sizeof(likely))] : (uint8_t)t_random();
		for (unsigned k = 0; t_below(8) && k < SECTOR - 40; k += 4)
			if (k == 0 || get_u16le(p + k) == 257)
				rig_reseal(p + k, SECTOR - k);
	}
}

/* Whatever the bytes, the answer is a tree that can be used or a reason. */
static void changed_bytes_never_break_the_reader(void)
{
	unsigned refused = 0, total = 0;

	for (unsigned base = 0; base < NBASES; base++) {
		struct disc clean = make_base((enum base)base), d = clean;
		size_t all = (size_t)clean.nsec * SECTOR;
		struct sector_source src;

		d.bytes = malloc(all);
		T_MUST(d.bytes != NULL);
		src = rig_source(d.bytes, d.nsec);
		t_seed(base + 7);
		for (unsigned i = 0; i < 4000; i++, total++) {
			struct tree *t = NULL;
			struct err err = { 0 };

			memcpy(d.bytes, clean.bytes, all);
			change_at_random(&d, 20);
			if (reader_tree(&src, 0, READER_UDF, &t, &err) < 0) {
				refused++;
				T_TRUE(err.msg[0] != '\0' && t == NULL);
				continue;
			}
			rig_touch_tree(t, 20000);
			tree_free(t);
		}
		free(d.bytes);
		free(clean.bytes);
	}
	printf("# %u of %u changed volumes were refused\n", refused, total);
	T_TRUE(refused > total / 20 && refused < total);
}

int main(void)
{
	T_RUN(hostile_volumes_are_refused_with_a_reason);
	T_RUN(metadata_that_holds_itself_is_refused);
	T_RUN(descriptors_that_go_on_in_themselves_are_refused);
	T_RUN(volume_descriptors_that_lead_to_themselves_are_refused);
	T_RUN(directories_too_deep_are_refused);
	T_RUN(what_is_no_volume_is_said_to_be_none);
	T_RUN(changed_bytes_never_break_the_reader);
	return t_end();
}
