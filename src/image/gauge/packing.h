/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a run of things fills sectors, wherever in a sector it starts.
 *
 * Directory records and continuation areas are laid down in order, and what does not fit into the
 * rest of a sector begins the next one (ECMA-119 6.8.1.1). So a record that comes or goes moves all
 * that follow, perhaps up to the end. But from the first sector that a run begins anew on, only
 * the thing it begins with matters: what a run makes of a fill is a function of few steps, made in
 * one pass from its end. Runs are passed over by looking the step up, not by laying down again.
 */
#ifndef DISCFS_IMAGE_GAUGE_PACKING_H
#define DISCFS_IMAGE_GAUGE_PACKING_H

#include <stddef.h>
#include <stdint.h>

struct err;

/* Where the next thing goes: @fill bytes of the last sector begun are taken, from 1 to SECTOR. */
struct pack_pos {
	uint64_t begun_nsec;
	uint32_t fill;
};

/* Before anything: no sector has room. */
#define PACK_START ((struct pack_pos){ 0, 2048 })

/*
 * @need bytes if the sector at hand has them; else @begins sectors from the next one on, of which
 * the last is then filled up to @end. need 0: nothing.
 */
struct pack_item {
	uint16_t need, end;
	uint8_t begins;
	uint8_t times; /* one after another */
};

/* For fills up to @upto less the need of the run. */
struct pack_step {
	uint32_t upto;
	uint32_t begun_nsec;
	uint32_t fill;
};

/* Zeroed, it is that of nothing. */
struct packing {
	uint32_t need; /* of all: a fill that leaves this begins no sector */
	uint32_t n;    /* steps for the other fills, ascending */
	struct pack_step *step;
};

/* The packing of @n runs of items, each the first member of something of @stride bytes. */
int packing_make(
	struct packing *p, const struct pack_item *first, size_t n, size_t stride, struct err *err);
void packing_fini(struct packing *p);
/* Passes over the run. */
void packing_pass(const struct packing *p, struct pack_pos *at);

#endif
