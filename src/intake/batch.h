/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of one directory on their way into the stage: many in one operation and one write. */
#ifndef DISCFS_INTAKE_BATCH_H
#define DISCFS_INTAKE_BATCH_H

#include "base/arena.h"
#include "stage/adopt.h"

struct err;

/* A file that is read to its end is asked for a byte more than it has. */
#define BATCH_BUFFER_BYTES (STAGE_ADOPT_BYTES_MAX + 2048u)

struct batch {
	struct stage *stage;
	uint64_t parent; /* where all of them go */
	struct stage_adopted item[STAGE_ADOPT_MAX];
	size_t n;
	uint8_t *bytes;
	size_t used;	   /* of bytes: a multiple of 2048 */
	struct arena text; /* names, targets and attributes */
};

int batch_init(struct batch *b, struct stage *stage, struct err *err);
void batch_fini(struct batch *b);

/* Whether one more with @size_bytes of content has room. */
bool batch_has_room(const struct batch *b, uint64_t size_bytes);
/* Where the next one's content is to be read to: there are BATCH_BUFFER_BYTES - used. */
void *batch_next(const struct batch *b);
/*
 * Adds @one; its name is copied, all else that it points to lies in text. What it has of content,
 * attr.size_bytes of a regular file, was read to batch_next.
 */
int batch_add(struct batch *b, const struct stage_adopted *one, struct err *err);

/*
 * Stages them all; where that fails one after the other. @told hears of each that fails and says
 * whether to go on (0). The items are there, with their numbers (0: failed), until batch_clear.
 */
typedef int batch_failed_fn(void *arg, const char *name, const struct err *why);
int batch_flush(struct batch *b, batch_failed_fn *told, void *arg, struct err *err);
void batch_clear(struct batch *b);

#endif
