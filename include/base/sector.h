/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The unit of every data disc: a logical sector of 2048 bytes (ECMA-119 6.1.2). */
#ifndef DISCFS_BASE_SECTOR_H
#define DISCFS_BASE_SECTOR_H

#include <stdint.h>

#define SECTOR 2048u

/* Sectors that @bytes take; the only conversion there is. */
static inline uint64_t sectors_for(uint64_t bytes)
{
	return bytes / SECTOR + (bytes % SECTOR != 0);
}

/* @nsec rounded up to a whole number of @unit_nsec (at least 1). */
static inline uint64_t sectors_align(uint64_t nsec, uint32_t unit_nsec)
{
	return (nsec + unit_nsec - 1) / unit_nsec * unit_nsec;
}

#endif
