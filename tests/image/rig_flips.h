/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bridge image that boots, and its metadata by class: where single bits are turned over. */
#ifndef DISCFS_TESTS_IMAGE_RIG_FLIPS_H
#define DISCFS_TESTS_IMAGE_RIG_FLIPS_H

#include <stddef.h>
#include <stdint.h>

enum flip_class {
	FLIP_DESCRIPTORS, /* ECMA-119 8, but what is left to applications */
	FLIP_PATH_TABLES,
	FLIP_DIRECTORIES, /* records without their system use, and what fills their sectors */
	FLIP_SUSP,	  /* system use, in records and where it continues */
	FLIP_UDF_VOLUME,  /* recognition, anchors, sequences, integrity */
	FLIP_UDF_FILES,	  /* file set, file entries, identifiers */
	FLIP_ELTORITO,	  /* boot record, catalog, boot info table */
	FLIP_TABLES,	  /* MBR without its code, both GPTs */
	FLIP_CLASSES,
};

extern const char *const flip_names[FLIP_CLASSES];

/* Bytes whose every bit is of a field that a standard defines. */
struct flip_range {
	uint64_t first, n;
};

struct flips {
	uint8_t *bytes;
	uint32_t nsec;
	struct flip_range *range[FLIP_CLASSES];
	uint32_t n[FLIP_CLASSES], cap[FLIP_CLASSES];
	uint64_t nbyte[FLIP_CLASSES];
};

void flips_init(struct flips *f);
void flips_fini(struct flips *f);
/* A random byte of the class, after t_seed. */
uint64_t flips_draw(const struct flips *f, enum flip_class class);

#endif
