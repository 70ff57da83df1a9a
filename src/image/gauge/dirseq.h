/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The records of one directory in one name space, in their order, while names come and go: kept in
 * blocks, each with its packing. A name costs its block, and laying out passes over blocks: for n
 * names n / BLOCK + BLOCK steps of a few ns, 10 us of a hundred thousand.
 */
#ifndef DISCFS_IMAGE_GAUGE_DIRSEQ_H
#define DISCFS_IMAGE_GAUGE_DIRSEQ_H

#include "gauge/weight.h"
#include "namespace.h"

/* A name as far as its identifiers depend on it. */
struct gauge_name {
	uint32_t mode;
	uint8_t spaces; /* a bit for each name space that shows it */
	uint8_t len;
	char name[];
};

struct dirseq_block;

/* Zeroed it is empty. */
struct dirseq {
	struct dirseq_block **block; /* none is empty */
	uint32_t n, cap;
};

/* The entry of @who for name_space's functions, which look at name and mode. */
struct measure_entry dirseq_entry(const struct gauge_name *who);

/* @who is not in it, and is borrowed until it is removed. -ENOMEM is the one failure. */
int dirseq_insert(struct dirseq *s, const struct name_space *ns, const struct gauge_name *who,
	const struct name_weight *w, struct err *err);
/* The same behind all that are there. */
int dirseq_append(struct dirseq *s, const struct gauge_name *who, const struct name_weight *w,
	struct err *err);
/* What it weighed besides its path record. */
void dirseq_remove(struct dirseq *s, const struct name_space *ns, const struct gauge_name *who);
/* Sectors of records, which begin at @records, and of continuation areas. */
int dirseq_lay_out(
	struct dirseq *s, struct pack_pos records, struct dir_sums *out, struct err *err);
void dirseq_fini(struct dirseq *s);

#endif
