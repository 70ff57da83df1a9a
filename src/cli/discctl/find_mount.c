/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks through the mount table for file systems of type fuse.discfs. */
#include "find_mount.h"

#include "base/auto.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOUNTS_MAX 64

struct mount_list {
	char *path[MOUNTS_MAX]; /* owned */
	bool own[MOUNTS_MAX];	/* mounted by this user */
	size_t n;
};

static void list_fini(struct mount_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->path[i]);
}

/* proc(5): blank, tab, newline and backslash stand as a backslash and three octal digits. */
static void undo_octal(char *s)
{
	char *to = s;

	while (*s) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
			s[3] >= '0' && s[3] <= '7') {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* proc(5): id parent dev root MOUNTPOINT options [fields...] - TYPE source SUPEROPTIONS */
static void take_line(struct mount_list *l, char *line)
{
	static const char type[] = " - fuse.discfs ";
	char *dash = strstr(line, type);
	char *user, *save = NULL, *word = NULL;
	char mine[32];

	if (!dash || l->n == MOUNTS_MAX)
		return;
	snprintf(mine, sizeof(mine), "user_id=%u", (unsigned)geteuid());
	user = strstr(dash, mine);
	*dash = '\0';
	for (int field = 0; field < 5; field++) {
		word = strtok_r(field == 0 ? line : NULL, " ", &save);
		if (!word)
			return;
	}
	undo_octal(word);
	l->path[l->n] = strdup(word);
	if (!l->path[l->n])
		return;
	l->own[l->n] = user && strspn(user + strlen(mine), "0123456789") == 0;
	l->n++;
}

static int list_read(struct mount_list *l, struct err *err)
{
	AUTO_FREE char *line = NULL;
	size_t cap = 0;
	FILE *f = fopen("/proc/self/mountinfo", "re");

	if (!f)
		return err_sys(err, errno, "/proc/self/mountinfo");
	while (getline(&line, &cap, f) > 0)
		take_line(l, line);
	fclose(f);
	return 0;
}

static bool below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* The innermost mount that holds the current directory, or NULL. */
static const char *around_cwd(const struct mount_list *l)
{
	char cwd[PATH_MAX];
	const char *best = NULL;

	if (!getcwd(cwd, sizeof(cwd)))
		return NULL;
	for (size_t i = 0; i < l->n; i++)
		if (below(cwd, l->path[i]) && (!best || strlen(l->path[i]) > strlen(best)))
			best = l->path[i];
	return best;
}

/* The only one, the only own one, or NULL. */
static const char *only(const struct mount_list *l)
{
	const char *own = NULL;
	size_t owned = 0;

	if (l->n == 1)
		return l->path[0];
	for (size_t i = 0; i < l->n; i++) {
		if (l->own[i]) {
			own = l->path[i];
			owned++;
		}
	}
	return owned == 1 ? own : NULL;
}

static int several(const struct mount_list *l, struct err *err)
{
	struct buf names;

	buf_init(&names, 400);
	for (size_t i = 0; i < l->n; i++) {
		buf_puts(&names, i ? ", " : "");
		/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): all of n are there */
		text_quote(&names, l->path[i], strlen(l->path[i]));
	}
	err_set(err, -EINVAL, "several discfs are mounted, say which with -m: %s", buf_str(&names));
	buf_fini(&names);
	return -EINVAL;
}

int find_mount(const char *wanted, char out[static PATH_MAX], struct err *err)
{
	struct mount_list list = { .n = 0 };
	const char *found = wanted;
	int r = wanted ? 0 : list_read(&list, err);

	if (r == 0 && !found)
		found = around_cwd(&list);
	if (r == 0 && !found)
		found = only(&list);
	if (r == 0 && !found)
		r = list.n ? several(&list, err)
			   : err_set(err, -ENOENT,
				     "no discfs is mounted; `discfs MOUNTPOINT` mounts one");
	if (r == 0 && snprintf(out, PATH_MAX, "%s", found) >= PATH_MAX)
		r = err_set(err, -ENAMETOOLONG, "the path of the mount is too long");
	list_fini(&list);
	return r;
}
