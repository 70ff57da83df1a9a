/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unique names for the entries of a directory, and the order of their records. */
#ifndef DISCFS_IMAGE_NAMING_H
#define DISCFS_IMAGE_NAMING_H

#include "namespace.h"

/* Digits for the numbers of a directory of @n entries: enough that no number runs out. */
uint32_t naming_width(size_t n);

/*
 * num, by entry, comes zeroed: 0 for those that keep their plain name, the first in order of bytes
 * among equals; order, by rank: entries shown, in record order; their count in @shown. Both of @n
 * elements. O(n log n) whatever the names. -ENOMEM is the one failure.
 */
int naming_assign(const struct name_space *ns, const struct measure_entry *e, size_t n,
	uint32_t *num, uint32_t *order, uint32_t *shown, struct err *err);

/* order, by rank, as if all had their plain names; entries of one rank as they come. */
int naming_order(const struct name_space *ns, const struct measure_entry *e, size_t n,
	uint32_t *order, uint32_t *shown, struct err *err);

#endif
