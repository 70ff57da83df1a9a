/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of living contents, and walks through the folders. */
#include "inventory.h"

#include "base/err.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int keep_add(struct keep_list *l, const struct keep *k)
{
	if (l->count == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 1024;
		struct keep *all = reallocarray(l->all, cap, sizeof(*all));

		if (!all)
			return -ENOMEM;
		l->all = all;
		l->cap = cap;
	}
	l->all[l->count++] = *k;
	return 0;
}

static int by_id_and_offset(const void *x, const void *y)
{
	const struct keep *a = x, *b = y;

	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return (a->off_bytes > b->off_bytes) - (a->off_bytes < b->off_bytes);
}

void keep_sort(struct keep_list *l)
{
	if (l->count > 1)
		qsort(l->all, l->count, sizeof(*l->all), by_id_and_offset);
}

size_t keep_first(const struct keep_list *l, uint64_t id)
{
	size_t low = 0, high = l->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->all[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool keep_has(const struct keep_list *l, uint64_t id)
{
	size_t at = keep_first(l, id);

	return at < l->count && l->all[at].id == id;
}

void keep_fini(struct keep_list *l)
{
	free(l->all);
	*l = (struct keep_list){ 0 };
}

int inventory_walk(int parent, const char *name, inventory_parse_fn *parse, inventory_fn *fn,
	void *arg, struct err *err)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	uint64_t id;
	int r = 0;

	if (!dir) {
		r = err_sys(err, errno, "listing the folder %s of the staging store", name);
		if (fd >= 0)
			close(fd);
		return r;
	}
	while (r == 0 && (e = readdir(dir))) {
		if (parse(e->d_name, &id))
			r = fn(arg, id, err);
	}
	closedir(dir);
	return r;
}
