/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names in directories: which are possible, adding and removing one with what it costs. */
#include "private.h"

#include "beside.h"
#include "dedup.h"
#include "base/buf.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_BYTES_MAX (1u << 20)

int name_check(const char *name, struct err *err)
{
	size_t n = strnlen(name, STAGE_NAME_MAX + 1);

	if (n == 0)
		return err_set(err, -ENOENT, "an empty name");
	if (n > STAGE_NAME_MAX)
		return err_set(err, -ENAMETOOLONG, "a name of more than %u bytes", STAGE_NAME_MAX);
	if (memchr(name, '/', n) || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return err_set(err, -EINVAL, "a name cannot be \".\", \"..\" or contain \"/\"");
	return 0;
}

int name_find(struct stage *s, uint64_t parent, const char *name, uint64_t *out, struct err *err)
{
	char shown[128];
	int r = catalog_entry_get(s->catalog, parent, name, strlen(name), out, err);

	if (r == -ENOENT)
		return err_set(err, r, "there is no \"%s\" in directory %llu",
			text_quoted(shown, sizeof(shown), name, strlen(name)),
			(unsigned long long)parent);
	return r;
}

/* Whether the settings forbid that name for something of @mode in @parent. */
static int admit(struct stage *s, uint64_t parent, const char *name, uint32_t mode, struct err *err)
{
	struct measure_birth b = { .ndir = s->space.cost.ndir };
	struct buf path;
	int r;

	if (!s->measure.forbids || area_content_of(parent) != AREA_CONTENT_NAMED)
		return 0;
	buf_init(&path, PATH_BYTES_MAX);
	r = path_climb(s, parent, &path, err);
	if (r == 0) {
		b.dir = buf_str(&path);
		b.entry = (struct measure_entry){
			.name = name, .name_len = (uint8_t)strlen(name), .mode = mode
		};
		r = s->measure.ops->admit(s->measure.ctx, &b, err);
	}
	buf_fini(&path);
	return r;
}

int name_add(struct op *op, uint64_t parent, const char *name, struct named what,
	uint64_t slack_nsec, struct err *err)
{
	struct stage *s = op->s;
	char shown[128];
	int r = admit(s, parent, name, what.mode, err);

	if (r == 0)
		r = catalog_entry_insert(s->catalog, parent, name, strlen(name), what.ino, err);
	if (r == -EEXIST)
		return err_set(err, r, "\"%s\" exists in directory %llu",
			text_quoted(shown, sizeof(shown), name, strlen(name)),
			(unsigned long long)parent);
	if (r < 0)
		return r;
	s->space.nentry++;
	op->boots |= stage_area_of(parent) == STAGE_AREA_BOOT;
	r = sums_add_name(s, parent, name, what, err);
	if (r < 0)
		return r;
	return space_note(s, parent, name, slack_nsec, err);
}

int name_remove(
	struct op *op, uint64_t parent, const char *name, struct named what, struct err *err)
{
	struct stage *s = op->s;
	int r = sums_take_name(s, parent, name, what, err);

	if (r == 0)
		r = catalog_entry_delete(s->catalog, parent, name, strlen(name), err);
	if (r < 0)
		return r;
	s->space.nentry--;
	op->boots |= stage_area_of(parent) == STAGE_AREA_BOOT;
	return space_note(s, parent, name, GONE_SLACK_NSEC, err);
}

int name_lost(
	struct op *op, struct catalog_inode *row, struct catalog_inode *parent, struct err *err)
{
	struct space *sp = &op->s->space;
	int r;

	row->ctime = op->now;
	if (S_ISDIR(row->mode)) {
		r = space_take_inode(op->s, row, err);

		if (r < 0)
			return r;
		row->nlink = 0;
		parent->nlink--;
		sp->cost.ndir--;
		return space_note(op->s, row->ino, NULL, 0, err);
	}
	if (--row->nlink > 0)
		return 0;
	op->boots |= S_ISREG(row->mode) && sp->cost.nboot > 0;
	r = dedup_leave(op->s, row, err);
	return r < 0 ? r : space_take_inode(op->s, row, err);
}

int parent_of(struct stage *s, uint64_t dir, uint64_t *out, struct err *err)
{
	size_t n = 0;
	int r;

	*out = dir;
	if (stage_is_root(dir))
		return 0;
	r = catalog_parents(s->catalog, dir, out, 1, &n, err);
	if (r < 0)
		return r;
	if (n == 0)
		return err_set(err, -ENOENT, "directory %llu was removed", (unsigned long long)dir);
	return 0;
}
