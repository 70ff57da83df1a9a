/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A name space: how the entries of a directory are named and recorded. */
#ifndef DISCFS_IMAGE_NAMESPACE_H
#define DISCFS_IMAGE_NAMESPACE_H

#include "image/image.h"
#include "tree/measure.h"
#include "tree/tree.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct name_space;
struct susp_fields;

#define IDENT_MAX 255u /* bytes: of UDF; others have up to 207 */

/* How long names may be and what they consist of; ECMA-119 10, Joliet specification. */
struct name_rules {
	uint32_t stem_max, ext_max; /* of a file; ext is cut to this once the whole is too long */
	uint32_t file_max;	    /* stem and extension together, without the dot */
	uint32_t dir_max;
	bool level_1;	/* 8.3: stem and extension have limits of their own */
	bool free_form; /* ISO 9660:1999: the name as it is, without a version */
};

/*
 * A name and the number that makes it unique: 0 for the plain name, else written with @width
 * digits. Given the width, different stems never give the same numbered name.
 */
struct numbered {
	const struct measure_entry *entry;
	uint32_t num, width;
	const struct name_space *ns;
};

/* Writes at most IDENT_MAX bytes; their count, never 0. */
typedef size_t ident_fn(const struct numbered *who, uint8_t out[static IDENT_MAX]);

/* Attributes that change no size; zeroed while measuring. */
struct attributes {
	const struct tree_inode *inode; /* NULL while measuring */
	uint32_t serial;
	enum image_ownership ownership;
	bool aaip; /* some file of the tree has AL fields */
	/* Where a directory that hangs elsewhere lies, and where it would hang; RRIP 4.1.5. */
	uint32_t child_lba, parent_lba;
};

/* Made of the settings by the functions below; constant then. */
struct name_space {
	const char *name; /* of the plan's segment */
	enum tree_space space;
	bool dotfiles_hidden;
	enum image_ownership ownership;
	struct name_rules rules;
	uint32_t unit_bytes;		  /* of a character in identifiers: 1 or 2 */
	uint32_t dot_bytes, dotdot_bytes; /* length of the records "." and ".." */
	bool relocates;			  /* directories too deep hang elsewhere */
	bool (*shows)(const struct measure_entry *e);
	ident_fn *key;	 /* what must be unique in a directory */
	ident_fn *rank;	 /* what the records are sorted by; may be key itself */
	ident_fn *ident; /* the identifier as recorded */
	/* The system use fields of an entry; NULL where there are none. */
	void (*fields)(
		const struct measure_entry *e, const struct attributes *a, struct susp_fields *out);
	/* Of "."; @identify_lba: where that of the root is continued, 0 for others. */
	void (*dot_fields)(
		const struct attributes *a, uint32_t identify_lba, struct susp_fields *out);
	void (*dotdot_fields)(const struct attributes *a, struct susp_fields *out);
};

/* The primary tree: identifiers of ISO 9660, with the attributes of Rock Ridge or without. */
struct name_space namespace_iso9660(const struct image_opts *opts);
/* The Joliet tree: directories and regular files alone. */
struct name_space namespace_joliet(const struct image_opts *opts);

#endif
