/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One copy at work: what its files share. */
#ifndef DISCFS_INTAKE_COPY_H
#define DISCFS_INTAKE_COPY_H

#include "batch.h"
#include "intake/intake.h"
#include "links.h"
#include "walk.h"

/* A larger file is written piece by piece and named at its end. */
#define COPY_WHOLE_MAX STAGE_ADOPT_BYTES_MAX

struct copy {
	struct stage *stage;
	const struct intake_request *req;
	const struct intake_watcher *watcher;
	struct intake_result *result;
	struct walk walk;
	struct batch batch;
	struct links links; /* sources with several names -> staged inodes */
	uint64_t done_nsec; /* told as progress: content, and one for each entry */
	bool over;	    /* it ends, and the error is whole: no step adds to it */
};

/* A source: its folder's descriptor and name there, and its name where it goes. */
struct copy_source {
	int dirfd;
	const char *name;
	uint64_t parent;
	const char *staged_name;
	unsigned char type; /* DT_* */
};

/* What @st says, as it is staged for the user who asked. */
struct stage_attr copy_attr(const struct copy *c, const struct stat *st);
/* walk_resume; without the user's rights nothing goes on. @r, if that is below 0. */
int copy_resume(struct copy *c, int r, struct err *err);
/* Stages what is gathered. */
int copy_flush(struct copy *c, struct err *err);
/* The source of what was gathered last has more names: its number is needed when they come. */
int copy_remember(struct copy *c, const struct stat *st, struct err *err);
/* A hard link to what is staged already, @ino. -ENOENT: that is gone. */
int copy_link(struct copy *c, const struct copy_source *src, uint64_t ino, const struct stat *st,
	struct err *err);
/* @n more sectors are done, of @name. */
void copy_progress(struct copy *c, uint64_t nsec, const char *name);

/* regular.c */
int copy_regular(struct copy *c, const struct copy_source *src, struct err *err);
/* special.c: symbolic links, FIFOs, sockets, devices */
int copy_special(struct copy *c, const struct copy_source *src, struct err *err);

/* size.c: sectors of data (@out_data) and of all that counts as progress, of a walk like @w's */
int copy_size(struct copy *c, uint64_t *out_data, uint64_t *out_total, struct err *err);

#endif
