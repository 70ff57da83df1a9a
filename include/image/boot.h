/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a boot file's attributes user.discfs.boot.* say: El Torito's fields in words. */
#ifndef DISCFS_IMAGE_BOOT_H
#define DISCFS_IMAGE_BOOT_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct tree;

#define BOOT_XATTR "user.discfs.boot."
/*
 * Of one image: each further one may need a section header and an entry of its own, and with the
 * two records at the start 32 fill the catalog's one sector.
 */
#define BOOT_FILES_MAX 32u
#define BOOT_ID_MAX    24u

/* El Torito 2.1: bytes of the validation entry and of section headers. */
enum boot_platform {
	BOOT_BIOS = 0,
	BOOT_POWERPC = 1,
	BOOT_MAC = 2,
	BOOT_EFI = 0xef,
	BOOT_MBR = 0x100, /* none of El Torito's: code for the first sector of a hybrid image */
};

/* El Torito 2.2: the media types of entries. */
enum boot_media {
	BOOT_NO_EMULATION,
	BOOT_FLOPPY_1200,
	BOOT_FLOPPY_1440,
	BOOT_FLOPPY_2880,
	BOOT_HARD_DISK,
	BOOT_MEDIA_AUTO, /* by the size, see boot_media_for */
};

/* What is written into the image as it goes to the disc; the staged file stays as it is. */
enum boot_patch {
	BOOT_PATCH_NONE,
	BOOT_PATCH_INFO_TABLE, /* 56 bytes at 8, which ISOLINUX and GRUB read */
	BOOT_PATCH_GRUB2,      /* that, and the address of GRUB's core at 2548 */
};

#define BOOT_SECTORS_AUTO UINT32_MAX

struct boot_options {
	uint32_t platform; /* 0 to 255, or BOOT_MBR */
	enum boot_media media;
	char id[BOOT_ID_MAX + 1];
	uint32_t load_sectors; /* of 512 bytes, up to 65535, or BOOT_SECTORS_AUTO */
	uint16_t load_segment; /* 0: the BIOS's own, 7C0h */
	enum boot_patch patch;
};

/* All defaults: BIOS, media and sectors by themselves. */
struct boot_options boot_options_default(void);
/*
 * Takes one attribute; @name is what follows BOOT_XATTR. -EINVAL with the legal values, also for a
 * name that is none; -ERANGE for an id of more than 24 bytes.
 */
int boot_options_set(
	struct boot_options *o, const char *name, const char *value, size_t n, struct err *err);

/*
 * Appends a line for each file that @t boots from, in the order in which firmware meets them; no
 * content is read. Fails as an image of @t would for what is known without.
 */
int boot_describe(const struct tree *t, struct buf *out, struct err *err);

/* Whether @path may name the file that becomes the boot catalog; -EINVAL with the reason. */
int boot_check_catalog(const char *path, struct err *err);

/* "BIOS", "UEFI", ... or "platform 0x42" in @out; returns it. */
const char *boot_platform_name(uint32_t platform, char out[static 16]);
const char *boot_media_name(enum boot_media media);

#endif
