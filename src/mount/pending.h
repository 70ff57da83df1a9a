/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests that wait long: which end before their answer, because of a signal or of the mount. */
#ifndef DISCFS_MOUNT_PENDING_H
#define DISCFS_MOUNT_PENDING_H

#include "caller.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/queue.h>
#include <sys/types.h>

struct workers;

/*
 * Called under the list's lock. True: the request is answered, and is taken out of the list; false:
 * its task was told, and answers soon.
 */
typedef bool pending_end_fn(void *arg);

/* In the task that waits. */
struct pending_entry {
	LIST_ENTRY(pending_entry) others;
	const void *request; /* what the signal will come with */
	pending_end_fn *end;
	void *arg;
	pid_t tid;	     /* who waits */
	enum caller_end how; /* what ends it */
	bool listed;
	bool doubtful; /* a signal came that did not end it: the kernel will tell of no other */
};

struct pending {
	struct workers *workers; /* constant */
	pthread_mutex_t lock;
	pthread_cond_t removed; /* an entry was: awaited by the one who looks at the doubtful */
	/* under lock */
	LIST_HEAD(pending_list, pending_entry) first;
	bool looking; /* a worker looks at the doubtful */
};

void pending_init(struct pending *p, struct workers *workers);
void pending_fini(struct pending *p);
/* From here until remove, @e may be ended at any moment. */
void pending_add(struct pending *p, struct pending_entry *e);
/*
 * Before the request is answered, for its address may be another's after. False when it is not
 * there any more: then it was answered.
 */
bool pending_remove(struct pending *p, struct pending_entry *e);
/*
 * A signal reached who waits for @request: it ends now, or as soon as one comes that ends it. Fine
 * when nobody does any more.
 */
void pending_signal(struct pending *p, const void *request);
void pending_end_all(struct pending *p);

#endif
