/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Room for more elements in an array that doubles. */
#ifndef DISCFS_BASE_GROW_H
#define DISCFS_BASE_GROW_H

#include <stddef.h>
#include <stdint.h>

struct err;

/*
 * Doubles the room of *@array (NULL while empty), *@cap elements of @size bytes; the first room is
 * for 256. -ENOMEM leaves both as they are. The caller bounds how many there may be.
 */
int array_grow(void **array, uint32_t *cap, size_t size, struct err *err);

#endif
