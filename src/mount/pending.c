/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests that wait on control files. */
#include "pending.h"

#include "ctl/ctl.h"

void pending_init(struct pending *p)
{
	pthread_mutex_init(&p->lock, NULL);
	LIST_INIT(&p->first);
}

void pending_fini(struct pending *p)
{
	pthread_mutex_destroy(&p->lock);
}

void pending_add(struct pending *p, struct pending_entry *e, struct ctl_handle *handle)
{
	pthread_mutex_lock(&p->lock);
	e->handle = handle;
	LIST_INSERT_HEAD(&p->first, e, others);
	pthread_mutex_unlock(&p->lock);
}

void pending_remove(struct pending *p, struct pending_entry *e)
{
	pthread_mutex_lock(&p->lock);
	if (e->handle)
		LIST_REMOVE(e, others);
	e->handle = NULL;
	pthread_mutex_unlock(&p->lock);
}

void pending_interrupt_all(struct pending *p)
{
	/* ctl_interrupt sets a flag and wakes; it calls nothing back. */
	pthread_mutex_lock(&p->lock);
	for (struct pending_entry *e = LIST_FIRST(&p->first); e; e = LIST_NEXT(e, others))
		ctl_interrupt(e->handle);
	pthread_mutex_unlock(&p->lock);
}
