/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening and closing a store. */
#include "private.h"

#include "base/auto.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_folder(int parent, const char *name, int *out, struct err *err)
{
	bool made = mkdirat(parent, name, 0700) == 0;

	if (!made && errno != EEXIST)
		return err_sys(err, errno, "making the folder %s of the staging store", name);
	*out = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*out < 0)
		return err_sys(err, errno, "opening the folder %s of the staging store", name);
	if (made && fsync(parent) < 0)
		return err_sys(err, errno, "syncing the folder of the staging store");
	return 0;
}

static int open_folders(struct store *s, const char *dir, struct err *err)
{
	AUTO_FD int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return err_sys(err, errno, "opening the staging store in %s", dir);
	r = open_folder(fd, "segments", &s->segments_fd, err);
	return r < 0 ? r : open_folder(fd, "objects", &s->objects_fd, err);
}

static void init_locks(struct store *s)
{
	pthread_rwlockattr_t attr;

	/* A freeze must not wait for ever behind writers that keep coming. */
	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&s->gate, &attr);
	pthread_rwlockattr_destroy(&attr);
	pthread_mutex_init(&s->beginning, NULL);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->quiet, NULL);
}

static struct store *new_store(uint64_t segment_bytes)
{
	struct store *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->segments_fd = -1;
	s->objects_fd = -1;
	s->segment_bytes = segment_bytes;
	s->small_max = segment_bytes < STORE_SMALL_MAX ? segment_bytes : STORE_SMALL_MAX;
	s->settled = UINT64_MAX;
	s->sparse_freed = UINT64_MAX;
	s->syncs = 1;
	TAILQ_INIT(&s->idle);
	TAILQ_INIT(&s->freezes);
	init_locks(s);
	return s;
}

static void free_store(struct store *s)
{
	container_close_all(s);
	reference_close_all(s);
	if (s->segments_fd >= 0)
		close(s->segments_fd);
	if (s->objects_fd >= 0)
		close(s->objects_fd);
	pthread_cond_destroy(&s->quiet);
	pthread_mutex_destroy(&s->lock);
	pthread_mutex_destroy(&s->beginning);
	pthread_rwlock_destroy(&s->gate);
	free(s->dead);
	free(s);
}

int store_open_limited(const char *dir, uint64_t segment_bytes, struct store **out, struct err *err)
{
	struct store *s = new_store(segment_bytes);
	int r;

	if (!s)
		return err_nomem(err);
	r = open_folders(s, dir, err);
	if (r == 0)
		r = segment_scan(s, err);
	if (r == 0)
		r = object_scan(s, err);
	if (r < 0) {
		free_store(s);
		return r;
	}
	*out = s;
	return 0;
}

int store_open(const char *dir, struct store **out, struct err *err)
{
	return store_open_limited(dir, STORE_SEGMENT_BYTES, out, err);
}

void store_close(struct store *s)
{
	if (!s)
		return;
	dead_run(s, NULL); /* what is not settled stays for the sweep */
	free_store(s);
}
