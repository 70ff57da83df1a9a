/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has no content: symbolic links, FIFOs, sockets, devices. They are never opened. */
#include "copy.h"

#include "base/err.h"
#include "request.h"

#include <errno.h>
#include <fcntl.h>

static int gather(struct copy *c, const struct copy_source *src, const struct stat *st,
	struct stage_adopted *one, struct err *err)
{
	int r = 0;

	if (!batch_has_room(&c->batch, 0))
		r = copy_flush(c, err);
	if (r < 0)
		return r;
	one->attr = copy_attr(c, st);
	r = request_special(src->dirfd, src->name, st, &c->batch.text, one, err);
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
