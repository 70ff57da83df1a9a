/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names by what tells them apart: the name itself, or its key in a name space. */
#ifndef DISCFS_IMAGE_GAUGE_NAMETABLE_H
#define DISCFS_IMAGE_GAUGE_NAMETABLE_H

#include "gauge/dirseq.h"

/* Open-addressed; zeroed but for @ns it is empty. The names are borrowed. */
struct nametable {
	const struct name_space *ns; /* whose keys tell them apart; NULL: their names do */
	struct gauge_name **slot;
	uint32_t cap; /* a power of two, more than one and a half times n, or 0 */
	uint32_t n;
};

/* Room for @n names in all; -ENOMEM is the one failure. */
int nametable_reserve(struct nametable *t, size_t n, struct err *err);
/* False when there is one that it cannot be told from. There is room for it. */
bool nametable_add(struct nametable *t, struct gauge_name *who);
void nametable_remove(struct nametable *t, const struct gauge_name *who);
/* Of a table by name; NULL if there is none. */
struct gauge_name *nametable_find(const struct nametable *t, const char *name, size_t n);
void nametable_fini(struct nametable *t);

#endif
