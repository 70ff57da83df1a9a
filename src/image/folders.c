/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directories of a disc that were named and wait for their turn. */
#include "folders.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/grow.h"
#include "base/text.h"
#include "image/reader.h"

#include <stdlib.h>
#include <string.h>

#define PATH_SHOWN 8u

int folders_add(struct folders *f, uint32_t parent, uint64_t place, const char *name, size_t n,
	struct err *err)
{
	struct folder add = {
		.place = place,
		.parent = parent,
		.depth = f->n ? f->at[parent].depth + 1 : 0,
	};
	int r = 0;

	if (add.depth > READER_DEPTH_MAX)
		return err_set(err, -EBADMSG, "directories more than %u deep", READER_DEPTH_MAX);
	if (f->n == f->cap)
		r = array_grow((void **)&f->at, &f->cap, sizeof(*f->at), err);
	if (r < 0)
		return r;
	add.name = arena_dup(&f->names, name, n);
	if (!add.name)
		return err_nomem(err);
	f->at[f->n++] = add;
	return 0;
}

/* The last @most components: the sentence that follows has to have room. */
static void path_of(const struct folders *f, uint32_t folder, unsigned most, struct buf *out)
{
	if (folder == 0)
		return;
	if (most == 0) {
		buf_puts(out, "...");
		return;
	}
	path_of(f, f->at[folder].parent, most - 1, out);
	buf_puts(out, "/");
	text_quote(out, f->at[folder].name, strlen(f->at[folder].name));
}

int folders_blame(const struct folders *f, uint32_t folder, int code, struct err *err)
{
	struct buf path;

	buf_init(&path, 1u << 20);
	path_of(f, folder, PATH_SHOWN, &path);
	code = err_prefix(err, code, "directory %s", path.len ? buf_str(&path) : "/");
	buf_fini(&path);
	return code;
}

void folders_fini(struct folders *f)
{
	arena_fini(&f->names);
	free(f->at);
	*f = (struct folders){ 0 };
}
