/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the check says of UDF volumes: nothing of ours, and each fault that is planted. */
#include "image/validate.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/sector.h"
#include "harness/t.h"
#include "rig_forms.h"
#include "rig_image.h"
#include "rig_source.h"
#include "rig_tree.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void print(void *arg, const struct finding *f)
{
	(void)arg;
	if (f->severity != FINDING_NOTE)
		fprintf(stderr,
			"  sector %" PRIu32 " byte %" PRIu32
			": %s: %s (%s): expected %s, found %s\n",
			f->lba, f->byte, f->where, f->what, f->clause, f->expected, f->found);
}

static void check_clean(struct tree *t, const struct rig_form *form)
{
	struct image *img;
	struct sector_source src;
	struct validate_summary sum;
	struct err err = { 0 };

	if (rig_nsec(t, &form->opts) > UINT32_MAX / 64) {
		tree_free(t);
		return;
	}
	img = rig_image_with(t, &form->opts);
	src = rig_image_source(img);
	if (!T_EQ(image_validate(&src, 0, print, NULL, &sum, &err), 0))
		fprintf(stderr, "%s\n", err.msg);
	T_EQ(sum.errors + sum.warnings, 0);
	T_TRUE(sum.udf);
	T_EQ(sum.udf_revision, form->revision);
	image_free(img);
}

static void own_volumes_have_no_findings_in_every_form(void)
{
	for (size_t i = 0; i < rig_nform; i++) {
		check_clean(rig_tree_finish(rig_tree_new(), 1000000000), &rig_forms[i]);
		for (uint64_t seed = 1; seed <= 5; seed++)
			check_clean(rig_tree_random(seed * 100 + i, 5 + (unsigned)seed * 30),
				&rig_forms[i]);
	}
}

/* Faults that no sum shows: each is sealed again. Entries are numbered as the walk meets them. */
static const char base_tree[] = "d /dir\n"
				"f /file size=5000\n"
				"l /link -> a/b\n"
				"c /null rdev=1:3\n"
				"f /other size=3000\n"
				"d /dir/sub\n"
				"f /dir/sub/file size=5000\n"
				"h /dir/twice = /file\n";
enum entry { ROOT, DIR, REGULAR, LINK, DEVICE, OTHER, SUB };

static const struct image_opts bases[] = {
	{ .spaces = IMAGE_SPACES_DEFAULT,
		.udf_revision = IMAGE_UDF_201,
		.udf_access = IMAGE_ACCESS_OVERWRITABLE },
	{ .spaces = IMAGE_SPACES_DEFAULT,
		.udf_revision = IMAGE_UDF_250,
		.udf_mirror = IMAGE_MIRROR_ON },
	{ .spaces = IMAGE_UDF,
		.udf_revision = IMAGE_UDF_150,
		.udf_access = IMAGE_ACCESS_WRITE_ONCE },
};
enum base { DIRECT, METADATA, VAT };

enum where { SECTOR_AT, LAST_SECTOR, ENTRY, NAMES, FSD };

struct disc {
	uint8_t *bytes;
	uint32_t nsec, meta;
};

static struct disc make_base(enum base base)
{
	struct image *img = rig_image_with(rig_tree_parse(base_tree, 1600000000), &bases[base]);
	struct disc d = { rig_image_bytes(img), image_nsec(img), 257 };

	while (d.meta < d.nsec && get_u16le(d.bytes + (size_t)d.meta * SECTOR) != 256)
		d.meta++;
	T_MUST(d.meta < d.nsec);
	image_free(img);
	return d;
}

static uint32_t lba_of(const struct disc *d, enum where where, uint32_t what)
{
	const uint8_t *icb;

	switch (where) {
	case LAST_SECTOR:
		return d->nsec - 1;
	case ENTRY:
		return d->meta + 2 + what;
	case NAMES:
		icb = d->bytes + (size_t)(d->meta + 2 + what) * SECTOR;
		return d->meta + get_u32le(icb + 216 + 4);
	case FSD:
		return d->meta;
	case SECTOR_AT:
	default:
		return what;
	}
}

static const struct fault {
	enum base base;
	enum where where;
	uint32_t what;
	unsigned tag_at, at, n;
	uint64_t value;
	const char *told; /* the field's name in a finding */
} faults[] = {
	/* volume recognition, anchors, sequences */
	{ DIRECT, SECTOR_AT, 19, UINT32_MAX, 6, 1, 2, "structure version" },
	{ DIRECT, SECTOR_AT, 20, UINT32_MAX, 5, 1, '2', "volume recognition sequence" },
	{ DIRECT, SECTOR_AT, 20, UINT32_MAX, 1, 1, 'X', "standard identifier" },
	{ DIRECT, SECTOR_AT, 256, 0, 16, 4, 2048, "main sequence's length" },
	{ DIRECT, LAST_SECTOR, 0, 0, 28, 4, 49, "anchor" },
	{ DIRECT, LAST_SECTOR, 0, UINT32_MAX, 0, 2, 0, "anchors" },
	{ DIRECT, SECTOR_AT, 256, 0, 100, 1, 1, "reserved" },
	{ DIRECT, SECTOR_AT, 32, 0, 16, 4, 9, "sequence number" },
	{ DIRECT, SECTOR_AT, 32, 0, 56, 2, 2, "volume sequence number" },
	{ DIRECT, SECTOR_AT, 32, 0, 200, 1, 1, "descriptor character set" },
	{ DIRECT, SECTOR_AT, 32, 0, 24 + 31, 1, 40, "volume identifier" },
	{ DIRECT, SECTOR_AT, 32, 0, 24 + 30, 1, 1, "volume identifier" },
	{ DIRECT, SECTOR_AT, 32, 0, 376 + 4, 1, 13, "recording time" },
	{ DIRECT, SECTOR_AT, 32, 0, 389, 1, 'X', "implementation identifier" },
	{ DIRECT, SECTOR_AT, 32, 0, 488, 2, 2, "flags" },
	{ DIRECT, SECTOR_AT, 32, 0, 10, 2, 100, "descriptor CRC length" },
	{ DIRECT, SECTOR_AT, 33, 0, 24 + 20, 2, 0x102, "implementation identifier" },
	{ DIRECT, SECTOR_AT, 34, 0, 22, 2, 1, "descriptor" },
	{ DIRECT, SECTOR_AT, 34, 0, 30, 1, '2', "partition contents" },
	{ DIRECT, SECTOR_AT, 34, 0, 184, 4, 9, "access type" },
	{ DIRECT, SECTOR_AT, 34, 0, 192, 4, 1000000, "partition" },
	{ DIRECT, SECTOR_AT, 35, 0, 264, 4, 7, "map table length" },
	{ DIRECT, SECTOR_AT, 35, 0, 442, 2, 2, "volume sequence number" },
	{ DIRECT, SECTOR_AT, 36, 0, 20, 4, 1000, "allocation descriptors" },
	{ DIRECT, SECTOR_AT, 40, UINT32_MAX, 7, 1, 1, "sector behind the sequence" },
	{ DIRECT, SECTOR_AT, 50, 0, 100, 1, 1, "descriptor" },
	{ METADATA, SECTOR_AT, 35, 0, 446 + 52, 4, 33, "allocation unit size" },
	{ METADATA, SECTOR_AT, 35, 0, 446 + 58, 1, 0, "extents" },
	/* integrity */
	{ DIRECT, SECTOR_AT, 64, 0, 28, 4, 0, "integrity type" },
	{ DIRECT, SECTOR_AT, 64, 0, 40, 8, 17, "unique id" },
	{ DIRECT, SECTOR_AT, 64, 0, 50, 1, 1, "reserved" },
	{ DIRECT, SECTOR_AT, 64, 0, 72, 4, 2, "number of partitions" },
	{ DIRECT, SECTOR_AT, 64, 0, 80, 4, 3, "space bitmap" },
	{ DIRECT, SECTOR_AT, 64, 0, 84, 4, 3, "size table" },
	{ DIRECT, SECTOR_AT, 64, 0, 88 + 32, 4, 3, "number of files" },
	{ DIRECT, SECTOR_AT, 64, 0, 88 + 36, 4, 4, "number of directories" },
	{ DIRECT, SECTOR_AT, 64, 0, 88 + 40, 2, 0x250, "minimum revision to read" },
	{ DIRECT, SECTOR_AT, 64, 0, 88 + 44, 2, 0x150, "maximum revision to write" },
	{ DIRECT, SECTOR_AT, 64, 0, 18, 2, 1999, "time" },
	/* file set */
	{ DIRECT, FSD, 0, 0, 28, 2, 2, "interchange level" },
	{ DIRECT, FSD, 0, 0, 113, 1, 'Z', "logical volume identifier" },
	{ DIRECT, FSD, 0, 0, 400, 4, 100, "root directory" },
	{ DIRECT, FSD, 0, 0, 440, 2, 0x102, "domain identifier" },
	/* file entries */
	{ DIRECT, ENTRY, REGULAR, 0, 24, 2, 2, "maximum number of entries" },
	{ DIRECT, ENTRY, REGULAR, 0, 26, 1, 1, "reserved" },
	{ DIRECT, ENTRY, REGULAR, 0, 27, 1, 13, "file type" },
	{ DIRECT, ENTRY, REGULAR, 0, 35, 1, 0x20, "flags" },
	{ DIRECT, ENTRY, REGULAR, 0, 35, 1, 0x40, "flags" },
	{ DIRECT, ENTRY, REGULAR, 0, 46, 1, 1, "permissions" },
	{ DIRECT, ENTRY, REGULAR, 0, 48, 2, 1, "file link count" },
	{ DIRECT, ENTRY, DIR, 0, 48, 2, 1, "file link count" },
	{ DIRECT, ENTRY, REGULAR, 0, 50, 1, 1, "record format" },
	{ DIRECT, ENTRY, REGULAR, 0, 56, 8, 4000, "content" },
	{ DIRECT, ENTRY, REGULAR, 0, 72, 8, 4, "logical blocks recorded" },
	{ DIRECT, ENTRY, REGULAR, 0, 92 + 2, 2, 2050, "time" },
	{ DIRECT, ENTRY, REGULAR, 0, 128, 4, 0, "checkpoint" },
	{ DIRECT, ENTRY, REGULAR, 0, 136, 1, 1, "extended attribute ICB" },
	{ DIRECT, ENTRY, REGULAR, 0, 160, 1, 1, "stream directory ICB" },
	{ DIRECT, ENTRY, REGULAR, 0, 200, 8, 5, "unique id" },
	{ DIRECT, ENTRY, REGULAR, 0, 200, 8, 15 + DIR, "unique id" },
	{ DIRECT, ENTRY, REGULAR, 0, 212, 4, 12, "length of allocation descriptors" },
	{ DIRECT, ENTRY, REGULAR, 0, 216 + 4, 4, 3, "extent" },
	{ DIRECT, ENTRY, OTHER, UINT32_MAX, 2000, 1, 1, "bytes behind the file entry" },
	{ DIRECT, ENTRY, DEVICE, 0, 216 + 24 + 5, 1, 1, "reserved" },
	{ DIRECT, ENTRY, DEVICE, 0, 208, 4, 20, "extended attributes" },
	{ DIRECT, ENTRY, LINK, 0, 216, 1, 9, "path components" },
	/* identifiers */
	{ DIRECT, NAMES, ROOT, 0, 18, 1, 2, "first identifier" },
	{ DIRECT, NAMES, DIR, 0, 24, 4, 3, "parent" },
	{ DIRECT, NAMES, ROOT, 40, 40 + 16, 2, 2, "file version number" },
	{ DIRECT, NAMES, ROOT, 40, 40 + 18, 1, 0x22, "file characteristics" },
	{ DIRECT, NAMES, ROOT, 40, 40 + 18, 1, 0, "file characteristics" },
	{ DIRECT, NAMES, ROOT, 40, 40 + 24, 4, 2 + REGULAR, "file characteristics" },
	{ DIRECT, NAMES, ROOT, 40, 40 + 30, 1, 1, "flags of the ICB" },
	{ DIRECT, NAMES, ROOT, 40, 40 + 32, 4, 15 + REGULAR, "UDF unique id" },
	{ DIRECT, NAMES, ROOT, 40, 40 + 38, 1, 9, "file identifier" },
	{ DIRECT, NAMES, ROOT, 40, 40 + 39, 1, '/', "file identifier" },
	{ DIRECT, NAMES, ROOT, 40, 40 + 42, 1, 1, "padding" },
	/* tables of other revisions */
	{ VAT, LAST_SECTOR, 0, 0, 27, 1, 5, "volume" },
};

struct heard {
	const struct fault *of;
	unsigned n;
	bool told;
};

static void listen(void *arg, const struct finding *f)
{
	struct heard *h = arg;

	h->told |= f->severity != FINDING_NOTE && strcmp(f->what, h->of->told) == 0;
	h->n += f->severity != FINDING_NOTE;
}

static void faults_are_told_by_their_names(void)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		const struct fault *f = &faults[i];
		struct heard h = { .of = f };
		struct disc d = make_base(f->base);
		struct sector_source src = rig_source(d.bytes, d.nsec);
		uint8_t *p = d.bytes + (size_t)lba_of(&d, f->where, f->what) * SECTOR;
		struct validate_summary sum;

		for (unsigned k = 0; k < f->n; k++)
			p[f->at + k] = (uint8_t)(f->value >> 8 * k);
		if (f->tag_at != UINT32_MAX)
			rig_reseal(p + f->tag_at, 16u + get_u16le(p + f->tag_at + 10));
		T_EQ(image_validate(&src, 0, listen, &h, &sum, NULL), 0);
		if (!T_TRUE(h.told)) {
			fprintf(stderr, " %zu: %s at %u of %u not told; but:\n", i, f->told, f->at,
				f->what);
			image_validate(&src, 0, print, NULL, &sum, NULL);
		}
		free(d.bytes);
	}
}

static void ignore(void *arg, const struct finding *f)
{
	(void)arg;
	(void)f;
}

/* Whatever the bytes, and whatever they say of themselves, the check ends with findings. */
static void many_changes_never_break_the_check(void)
{
	for (enum base base = DIRECT; base <= VAT; base++) {
		struct disc clean = make_base(base), d = clean;
		size_t all = (size_t)clean.nsec * SECTOR;
		struct sector_source src;

		d.bytes = malloc(all);
		T_MUST(d.bytes != NULL);
		src = rig_source(d.bytes, d.nsec);
		t_seed(base + 3);
		for (unsigned i = 0; i < 1000; i++) {
			struct validate_summary sum = { 0 };
			struct err err = { 0 };
			int r;

			memcpy(d.bytes, clean.bytes, all);
			for (uint64_t n = 1 + t_below(4); n > 0; n--) {
				uint32_t lba = (uint32_t)(t_below(3) ? d.meta + t_below(20)
								     : 32 + t_below(40));
				uint8_t *p =
					d.bytes + (size_t)(t_below(8) ? lba : d.nsec - 1) * SECTOR;

				p[t_below(300)] = (uint8_t)t_random();
				if (t_below(8) && get_u16le(p + 10) <= SECTOR - 16)
					rig_reseal(p, 16u + get_u16le(p + 10));
			}
			r = image_validate(&src, 0, ignore, NULL, &sum, &err);
			T_TRUE(r == 0 || err.msg[0] != '\0');
		}
		free(d.bytes);
		free(clean.bytes);
	}
}

int main(void)
{
	T_RUN(own_volumes_have_no_findings_in_every_form);
	T_RUN(faults_are_told_by_their_names);
	T_RUN(many_changes_never_break_the_check);
	return t_end();
}
