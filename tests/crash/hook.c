/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wrappers of what catalog and store call: linked with --wrap. */
#include "hook.h"

#include "catalog/catalog.h"
#include "store/private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

struct hook hook;
struct redo;

void hook_point(void)
{
	if (hook.mode > HOOK_CRASH)
		return;
	if (++hook.count == hook.at && hook.mode == HOOK_CRASH)
		kill(getpid(), SIGKILL);
}

static bool fails(enum hook_what what)
{
	if (hook.mode < HOOK_FAIL_ONCE || hook.what != what)
		return false;
	hook.count++;
	if (hook.count != hook.at && (hook.mode == HOOK_FAIL_ONCE || hook.count < hook.at))
		return false;
	errno = hook.error;
	return true;
}

bool hook_fails(void)
{
	return fails(HOOK_CALLS);
}

bool hook_no_memory(void)
{
	return fails(HOOK_MEMORY);
}

int in_child(void (*fn)(void), enum hook_mode mode, long at)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		hook.mode = mode;
		hook.at = at;
		hook.count = 0;
		fn();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return status;
}

bool killed(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/* What the linker calls the originals and the wrappers. */
ssize_t __real_pwrite64(int fd, const void *bytes, size_t n, off_t off);
ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t n, off_t off);
int __real_fallocate64(int fd, int mode, off_t off, off_t n);
int __wrap_fallocate64(int fd, int mode, off_t off, off_t n);
int __real_ftruncate64(int fd, off_t n);
int __wrap_ftruncate64(int fd, off_t n);
int __real_unlinkat(int dir, const char *name, int flags);
int __wrap_unlinkat(int dir, const char *name, int flags);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_syncfs(int fd);
int __wrap_syncfs(int fd);
int __real_mkdirat(int dir, const char *name, mode_t mode);
int __wrap_mkdirat(int dir, const char *name, mode_t mode);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __real_link(const char *from, const char *to);
int __wrap_link(const char *from, const char *to);
int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int __real_openat64(int dir, const char *name, int flags, ...);
int __wrap_openat64(int dir, const char *name, int flags, ...);
ssize_t __real_copy_file_range(
	int from, off_t *from_off, int to, off_t *to_off, size_t n, unsigned flags);
ssize_t __wrap_copy_file_range(
	int from, off_t *from_off, int to, off_t *to_off, size_t n, unsigned flags);
void __real_redo_seal(struct redo *j, bool in_op);
void __wrap_redo_seal(struct redo *j, bool in_op);
void __real_redo_op_end(struct redo *j, bool ok);
void __wrap_redo_op_end(struct redo *j, bool ok);
void __real_redo_restart(struct redo *j, uint64_t generation);
void __wrap_redo_restart(struct redo *j, uint64_t generation);
uint32_t __real_crc32_of(uint32_t crc, const void *bytes, size_t n);
uint32_t __wrap_crc32_of(uint32_t crc, const void *bytes, size_t n);

int __real_store_open(const char *dir, struct store **out, struct err *err);
int __wrap_store_open(const char *dir, struct store **out, struct err *err);
size_t __real_store_sparse(struct store *s, uint64_t *id, size_t cap);
size_t __wrap_store_sparse(struct store *s, uint64_t *id, size_t cap);
int __real_catalog_inodes_after(struct catalog *c, uint64_t ino, uint32_t most,
	catalog_inode_fn *fn, void *arg, struct err *err);
int __wrap_catalog_inodes_after(struct catalog *c, uint64_t ino, uint32_t most,
	catalog_inode_fn *fn, void *arg, struct err *err);

/* A call with an int answer: a point before it and one after it, or a failure instead. */
#define WRAPPED(call)                                                                              \
	do {                                                                                       \
		int r, e;                                                                          \
		if (hook_fails())                                                                  \
			return -1;                                                                 \
		hook_point();                                                                      \
		r = (call);                                                                        \
		e = errno;                                                                         \
		hook_point();                                                                      \
		errno = e;                                                                         \
		return r;                                                                          \
	} while (0)

ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t n, off_t off)
{
	ssize_t r;

	if (hook_fails())
		return -1;
	hook_point();
	/* A kill may come in the middle of a long write. */
	if (n > 1)
		__real_pwrite64(fd, bytes, n / 2, off);
	hook_point();
	r = __real_pwrite64(fd, bytes, n, off);
	hook_point();
	return r;
}

int __wrap_fallocate64(int fd, int mode, off_t off, off_t n)
{
	WRAPPED(__real_fallocate64(fd, mode, off, n));
}

int __wrap_ftruncate64(int fd, off_t n)
{
	WRAPPED(__real_ftruncate64(fd, n));
}

int __wrap_unlinkat(int dir, const char *name, int flags)
{
	WRAPPED(__real_unlinkat(dir, name, flags));
}

int __wrap_fdatasync(int fd)
{
	WRAPPED(__real_fdatasync(fd));
}

int __wrap_fsync(int fd)
{
	WRAPPED(__real_fsync(fd));
}

int __wrap_syncfs(int fd)
{
	WRAPPED(__real_syncfs(fd));
}

int __wrap_mkdirat(int dir, const char *name, mode_t mode)
{
	WRAPPED(__real_mkdirat(dir, name, mode));
}

int __wrap_rename(const char *from, const char *to)
{
	WRAPPED(__real_rename(from, to));
}

int __wrap_link(const char *from, const char *to)
{
	WRAPPED(__real_link(from, to));
}

int __wrap_unlink(const char *path)
{
	WRAPPED(__real_unlink(path));
}

int __wrap_openat64(int dir, const char *name, int flags, ...)
{
	unsigned mode = 0;
	va_list args;

	va_start(args, flags);
	if (flags & O_CREAT)
		mode = va_arg(args, unsigned);
	va_end(args);
	WRAPPED(__real_openat64(dir, name, flags, mode));
}

ssize_t __wrap_copy_file_range(
	int from, off_t *from_off, int to, off_t *to_off, size_t n, unsigned flags)
{
	ssize_t r;

	if (hook_fails())
		return -1;
	hook_point();
	r = __real_copy_file_range(from, from_off, to, to_off, n, flags);
	hook_point();
	return r;
}

void __wrap_redo_seal(struct redo *j, bool in_op)
{
	hook_point();
	if (hook.plant != PLANT_SEAL)
		__real_redo_seal(j, in_op && hook.plant != PLANT_HALF);
	hook_point();
}

void __wrap_redo_op_end(struct redo *j, bool ok)
{
	hook_point();
	__real_redo_op_end(j, ok);
	hook_point();
}

void __wrap_redo_restart(struct redo *j, uint64_t generation)
{
	hook_point();
	__real_redo_restart(j, generation);
	hook_point();
}

int __wrap_store_open(const char *dir, struct store **out, struct err *err)
{
	if (hook.segment_bytes)
		return store_open_limited(dir, hook.segment_bytes, out, err);
	return __real_store_open(dir, out, err);
}

struct found {
	uint64_t *id, tail_id;
	size_t count, cap;
};

static void take_segment(void *arg, uint64_t id)
{
	struct found *f = arg;

	if (id < f->tail_id && f->count < f->cap)
		f->id[f->count++] = id;
}

/* With small segments each but the tail is worth emptying, so that there is always one. */
size_t __wrap_store_sparse(struct store *s, uint64_t *id, size_t cap)
{
	struct found f = { .id = id, .tail_id = s->tail_id, .cap = cap };

	if (hook.segment_bytes == 0)
		return __real_store_sparse(s, id, cap);
	segment_list(s, take_segment, &f, NULL);
	return f.count;
}

int __wrap_catalog_inodes_after(struct catalog *c, uint64_t ino, uint32_t most,
	catalog_inode_fn *fn, void *arg, struct err *err)
{
	if (hook.plant == PLANT_BLIND)
		return 0; /* a walk that finds nothing */
	return __real_catalog_inodes_after(c, ino, most, fn, arg, err);
}

/* The journal asks for sums in the middle of its changes. */
uint32_t __wrap_crc32_of(uint32_t crc, const void *bytes, size_t n)
{
	hook_point();
	return __real_crc32_of(crc, bytes, n);
}
