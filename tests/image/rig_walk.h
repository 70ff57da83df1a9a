/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reader of images with its own decoders, so that a wrong offset cannot cancel out. */
#ifndef DISCFS_TESTS_IMAGE_RIG_WALK_H
#define DISCFS_TESTS_IMAGE_RIG_WALK_H

#include "image/image.h"

#include <stdbool.h>
#include <stdint.h>

/* One directory record with what SUSP fields say, over all its continuation areas. */
struct walk_entry {
	uint8_t id[256];
	unsigned id_len, flags, record_len;
	uint32_t lba, size_bytes;
	unsigned areas; /* continuation areas */
	char name[1024];
	unsigned name_len;
	char target[16384];
	unsigned target_len;
	bool has_px, has_sp, has_er, has_pn, has_tf;
	uint32_t mode, nlink, uid, gid, serial, dev_high, dev_low;
	uint8_t mtime[7];
};

struct walk {
	const struct image *img;
	uint32_t lba, nsec; /* of the directory */
	uint32_t at;	    /* bytes from its start */
};

/* The directory of a volume descriptor: 16 the primary, 17 the Joliet tree. */
void walk_root(struct walk *w, const struct image *img, uint32_t descriptor_lba);
void walk_open(struct walk *w, const struct image *img, uint32_t lba, uint32_t size_bytes);
/* The next record; false at the end. Damage fails the test. */
bool walk_next(struct walk *w, struct walk_entry *out);

#endif
