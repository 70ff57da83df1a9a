/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layout of one directory in one name space: which record lies where. */
#ifndef DISCFS_IMAGE_DIRLAY_H
#define DISCFS_IMAGE_DIRLAY_H

#include "base/sector.h"
#include "iso9660/dirrec.h"
#include "gauge/weight.h"
#include "namespace.h"
#include "susp/susp.h"

/* Sections of a file too long for one record; a multiple of the sector, 4 GiB - 2 KiB. */
#define SECTION_BYTES 0xfffff800u

/* Offsets ascend by rank, so that the entry at any byte is found by binary search. */
struct dirlay_slots {
	uint32_t *num;	   /* by entry: see naming.h */
	uint32_t *order;   /* by rank: entry */
	uint32_t *rec_off; /* by rank: first record, in the directory's extent */
	uint32_t *ce_off;  /* by rank: continuation bytes before this entry; NULL without fields */
};

struct dirlay_sizes {
	uint32_t shown;	     /* ranks */
	uint64_t ext_nsec;   /* records */
	uint64_t ce_nsec;    /* continuation areas, behind them */
	uint64_t path_bytes; /* of the subdirectories in a path table */
};

/* A record that no entry has: it stands before the one of rank @rank. */
struct dirlay_guest {
	uint32_t rank, len;
	uint32_t rec_off;
};

/* @slots have room for @n each. -ENOMEM is the one failure. */
int dirlay_build(const struct name_space *ns, const struct measure_entry *e, size_t n,
	struct dirlay_slots *slots, struct dirlay_sizes *out, struct err *err);

/* Lays out anew what dirlay_build named, with @guest: sets its rec_off. */
void dirlay_seat(const struct name_space *ns, const struct measure_entry *e, size_t n,
	struct dirlay_slots *slots, struct dirlay_guest *guest, struct dirlay_sizes *out);

/* The sizes alone. */
measure_names_fn dirlay_measure;

/* What an entry adds by its plain name. */
weigh_name_fn dirlay_weigh;
/* Where the first record goes that is not "." or "..". */
struct pack_pos dirlay_start(const struct name_space *ns);

/* The shape of an entry's records: what does not depend on where anything lies. */
struct rec_shape {
	uint8_t id[IDENT_MAX];
	uint8_t id_len;
	uint32_t nsections; /* records, alike but for section and flag */
	uint32_t len;	    /* of each */
	struct susp_fields fields;
	struct susp_areas areas;
};

/* @ce_off: continuation bytes before this entry. */
void rec_shape_of(const struct name_space *ns, const struct numbered *who,
	const struct attributes *a, uint64_t ce_off, struct rec_shape *out);
/* Where a record of @len bytes goes that may start at @pos: never across a sector, 6.8.1.1. */
uint64_t rec_fit(uint64_t pos, uint32_t len);
/* Where the record of section @i goes when that of section 0 is at @first. */
uint64_t rec_section_pos(uint64_t first, uint32_t len, uint32_t i);

#endif
