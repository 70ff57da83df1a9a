/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes from file to file, as little as the file system lets us move. */
#include "private.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COPY_BYTES 32768u

static const char zeros[COPY_BYTES];

bool copy_clone(int from_fd, int to_fd)
{
	return ioctl(to_fd, FICLONE, from_fd) == 0;
}

static int copy_by_hand(int from_fd, uint64_t from, int to_fd, uint64_t to, uint64_t n)
{
	char part[COPY_BYTES];

	while (n > 0) {
		size_t step = n < sizeof(part) ? (size_t)n : sizeof(part);
		int r = file_pread_full(from_fd, part, step, from);

		if (r == 0)
			r = file_pwrite_full(to_fd, part, step, to);
		if (r < 0)
			return r;
		from += step;
		to += step;
		n -= step;
	}
	return 0;
}

int copy_bytes(int from_fd, uint64_t from, int to_fd, uint64_t to, uint64_t n)
{
	/* A small copy through memory is cheaper than setting up the kernel's. */
	while (n > COPY_BYTES) {
		off_t in = (off_t)from, out = (off_t)to;
		ssize_t r = copy_file_range(from_fd, &in, to_fd, &out, (size_t)n, 0);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			break; /* by hand it works, or tells the true reason */
		from += (uint64_t)r;
		to += (uint64_t)r;
		n -= (uint64_t)r;
	}
	return copy_by_hand(from_fd, from, to_fd, to, n);
}

int copy_data(int from_fd, uint64_t from_bytes, int to_fd, uint64_t to_bytes, uint64_t n)
{
	uint64_t end = from_bytes + n, at = from_bytes;

	while (at < end) {
		off_t data = lseek(from_fd, (off_t)at, SEEK_DATA);
		off_t hole = data < 0 ? -1 : lseek(from_fd, data, SEEK_HOLE);
		uint64_t stop = hole < 0 || (uint64_t)hole > end ? end : (uint64_t)hole;
		int r;

		if (data < 0 && errno == ENXIO)
			return 0;
		if (data >= 0)
			at = (uint64_t)data;
		if (at >= end)
			return 0;
		r = copy_bytes(from_fd, at, to_fd, to_bytes + (at - from_bytes), stop - at);
		if (r < 0)
			return r;
		at = stop;
	}
	return 0;
}

static int write_zeros(int fd, uint64_t off, uint64_t n)
{
	while (n > 0) {
		size_t step = n < sizeof(zeros) ? (size_t)n : sizeof(zeros);
		int r = file_pwrite_full(fd, zeros, step, off);

		if (r < 0)
			return r;
		off += step;
		n -= step;
	}
	return 0;
}

int copy_zeros(int fd, uint64_t off_bytes, uint64_t n)
{
	if (n > COPY_BYTES && fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				      (off_t)off_bytes, (off_t)n) == 0)
		return 0;
	return write_zeros(fd, off_bytes, n);
}

int copy_fill_holes(int fd, uint64_t off_bytes, uint64_t n)
{
	off_t hole = lseek(fd, (off_t)off_bytes, SEEK_HOLE);

	if (hole < 0 || (uint64_t)hole >= off_bytes + n)
		return 0;
	if (fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)off_bytes, (off_t)n) == 0)
		return 0;
	return errno == EOPNOTSUPP || errno == ENOSYS ? 0 : -errno;
}
