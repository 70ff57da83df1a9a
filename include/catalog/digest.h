/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What staged content hashes to. */
#ifndef DISCFS_CATALOG_DIGEST_H
#define DISCFS_CATALOG_DIGEST_H

#include "base/digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct catalog;
struct err;

/*
 * A digest is that of one version of an inode's content (struct catalog_inode): with another
 * version it says nothing. Its owner drops it before the content changes all the same, so that
 * between the two a killed process leaves none that is not true. After an unclean end whose
 * journal cannot be taken in (a power failure), all of them are gone at the next opening.
 */
struct catalog_digest {
	uint64_t ino, version;
	struct digest sha256;
	/*
	 * Whether it counts among those whose content may be shared; and then a number that is
	 * equal for equal attributes.
	 */
	bool counts;
	int64_t alike;
};

/* Replaces the one that is there. */
int catalog_digest_set(struct catalog *c, const struct catalog_digest *d, struct err *err);
/* -ENOENT, of any version, without a sentence. */
int catalog_digest_get(
	struct catalog *c, uint64_t ino, struct catalog_digest *out, struct err *err);
int catalog_digest_drop(struct catalog *c, uint64_t ino, struct err *err); /* none: fine */
int catalog_digest_clear(struct catalog *c, struct err *err);		   /* all of them */

/* From this size on an index answers which files have the same. */
#define CATALOG_LARGE_BYTES 1048576u
/* Whether another regular file than @ino has @size_bytes, which are large: 1 or 0. */
int catalog_size_others(struct catalog *c, uint64_t ino, uint64_t size_bytes, struct err *err);

/* Whether another that counts has the same content; or the same content and attributes: 1 or 0. */
enum catalog_likeness { CATALOG_EQUAL, CATALOG_ALIKE };
int catalog_digest_others(struct catalog *c, const struct catalog_digest *d,
	enum catalog_likeness what, struct err *err);

/* Those after @ino, ascending, at most @most; @fn returns as a catalog_entry_fn. */
typedef int catalog_digest_fn(void *arg, const struct catalog_digest *d);
int catalog_digests(struct catalog *c, uint64_t ino, uint32_t most, catalog_digest_fn *fn,
	void *arg, struct err *err);
/*
 * Those that count and may have equals, equal ones side by side, and in them alike ones. One that
 * has none may be among them.
 */
int catalog_digest_twins(struct catalog *c, catalog_digest_fn *fn, void *arg, struct err *err);
/*
 * Regular files with content and a name, but without a valid digest: the first @cap of those with
 * numbers above @after and up to @last, ascending.
 */
int catalog_digests_missing(struct catalog *c, uint64_t after, uint64_t last, uint64_t *out,
	size_t cap, size_t *out_n, struct err *err);

#endif
