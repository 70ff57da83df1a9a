/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll(2) on streams: tells the kernel when a handle has become readable. */
#ifndef DISCFS_MOUNT_WATCH_H
#define DISCFS_MOUNT_WATCH_H

struct watch;
struct ctl_handle;
struct fuse_pollhandle;

struct watch *watch_new(void);
void watch_free(struct watch *w); /* NULL is fine */
/*
 * Takes @ph and notifies it once when @h is readable; replaces what was waiting for @h. The
 * thread that looks runs only while somebody waits.
 */
void watch_add(struct watch *w, struct ctl_handle *h, struct fuse_pollhandle *ph);
/* Before @h is released. */
void watch_remove(struct watch *w, struct ctl_handle *h);

#endif
