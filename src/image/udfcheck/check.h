/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A UDF volume while it is checked. */
#ifndef DISCFS_IMAGE_UDFCHECK_CHECK_H
#define DISCFS_IMAGE_UDFCHECK_CHECK_H

#include "base/arena.h"
#include "udfcheck/rules.h"
#include "udfread/disc.h"
#include "udfread/icbread.h"
#include "udfread/pieces.h"
#include "validate/volume.h"

#include <time.h>

/* A file entry that was met. */
struct uentry {
	struct udf_block at;
	uint32_t lba;
	uint32_t names; /* identifiers that lead to it */
	uint32_t nlink; /* what it says of that */
	uint64_t unique;
	uint64_t info_bytes;
	uint32_t first_lba; /* of content outside of the entry; 0: none */
	unsigned type;
	uint32_t parent; /* entry, of a directory; the root's is itself */
	bool queued;	 /* a directory that waits, or was read */
	bool matched;	 /* an identifier has the number of the entry */
	const char *path;
};

struct udf_check {
	struct report *report;
	struct udf_disc disc;
	unsigned version; /* of tags; 0: not known yet */
	unsigned revision;
	uint32_t session_lba;
	struct arena arena;   /* of paths */
	struct uentry *entry; /* in the order of meeting */
	uint32_t nentry, entry_cap;
	uint32_t *slot; /* 1 + entry, by sector */
	struct vextent *extent;
	uint32_t nextent, extent_cap;
	uint32_t *unique; /* of identifiers, UDF 2.00 2.3.4.3 */
	uint32_t nunique, unique_cap;
	uint64_t next_unique; /* of the integrity descriptor; 0: not known */
	struct timespec recorded;
	uint64_t nfile, ndir; /* met */
	uint32_t said_nfile, said_ndir;
	bool counts_said;
	uint64_t free_said[UDF_MAPS_MAX];
};

/* recognition.c: 2/8.3; whether there is an NSR descriptor, and of which version. */
int udf_check_recognition(struct udf_check *c, unsigned *nsr, struct err *err);
/* anchors.c: places and equality; at least one is read into @out, else -ENODATA. */
int udf_check_anchors(struct udf_check *c, bool open, struct udf_anchor *out, struct err *err);
/* sequences.c: both, against each other. */
int udf_check_sequences(struct udf_check *c, const struct udf_anchor *a, struct err *err);
/* descriptors.c: the fields of one of a sequence. */
void udf_check_descriptor(struct udf_check *c, const struct place *in);
/* integrity.c: 3/10.10. */
int udf_check_integrity(struct udf_check *c, struct err *err);
/* special.c: metadata file, mirror, bitmap, allocation table, space bitmap. */
int udf_check_special(struct udf_check *c, struct err *err);
/* fileset.c: 4/14.1. */
int udf_check_fileset(struct udf_check *c, struct err *err);
/* tree.c: directories, entries, streams. */
int udf_check_tree(struct udf_check *c, struct err *err);
/* counts.c: what only shows at the end. */
int udf_check_counts(struct udf_check *c, struct err *err);
void udf_check_overlaps(struct udf_check *c);
/* bridge.c: the files of ISO 9660 and of UDF are the same. */
int udf_check_bridge(struct udf_check *c, const struct volume *primary, struct err *err);

/*
 * The fields of an entry; @usable is false where it cannot be looked into.
 */
struct entry_wanted {
	const char *where;
	bool stream; /* of a directory of streams, or a stream */
};
int udf_check_entry(struct udf_check *c, struct udf_block at, const struct entry_wanted *want,
	struct udf_icb *out, bool *usable, struct err *err);
/* Where its content is; told and empty where that cannot be said. */
int udf_check_extents(struct udf_check *c, const struct udf_icb *icb, const char *where,
	struct udf_pieces *out, struct err *err);

int udf_check_claim(struct udf_check *c, const struct vextent *e, struct err *err);

#endif
