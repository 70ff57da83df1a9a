/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rig_flips.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/grow.h"
#include "base/sector.h"
#include "harness/t.h"
#include "image/image.h"
#include "image/survey.h"
#include "rig_image.h"
#include "rig_tree.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *const flip_names[FLIP_CLASSES] = { "volume descriptors", "path tables",
	"directory records", "SUSP and Rock Ridge", "UDF volume structures",
	"UDF entries, identifiers", "El Torito", "MBR and GPT" };

/* What people put on discs: folders of files with names that say what they are. */
static struct tree *ordinary_tree(void)
{
	static const char *const ends[] = { "jpg", "JPG", "txt", "tar.gz", "pdf" };
	struct rig_tree *rt = rig_tree_new();
	uint64_t key = 1;
	char name[64];

	t_seed(5);
	for (unsigned i = 0; i < 6; i++) {
		struct tree_inode dir = { .mode = S_IFDIR | 0755, .mtime.tv_sec = 1500000000 + i };
		int n = snprintf(name, sizeof(name), "%u-%02u Holidays", 1998 + i, i + 1);
		uint32_t d = rig_tree_add(rt, 0, name, (size_t)n, key++, &dir);

		for (unsigned k = 0; k < 24; k++) {
			struct tree_inode file = { .mode = S_IFREG | 0644,
				.uid = 1000,
				.gid = 100,
				.mtime.tv_sec = 1500000000 + (time_t)t_below(1u << 20),
				.size_bytes = 1 + t_below(9000) };

			n = snprintf(name, sizeof(name), "%s%04u%s.%s",
				k % 3 ? "IMG_" : "Scan of page ", k * 7, k % 7 ? "" : " (copy)",
				ends[k % 5]);
			rig_tree_add(rt, d, name, (size_t)n, key++, &file);
		}
	}
	return rig_tree_finish(rt, 1600000000);
}

/* A loader for BIOSes with a boot info table, and an image for UEFI. */
static void add_boot(struct tree *t)
{
	static const struct tree_xattr table[] = { { "user.discfs.boot.info_table", "on", 2 } },
				       efi[] = { { "user.discfs.boot.platform", "efi", 3 } };
	static const struct tree_inode loader = { .mode = S_IFREG | 0644,
		.size_bytes = 24000,
		.where.a = 1001 },
				       image = { .mode = S_IFREG | 0644,
					       .size_bytes = 40960,
					       .where.a = 1002 };

	t->boot = arena_array(&t->arena, 2, sizeof(*t->boot));
	T_MUST(t->boot != NULL);
	t->boot[0] = (struct tree_boot){ .name = "01", .in = &loader, .xattr = table, .nxattr = 1 };
	t->boot[1] = (struct tree_boot){ .name = "02", .in = &image, .xattr = efi, .nxattr = 1 };
	t->nboot = 2;
}

static void add(struct flips *f, enum flip_class class, uint64_t first, uint64_t n)
{
	if (n == 0)
		return;
	if (f->n[class] == f->cap[class])
		T_MUST(array_grow((void **)&f->range[class], &f->cap[class],
			       sizeof(*f->range[class]), NULL) == 0);
	f->range[class][f->n[class]++] = (struct flip_range){ first, n };
	f->nbyte[class] += n;
}

static void add_descriptors(struct flips *f)
{
	for (uint32_t lba = 16; memcmp(f->bytes + (size_t)lba * SECTOR + 1, "CD001", 5) == 0;
		lba++) {
		const uint8_t *p = f->bytes + (size_t)lba * SECTOR;
		uint64_t at = (uint64_t)lba * SECTOR;

		if (p[0] == 0) {
			add(f, FLIP_ELTORITO, at, 0x4b);
		} else if (p[0] == 255) {
			add(f, FLIP_DESCRIPTORS, at, SECTOR);
		} else {
			add(f, FLIP_DESCRIPTORS, at, 883); /* 8.4.32 is the application's */
			add(f, FLIP_DESCRIPTORS, at + 1395, SECTOR - 1395);
		}
	}
}

/*
 * System use fields: but for what pads (SUSP 5.2), and fewer than four bytes behind the last (4),
 * which are ignored.
 */
static void add_fields(struct flips *f, uint64_t first, unsigned n)
{
	const uint8_t *p = f->bytes + first;
	unsigned at = 0;

	while (n - at >= 4 && p[at + 2] >= 4 && p[at + 2] <= n - at) {
		bool pads = p[at] == 'P' && p[at + 1] == 'D';

		add(f, FLIP_SUSP, first + at, pads ? 4 : p[at + 2]);
		at += p[at + 2];
	}
}

/* Of a sector of directories, or of continuations: those begin with two letters and a version. */
static void add_records(struct flips *f, uint32_t lba)
{
	const uint8_t *p = f->bytes + (size_t)lba * SECTOR;
	uint64_t base = (uint64_t)lba * SECTOR;
	unsigned at = 0;

	if (p[1] >= 'A' && p[3] == 1) {
		add_fields(f, base, SECTOR);
		return;
	}
	while (at < SECTOR && p[at]) {
		unsigned id = 33u + p[at + 32] + (p[at + 32] % 2 == 0);

		add(f, FLIP_DIRECTORIES, base + at, id);
		add_fields(f, base + at + id, p[at] - id);
		at += p[at];
	}
	add(f, FLIP_DIRECTORIES, base + at, SECTOR - at);
}

static uint64_t used_of(const uint8_t *p)
{
	uint64_t n = SECTOR;

	while (n > 0 && p[n - 1] == 0)
		n--;
	return n;
}

/* What a descriptor's CRC covers; of identifiers, which cross sectors, all that is not zero. */
static void add_udf(struct flips *f, enum flip_class class, uint32_t lba)
{
	const uint8_t *p = f->bytes + (size_t)lba * SECTOR;
	unsigned id = get_u16le(p);
	bool one = (id >= 1 && id <= 9) || (id >= 256 && id <= 266 && id != 257);

	if (one && p[5] == 0)
		add(f, class, (uint64_t)lba * SECTOR, 16u + get_u16le(p + 10));
	else
		add(f, class, (uint64_t)lba * SECTOR, used_of(p));
}

static void add_udf_volume(struct flips *f)
{
	for (uint32_t lba = 16; lba < 32; lba++)
		if (memcmp(f->bytes + (size_t)lba * SECTOR + 1, "CD001", 5) != 0 &&
			used_of(f->bytes + (size_t)lba * SECTOR) > 0)
			add(f, FLIP_UDF_VOLUME, (uint64_t)lba * SECTOR, SECTOR);
	for (uint32_t lba = 32; lba < 66; lba++)
		add_udf(f, FLIP_UDF_VOLUME, lba);
	add_udf(f, FLIP_UDF_VOLUME, 256);
	add_udf(f, FLIP_UDF_VOLUME, f->nsec - 257);
}

static void add_boot_structures(struct flips *f)
{
	uint64_t catalog = (uint64_t)get_u32le(f->bytes + 17 * SECTOR + 0x47) * SECTOR;
	uint64_t loader = (uint64_t)get_u32le(f->bytes + catalog + 40) * SECTOR;
	uint64_t end = (uint64_t)f->nsec * SECTOR;

	add(f, FLIP_ELTORITO, catalog, 128); /* validation, initial entry, header and entry */
	add(f, FLIP_ELTORITO, loader + 8, 56);
	add(f, FLIP_TABLES, 446, 66);
	add(f, FLIP_TABLES, 512, 512 + 128 * 128);
	add(f, FLIP_TABLES, end - 33 * 512, 33 * 512);
}

static void add_extent(struct flips *f, const struct image_extent *e)
{
	for (uint32_t i = 0; i < e->nsec; i++) {
		if (e->kind == EXTENT_DIRECTORY)
			add_records(f, e->lba + i);
		else if (strcmp(e->what, "UDF file entries and directories") == 0)
			add_udf(f, FLIP_UDF_FILES, e->lba + i);
	}
	if (strncmp(e->what, "path table", 10) == 0)
		add(f, FLIP_PATH_TABLES, (uint64_t)e->lba * SECTOR, e->size_bytes);
}

void flips_init(struct flips *f)
{
	const struct image_opts opts = { .hybrid = IMAGE_HYBRID_GPT, .volume_id = "FLIPPED" };
	struct image_cursor at = { 0 };
	struct tree *t = ordinary_tree();
	struct image_extent e;
	struct image *img;

	*f = (struct flips){ 0 };
	add_boot(t);
	img = rig_image_with(t, &opts);
	f->bytes = rig_image_bytes(img);
	f->nsec = image_nsec(img);
	add_descriptors(f);
	add_udf_volume(f);
	add_boot_structures(f);
	while (image_extent_next(img, &at, &e))
		add_extent(f, &e);
	image_free(img);
	for (unsigned i = 0; i < FLIP_CLASSES; i++)
		T_MUST(f->nbyte[i] > 0);
}

void flips_fini(struct flips *f)
{
	for (unsigned i = 0; i < FLIP_CLASSES; i++)
		free(f->range[i]);
	free(f->bytes);
}

uint64_t flips_draw(const struct flips *f, enum flip_class class)
{
	uint64_t k = t_below(f->nbyte[class]);
	uint32_t i = 0;

	while (k >= f->range[class][i].n)
		k -= f->range[class][i++].n;
	return f->range[class][i].first + k;
}
