/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a name alone says of its part in the cost of its directory. */
#ifndef DISCFS_IMAGE_GAUGE_WEIGHT_H
#define DISCFS_IMAGE_GAUGE_WEIGHT_H

#include "gauge/packing.h"

#include <stddef.h>
#include <stdint.h>

struct dir_cost;
struct image_opts;
struct measure_entry;
struct name_space;

enum name_identity {
	IDENTITY_KEY,	 /* two names are at odds when name_space's key is the same */
	IDENTITY_EXACT,	 /* never at odds with another that is exact */
	IDENTITY_UNSURE, /* may be at odds with any */
};

/* As long as no other name takes the same identifier. */
struct name_weight {
	struct pack_item record; /* in the directory's sectors; need 0: none */
	struct pack_item area;	 /* in its continuation sectors */
	uint32_t more_nsec;	 /* beside those: of records that fill sectors whatever precedes */
	uint32_t path_bytes;	 /* in a path table */
	uint32_t moved_bytes;	 /* where deep directories hang */
	uint32_t fid_bytes;	 /* in UDF */
	enum name_identity identity;
};

/* The sums of a directory in one name space. */
struct dir_sums {
	uint64_t ext_nsec, ce_nsec;
	uint64_t path_bytes;
	uint64_t moved_bytes;
	uint64_t fid_bytes; /* with the parent's */
};

/* All of a directory, names ascending by bytes; -ENOMEM is the one failure. */
typedef int measure_names_fn(const struct image_opts *opts, const struct name_space *ns,
	const struct measure_entry *e, size_t n, struct dir_sums *out, struct err *err);
/* One name that the name space shows. */
typedef void weigh_name_fn(const struct image_opts *opts, const struct name_space *ns,
	const struct measure_entry *e, struct name_weight *out);
/* Adds to what is in @out, the format's own members only. */
typedef void sum_dir_fn(
	const struct image_opts *opts, const struct dir_sums *s, struct dir_cost *out);

#endif
