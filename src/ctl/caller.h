/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens files named in commands with the rights of who wrote the command. */
#ifndef DISCFS_CTL_CALLER_H
#define DISCFS_CTL_CALLER_H

#include "ctl/ctl.h"

#include <stdint.h>
#include <sys/types.h>

/*
 * A descriptor of the regular file @path for writing, made with mode 0644 when missing, its
 * content untouched. -EINVAL for anything but a regular file outside the device @own (0: none),
 * else as open(2). -ENOSPC when its file system has no room for @size_bytes.
 */
int caller_open_image(const struct ctl_caller *who, const char *path, uint64_t size_bytes,
	dev_t own, struct err *err);
/* Whether @who may read and write the file @path, or make it. */
int caller_check_medium(const struct ctl_caller *who, const char *path, struct err *err);

#endif
