/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Identifiers of the interchange levels, ECMA-119 7.5, 7.6 and 10, and of ISO 9660:1999. */
#ifndef DISCFS_IMAGE_ISO9660_NAMES_H
#define DISCFS_IMAGE_ISO9660_NAMES_H

#include "../namespace.h"

struct name_rules iso_name_rules(const struct image_opts *opts);

/* Without version: "NAME", "NAME.EXT". Byte order of keys is the record order of 9.3. */
ident_fn iso_name_key;
/* As recorded: "NAME.EXT;1", "NAME.;1"; a directory's is its key. */
ident_fn iso_name_ident;

/* The same of ISO 9660:1999; keys have their case folded, for readers that do. */
ident_fn iso_long_key;
ident_fn iso_long_ident;

/* @c as a d-character (7.4.1): upper case, or '_'. */
uint8_t iso_d_character(uint8_t c);

/* @width decimal digits of @num; @width. */
size_t iso_put_number(uint8_t *out, uint32_t num, uint32_t width);

#endif
