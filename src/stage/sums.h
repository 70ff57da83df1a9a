/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The size of the list of digests, kept as names come and go. Under the stage's lock. */
#ifndef DISCFS_STAGE_SUMS_H
#define DISCFS_STAGE_SUMS_H

#include "tree/sums.h"

#include <stdbool.h>
#include <stdint.h>

struct err;
struct named;
struct stage;

/* The directory that was asked for last. */
struct sums_dir {
	uint64_t ino; /* 0: none */
	struct sums_text text;
	bool shown;
};

/* All lines counted anew, into the stage's cost. */
int sums_count(struct stage *s, struct err *err);
/* @name in @parent stands for @what from now on, or does no more: with all that is below it. */
int sums_add_name(
	struct stage *s, uint64_t parent, const char *name, struct named what, struct err *err);
int sums_take_name(
	struct stage *s, uint64_t parent, const char *name, struct named what, struct err *err);
/* The most sectors that a directory which moves adds to the list. */
uint64_t sums_slack(const struct stage *s);
/* Whether an attribute says which files the list names. */
bool sums_depends_on(const char *xattr);
/* Around a change of such an attribute of @ino: all its names go and come again. */
int sums_take_names(struct stage *s, uint64_t ino, struct err *err);
int sums_add_names(struct stage *s, uint64_t ino, struct err *err);

#endif
