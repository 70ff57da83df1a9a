/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of formats, and placing them all: for the image and for its projection. */
#include "format.h"

const struct image_format *const image_formats[] = {
	&format_iso9660,
	&format_eltorito, /* the second, for the boot record is the second descriptor */
	&format_enhanced,
	&format_joliet,
	&format_udf,
	&format_content,
	&format_system, /* the last, for a partition table ends with the disk */
	NULL,
};

int image_place(struct image *img, struct err *err)
{
	for (unsigned area = 0; area < IMAGE_AREAS; area++)
		for (unsigned i = 0; image_formats[i]; i++) {
			const struct image_format *f = image_formats[i];
			int r = 0;

			if (f->place[area] && f->wanted(img->opts))
				r = f->place[area](img, err);
			if (r < 0)
				return r;
		}
	return 0;
}
