/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A check at work: what its files share. */
#ifndef DISCFS_STAGE_CHECKING_H
#define DISCFS_STAGE_CHECKING_H

#include "catalog/check.h"
#include "private.h"
#include "stage/check.h"
#include "store/check.h"

/* Something to mend, kept until the walk that found it is over. */
struct mending {
	bool in_store;
	struct catalog_finding row; /* its name is owned */
	struct store_finding place;
};

struct mendings {
	struct mending *all;
	size_t n, cap;
};

/* What is known before the rows are read, and what must come of them. */
struct projection {
	bool known;
	struct layout_cost cost;
	uint64_t nentry;
};

struct check {
	const char *dir;
	const char *catalog_path;
	struct stage look; /* catalog and measure only: what measuring wants of a stage */
	const struct stage_check_how *how;
	struct stage_checked *out;
	struct err *err;

	struct catalog_state state;
	struct projection kept;	 /* of an open stage */
	bool live;		 /* the stage is open: inodes without names may be held */
	bool quiet;		 /* a later pass: its findings come of mendings */
	bool measures;		 /* look has the measure of the costs that are kept */
	bool measured;		 /* the projection was recomputed once */
	bool lost_sources;	 /* in this pass: rows of references that cannot be read */
	bool sourced;		 /* the sources of references were looked at once */
	bool broken;		 /* in this pass: rows that measuring relies on are wrong */
	bool sweep;		 /* something may be freed, which a sweep does */
	bool names_lost;	 /* what nothing names may have had a name: it is kept */
	struct mendings mend;	 /* of this pass, when repairing */
	struct mendings tangled; /* contents that share bytes, and are parted at the end */
};

/* check.c: one look at everything. */
int check_pass(struct check *k, struct store_check *store);

/* check_sources.c: tells what has become of the sources of references. */
int check_sources(struct check *k);

/* check_words.c */
void check_tell_row(struct check *k, const struct catalog_finding *f);
void check_tell_place(struct check *k, const struct store_finding *f);
/* A note, or a fault in words of its own. */
void check_tell(struct check *k, const struct stage_finding *f);
/* "/a/b" (inode 7), in @out, cut when it is too long; returns @out. */
const char *check_where(struct check *k, uint64_t ino, char *out, size_t cap);
/* Whether a fault is what every unclean end leaves and the next mount puts in order. */
bool check_is_usual(const struct check *k, const struct catalog_finding *f);

/* repair.c */
int mending_add(struct mendings *l, const struct mending *m, struct err *err);
void mendings_fini(struct mendings *l);
/* Mends until nothing is left to mend, makes it durable and closes the catalog. */
int repair_all(struct check *k);
/* Saves what can be read of the damaged catalog, and goes on with that. */
int repair_damaged(struct check *k);

#endif
