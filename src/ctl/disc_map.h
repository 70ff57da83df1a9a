/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The disc in cells: which folder lies where. */
#ifndef DISCFS_CTL_DISC_MAP_H
#define DISCFS_CTL_DISC_MAP_H

#include <stdint.h>

struct image;
struct room;
struct err;

#define MAP_RINGS    10u
#define MAP_PER_RING 240u
#define MAP_CELLS    (MAP_RINGS * MAP_PER_RING)
#define MAP_FOLDERS  10u /* with an area of their own; the others share one */

/* Areas: the folders from 0, then these. */
enum map_area {
	MAP_OTHERS = MAP_FOLDERS, /* smaller folders together */
	MAP_FILES,		  /* files in the root directory */
	MAP_TABLES,		  /* descriptors, tables, directories */
	MAP_OVERHEAD,
	MAP_FREE,
	MAP_AREAS
};

struct disc_map {
	uint64_t nsec[MAP_AREAS];
	uint64_t capacity_nsec;	    /* or what the image takes, if that is more */
	uint32_t node[MAP_FOLDERS]; /* of the folders, largest first; 0: none */
	uint32_t nfolder;	    /* all there are */
	uint8_t cell[MAP_CELLS];    /* the area of each, from the inner ring outwards */
};

/* -ENOMEM is the one failure. */
int disc_map_make(
	const struct image *img, const struct room *room, struct disc_map *out, struct err *err);

#endif
