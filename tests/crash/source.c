/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tree on disk, and a view of what became of it. */
#include "source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define FULL	   (MODEL_PATH + 300)
#define MANY	   24
#define LARGE	   (1024 * 1024 + 123456) /* more than a batch takes */
#define BYTES_MAX  (2u << 20)
#define NAMES_MAX  64
#define TIME_BEGIN 1000000000

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

static const char *join(char out[static FULL], const char *dir, const char *name)
{
	must(snprintf(out, FULL, "%s%s%s", dir, *name ? "/" : "", name) < FULL, "a long path");
	return out;
}

static void set_time(const char *path, uint64_t seed)
{
	const struct timespec t[2] = { { .tv_sec = TIME_BEGIN },
		{ .tv_sec = TIME_BEGIN + (time_t)(seed % 1000000), .tv_nsec = (long)seed % 999 } };

	must(utimensat(AT_FDCWD, path, t, AT_SYMLINK_NOFOLLOW) == 0, path);
}

static void make_file(const char *dir, const char *name, size_t n, uint64_t seed)
{
	uint8_t *bytes = malloc(n + 1);
	char path[FULL];
	int fd;

	join(path, dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	must(fd >= 0 && bytes, path);
	model_fill(seed + n, bytes, n);
	must(write(fd, bytes, n) == (ssize_t)n, path);
	close(fd);
	free(bytes);
	set_time(path, seed + n);
}

static void make_dir(const char *dir, const char *name, char out[static FULL])
{
	join(out, dir, name);
	must(mkdir(out, 0750) == 0, out);
}

void source_make(const char *dir, uint64_t seed)
{
	char top[FULL], sub[FULL], deep[FULL], path[FULL], to[FULL];
	uint8_t value[MODEL_XATTR_BYTES];

	make_dir(dir, "", top);
	make_file(top, "empty", 0, seed);
	make_file(top, "small", 1000 + seed, seed);
	make_file(top, "large", LARGE, seed);
	make_dir(top, "sub", sub);
	for (size_t i = 0; i < MANY; i++) {
		char name[8];

		snprintf(name, sizeof(name), "f%zu", i);
		make_file(sub, name, i * i * 60 + 1, seed + i);
	}
	make_dir(sub, "deep", deep);
	make_file(deep, "leaf", 5000, seed);
	join(path, top, "small");
	join(to, deep, "other");
	must(link(path, to) == 0, to);
	model_fill(seed + 1, value, sizeof(value));
	must(setxattr(path, MODEL_XATTR, value, sizeof(value), 0) == 0, path);
	join(to, top, "link");
	must(symlink("sub/deep", to) == 0, to);
	join(to, top, "fifo");
	must(mkfifo(to, 0600) == 0, to);
	set_time(deep, seed);
	set_time(sub, seed);
	set_time(top, seed);
}

struct matching {
	struct view *v;
	const char *dir, *other; /* of the comparison's beginning */
	const char *label;
	bool part;
	int faults;
};

static void differ(struct matching *c, const char *path, const char *what)
{
	c->faults++;
	if (c->label)
		fprintf(stderr, "%s: \"%s\": %s\n", c->label, path, what);
}

static ssize_t read_real(const char *path, void *out, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, cap);

	if (fd >= 0)
		close(fd);
	return n;
}

static bool same_bytes(struct matching *c, const char *at, const char *real)
{
	static uint8_t got[BYTES_MAX], want[BYTES_MAX];
	ssize_t n = c->v->ops->read(c->v, at, got, sizeof(got));
	ssize_t wanted = read_real(real, want, sizeof(want));

	return n == wanted && n >= 0 && memcmp(got, want, (size_t)n) == 0;
}

static bool same_link(struct matching *c, const char *at, const char *real)
{
	char got[MODEL_PATH] = "", want[MODEL_PATH] = "";

	return c->v->ops->readlink(c->v, at, got, sizeof(got)) >= 0 &&
	       readlink(real, want, sizeof(want) - 1) > 0 && strcmp(got, want) == 0;
}

static bool same_xattr(struct matching *c, const char *at, const char *real)
{
	uint8_t got[MODEL_XATTR_BYTES + 1], want[MODEL_XATTR_BYTES];
	ssize_t wanted = lgetxattr(real, MODEL_XATTR, want, sizeof(want));
	int n = c->v->ops->xattr(c->v, at, got, sizeof(got));

	return n == (wanted < 0 ? 0 : (int)wanted) && (n <= 0 || memcmp(got, want, (size_t)n) == 0);
}

/* What differs, or NULL. Link counts are right only when all names are there. */
static const char *difference(
	struct matching *c, const char *at, const char *real, const struct stat *st)
{
	struct stat want;

	if (lstat(real, &want) < 0)
		return "is in no source";
	if ((st->st_mode & S_IFMT) != (want.st_mode & S_IFMT))
		return "is of another type";
	if (c->part && S_ISDIR(st->st_mode))
		return NULL;
	if (st->st_mode != want.st_mode || st->st_uid != want.st_uid || st->st_gid != want.st_gid)
		return "has another mode or owner";
	if (st->st_mtim.tv_sec != want.st_mtim.tv_sec ||
		st->st_mtim.tv_nsec != want.st_mtim.tv_nsec)
		return "has another time";
	if (!c->part && st->st_nlink != want.st_nlink)
		return "has another link count";
	if (S_ISREG(st->st_mode) && (st->st_size != want.st_size || !same_bytes(c, at, real)))
		return "has other bytes";
	if (S_ISLNK(st->st_mode) && !same_link(c, at, real))
		return "leads elsewhere";
	if (!S_ISLNK(st->st_mode) && !same_xattr(c, at, real))
		return "has another attribute";
	return NULL;
}

struct names {
	char text[NAMES_MAX][MODEL_PART];
	size_t n;
};

static void take_name(void *arg, const char *name)
{
	struct names *l = arg;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || l->n == NAMES_MAX)
		return;
	snprintf(l->text[l->n++], MODEL_PART, "%s", name);
}

static size_t count_real(const char *real)
{
	DIR *d = opendir(real);
	struct dirent *e;
	size_t n = 0;

	while (d && (e = readdir(d)))
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

static void match(struct matching *c, const char *at, const char *below);

static void match_dir(struct matching *c, const char *at, const char *below, const char *real)
{
	struct names *l = calloc(1, sizeof(*l));
	char next[FULL], next_below[FULL];

	must(l != NULL, "memory");
	if (c->v->ops->list(c->v, at, take_name, l) < 0)
		differ(c, at, "cannot be listed");
	for (size_t i = 0; i < l->n; i++) {
		join(next, at, l->text[i]);
		join(next_below, below, l->text[i]);
		match(c, next, next_below);
	}
	if (!c->part && l->n != count_real(real))
		differ(c, at, "has not as many names as its source");
	free(l);
}

/* @at in the view against @below in one source or the other. */
static void match(struct matching *c, const char *at, const char *below)
{
	char real[FULL], other[FULL];
	const char *what, *instead = "";
	struct stat st;

	snprintf(real, sizeof(real), "%s%s", c->dir, below);
	snprintf(other, sizeof(other), "%s%s", c->other ? c->other : "", below);
	if (c->v->ops->stat(c->v, at, &st) < 0) {
		differ(c, at, "cannot be looked at");
		return;
	}
	what = difference(c, at, real, &st);
	if (what && c->other)
		instead = difference(c, at, other, &st);
	if (what && instead)
		differ(c, at, what);
	if (S_ISDIR(st.st_mode))
		match_dir(c, at, below, real);
}

int source_compare(struct view *v, const char *at, const char *dir, const char *other,
	enum source_extent extent, const char *label)
{
	struct matching c = {
		.v = v, .dir = dir, .other = other, .label = label, .part = extent == SOURCE_PART
	};
	struct stat st;
	int r = v->ops->stat(v, at, &st);

	if (r == -ENOENT && extent != SOURCE_WHOLE)
		return 0;
	match(&c, at, "");
	return c.faults;
}
