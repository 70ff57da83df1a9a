/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A check of the store at work: what its files share. */
#ifndef DISCFS_STORE_CHECKING_H
#define DISCFS_STORE_CHECKING_H

#include "inventory.h"
#include "store/check.h"

#include <sys/stat.h>

struct store_check {
	int segments_fd, objects_fd; /* -1: the folder is not there */
	struct keep_list segments, objects;
	struct keep_list impossible; /* id: the index in impossible_loc */
	struct store_loc *impossible_loc;
	bool sorted;
	/* Of an open store, at the moment of the beginning. */
	bool open;
	uint64_t newest_segment, next_object; /* from here on nothing is judged */
	struct keep_list spared_segments, spared_objects;
};

/* A judgement at work. */
struct judging {
	struct store_check *k;
	store_finding_fn *fn;
	void *arg;
	enum store_unnamed what;
	uint64_t newest; /* segment */
	struct store_tally tally;
	struct err *err;
};

void check_sort(struct store_check *k);
/* 1: there with its @out bytes, 0: not there, or no regular file. */
int check_look_at(const struct store_check *k, enum store_kind kind, uint64_t id, struct stat *out,
	struct err *err);
/* 0 with a descriptor, or -1 in its place for what is not there or is no regular file. */
int check_open(
	const struct store_check *k, enum store_kind kind, uint64_t id, int *out, struct err *err);

#endif
