/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store against what the catalog names in it. Nothing is changed. */
#ifndef DISCFS_STORE_CHECK_H
#define DISCFS_STORE_CHECK_H

#include "store/store.h"

struct store_check;

enum store_fault {
	STORE_FAULT_PLACE,	/* a place that cannot be */
	STORE_FAULT_MISSING,	/* the file that holds it is not there, or is no file */
	STORE_FAULT_SHORT,	/* that file ends before the content does */
	STORE_FAULT_OVERLAP,	/* shares bytes with the content of @other */
	STORE_FAULT_UNREADABLE, /* reading at @found gave @error */
	STORE_FAULT_OBJECT,	/* an object that no content names */
	STORE_FAULT_SEGMENT,	/* a segment in which no content is named, and bytes are */
	STORE_FAULT_EXTENT,	/* bytes of a segment that no content names */
};

struct store_finding {
	enum store_fault fault;
	uint64_t owner, other;	  /* as claimed; 0: nobody */
	struct store_loc loc;	  /* cap_bytes of an object: 0 */
	uint64_t expected, found; /* bytes */
	int error;		  /* an errno */
};
/* 0 to go on, or a negative errno to stop with. */
typedef int store_finding_fn(void *arg, const struct store_finding *f);

struct store_tally {
	uint64_t segments, objects; /* files */
	uint64_t dead_bytes;	    /* in segments: there, and named by no content */
};

/* A store that nobody has open; a folder that is missing holds nothing. */
int store_check_begin(const char *dir, struct store_check **out, struct err *err);
/*
 * A store that is open, as it is at this moment: the caller has begun a freeze, keeps others from
 * changing contents until this returns, and then claims what was named at that moment. What comes
 * later is not judged.
 */
int store_check_begin_open(struct store *s, struct store_check **out, struct err *err);
void store_check_free(struct store_check *k); /* NULL is fine */

/* The content of @owner is @size_bytes at @loc. All claims come before the first judgement. */
int store_check_claim(struct store_check *k, uint64_t owner, struct store_loc loc,
	uint64_t size_bytes, struct err *err);
/* What lives without a name, in an open store: it is nobody's claim, and no leak either. */
int store_check_spare(struct store_check *k, struct store_loc loc, struct err *err);
/* PLACE, MISSING, SHORT, OVERLAP. */
int store_check_places(struct store_check *k, store_finding_fn *fn, void *arg, struct err *err);
/* UNREADABLE: reads every byte. */
int store_check_content(struct store_check *k, store_finding_fn *fn, void *arg, struct err *err);
/*
 * FILES: OBJECT and SEGMENT, what may be freed whole. BYTES: OBJECT and EXTENT, all that is there
 * and unnamed, for an owner who has lost names; not of an open store.
 */
enum store_unnamed { STORE_UNNAMED_FILES, STORE_UNNAMED_BYTES };
int store_check_unnamed(struct store_check *k, enum store_unnamed what, store_finding_fn *fn,
	void *arg, struct store_tally *out, struct err *err);

#endif
