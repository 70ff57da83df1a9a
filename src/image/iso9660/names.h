/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Identifiers of interchange level 3, ECMA-119 7.5, 7.6 and 10.3. */
#ifndef DISCFS_IMAGE_ISO9660_NAMES_H
#define DISCFS_IMAGE_ISO9660_NAMES_H

#include "../namespace.h"

#define ISO_FILE_NAME_MAX 30u /* 7.5.1: file name and extension together */
#define ISO_DIR_NAME_MAX  31u /* 7.6.3 */

/* Without version: "NAME", "NAME.EXT". Byte order of keys is the record order of 9.3. */
ident_fn iso_name_key;
/* As recorded: "NAME.EXT;1", "NAME.;1"; a directory's is its key. */
ident_fn iso_name_ident;

/* @c as a d-character (7.4.1): upper case, or '_'. */
uint8_t iso_d_character(uint8_t c);

#endif
