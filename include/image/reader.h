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

enum reader_space { READER_ISO9660, READER_ROCKRIDGE, READER_JOLIET };

/* The name spaces of the session whose volume descriptors begin at @session_lba + 16. */
struct reader_spaces {
	bool iso9660, rockridge, joliet;
	char volume_id[33]; /* of the primary descriptor, without its padding, bytes as they are */
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
 * read fails with. A disc is refused as a whole: nothing is left out silently.
 */
#define READER_NAMES_MAX 20000000u
#define READER_DEPTH_MAX 2048u /* of directories: PATH_MAX has no room for more */
int reader_tree(const struct sector_source *src, uint32_t session_lba, enum reader_space space,
	struct tree **out, struct err *err);

#endif
