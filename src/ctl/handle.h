/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An open control file. */
#ifndef DISCFS_CTL_HANDLE_H
#define DISCFS_CTL_HANDLE_H

#include "ctl/ctl.h"

#include "base/buf.h"
#include "progress.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct image;
struct image_list;
struct node;

#define HANDLE_TEXT_MAX (1u << 20)

struct ctl_handle {
	/* constant after ctl_open */
	struct ctl *ctl;
	const struct node *node;
	struct ctl_caller caller;
	int flags;		 /* as of open(2) */
	struct image *image;	 /* of image.iso and the lists of it, else NULL */
	struct image_list *list; /* of names.tsv and layout.tsv, under lock */

	/* Set by ctl_interrupt, taken back when the call that it ended returns. */
	atomic_bool interrupted;

	/* Held over a whole write: lines run one after the other. Before lock. */
	pthread_mutex_t write_turn;

	pthread_mutex_t lock;
	/* under lock */
	struct buf text;     /* what is read; of a stream: lines not yet fetched */
	size_t fetched;	     /* of a stream: bytes of text already read */
	struct buf written;  /* not yet run; only changed by the holder of write_turn */
	bool skipping;	     /* the rest of a line that was too long is dropped */
	struct job *awaited; /* what a `wait` waits for; the waiter's reference */
	struct progress progress;
	uint64_t next_event;
};

/* For job_wait_change and events_wait: @arg is a handle. */
bool handle_interrupted(void *arg);

#endif
