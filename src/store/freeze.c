/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Freezes: points in the sequence of changes that somebody still reads. */
#include "private.h"

#include "base/err.h"

#include <stdlib.h>

int store_freeze_begin(struct store *s, struct store_freeze **out, struct err *err)
{
	struct store_freeze *f = calloc(1, sizeof(*f));

	if (!f)
		return err_nomem(err);
	f->store = s;
	pthread_rwlock_wrlock(&s->gate);
	pthread_mutex_lock(&s->lock);
	f->begin = ++s->seq;
	TAILQ_INSERT_TAIL(&s->freezes, f, age);
	pthread_mutex_unlock(&s->lock);
	pthread_rwlock_unlock(&s->gate);
	*out = f;
	return 0;
}

void store_freeze_end(struct store_freeze *f)
{
	struct store *s;

	if (!f)
		return;
	s = f->store;
	pthread_mutex_lock(&s->lock);
	TAILQ_REMOVE(&s->freezes, f, age);
	pthread_mutex_unlock(&s->lock);
	free(f);
	dead_run(s, NULL); /* what could not be freed, the next sweep finds */
}

int store_freeze_read(struct store_freeze *f, struct store_loc loc, uint64_t off_bytes, void *out,
	size_t n, struct err *err)
{
	return store_read(f->store, loc, off_bytes, out, n, err);
}
