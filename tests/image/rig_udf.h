/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A strict reader of UDF volumes with its own decoders. Everything found wrong fails the test:
 * tags, sums and locations, sequences that are not equivalent, sectors that two things claim,
 * identifiers used twice, link counts, counts and times of the integrity descriptor.
 */
#ifndef DISCFS_TESTS_IMAGE_RIG_UDF_H
#define DISCFS_TESTS_IMAGE_RIG_UDF_H

#include "image/image.h"
#include "tree/tree.h"

#include <stdbool.h>
#include <stdint.h>

struct udf_at {
	uint32_t block;
	unsigned part;
};

/* Sectors that one thing claims. */
struct udf_claim {
	uint32_t lba;
	uint64_t nsec;
};

struct udf_extent {
	uint32_t lba;
	uint64_t bytes;
	struct udf_at at;
};

/* A file entry that was checked. */
struct udf_entry {
	uint8_t raw[2048];
	struct udf_at at;
	unsigned type, flags, nlink;
	uint32_t uid, gid, perm;
	uint64_t info_bytes, nblock, unique, object_bytes;
	const uint8_t *mtime; /* 12 bytes; into raw, as what follows */
	const uint8_t *ea, *ad;
	uint32_t ea_bytes, ad_bytes;
	uint32_t stream_dir_bytes;
	struct udf_at stream_dir;
	struct udf_extent *extent; /* of content outside of the entry */
	unsigned nextent;
};

/* A file identifier. */
struct udf_name {
	unsigned flags;
	char utf8[1024];
	size_t len;
	struct udf_at icb;
	uint32_t unique;
};

/* A file entry once met: how often it was named, and what numbers it had. */
struct udf_seen {
	struct udf_at at;
	uint64_t unique;
	unsigned names, nlink, type;
	bool matched; /* some identifier had the number of the entry */
};

struct udf_view {
	const struct image *img;
	uint32_t nsec;
	unsigned version, revision, access;
	uint32_t part_lba, part_nsec;
	uint32_t second_nsec; /* what the integrity descriptor says of the second map */
	enum { VIEW_DIRECT, VIEW_VIRTUAL, VIEW_METADATA } space;
	uint32_t *vat, nvat;
	struct udf_entry metadata;
	struct udf_at root;
	uint8_t recorded[12];
	uint64_t next_unique;
	uint32_t nfile, ndir;
	struct udf_claim *claim;
	size_t nclaim;
	struct udf_seen *seen;
	size_t nseen;
	uint32_t *unique; /* of identifiers, without those of parents */
	size_t nunique;
};

/* Volume structures; aborts the test where nothing can be read. */
void view_open(struct udf_view *v, const struct image *img);
/* What only shows at the end: claims, numbers, counts. Then frees. */
void view_close(struct udf_view *v);

void view_sector(const struct udf_view *v, uint32_t lba, uint8_t *out);
uint32_t view_lba(const struct udf_view *v, struct udf_at at);
/* The tag at @p of a descriptor of @len bytes. */
bool view_tag(
	const struct udf_view *v, const uint8_t *p, unsigned id, uint32_t location, size_t len);
void view_claim(struct udf_view *v, uint32_t lba, uint64_t nsec);
/* view_entry_free() it. */
void view_entry(struct udf_view *v, struct udf_at at, struct udf_entry *out);
void view_entry_free(struct udf_entry *e);
/* Content; @n bytes from @off. */
void view_read(
	const struct udf_view *v, const struct udf_entry *e, uint64_t off, void *out, size_t n);
/* All identifiers of a directory; free() it. */
struct udf_name *view_names(struct udf_view *v, const struct udf_entry *dir, unsigned *n);
/* Notes that @name was met; the place of its file entry in seen[]. */
size_t view_named(struct udf_view *v, const struct udf_name *name, bool *first);

/* Reads the whole volume and compares it with the tree it was made of. */
void view_check(const struct image *img, const struct tree *t);

static inline unsigned udf_le16(const uint8_t *p)
{
	return p[0] + 256u * p[1];
}

static inline uint32_t udf_le32(const uint8_t *p)
{
	return udf_le16(p) + 65536u * udf_le16(p + 2);
}

static inline uint64_t udf_le64(const uint8_t *p)
{
	return udf_le32(p) + ((uint64_t)udf_le32(p + 4) << 32);
}

#endif
