/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file system under test: through a mount, or through the stage itself. */
#ifndef DISCFS_TESTS_CRASH_VIEW_H
#define DISCFS_TESTS_CRASH_VIEW_H

#include "model.h"

#include <sys/stat.h>
#include <sys/types.h>

struct view;
typedef void view_name_fn(void *arg, const char *name);

/* 0 or a count, or a negative errno. Paths are below the root, "" is the root itself. */
struct view_ops {
	int (*run)(struct view *v, const struct step *st);
	int (*stat)(struct view *v, const char *path, struct stat *out);
	int (*list)(struct view *v, const char *path, view_name_fn *fn, void *arg);
	ssize_t (*read)(struct view *v, const char *path, void *out, size_t n);
	/* The value of MODEL_XATTR; 0: there is none. */
	int (*xattr)(struct view *v, const char *path, void *out, size_t cap);
	int (*readlink)(struct view *v, const char *path, char *out, size_t cap);
	/* The projection, and the image as it is. */
	int (*space)(struct view *v, uint64_t *projected_nsec, uint64_t *image_nsec);
};

struct view {
	const struct view_ops *ops;
};

struct stage;
struct view_stage {
	struct view view;
	struct stage *s;
	uint64_t slot[MODEL_SLOTS]; /* inode */
	struct tree *frozen;
	uint32_t uid, gid;
};
void view_stage_init(struct view_stage *v, struct stage *s, uint32_t uid, uint32_t gid);

struct view_mount {
	struct view view;
	char root[256];	   /* where the model's root is */
	char control[256]; /* the .discfs of the mount */
	int slot[MODEL_SLOTS];
	int image;
};
void view_mount_init(struct view_mount *v, const char *mnt, const char *below);
/* Closes what is open. */
void view_mount_fini(struct view_mount *v);

/*
 * After an acknowledged step: the times that it gave are the model's from here on. False when
 * the file system does not answer any more.
 */
bool view_note_times(struct view *v, struct model *m);

/* The number of differences, told on stderr with @label when that is not NULL. */
int view_compare(struct view *v, struct model *m, const char *label);

/*
 * Whether @v is @before, or what @in_flight (NULL: nothing) makes of it: then it is told which. A
 * write in flight may be there in part. Differences go to stderr. 0 when it is sound.
 */
int view_judge(struct view *v, struct model *before, const struct step *in_flight);

/*
 * P3 on a project that nobody has open: SQLite's own checks, the relations of the rows, the places
 * of contents, the files of the store. The number of faults, told on stderr.
 */
int project_check(const char *dir);
/* Forgets the measured costs, so that the next opening counts anew. */
int project_forget_costs(const char *dir);

#endif
