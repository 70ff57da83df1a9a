/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an inode back to a path. */
#include "private.h"

#include "base/buf.h"
#include "stage/area.h"

#include <errno.h>
#include <string.h>

/* Puts "/name" before what is in @path. */
static int prepend(struct buf *path, const char *name)
{
	struct buf longer;

	buf_init(&longer, path->max);
	buf_puts(&longer, "/");
	buf_puts(&longer, name);
	buf_puts(&longer, buf_str(path));
	buf_fini(path);
	*path = longer;
	return path->failed ? -ENOMEM : 0;
}

int path_climb(struct stage *s, uint64_t ino, struct buf *out, struct err *err)
{
	char name[STAGE_NAME_MAX + 1];

	while (!stage_is_root(ino)) {
		uint64_t parent;
		int r = parent_of(s, ino, &parent, err);

		if (r == 0)
			r = catalog_entry_name(s->catalog, parent, ino, name, sizeof(name), err);
		if (r == 0 && prepend(out, name) < 0)
			r = err_nomem(err);
		if (r < 0)
			return r;
		ino = parent;
	}
	if (out->len == 0)
		buf_puts(out, "/");
	return 0;
}

int stage_path(struct stage *s, uint64_t ino, struct buf *out, struct err *err)
{
	int r;

	stage_lock(s);
	r = path_climb(s, ino, out, err);
	stage_unlock(s);
	return r;
}
