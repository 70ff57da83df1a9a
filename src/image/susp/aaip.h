/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arbitrary Attribute Interchange Protocol 2.0: extended attributes and ACLs in SUSP fields. */
#ifndef DISCFS_IMAGE_SUSP_AAIP_H
#define DISCFS_IMAGE_SUSP_AAIP_H

#include "susp.h"
#include "tree/tree.h"

#include <stdbool.h>

/*
 * More than this of one file is left out: Linux follows at most 32 continuation areas of a record
 * and gives up the whole file beyond.
 */
#define AAIP_BYTES_MAX 45056u

/* Whether the attributes fit; @n 0: they do. */
bool aaip_fits(const struct tree_xattr *x, uint32_t n);
/* AL fields; nothing when there are no attributes or they do not fit. */
void aaip_put(struct susp_fields *f, const struct tree_xattr *x, uint32_t n);
/* ER of the protocol, for a tree that has any. */
void aaip_put_er(struct susp_fields *f);

#endif
