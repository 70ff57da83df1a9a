/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listing directories, with and without attributes. */
#include "session.h"

#include "base/err.h"
#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* The root's extra entry comes after every cookie that stage gives. */
#define CONTROL_COOKIE ((off_t)INT64_MAX)

/* A reply being filled: entries until the kernel's buffer is full. */
struct listing {
	fuse_req_t req;
	char *buf;
	size_t used, size;
	bool plus;
	bool full;
};

static bool add(struct listing *l, const char *name, const struct fuse_entry_param *e, off_t next)
{
	char *at = l->buf + l->used;
	size_t left = l->size - l->used;
	size_t n = l->plus ? fuse_add_direntry_plus(l->req, at, left, name, e, next)
			   : fuse_add_direntry(l->req, at, left, name, &e->attr, next);

	if (n > left) {
		l->full = true;
		return false;
	}
	l->used += n;
	return true;
}

static bool add_staged(void *arg, const struct stage_dirent *d)
{
	bool dot = d->cookie <= 2;
	struct fuse_entry_param e;

	attr_to_entry(&d->attr, &e);
	/* The kernel must not take "." and ".." for lookups. */
	if (dot)
		e.ino = 0;
	return add(arg, d->name, &e, (off_t)d->cookie);
}

static void add_control_root(struct listing *l, struct mount *m)
{
	struct fuse_entry_param e;

	if (control_lookup(m, STAGE_ROOT_INO, CONTROL_NAME, &e) == 0)
		add(l, CONTROL_NAME, &e, CONTROL_COOKIE);
}

static int list_staged(struct listing *l, struct mount *m, fuse_ino_t ino, off_t off)
{
	struct err err = { 0 };
	int r;

	if (off == CONTROL_COOKIE)
		return 0;
	r = stage_readdir(m->stage, ino, (uint64_t)off, add_staged, l, &err);
	if (r < 0) {
		log_line(LOG_LEVEL_ERROR, "readdir", "%s", err.msg);
		return r;
	}
	if (ino == STAGE_ROOT_INO && m->control_visible && !l->full)
		add_control_root(l, m);
	return 0;
}

static void list_control(struct listing *l, struct mount *m, fuse_ino_t ino, off_t off)
{
	struct fuse_entry_param e = { .attr = { .st_ino = ino, .st_mode = S_IFDIR } };
	struct ctl_attr a;
	const char *name;

	if (off < 1 && !add(l, ".", &e, 1))
		return;
	e.attr.st_ino = STAGE_ROOT_INO;
	if (off < 2 && !add(l, "..", &e, 2))
		return;
	for (unsigned i = off > 2 ? (unsigned)off - 2 : 0;
		ctl_entry(m->ctl, control_node(ino), i, &name, &a) == 0; i++) {
		if (control_fill(m, &a, &e) < 0)
			continue;
		if (!add(l, name, &e, (off_t)i + 3))
			return;
	}
}

static void list(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, bool plus)
{
	struct mount *m = mount_of(req);
	struct listing l = {
		.req = req,
		.buf = (char *)m->transfer,
		.size = size < TRANSFER_BYTES ? size : TRANSFER_BYTES,
		.plus = plus,
	};
	int r = 0;

	if (is_control(ino))
		list_control(&l, m, ino, off);
	else
		r = list_staged(&l, m, ino, off);
	if (r < 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_buf(req, l.buf, l.used);
}

/*
 * The kernel keeps a listing until it changes the directory itself, or is told to forget. Those of
 * .discfs come and go without it.
 */
void op_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	fi->cache_readdir = !is_control(ino);
	fi->keep_cache = !is_control(ino);
	fuse_reply_open(req, fi);
}

void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	(void)fi;
	list(req, ino, size, off, false);
}

void op_readdirplus(
	fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	(void)fi;
	list(req, ino, size, off, true);
}
