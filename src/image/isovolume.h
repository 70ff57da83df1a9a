/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the trees of directory records, primary and Joliet, have in common. */
#ifndef DISCFS_IMAGE_ISOVOLUME_H
#define DISCFS_IMAGE_ISOVOLUME_H

#include "format.h"

/* The identifier of @node as text in @out->text, and what became of its name. */
void iso_volume_name(const struct iso_volume *v, uint32_t node, struct image_name *out);
int iso_volume_place_descriptor(
	struct plan *plan, const char *name, struct iso_voldesc *d, struct err *err);
/* @path_bytes: of the subdirectories in one path table. */
int iso_volume_place_tables(
	struct plan *plan, struct iso_volume *v, uint64_t path_bytes, struct err *err);
int iso_volume_place_dirs(
	struct plan *plan, const char *name, struct iso_volume *v, uint64_t nsec, struct err *err);
/* Texts, addresses and sizes of a placed volume; its type is the caller's. */
void iso_volume_describe(const struct image *img, struct iso_volume *v);

/* What becomes of a name in a name space of directory records, without its neighbours. */
struct iso_fate {
	bool changed; /* characters are replaced; small letters of ISO 9660 do not count */
	bool cut;
};
struct iso_fate iso_volume_fate(const struct name_space *ns, const struct measure_entry *e);

#endif
