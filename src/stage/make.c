/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New names: files, directories, special files, symbolic links, hard links. */
#include "private.h"

#include "beside.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct birth {
	uint64_t parent;
	const char *name;
	const char *target; /* of a symlink, else NULL */
	uint64_t rdev;
	uint32_t mode;
	struct stage_owner who;
};

static int check_mode(uint32_t mode, struct err *err)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
	case S_IFIFO:
	case S_IFSOCK:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFDIR:
		return 0;
	default:
		return err_set(err, -EINVAL, "mode %o has no type that can be made", mode);
	}
}

static uint64_t slack_of(const struct birth *b)
{
	return NAME_SLACK_NSEC + (b->target ? FIELDS_SLACK_NSEC : 0);
}

static struct catalog_inode row_of(
	const struct birth *b, uint64_t ino, const struct catalog_inode *dir, struct timespec now)
{
	struct catalog_inode row = {
		.ino = ino,
		.size_bytes = b->target ? strlen(b->target) : 0,
		.rdev = S_ISCHR(b->mode) || S_ISBLK(b->mode) ? b->rdev : 0,
		.mtime = now,
		.atime = now,
		.ctime = now,
		.mode = b->mode & (S_IFMT | 07777),
		.uid = b->who.uid,
		.gid = b->who.gid,
		.nlink = S_ISDIR(b->mode) ? 2 : 1,
		.loc_kind = STORE_NONE,
	};

	if (dir->mode & S_ISGID) {
		row.gid = dir->gid;
		if (S_ISDIR(b->mode))
			row.mode |= S_ISGID;
	}
	return row;
}

int birth_name(struct op *op, struct catalog_inode *dir, const struct catalog_inode *row,
	const char *name, uint64_t slack_nsec, struct err *err)
{
	int r;

	if (S_ISDIR(row->mode) && dir->nlink >= NLINK_MAX)
		return err_set(err, -EMLINK, "too many subdirectories");
	r = name_add(op, dir->ino, name, named_of(row), slack_nsec, err);
	if (r < 0 || !S_ISDIR(row->mode))
		return r;
	dir->nlink++;
	op->s->space.cost.ndir++;
	return space_note(op->s, row->ino, NULL, NAME_SLACK_NSEC, err);
}

static int give_birth(struct op *op, const struct birth *b, struct stage_attr *out, struct err *err)
{
	struct stage *s = op->s;
	struct catalog_inode *dir, row;
	int r = op_dir(op, b->parent, &dir, err);

	if (r < 0)
		return r;
	row = row_of(b, area_ino(b->parent, s->next_ino), dir, op->now);
	r = area_check(b->parent, &row, err);
	if (r < 0)
		return r;
	if (!b->target)
		r = xattr_inherit(s, b->parent, b->who.umask, &row, err);
	if (r == 0)
		r = op_bear(op, &row, err);
	if (r == 0 && b->target)
		r = catalog_symlink_set(s->catalog, row.ino, b->target, strlen(b->target), err);
	if (r == 0)
		r = space_add_inode(s, &row, err);
	if (r == 0)
		r = birth_name(op, dir, &row, b->name, slack_of(b), err);
	if (r == 0)
		attr_of(&row, out);
	return r;
}

static int make(struct stage *s, const struct birth *b, struct stage_attr *out, struct err *err)
{
	struct stage_attr made;
	struct op op;
	int r = name_check(b->name, err);

	if (r < 0)
		return r;
	stage_lock(s);
	r = op_begin(s, &op, S_ISDIR(b->mode) ? 2 * NAME_SLACK_NSEC : slack_of(b), err);
	if (r == 0)
		r = op_end(&op, give_birth(&op, b, &made, err), err);
	if (r == 0) {
		s->next_ino++;
		*out = made;
	}
	stage_unlock(s);
	return r;
}

int stage_make(struct stage *s, uint64_t parent, const char *name, struct stage_kind kind,
	struct stage_owner who, struct stage_attr *out, struct err *err)
{
	const struct birth b = {
		.parent = parent, .name = name, .mode = kind.mode, .rdev = kind.rdev, .who = who
	};
	int r = check_mode(kind.mode, err);

	return r < 0 ? r : make(s, &b, out, err);
}

int stage_symlink(struct stage *s, uint64_t parent, const char *name, const char *target,
	struct stage_owner who, struct stage_attr *out, struct err *err)
{
	const struct birth b = {
		.parent = parent, .name = name, .target = target, .mode = S_IFLNK | 0777, .who = who
	};
	size_t n = strnlen(target, TARGET_MAX + 1);

	if (n == 0)
		return err_set(err, -ENOENT, "a symbolic link to nothing");
	if (n > TARGET_MAX)
		return err_set(
			err, -ENAMETOOLONG, "a symbolic link to more than %u bytes", TARGET_MAX);
	return make(s, &b, out, err);
}

int stage_readlink(struct stage *s, uint64_t ino, char *out, size_t cap, struct err *err)
{
	size_t n;
	int r;

	stage_lock(s);
	r = catalog_symlink_get(s->catalog, ino, out, cap, &n, err);
	stage_unlock(s);
	if (r == -ENOENT)
		return err_set(
			err, -EINVAL, "inode %llu is not a symbolic link", (unsigned long long)ino);
	return r;
}

static int add_link(struct op *op, uint64_t ino, uint64_t parent, const char *name, struct err *err)
{
	struct catalog_inode *dir, *row;
	int r = op_row(op, ino, &row, err);

	if (r < 0)
		return r;
	if (S_ISDIR(row->mode))
		return err_set(err, -EPERM, "a directory has one name only");
	if (row->nlink == 0)
		return err_set(err, -ENOENT, "inode %llu was removed", (unsigned long long)ino);
	if (row->nlink >= NLINK_MAX)
		return err_set(err, -EMLINK, "inode %llu has %u links", (unsigned long long)ino,
			row->nlink);
	r = op_dir(op, parent, &dir, err);
	if (r == 0)
		r = area_check(parent, row, err);
	/* Text and attributes are not at hand, so the bound of the longest. */
	if (r == 0)
		r = name_add(op, parent, name, named_of(row),
			NAME_SLACK_NSEC + FIELDS_SLACK_NSEC + 2 * measure_extents(row->size_bytes),
			err);
	if (r < 0)
		return r;
	row->nlink++;
	row->ctime = op->now;
	return 0;
}

int stage_link(struct stage *s, uint64_t ino, uint64_t parent, const char *name,
	struct stage_attr *out, struct err *err)
{
	struct catalog_inode row;
	struct op op;
	int r = name_check(name, err);

	if (r < 0)
		return r;
	stage_lock(s);
	r = op_begin(s, &op, OP_SLACK_NSEC, err);
	if (r == 0)
		r = op_end(&op, add_link(&op, ino, parent, name, err), err);
	if (r == 0)
		r = inode_get(s, ino, &row, err);
	if (r == 0)
		attr_of(&row, out);
	stage_unlock(s);
	return r;
}
