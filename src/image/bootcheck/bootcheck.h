/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether what an image boots from is what El Torito 1.0, the MBR's users and UEFI say. */
#ifndef DISCFS_IMAGE_BOOTCHECK_BOOTCHECK_H
#define DISCFS_IMAGE_BOOTCHECK_BOOTCHECK_H

#include "validate/volume.h"

/*
 * Each tells every finding, and nothing where there is no such thing. @primary: the tree of ISO
 * 9660, among whose files boot images may be, or NULL. -ENOMEM; what reading fails with.
 */
int validate_eltorito(
	struct report *r, uint32_t session_lba, const struct volume *primary, struct err *err);
/* Partition tables over the image, which are there if it is a disk too. */
int validate_hybrid(struct report *r, struct err *err);

/* image.c: an entry of the catalog, at @p of @in, and the image that it leads to. */
struct boot_entry {
	const uint8_t *p;
	uint8_t platform;
	bool initial;
};
int validate_boot_image(struct report *r, const struct place *in, const struct boot_entry *e,
	uint32_t session_lba, const struct volume *primary, struct err *err);

/* gpt.c */
int validate_gpt(struct report *r, bool *there, struct err *err);

#endif
