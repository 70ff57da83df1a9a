/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether what an image boots from is what El Torito 1.0, the MBR's users and UEFI say. */
#ifndef DISCFS_IMAGE_BOOTCHECK_BOOTCHECK_H
#define DISCFS_IMAGE_BOOTCHECK_BOOTCHECK_H

#include "validate/volume.h"

#define BOOT_ESP_MAX 16u
/* What partition tables say is for UEFI: blocks of 512 bytes, up to @end. */
struct boot_partitions {
	struct {
		uint64_t first, end;
	} esp[BOOT_ESP_MAX];
	unsigned n;
};

/*
 * Each tells every finding, and nothing where there is no such thing. @primary: the tree of ISO
 * 9660, among whose files boot images may be, or NULL. -ENOMEM; what reading fails with.
 */
int validate_eltorito(struct report *r, uint32_t session_lba, const struct volume *primary,
	const struct boot_partitions *parts, struct err *err);
/* Partition tables over the image, which are there if it is a disk too. */
int validate_hybrid(struct report *r, struct boot_partitions *out, struct err *err);

void boot_partitions_add(struct boot_partitions *parts, uint64_t first, uint64_t end);

/* image.c: an entry of the catalog, at @p of @in, and the image that it leads to. */
struct boot_entry {
	const uint8_t *p;
	uint8_t platform;
	bool initial;
	uint32_t session_lba;
	const struct volume *primary;
	const struct boot_partitions *parts;
};
int validate_boot_image(
	struct report *r, const struct place *in, const struct boot_entry *e, struct err *err);

/* gpt.c */
int validate_gpt(struct report *r, bool *there, struct boot_partitions *out, struct err *err);

#endif
