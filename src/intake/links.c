/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table by two numbers: linear probing; nothing is ever removed. */
#include "links.h"

#include <errno.h>
#include <stdlib.h>

#define CAP_MIN 256u

static size_t slot_of(const struct links *l, dev_t dev, ino_t ino)
{
	size_t i = (size_t)((ino * 0x9e3779b97f4a7c15ull ^ dev * 0xc2b2ae3d27d4eb4full) >> 17);

	for (i &= l->cap - 1; l->slot[i].staged; i = (i + 1) & (l->cap - 1))
		if (l->slot[i].ino == ino && l->slot[i].dev == dev)
			break;
	return i;
}

static int grow(struct links *l)
{
	struct links wider = { .cap = l->cap ? l->cap * 2 : CAP_MIN, .n = l->n };

	wider.slot = calloc(wider.cap, sizeof(*wider.slot));
	if (!wider.slot)
		return -ENOMEM;
	for (size_t i = 0; i < l->cap; i++) {
		const struct link_seen *one = &l->slot[i];

		if (one->staged)
			wider.slot[slot_of(&wider, one->dev, one->ino)] = *one;
	}
	free(l->slot);
	*l = wider;
	return 0;
}

void links_fini(struct links *l)
{
	free(l->slot);
	*l = (struct links){ .slot = NULL };
}

uint64_t links_get(const struct links *l, dev_t dev, ino_t ino)
{
	return l->n ? l->slot[slot_of(l, dev, ino)].staged : 0;
}

int links_put(struct links *l, dev_t dev, ino_t ino, uint64_t staged)
{
	struct link_seen *at;

	if ((l->n + 1) * 3 >= l->cap * 2) {
		int r = grow(l);

		if (r < 0)
			return r;
	}
	at = &l->slot[slot_of(l, dev, ino)];
	l->n += !at->staged;
	*at = (struct link_seen){ .dev = dev, .ino = ino, .staged = staged };
	return 0;
}
