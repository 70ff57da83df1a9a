/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading and sorting one folder. */
#include "walk_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BUFFER_BYTES 32768u

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int grow(struct listed ***list, size_t n, size_t *cap)
{
	size_t wider = *cap ? *cap * 2 : 64;
	struct listed **p;

	if (n < *cap)
		return 0;
	p = reallocarray(*list, wider, sizeof(struct listed *));
	if (!p)
		return -ENOMEM;
	*list = p;
	*cap = wider;
	return 0;
}

/* Some file systems do not tell the type here. What vanished meanwhile has none: a file's reader
 * will say so. */
static unsigned char type_of(int fd, const struct dirent64 *e)
{
	struct stat st;

	if (e->d_type != DT_UNKNOWN)
		return e->d_type;
	if (fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return DT_REG;
	return (unsigned char)IFTODT(st.st_mode);
}

static int add(struct walk_list *l, int fd, const struct dirent64 *e)
{
	size_t n = strlen(e->d_name) + 1;
	struct listed *one = arena_alloc(&l->text, sizeof(*one) + n);
	bool dir;
	int r;

	if (!one)
		return -ENOMEM;
	one->ino = e->d_ino;
	one->type = type_of(fd, e);
	memcpy(one->name, e->d_name, n);
	dir = one->type == DT_DIR;
	r = dir ? grow(&l->dir, l->ndir, &l->dir_cap) : grow(&l->file, l->nfile, &l->file_cap);
	if (r < 0)
		return r;
	if (dir)
		l->dir[l->ndir++] = one;
	else
		l->file[l->nfile++] = one;
	return 0;
}

static int by_inode(const void *a, const void *b)
{
	const struct listed *x = *(struct listed *const *)a, *y = *(struct listed *const *)b;

	return (x->ino > y->ino) - (x->ino < y->ino);
}

int walk_list_read(struct walk_list *l, int fd)
{
	_Alignas(struct dirent64) char buffer[BUFFER_BYTES];
	ssize_t n;
	int r = 0;

	arena_init(&l->text);
	while (r == 0 && (n = getdents64(fd, buffer, sizeof(buffer))) != 0) {
		if (n < 0)
			return -errno;
		for (ssize_t at = 0; r == 0 && at < n;) {
			const struct dirent64 *e = (const void *)(buffer + at);

			if (!is_dots(e->d_name))
				r = add(l, fd, e);
			at += e->d_reclen;
		}
	}
	if (l->nfile > 1)
		qsort(l->file, l->nfile, sizeof(struct listed *), by_inode);
	if (l->ndir > 1)
		qsort(l->dir, l->ndir, sizeof(struct listed *), by_inode);
	return r;
}

void walk_list_fini(struct walk_list *l)
{
	arena_fini(&l->text);
	free(l->file);
	free(l->dir);
}
