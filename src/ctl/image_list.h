/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names.tsv and layout.tsv: rows made of an image as they are read. */
#ifndef DISCFS_CTL_IMAGE_LIST_H
#define DISCFS_CTL_IMAGE_LIST_H

#include "image/survey.h"

#include "base/buf.h"

/*
 * Text of any length in little memory: rows from the one that is read last; a read further back
 * begins anew.
 */
struct image_list {
	struct image_cursor extent; /* of layout.tsv: the next row */
	uint32_t node;		    /* of names.tsv: the next row */
	uint64_t base_bytes;	    /* offset of text in the whole */
	struct buf text;
	bool ended;
};

/* Appends the next row; false at the end. */
typedef bool image_list_row_fn(const struct image *img, struct image_list *l);
image_list_row_fn image_list_names_row, image_list_layout_row;

void image_list_init(struct image_list *l);
void image_list_fini(struct image_list *l);
/* Count, 0 at the end, or -ENOMEM. */
int image_list_read(struct image_list *l, const struct image *img, image_list_row_fn *row,
	uint64_t off_bytes, void *out, size_t n);

#endif
