/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISCFS_RECORDER_DRIVE_HOLDER_H
#define DISCFS_RECORDER_DRIVE_HOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define HOLDER_SIZE 256u

/* Where a block device is mounted: "/media/photos". False: nowhere. */
bool holder_mount(dev_t rdev, char out[static HOLDER_SIZE]);
/* A process, not this one, that has it open: "wodim (process 4711)". False: none can be seen. */
bool holder_process(dev_t rdev, char out[static HOLDER_SIZE]);

#endif
