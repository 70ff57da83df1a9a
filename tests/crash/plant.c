/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Preloaded into the daemon: a fault that a campaign must notice. PLANT_PRIVATE: the redo journal
 * is mapped for this process alone. PLANT_NOSYNC: nothing is ever synced.
 */
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef PLANT_PRIVATE
/* SQLite maps less at a time. */
#define JOURNAL_LEAST (128u * 1024)

#undef mmap
#undef mmap64
void *mmap(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
	if (fd >= 0 && n >= JOURNAL_LEAST && (flags & MAP_TYPE) == MAP_SHARED)
		flags = (flags & ~MAP_TYPE) | MAP_PRIVATE;
	return (void *)syscall(SYS_mmap, at, n, prot, flags, fd, off);
}

void *mmap64(void *at, size_t n, int prot, int flags, int fd, off_t off)
	__attribute__((alias("mmap")));
#endif

#ifdef PLANT_NOSYNC
int fdatasync(int fd)
{
	(void)fd;
	return 0;
}

int fsync(int fd)
{
	(void)fd;
	return 0;
}

int syncfs(int fd)
{
	(void)fd;
	return 0;
}
#endif
