/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The VFS of the system with points and failures before and after what changes files. */
#include "hook.h"

#include <errno.h>
#include <sqlite3.h>
#include <stddef.h>

struct shim {
	sqlite3_file base;
	sqlite3_file *real; /* follows in the same memory */
};

static sqlite3_vfs *below;

static sqlite3_file *real_of(sqlite3_file *f)
{
	return ((struct shim *)(void *)f)->real;
}

/* The primary code SQLite has for a full disk, else the extended one of the call. */
static int failure(int extended)
{
	return hook.error == ENOSPC ? SQLITE_FULL : extended;
}

#define SHIMMED(f, extended, method, ...)                                                          \
	do {                                                                                       \
		int rc;                                                                            \
		if (hook_fails())                                                                  \
			return failure(extended);                                                  \
		hook_point();                                                                      \
		rc = real_of(f)->pMethods->method(real_of(f), ##__VA_ARGS__);                      \
		hook_point();                                                                      \
		return rc;                                                                         \
	} while (0)

#define PASSED(f, method, ...) return real_of(f)->pMethods->method(real_of(f), ##__VA_ARGS__)

static int shim_close(sqlite3_file *f)
{
	PASSED(f, xClose);
}

static int shim_read(sqlite3_file *f, void *out, int n, sqlite3_int64 off)
{
	if (hook_fails())
		return SQLITE_IOERR_READ;
	PASSED(f, xRead, out, n, off);
}

static int shim_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 off)
{
	int rc;

	if (hook_fails())
		return failure(SQLITE_IOERR_WRITE);
	hook_point();
	if (n > 1)
		real_of(f)->pMethods->xWrite(real_of(f), bytes, n / 2, off);
	hook_point();
	rc = real_of(f)->pMethods->xWrite(real_of(f), bytes, n, off);
	hook_point();
	return rc;
}

static int shim_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	SHIMMED(f, SQLITE_IOERR_TRUNCATE, xTruncate, n);
}

static int shim_sync(sqlite3_file *f, int flags)
{
	SHIMMED(f, SQLITE_IOERR_FSYNC, xSync, flags);
}

static int shim_size(sqlite3_file *f, sqlite3_int64 *out)
{
	PASSED(f, xFileSize, out);
}

static int shim_lock(sqlite3_file *f, int level)
{
	if (hook_fails())
		return SQLITE_IOERR_LOCK;
	PASSED(f, xLock, level);
}

static int shim_unlock(sqlite3_file *f, int level)
{
	PASSED(f, xUnlock, level);
}

static int shim_reserved(sqlite3_file *f, int *out)
{
	PASSED(f, xCheckReservedLock, out);
}

static int shim_control(sqlite3_file *f, int op, void *arg)
{
	PASSED(f, xFileControl, op, arg);
}

static int shim_sector(sqlite3_file *f)
{
	PASSED(f, xSectorSize);
}

static int shim_traits(sqlite3_file *f)
{
	PASSED(f, xDeviceCharacteristics);
}

static int shim_shm_map(sqlite3_file *f, int page, int n, int extend, void volatile **out)
{
	SHIMMED(f, SQLITE_IOERR_SHMMAP, xShmMap, page, n, extend, out);
}

static int shim_shm_lock(sqlite3_file *f, int off, int n, int flags)
{
	PASSED(f, xShmLock, off, n, flags);
}

static void shim_shm_barrier(sqlite3_file *f)
{
	hook_point();
	real_of(f)->pMethods->xShmBarrier(real_of(f));
}

/* As with a close: what it frees is freed whatever the file system says. */
static int shim_shm_unmap(sqlite3_file *f, int remove)
{
	int rc;

	hook_point();
	rc = real_of(f)->pMethods->xShmUnmap(real_of(f), remove);
	hook_point();
	return rc;
}

static int shim_fetch(sqlite3_file *f, sqlite3_int64 off, int n, void **out)
{
	PASSED(f, xFetch, off, n, out);
}

static int shim_unfetch(sqlite3_file *f, sqlite3_int64 off, void *p)
{
	PASSED(f, xUnfetch, off, p);
}

static const sqlite3_io_methods methods = {
	.iVersion = 3,
	.xClose = shim_close,
	.xRead = shim_read,
	.xWrite = shim_write,
	.xTruncate = shim_truncate,
	.xSync = shim_sync,
	.xFileSize = shim_size,
	.xLock = shim_lock,
	.xUnlock = shim_unlock,
	.xCheckReservedLock = shim_reserved,
	.xFileControl = shim_control,
	.xSectorSize = shim_sector,
	.xDeviceCharacteristics = shim_traits,
	.xShmMap = shim_shm_map,
	.xShmLock = shim_shm_lock,
	.xShmBarrier = shim_shm_barrier,
	.xShmUnmap = shim_shm_unmap,
	.xFetch = shim_fetch,
	.xUnfetch = shim_unfetch,
};

static int shim_open(
	sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *f, int flags, int *out_flags)
{
	struct shim *s = (struct shim *)(void *)f;
	int rc;

	(void)vfs;
	s->base.pMethods = NULL;
	s->real = (sqlite3_file *)(void *)(s + 1);
	if (hook_fails())
		return SQLITE_CANTOPEN;
	hook_point();
	rc = below->xOpen(below, name, s->real, flags, out_flags);
	hook_point();
	/* It is closed even after a failure if it has methods. */
	if (s->real->pMethods)
		s->base.pMethods = &methods;
	return rc;
}

static int shim_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	int rc;

	(void)vfs;
	if (hook_fails())
		return SQLITE_IOERR_DELETE;
	hook_point();
	rc = below->xDelete(below, name, sync);
	hook_point();
	return rc;
}

void hook_vfs(void)
{
	static sqlite3_vfs vfs;

	if (below)
		return;
	below = sqlite3_vfs_find(NULL);
	vfs = *below;
	vfs.zName = "points";
	vfs.pNext = NULL;
	vfs.szOsFile = (int)sizeof(struct shim) + below->szOsFile;
	vfs.xOpen = shim_open;
	vfs.xDelete = shim_delete;
	sqlite3_vfs_register(&vfs, 1);
}
