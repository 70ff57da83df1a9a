/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The costs of this layout, found by laying out. */
#include "measure.h"

#include "dirlay.h"
#include "image/image.h"
#include "iso9660/pathtable.h"

#include <stdlib.h>

static int measure_dir(
	const struct measure_entry *entries, size_t n, struct dir_cost *out, struct err *err)
{
	struct dirlay_sizes iso, joliet;
	uint32_t *words = calloc(n ? n : 1, 4 * sizeof(*words));
	struct dirlay_slots slots;
	int r;

	*out = (struct dir_cost){ 0 };
	if (!words)
		return err_nomem(err);
	slots = (struct dirlay_slots){ words, words + n, words + 2 * n, words + 3 * n };
	r = dirlay_build(&namespace_iso9660, entries, n, &slots, &iso, err);
	if (r == 0)
		r = dirlay_build(&namespace_joliet, entries, n, &slots, &joliet, err);
	free(words);
	if (r < 0)
		return r;
	out->iso_nsec = iso.ext_nsec + iso.ce_nsec;
	out->joliet_nsec = joliet.ext_nsec + joliet.ce_nsec;
	out->iso_path_bytes = iso.path_bytes;
	out->joliet_path_bytes = joliet.path_bytes;
	return 0;
}

uint64_t path_table_nsec(uint64_t path_bytes_below_root)
{
	return sectors_for(ISO_PATHREC_ROOT_BYTES + path_bytes_below_root);
}

static uint64_t measure_image_nsec(const struct layout_cost *cost)
{
	return SYSTEM_AREA_NSEC + VOLDESC_NSEC + IDENTIFY_NSEC +
	       2 * path_table_nsec(cost->dirs.iso_path_bytes) +
	       2 * path_table_nsec(cost->dirs.joliet_path_bytes) + cost->dirs.iso_nsec +
	       cost->dirs.joliet_nsec + cost->data_nsec;
}

const struct measure_ops image_measure = {
	.dir = measure_dir,
	.image_nsec = measure_image_nsec,
};
