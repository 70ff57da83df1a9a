/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Objects: contents with a file of their own, 1024 to a folder. */
#include "private.h"

#include "base/err.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool object_parse(const char *name, uint64_t *out)
{
	char *end;
	uint64_t id;

	if (strlen(name) > 12 || strspn(name, "0123456789abcdef") != strlen(name) || !name[0])
		return false;
	id = strtoull(name, &end, 16);
	*out = id;
	return true;
}

/* The folder of @id; its own name is durable before anything in it can be. */
static int make_shard(struct store *s, uint64_t id, struct err *err)
{
	char name[CONTAINER_NAME];

	snprintf(name, sizeof(name), "%04" PRIx64, id >> OBJECT_SHARD_BITS);
	if (mkdirat(s->objects_fd, name, 0700) < 0)
		return errno == EEXIST ? 0 : err_sys(err, errno, "making the folder %s", name);
	if (fsync(s->objects_fd) < 0)
		return err_sys(err, errno, "syncing the folder of objects");
	return 0;
}

int object_make(struct store *s, struct container **out, struct err *err)
{
	uint64_t id;
	int r;

	pthread_mutex_lock(&s->lock);
	id = s->next_object++;
	pthread_mutex_unlock(&s->lock);
	r = container_make(s, STORE_OBJECT, id, out, err);
	if (r != -ENOENT)
		return r;
	r = make_shard(s, id, err);
	return r < 0 ? r : container_make(s, STORE_OBJECT, id, out, err);
}

int object_remove(struct store *s, uint64_t id, struct err *err)
{
	char name[CONTAINER_NAME];
	int dir = container_name(s, STORE_OBJECT, id, name);
	int r = unlinkat(dir, name, 0) < 0 ? errno : 0;

	container_forget(s, STORE_OBJECT, id);
	if (r == 0 || r == ENOENT)
		return 0;
	pthread_mutex_lock(&s->lock);
	s->wasted = true;
	pthread_mutex_unlock(&s->lock);
	return err_sys(err, r, "removing the object %s of the staging store", name);
}

void object_avoid(struct store *s, uint64_t id)
{
	pthread_mutex_lock(&s->lock);
	if (id >= s->next_object)
		s->next_object = id + 1;
	pthread_mutex_unlock(&s->lock);
}

/* The greatest number among the names in a folder; -ENODATA when there is none. */
static int greatest_in(int parent, const char *name, uint64_t *out)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	bool found = false;
	struct dirent *e;
	uint64_t id;

	if (!dir) {
		int r = -errno;

		if (fd >= 0)
			close(fd);
		return r;
	}
	while ((e = readdir(dir))) {
		if (!object_parse(e->d_name, &id))
			continue;
		if (!found || id > *out)
			*out = id;
		found = true;
	}
	closedir(dir);
	return found ? 0 : -ENODATA;
}

int object_scan(struct store *s, struct err *err)
{
	char name[CONTAINER_NAME];
	uint64_t shard = 0, id = 0;
	int r = greatest_in(s->objects_fd, ".", &shard);

	s->next_object = 1;
	if (r == -ENODATA)
		return 0;
	if (r == 0) {
		s->next_object = shard << OBJECT_SHARD_BITS;
		snprintf(name, sizeof(name), "%04" PRIx64, shard);
		r = greatest_in(s->objects_fd, name, &id);
	}
	if (r == 0 && id >= s->next_object)
		s->next_object = id + 1;
	if (s->next_object == 0)
		s->next_object = 1;
	return r < 0 && r != -ENODATA ? err_sys(err, -r, "listing the objects") : 0;
}
