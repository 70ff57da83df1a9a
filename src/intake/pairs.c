/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listing and reading; most files have none, and cost one call. */
#include "pairs.h"

#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

#define NAMES_BYTES 65536u /* XATTR_LIST_MAX */
#define VALUE_BYTES 65536u /* XATTR_SIZE_MAX */

struct source {
	int fd;
	const char *path;
};

static ssize_t list(const struct source *s, char *out, size_t cap)
{
	return s->fd >= 0 ? flistxattr(s->fd, out, cap) : llistxattr(s->path, out, cap);
}

static ssize_t get(const struct source *s, const char *name, void *out, size_t cap)
{
	return s->fd >= 0 ? fgetxattr(s->fd, name, out, cap) : lgetxattr(s->path, name, out, cap);
}

static bool is_staged(const char *name)
{
	return strncmp(name, "user.", 5) == 0 || strcmp(name, "system.posix_acl_access") == 0 ||
	       strcmp(name, "system.posix_acl_default") == 0;
}

static int read_pair(
	const struct source *s, const char *name, struct arena *a, struct stage_pair *out)
{
	char value[VALUE_BYTES];
	ssize_t n = get(s, name, value, sizeof(value));
	char *copy;

	if (n < 0)
		return -errno;
	copy = arena_dup(a, value, (size_t)n);
	out->name = arena_dup(a, name, strlen(name));
	out->value = (struct stage_bytes){ copy, (size_t)n };
	return copy && out->name ? 0 : -ENOMEM;
}

static int read_all(
	const struct source *s, const char *names, size_t n, struct arena *a, struct pairs *out)
{
	struct stage_pair *pair;
	size_t count = 0;

	for (size_t at = 0; at < n; at += strlen(names + at) + 1)
		count += is_staged(names + at);
	if (count == 0)
		return 0;
	pair = arena_array(a, count, sizeof(*pair));
	if (!pair)
		return -ENOMEM;
	out->pair = pair;
	for (size_t at = 0; at < n; at += strlen(names + at) + 1) {
		int r;

		if (!is_staged(names + at))
			continue;
		r = read_pair(s, names + at, a, &pair[out->n]);
		if (r == -ENODATA)
			continue; /* removed since */
		if (r < 0)
			return r;
		out->n++;
	}
	return 0;
}

int pairs_read(int fd, const char *path, struct arena *a, struct pairs *out)
{
	const struct source s = { .fd = fd, .path = path };
	char names[NAMES_BYTES];
	ssize_t n = list(&s, names, sizeof(names));

	*out = (struct pairs){ .n = 0 };
	if (n < 0)
		return errno == EOPNOTSUPP ? 0 : -errno;
	return read_all(&s, names, (size_t)n, a, out);
}
