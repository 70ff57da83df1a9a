/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that go: unlink and rmdir. */
#include "private.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum removal { REMOVE_FILE, REMOVE_DIR };

static int check_kind(
	const struct op *op, const struct catalog_inode *row, enum removal what, struct err *err)
{
	int any;

	if (what == REMOVE_FILE)
		return S_ISDIR(row->mode) ? err_set(err, -EISDIR, "it is a directory: use rmdir")
					  : 0;
	if (!S_ISDIR(row->mode))
		return err_set(err, -ENOTDIR, "it is not a directory: use unlink");
	any = catalog_entry_any(op->s->catalog, row->ino, err);
	return any > 0 ? err_set(err, -ENOTEMPTY, "the directory is not empty") : any;
}

static int remove_name(
	struct op *op, uint64_t parent, const char *name, enum removal what, struct err *err)
{
	struct catalog_inode *dir, *row;
	char shown[128];
	uint64_t ino;
	int r = op_dir(op, parent, &dir, err);

	if (r == 0)
		r = name_find(op->s, parent, name, &ino, err);
	if (r == 0)
		r = op_row(op, ino, &row, err);
	if (r != 0)
		return r;
	r = check_kind(op, row, what, err);
	if (r < 0)
		return err_prefix(
			err, r, "\"%s\"", text_quoted(shown, sizeof(shown), name, strlen(name)));
	r = name_remove(op, parent, name, named_of(row), err);
	if (r == 0)
		r = name_lost(op, row, dir, err);
	return r;
}

static int remove_entry(
	struct stage *s, uint64_t parent, const char *name, enum removal what, struct err *err)
{
	struct op op;
	int r = name_check(name, err);

	if (r < 0)
		return r;
	stage_lock(s);
	r = op_begin(s, &op, 0, err);
	if (r == 0)
		r = op_end(&op, remove_name(&op, parent, name, what, err), err);
	stage_unlock(s);
	return r;
}

int stage_unlink(struct stage *s, uint64_t parent, const char *name, struct err *err)
{
	return remove_entry(s, parent, name, REMOVE_FILE, err);
}

int stage_rmdir(struct stage *s, uint64_t parent, const char *name, struct err *err)
{
	return remove_entry(s, parent, name, REMOVE_DIR, err);
}
