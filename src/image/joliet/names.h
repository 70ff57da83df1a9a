/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of the Joliet specification: UCS-2, big endian. */
#ifndef DISCFS_IMAGE_JOLIET_NAMES_H
#define DISCFS_IMAGE_JOLIET_NAMES_H

#include "../namespace.h"

/*
 * The specification says 64; 103 is what fits a directory record and what Windows, Linux and
 * macOS read. Names carry no ";1": readers strip it where it is and miss it nowhere.
 */
#define JOLIET_NAME_MAX	 103u
#define JOLIET_NAME_SPEC 64u

ident_fn joliet_name_ident;
/* The name with case folded: readers look names up without regard to case. */
ident_fn joliet_name_key;

/* The first @max units of @utf8; what cannot be becomes '_'. Their count. */
size_t joliet_units(const char *utf8, size_t n, uint16_t *out, size_t max);
/* The lower case of @unit, for scripts whose cases Windows pairs one to one. */
uint16_t joliet_fold(uint16_t unit);

#endif
