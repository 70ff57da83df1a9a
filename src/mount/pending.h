/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests that wait on control files: whom to interrupt when the mount ends. */
#ifndef DISCFS_MOUNT_PENDING_H
#define DISCFS_MOUNT_PENDING_H

#include <pthread.h>
#include <sys/queue.h>

struct ctl_handle;

/* In the task that waits. */
struct pending_entry {
	LIST_ENTRY(pending_entry) others;
	struct ctl_handle *handle; /* NULL: not in the list */
};

struct pending {
	pthread_mutex_t lock;
	LIST_HEAD(pending_list, pending_entry) first; /* under lock */
};

void pending_init(struct pending *p);
void pending_fini(struct pending *p);
/* From here until remove, @handle may be interrupted at any moment. */
void pending_add(struct pending *p, struct pending_entry *e, struct ctl_handle *handle);
void pending_remove(struct pending *p, struct pending_entry *e);
void pending_interrupt_all(struct pending *p);

#endif
