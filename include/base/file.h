/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole transfers on plain files. All return 0 or a negative errno. */
#ifndef DISCFS_BASE_FILE_H
#define DISCFS_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

/* Exactly @n bytes, restarting after signals; -ENODATA when the file ends before. */
int file_pread_full(int fd, void *out, size_t n, uint64_t off_bytes);
/* Reads up to @n bytes to the end of the file; the count or a negative errno. */
ssize_t file_pread_most(int fd, void *out, size_t n, uint64_t off_bytes);
int file_pwrite_full(int fd, const void *bytes, size_t n, uint64_t off_bytes);
/* mkdir -p of @path with mode @mode for what is missing. */
int file_mkdir_p(const char *path, mode_t mode, struct err *err);
/* fsync of the directory @path, so that names made in it are durable. */
int file_sync_dir(const char *path);
/* Replaces @path by @n bytes through a temporary file, fsync and rename: old or new, never half. */
int file_replace(const char *path, const void *bytes, size_t n, struct err *err);

#endif
