/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a disc back: what a session holds, from its sectors alone. */
#ifndef DISCFS_IMAGE_READER_H
#define DISCFS_IMAGE_READER_H

#include <stdbool.h>
#include <stdint.h>

struct tree;
struct err;

/*
 * Where sectors come from: an image, a disc. read: exactly @nsec sectors from @lba, any thread, 0
 * or a negative errno. What it gives is not trusted.
 */
struct sector_source {
	int (*read)(void *arg, uint32_t lba, uint32_t nsec, void *out, struct err *err);
	void (*release)(void *arg); /* NULL is fine */
	void *arg;
	uint32_t nsec; /* no sector from here on is asked for */
};

enum reader_space { READER_ISO9660, READER_ROCKRIDGE, READER_JOLIET, READER_UDF };

/*
 * The name spaces of the session whose volume descriptors begin at @session_lba + 16, and whose
 * UDF anchor is at @session_lba + 256, or where a disc has one. -ENODATA: none of them.
 */
struct reader_spaces {
	bool iso9660, rockridge, joliet, udf;
	unsigned udf_revision; /* 0x0250 is 2.50 */
	/* Of the primary descriptor, without its padding, bytes as they are; of UDF alone UTF-8. */
	char volume_id[33];
};
int reader_probe(const struct sector_source *src, uint32_t session_lba, struct reader_spaces *out,
	struct err *err);

/*
 * The tree of one name space. Only directories are read; content is when it is asked for. On
 * success the tree owns what @src points to and releases it; on failure it stays the caller's.
 * Memory is bounded by READER_NAMES_MAX names, work by the sectors there are, because no
 * sector is read as part of two directories.
 *
 * -ENODATA: no such name space; -EBADMSG: malformed, with path, sector, what was wanted and found;
 * -ELOOP: directories that hold each other or share sectors; -EFBIG: too many names; -ENOMEM; what
 * read fails with; -EOPNOTSUPP: a UDF volume of a kind that is not read, with the reason. A disc is
 * refused as a whole: nothing is left out silently, but streams of UDF that are longer than an
 * extended attribute can be. Where UDF has a second copy of its structures it is tried.
 */
#define READER_NAMES_MAX 20000000u
#define READER_DEPTH_MAX 2048u /* of directories: PATH_MAX has no room for more */
int reader_tree(const struct sector_source *src, uint32_t session_lba, enum reader_space space,
	struct tree **out, struct err *err);

/* An entry of the boot catalog, El Torito 1.0, 2.2 and 2.4. */
struct reader_boot {
	bool bootable;
	uint8_t platform;      /* of its section; see enum boot_platform */
	uint8_t media;	       /* with the flags of section entries */
	uint8_t system_type;   /* of a hard disk's image */
	uint16_t load_segment; /* 0: 7C0h */
	uint16_t load_sectors; /* of 512 bytes */
	uint32_t lba;
	char id[29]; /* of its section, bytes as they are */
};
#define READER_BOOT_MAX 64u

/*
 * What the session boots from, in the order in which firmware meets it. -ENODATA: it does not;
 * -EBADMSG: a record or a catalog that is none, with the reason; what reading fails with.
 */
int reader_boot(const struct sector_source *src, uint32_t session_lba,
	struct reader_boot out[READER_BOOT_MAX], unsigned *n, struct err *err);

#endif
