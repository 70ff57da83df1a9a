/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What boot loaders find in their own image: where on the disc they lie. */
#ifndef DISCFS_IMAGE_ELTORITO_PATCH_H
#define DISCFS_IMAGE_ELTORITO_PATCH_H

#include "image/boot.h"

#include <stddef.h>
#include <stdint.h>

struct err;
struct tree;
struct tree_inode;

struct eltorito_patch {
	enum boot_patch what;
	uint32_t start_lba; /* of the session */
	uint32_t lba;
	uint32_t size_bytes;
	uint32_t checksum; /* of the image from byte 64 on, as it will be on the disc */
};

/* The least bytes an image must have to be patched. */
uint64_t eltorito_patch_min(enum boot_patch what);
/* Reads the content once for the checksum. */
int eltorito_patch_prepare(struct eltorito_patch *p, const struct tree *t,
	const struct tree_inode *in, struct err *err);
/* Lays the patch over @n bytes of the image from @off_bytes on. */
void eltorito_patch_apply(
	const struct eltorito_patch *p, uint64_t off_bytes, uint8_t *bytes, size_t n);

#endif
