/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps as system calls on a mount. */
#include "view.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define FULL (MODEL_PATH + 300)

static struct view_mount *of(struct view *v)
{
	return (struct view_mount *)v;
}

static int answer(long r)
{
	return r < 0 ? -errno : 0;
}

static const char *full(const struct view_mount *v, const char *path, char out[static FULL])
{
	snprintf(out, FULL, "%s%s%s", v->root, *path ? "/" : "", path);
	return out;
}

static int open_file(struct view_mount *v, const struct step *st, const char *path)
{
	/* Writers that cannot read bypass the page cache, others go through it. */
	int flags = st->mode & 1 ? O_WRONLY : O_RDWR, fd;

	if (st->kind == STEP_CREATE)
		flags |= O_CREAT | O_EXCL;
	fd = open(path, flags | (st->trunc ? O_TRUNC : 0) | O_CLOEXEC, st->mode);
	if (fd >= 0)
		v->slot[st->slot] = fd;
	return answer(fd);
}

static int write_file(struct view_mount *v, const struct step *st)
{
	uint8_t *bytes = malloc(st->n);
	int fd = v->slot[st->slot];
	ssize_t r;

	if (!bytes)
		abort();
	model_fill(st->seed, bytes, st->n);
	if (st->kind == STEP_APPEND) {
		fcntl(fd, F_SETFL, O_APPEND);
		r = write(fd, bytes, st->n);
		r = r < 0 ? -errno : r;
		fcntl(fd, F_SETFL, 0);
	} else {
		r = pwrite(fd, bytes, st->n, (off_t)st->off);
		r = r < 0 ? -errno : r;
	}
	free(bytes);
	if (r >= 0 && (size_t)r < st->n)
		return -EMSGSIZE;
	return r < 0 ? (int)r : 0;
}

static int freeze(struct view_mount *v)
{
	char path[300], bytes[65536];
	ssize_t r;

	if (v->image < 0) {
		snprintf(path, sizeof(path), "%s/image.iso", v->control);
		v->image = open(path, O_RDONLY | O_CLOEXEC);
		return answer(v->image);
	}
	r = pread(v->image, bytes, sizeof(bytes), 32768);
	r = r < 0 ? -errno : 0;
	close(v->image);
	v->image = -1;
	return (int)r;
}

static int sync_all(struct view_mount *v)
{
	int fd = open(v->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -errno : answer(fsync(fd));

	if (fd >= 0)
		close(fd);
	return r;
}

static int attr_step(const struct step *st, const char *path)
{
	struct timespec t[2] = { { .tv_nsec = UTIME_OMIT }, st->mtime };

	if (st->kind == STEP_CHMOD)
		return answer(fchmodat(AT_FDCWD, path, st->mode, 0));
	if (st->kind == STEP_CHOWN)
		return answer(lchown(path, st->uid, st->gid));
	if (st->kind == STEP_UTIMES)
		return answer(utimensat(AT_FDCWD, path, t, AT_SYMLINK_NOFOLLOW));
	return answer(truncate(path, (off_t)st->off));
}

static int set_xattr(const struct step *st, const char *path)
{
	uint8_t value[MODEL_XATTR_BYTES];

	if (!st->seed)
		return answer(lremovexattr(path, MODEL_XATTR));
	model_fill(st->seed, value, sizeof(value));
	return answer(lsetxattr(path, MODEL_XATTR, value, sizeof(value), 0));
}

static int get_xattr(struct view *view, const char *path, void *out, size_t cap)
{
	char text[FULL];
	ssize_t r = lgetxattr(full(of(view), path, text), MODEL_XATTR, out, cap);

	return r < 0 && errno == ENODATA ? 0 : r < 0 ? -errno : (int)r;
}

static int name_step(const struct step *st, const char *path, const char *to)
{
	switch (st->kind) {
	case STEP_RENAME:
		return answer(rename(path, to));
	case STEP_EXCHANGE:
		return answer(renameat2(AT_FDCWD, path, AT_FDCWD, to, RENAME_EXCHANGE));
	case STEP_LINK:
		return answer(linkat(AT_FDCWD, path, AT_FDCWD, to, 0));
	case STEP_UNLINK:
		return answer(unlink(path));
	case STEP_MKDIR:
		return answer(mkdir(path, st->mode));
	case STEP_RMDIR:
		return answer(rmdir(path));
	case STEP_SYMLINK:
		return answer(symlink(st->to, path));
	default:
		return attr_step(st, path);
	}
}

static int run(struct view *view, const struct step *st)
{
	struct view_mount *v = of(view);
	char path[FULL], to[FULL];
	int fd = v->slot[st->slot];

	full(v, st->path, path);
	full(v, st->to, to);
	switch (st->kind) {
	case STEP_CREATE:
	case STEP_OPEN:
		return open_file(v, st, path);
	case STEP_WRITE:
	case STEP_APPEND:
		return write_file(v, st);
	case STEP_XATTR:
		return set_xattr(st, path);
	case STEP_PUNCH:
		return answer(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			(off_t)st->off, (off_t)st->n));
	case STEP_SHORTEN:
		return answer(ftruncate(fd, (off_t)st->off));
	case STEP_CLOSE:
		v->slot[st->slot] = -1;
		close(fd);
		return 0;
	case STEP_FSYNC:
		return answer(fsync(fd));
	case STEP_SYNC:
		return sync_all(v);
	case STEP_FREEZE:
		return freeze(v);
	default:
		return name_step(st, path, to);
	}
}

static int stat_path(struct view *view, const char *path, struct stat *out)
{
	char text[FULL];

	return answer(lstat(full(of(view), path, text), out));
}

static int list(struct view *view, const char *path, view_name_fn *fn, void *arg)
{
	char text[FULL];
	DIR *d = opendir(full(of(view), path, text));
	struct dirent *e;

	if (!d)
		return -errno;
	while ((errno = 0, e = readdir(d)))
		fn(arg, e->d_name);
	closedir(d);
	return -errno;
}

static ssize_t read_path(struct view *view, const char *path, void *out, size_t n)
{
	char text[FULL];
	int fd = open(full(of(view), path, text), O_RDONLY | O_CLOEXEC);
	size_t done = 0;
	ssize_t r = 1;

	if (fd < 0)
		return -errno;
	while (r > 0 && done < n) {
		r = read(fd, (char *)out + done, n - done);
		done += r > 0 ? (size_t)r : 0;
	}
	r = r < 0 ? -errno : (ssize_t)done;
	close(fd);
	return r;
}

static int read_link(struct view *view, const char *path, char *out, size_t cap)
{
	char text[FULL];
	ssize_t r = readlink(full(of(view), path, text), out, cap - 1);

	if (r < 0)
		return -errno;
	out[r] = '\0';
	return 0;
}

static int space(struct view *view, uint64_t *projected_nsec, uint64_t *image_nsec)
{
	struct view_mount *v = of(view);
	char path[300], line[256];
	struct stat st;
	FILE *f;
	int fd;

	/* Equal content counts once as soon as all is hashed, which an image waits for. */
	snprintf(path, sizeof(path), "%s/image.iso", v->control);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	snprintf(path, sizeof(path), "%s/space", v->control);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	*projected_nsec = 0;
	while (fgets(line, sizeof(line), f))
		if (strncmp(line, "image_blocks=", 13) == 0)
			*projected_nsec = strtoull(line + 13, NULL, 10);
	fclose(f);
	snprintf(path, sizeof(path), "%s/image.iso", v->control);
	if (stat(path, &st) < 0)
		return -errno;
	*image_nsec = (uint64_t)st.st_size / 2048;
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

void view_mount_init(struct view_mount *v, const char *mnt, const char *below)
{
	*v = (struct view_mount){ .view.ops = &ops, .image = -1 };
	snprintf(v->root, sizeof(v->root), "%s/%s", mnt, below);
	snprintf(v->control, sizeof(v->control), "%s/.discfs", mnt);
	for (int i = 0; i < MODEL_SLOTS; i++)
		v->slot[i] = -1;
}

void view_mount_fini(struct view_mount *v)
{
	for (int i = 0; i < MODEL_SLOTS; i++)
		if (v->slot[i] >= 0)
			close(v->slot[i]);
	if (v->image >= 0)
		close(v->image);
	for (int i = 0; i < MODEL_SLOTS; i++)
		v->slot[i] = -1;
	v->image = -1;
}
