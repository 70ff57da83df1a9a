/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The image that questions about single files are answered from. It stands until the layout or a
 * setting changes, and is given up a while after the last question: asking for all files of a
 * layout builds it once. It holds no content, so nothing that is written meanwhile is copied.
 */
#ifndef DISCFS_CTL_STANDING_H
#define DISCFS_CTL_STANDING_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct ctl;
struct err;
struct image;

struct standing {
	pthread_mutex_t lock; /* before the stage's */
	pthread_cond_t ended; /* CLOCK_MONOTONIC */
	/* under lock */
	struct image *img;		 /* NULL: none stands */
	uint64_t of_layout, of_settings; /* their numbers when it was made */
	uint64_t builds;		 /* so far */
	struct timespec asked;		 /* last */
	pthread_t keeper;		 /* gives it up */
	bool keeping;			 /* it will: one stands */
	bool joinable;			 /* it was started */
	bool ending;
	/* without lock */
	atomic_uint_fast64_t settings; /* ascends with each change of them */
};

int standing_init(struct standing *st, struct err *err);
void standing_fini(struct standing *st);
/* The image as the layout is now, borrowed until standing_put; others wait until then. */
int standing_get(struct ctl *c, const struct image **out, struct err *err);
void standing_put(struct ctl *c);
/* A setting of the image changed. */
void standing_outdate(struct standing *st);

#endif
