/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether an image is what the standards say: every defined field, against itself and the others.
 */
#ifndef DISCFS_IMAGE_VALIDATE_H
#define DISCFS_IMAGE_VALIDATE_H

#include "image/reader.h"

#include <stdint.h>

/*
 * ERROR: the standard is broken, or two places contradict each other; readers may differ in what
 * they see. WARNING: against the standard, and all readers known cope. NOTE: allowed or customary,
 * and worth knowing: a depth beyond eight, a volume larger than its contents.
 */
enum finding_severity { FINDING_NOTE, FINDING_WARNING, FINDING_ERROR };

struct finding {
	enum finding_severity severity;
	const char *clause; /* "ECMA-119 9.1.4" */
	const char *where;  /* "/dir/name", "primary volume descriptor" */
	const char *what;   /* "data length" */
	const char *expected, *found;
	uint32_t lba;
	uint32_t byte; /* of the sector, from 0 */
};

/* All strings are borrowed until it returns; names in them are quoted. */
typedef void finding_fn(void *arg, const struct finding *f);

struct validate_summary {
	uint64_t errors, warnings, notes;
	uint64_t directories, names; /* of all name spaces together */
	bool iso9660, rockridge, joliet, enhanced, udf, eltorito, mbr, gpt;
	unsigned udf_revision; /* 0x0250 is 2.50; 0: not known */
};

/*
 * Tells every finding in the session whose descriptors begin at @session_lba + 16. 0 also with
 * findings; -ENODATA when there is nothing to check; -ENOMEM; what reading fails with.
 */
int image_validate(const struct sector_source *src, uint32_t session_lba, finding_fn *fn, void *arg,
	struct validate_summary *out, struct err *err);

#endif
