/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names.tsv and layout.tsv: rows made of an image as they are read. */
#ifndef DISCFS_CTL_LISTING_H
#define DISCFS_CTL_LISTING_H

#include "image/survey.h"

#include "base/buf.h"

/*
 * Text of any length in little memory: rows from the one that is read last; a read further back
 * begins anew.
 */
struct listing {
	struct image_cursor extent; /* of layout.tsv: the next row */
	uint32_t node;		    /* of names.tsv: the next row */
	uint64_t base_bytes;	    /* offset of text in the whole */
	struct buf text;
	bool ended;
};

/* Appends the next row; false at the end. */
typedef bool listing_row_fn(const struct image *img, struct listing *l);
listing_row_fn listing_names_row, listing_layout_row;

void listing_rows_init(struct listing *l);
void listing_rows_fini(struct listing *l);
/* Count, 0 at the end, or -ENOMEM. */
int listing_rows_read(struct listing *l, const struct image *img, listing_row_fn *row,
	uint64_t off_bytes, void *out, size_t n);

#endif
