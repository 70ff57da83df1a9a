/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ISO 9660:1999, level 4: a second descriptor of the primary tree, which allows its long names. */
#include "format.h"

#include "isovolume.h"

static bool wanted(const struct image_opts *opts)
{
	return image_spaces(opts) & IMAGE_ISO9660 && opts->iso_level == IMAGE_LEVEL_1999;
}

static int place(struct image *img, struct err *err)
{
	return iso_volume_place_descriptor(
		&img->plan, "enhanced volume descriptor", &img->enhanced, err);
}

static int finish(struct image *img, struct err *err)
{
	(void)err;
	img->enhanced = img->iso.desc;
	img->enhanced.type = ISO_VD_ENHANCED;
	return 0;
}

const struct image_format format_enhanced = {
	.name = "ISO 9660:1999",
	.wanted = wanted,
	.place = { [AREA_DESCRIPTORS] = place },
	.finish = finish,
};
