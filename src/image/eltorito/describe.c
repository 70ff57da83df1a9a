/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a disc boots from, in words. */
#include "eltorito/images.h"

#include "base/arena.h"
#include "base/buf.h"

/* "load 4 at 1000h", as far as it is not the usual. */
static void put_loading(const struct boot_image *image, struct buf *out)
{
	static const char *const patches[] = {
		[BOOT_PATCH_NONE] = "",
		[BOOT_PATCH_INFO_TABLE] = ", boot info table",
		[BOOT_PATCH_GRUB2] = ", boot info table and GRUB's address",
	};

	buf_printf(out, ", %u blocks of 512 loaded", boot_image_sectors(image));
	if (image->opt.load_segment)
		buf_printf(out, " to segment %#x", image->opt.load_segment);
	buf_puts(out, patches[image->opt.patch]);
}

static void describe(const struct boot_images *b, struct buf *out)
{
	char shown[BOOT_SHOWN_BYTES], platform[16];

	for (uint32_t i = 0; i < b->n; i++) {
		const struct boot_image *image = &b->all[i];

		buf_printf(out, "boot     %s, %s",
			boot_platform_name(image->opt.platform, platform),
			boot_media_name(image->opt.media));
		put_loading(image, out);
		buf_printf(out, ": \"%s\"\n", boot_file_shown(b->tree, image->file, shown));
	}
	if (b->mbr)
		buf_printf(out, "boot     code of a hybrid's MBR: \"%s\"\n",
			boot_file_shown(b->tree, b->mbr->file, shown));
}

int boot_describe(const struct tree *t, struct buf *out, struct err *err)
{
	struct boot_images images;
	struct arena arena;
	int r;

	arena_init(&arena);
	r = boot_images_prepare(&images, t, &arena, err);
	if (r == 0)
		describe(&images, out);
	arena_fini(&arena);
	return r;
}
