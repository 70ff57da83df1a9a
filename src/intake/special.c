/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has no content: symbolic links, FIFOs, sockets, devices. They are never opened. */
#include "copy.h"

#include "base/err.h"
#include "pairs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int read_target(
	struct copy *c, const struct copy_source *src, struct stage_adopted *one, struct err *err)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(src->dirfd, src->name, target, sizeof(target));

	if (n < 0)
		return err_sys(err, errno, "reading the symbolic link");
	one->target = arena_dup(&c->batch.text, target, (size_t)n);
	one->attr.size_bytes = (uint64_t)n;
	return one->target ? 0 : err_nomem(err);
}

/* By a path, since opening would act: through the folder's descriptor it is never too long. */
static int read_pairs(
	struct copy *c, const struct copy_source *src, struct stage_adopted *one, struct err *err)
{
	char path[PATH_MAX + 32];
	struct pairs pairs;
	int r;

	if (src->dirfd == AT_FDCWD)
		snprintf(path, sizeof(path), "%s", src->name);
	else
		snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", src->dirfd, src->name);
	r = pairs_read(-1, path, &c->batch.text, &pairs);
	if (r < 0)
		return err_sys(err, -r, "reading its attributes");
	one->pair = pairs.pair;
	one->npair = pairs.n;
	return 0;
}

static int gather(struct copy *c, const struct copy_source *src, const struct stat *st,
	struct stage_adopted *one, struct err *err)
{
	int r = 0;

	if (!batch_has_room(&c->batch, 0))
		r = copy_flush(c, err);
	if (r < 0)
		return r;
	one->attr = copy_attr(c, st);
	one->attr.size_bytes = 0;
	r = S_ISLNK(st->st_mode) ? read_target(c, src, one, err) : read_pairs(c, src, one, err);
	if (r < 0)
		return r;
	c->batch.parent = src->parent;
	return batch_add(&c->batch, one, err);
}

int copy_special(struct copy *c, const struct copy_source *src, struct err *err)
{
	struct stage_adopted one = { .name = src->staged_name };
	struct stat st;
	uint64_t ino;
	int r;

	if (fstatat(src->dirfd, src->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "looking at it");
	if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
		return err_set(err, -ESTALE, "it was replaced while the tree was read");
	ino = st.st_nlink > 1 ? links_get(&c->links, st.st_dev, st.st_ino) : 0;
	if (ino) {
		r = copy_link(c, src, ino, &st, err);
		if (r != -ENOENT)
			return r;
	}
	r = gather(c, src, &st, &one, err);
	return r == 0 && st.st_nlink > 1 ? copy_remember(c, &st, err) : r;
}
