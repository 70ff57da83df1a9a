/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owners, fences, and what has no content. */
#include "request.h"

#include "base/err.h"
#include "pairs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static void own(const struct rights *who, const struct stat *st, struct stage_attr *a)
{
	if (who->uid == 0)
		return;
	a->uid = who->uid;
	if (!rights_in_group(who, a->gid))
		a->gid = who->gid;
	if (a->uid != st->st_uid)
		a->mode &= ~(uint32_t)S_ISUID;
	if (a->gid != st->st_gid)
		a->mode &= ~(uint32_t)S_ISGID;
}

struct stage_attr request_attr(const struct rights *who, const struct stat *st)
{
	struct stage_attr a = {
		.mode = st->st_mode,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.rdev = st->st_rdev,
		.size_bytes = (uint64_t)st->st_size,
		.mtime = st->st_mtim,
		.atime = st->st_atim,
	};

	own(who, st, &a);
	return a;
}

void request_walk(const struct intake_request *req, struct walk *w)
{
	*w = (struct walk){ .who = &req->who };
	if (req->mount_dev)
		w->fence[0] = (struct walk_fence){ .dev = req->mount_dev,
			.why = "it is the mount that is staged into" };
	if (req->project_ino)
		w->fence[1] = (struct walk_fence){ .dev = req->project_dev,
			.ino = req->project_ino,
			.why = "it holds the staged files of this mount" };
}

static int read_target(
	int dirfd, const char *name, struct arena *a, struct stage_adopted *one, struct err *err)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dirfd, name, target, sizeof(target));

	if (n < 0)
		return err_sys(err, errno, "reading the symbolic link");
	one->target = arena_dup(a, target, (size_t)n);
	return one->target ? 0 : err_nomem(err);
}

/* By a path, since opening would act: through the folder's descriptor it is never too long. */
static int read_pairs(
	int dirfd, const char *name, struct arena *a, struct stage_adopted *one, struct err *err)
{
	char path[PATH_MAX + 32];
	struct pairs pairs;
	int r;

	if (dirfd == AT_FDCWD)
		snprintf(path, sizeof(path), "%s", name);
	else
		snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dirfd, name);
	r = pairs_read(-1, path, a, &pairs);
	if (r < 0)
		return err_sys(err, -r, "reading its attributes");
	one->pair = pairs.pair;
	one->npair = pairs.n;
	return 0;
}

int request_special(int dirfd, const char *name, const struct stat *st, struct arena *a,
	struct stage_adopted *one, struct err *err)
{
	one->attr.size_bytes = 0;
	return S_ISLNK(st->st_mode) ? read_target(dirfd, name, a, one, err)
				    : read_pairs(dirfd, name, a, one, err);
}
