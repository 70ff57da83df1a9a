/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System use fields as they are read, SUSP 1.12, 4 and 5. */
#ifndef DISCFS_IMAGE_ISOREAD_SUSPREAD_H
#define DISCFS_IMAGE_ISOREAD_SUSPREAD_H

#include "base/sector.h"
#include "image/reader.h"

#include <stddef.h>

/* Linux follows as many; a longer chain is a loop or spite. */
#define SUSP_CHAIN_MAX 32u

/* Bytes of a sector that hold system use fields, SUSP 5.1. */
struct susp_area_at {
	uint32_t lba, off, n;
};

/* Remembers the last continuation sector: neighbours share it. */
struct susp_reader {
	const struct sector_source *src;
	/* Told of every continuation that is entered; NULL is fine. */
	int (*entered)(void *arg, const struct susp_area_at *area, struct err *err);
	void *arg;
	bool cached;
	uint32_t lba;
	uint8_t sector[SECTOR];
};

/* @field: two letters, length @n (at least 4), version, data. Non-zero ends the walk with it. */
typedef int susp_field_fn(void *arg, const uint8_t *field, uint8_t n, struct err *err);

/*
 * Gives every field of a system use area of @n bytes and of its continuations to @fn, but CE, PD
 * and ST. -EBADMSG for fields that leave their area, areas that leave their sector, and chains of
 * more than SUSP_CHAIN_MAX areas.
 */
int susp_read_fields(struct susp_reader *r, const uint8_t *area, size_t n, susp_field_fn *fn,
	void *arg, struct err *err);

#endif
