/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps on a stage without a kernel between. */
#include "base/err.h"
#include "image/image.h"
#include "stage/range.h"
#include "stage/stage.h"
#include "tree/tree.h"
#include "view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct view_stage *of(struct view *v)
{
	return (struct view_stage *)v;
}

static int find(struct view_stage *v, const char *path, struct stage_attr *out)
{
	char part[MODEL_PART];
	int r = stage_getattr(v->s, STAGE_ROOT_INO, out, NULL);

	while (r == 0 && *path) {
		size_t n = strcspn(path, "/");

		memcpy(part, path, n);
		part[n] = '\0';
		r = stage_lookup(v->s, out->ino, part, out, NULL);
		path += n + (path[n] == '/');
	}
	return r;
}

/* The directory's inode, and the last part. */
static int find_dir(struct view_stage *v, const char *path, uint64_t *dir, const char **part)
{
	char above[MODEL_PATH] = "";
	const char *slash = strrchr(path, '/');
	struct stage_attr attr;
	int r;

	if (slash)
		memcpy(above, path, (size_t)(slash - path));
	r = find(v, above, &attr);
	*dir = attr.ino;
	*part = slash ? slash + 1 : path;
	return r;
}

static int make(struct view_stage *v, const struct step *st)
{
	struct stage_owner who = { v->uid, v->gid };
	struct stage_attr attr;
	const char *part;
	uint64_t dir;
	uint32_t type = st->kind == STEP_MKDIR ? S_IFDIR : S_IFREG;
	int r = find_dir(v, st->path, &dir, &part);

	if (r == 0 && st->kind == STEP_SYMLINK)
		return stage_symlink(v->s, dir, part, st->to, who, &attr, NULL);
	if (r == 0)
		r = stage_make(v->s, dir, part, (struct stage_kind){ .mode = type | st->mode }, who,
			&attr, NULL);
	if (r == 0 && st->kind == STEP_CREATE) {
		r = stage_hold(v->s, attr.ino, false, NULL);
		v->slot[st->slot] = attr.ino;
	}
	return r;
}

static int open_file(struct view_stage *v, const struct step *st)
{
	struct stage_attr attr;
	int r = find(v, st->path, &attr);

	if (r == 0)
		r = stage_hold(v->s, attr.ino, st->trunc, NULL);
	if (r == 0)
		v->slot[st->slot] = attr.ino;
	return r;
}

static int write_file(struct view_stage *v, const struct step *st)
{
	uint8_t *bytes = malloc(st->n);
	ssize_t r;

	if (!bytes)
		abort();
	model_fill(st->seed, bytes, st->n);
	r = stage_write(
		v->s, v->slot[st->slot], st->off, st->kind == STEP_APPEND, bytes, st->n, NULL);
	free(bytes);
	if (r >= 0 && (size_t)r < st->n)
		return -EMSGSIZE;
	return r < 0 ? (int)r : 0;
}

static int change(struct view_stage *v, const struct step *st)
{
	struct stage_change c = { 0 };
	struct stage_attr attr;
	int r = 0;

	if (st->kind == STEP_SHORTEN)
		attr.ino = v->slot[st->slot];
	else
		r = find(v, st->path, &attr);
	if (st->kind == STEP_SHORTEN || st->kind == STEP_TRUNCATE)
		c.size_bytes = &st->off;
	if (st->kind == STEP_CHMOD)
		c.mode = &st->mode;
	if (st->kind == STEP_CHOWN) {
		c.uid = &st->uid;
		c.gid = &st->gid;
	}
	if (st->kind == STEP_UTIMES)
		c.mtime = &st->mtime;
	return r < 0 ? r : stage_setattr(v->s, attr.ino, &c, &attr, NULL);
}

static int two_names(struct view_stage *v, const struct step *st)
{
	const char *from, *to;
	struct stage_attr attr;
	uint64_t dir, to_dir;
	int r = find_dir(v, st->path, &dir, &from);

	if (r == 0)
		r = find_dir(v, st->to, &to_dir, &to);
	if (r < 0)
		return r;
	if (st->kind != STEP_LINK)
		return stage_rename(v->s, dir, from, to_dir, to,
			st->kind == STEP_EXCHANGE ? STAGE_RENAME_EXCHANGE : STAGE_RENAME_REPLACE,
			NULL);
	r = find(v, st->path, &attr);
	return r < 0 ? r : stage_link(v->s, attr.ino, to_dir, to, &attr, NULL);
}

static int remove_name(struct view_stage *v, const struct step *st)
{
	const char *part;
	uint64_t dir;
	int r = find_dir(v, st->path, &dir, &part);

	if (r < 0)
		return r;
	return st->kind == STEP_RMDIR ? stage_rmdir(v->s, dir, part, NULL)
				      : stage_unlink(v->s, dir, part, NULL);
}

static int freeze(struct view_stage *v)
{
	if (!v->frozen)
		return stage_freeze(v->s, &v->frozen, NULL);
	tree_free(v->frozen);
	v->frozen = NULL;
	return 0;
}

static int set_xattr(struct view_stage *v, const struct step *st)
{
	uint8_t value[MODEL_XATTR_BYTES];
	struct stage_attr attr;
	int r = find(v, st->path, &attr);

	if (r < 0)
		return r;
	if (!st->seed)
		return stage_xattr_remove(v->s, attr.ino, MODEL_XATTR, NULL);
	model_fill(st->seed, value, sizeof(value));
	return stage_xattr_set(v->s, attr.ino, MODEL_XATTR,
		(struct stage_bytes){ value, sizeof(value) }, STAGE_XATTR_SET, NULL);
}

static int get_xattr(struct view *view, const char *path, void *out, size_t cap)
{
	struct stage_attr attr;
	ssize_t r = find(of(view), path, &attr);

	if (r == 0)
		r = stage_xattr_get(of(view)->s, attr.ino, MODEL_XATTR, out, cap, NULL);
	return r == -ENODATA ? 0 : (int)r;
}

static int run(struct view *view, const struct step *st)
{
	struct view_stage *v = of(view);

	switch (st->kind) {
	case STEP_CREATE:
	case STEP_MKDIR:
	case STEP_SYMLINK:
		return make(v, st);
	case STEP_OPEN:
		return open_file(v, st);
	case STEP_WRITE:
	case STEP_APPEND:
		return write_file(v, st);
	case STEP_CLOSE:
		stage_release(v->s, v->slot[st->slot]);
		return 0;
	case STEP_FSYNC:
		return stage_fsync(v->s, v->slot[st->slot], NULL);
	case STEP_SYNC:
		return stage_tick(v->s, NULL);
	case STEP_FREEZE:
		return freeze(v);
	case STEP_XATTR:
		return set_xattr(v, st);
	case STEP_PUNCH:
		return stage_allocate(
			v->s, v->slot[st->slot], STAGE_ALLOCATE_PUNCH, st->off, st->n, NULL);
	case STEP_RENAME:
	case STEP_EXCHANGE:
	case STEP_LINK:
		return two_names(v, st);
	case STEP_UNLINK:
	case STEP_RMDIR:
		return remove_name(v, st);
	default:
		return change(v, st);
	}
}

static int stat_path(struct view *view, const char *path, struct stat *out)
{
	struct stage_attr a;
	int r = find(of(view), path, &a);

	if (r < 0)
		return r;
	*out = (struct stat){ .st_ino = a.ino,
		.st_mode = a.mode,
		.st_uid = a.uid,
		.st_gid = a.gid,
		.st_nlink = a.nlink,
		.st_size = (off_t)a.size_bytes,
		.st_mtim = a.mtime };
	return 0;
}

struct lister {
	view_name_fn *fn;
	void *arg;
};

static bool take_name(void *arg, const struct stage_dirent *e)
{
	struct lister *l = arg;

	l->fn(l->arg, e->name);
	return true;
}

static int list(struct view *view, const char *path, view_name_fn *fn, void *arg)
{
	struct view_stage *v = of(view);
	struct lister l = { fn, arg };
	struct stage_attr attr;
	int r = find(v, path, &attr);

	return r < 0 ? r : stage_readdir(v->s, attr.ino, 0, take_name, &l, NULL);
}

static ssize_t read_path(struct view *view, const char *path, void *out, size_t n)
{
	struct view_stage *v = of(view);
	struct stage_attr attr;
	int r = find(v, path, &attr);

	return r < 0 ? r : stage_read(v->s, attr.ino, 0, out, n, NULL);
}

static int read_link(struct view *view, const char *path, char *out, size_t cap)
{
	struct view_stage *v = of(view);
	struct stage_attr attr;
	int r = find(v, path, &attr);

	return r < 0 ? r : stage_readlink(v->s, attr.ino, out, cap, NULL);
}

static int space(struct view *view, uint64_t *projected_nsec, uint64_t *image_nsec_out)
{
	struct view_stage *v = of(view);
	struct image_opts opts = { .volume_id = "" };
	struct stage_space sp;
	struct image *img;
	struct tree *t;
	int r = stage_space_final(v->s, &sp, NULL);

	if (r == 0)
		r = stage_freeze(v->s, &t, NULL);
	if (r == 0)
		r = image_build(t, &opts, &img, NULL);
	if (r < 0)
		return r;
	*projected_nsec = sp.image_nsec;
	*image_nsec_out = image_nsec(img);
	image_free(img);
	return 0;
}

static const struct view_ops ops = {
	.run = run,
	.stat = stat_path,
	.list = list,
	.read = read_path,
	.xattr = get_xattr,
	.readlink = read_link,
	.space = space,
};

void view_stage_init(struct view_stage *v, struct stage *s, uint32_t uid, uint32_t gid)
{
	*v = (struct view_stage){ .view.ops = &ops, .s = s, .uid = uid, .gid = gid };
}
