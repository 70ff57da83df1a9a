/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disc in cells. A cell belongs to the area at its first sector; what is too small for any
 * keeps one all the same, so that nothing on the disc is invisible.
 */
#include "disc_map.h"

#include "base/err.h"
#include "image/image.h"
#include "image/survey.h"
#include "tree/room.h"

#include <stdlib.h>

/* Blocks of each folder at the top, by node. */
struct folder {
	uint32_t node;
	uint64_t nsec;
};

struct folders {
	struct folder *all;
	uint32_t n;
};

static uint32_t top_nodes(const struct image *img)
{
	uint32_t n = 1;

	while (n < image_nodes(img) && image_top_of(img, n) == n)
		n++;
	return n;
}

static int larger_first(const void *a, const void *b)
{
	const struct folder *fa = a, *fb = b;

	if (fa->nsec != fb->nsec)
		return fa->nsec < fb->nsec ? 1 : -1;
	return (fa->node > fb->node) - (fa->node < fb->node);
}

static void add_up(const struct image *img, struct folders *f)
{
	struct image_cursor at = { 0 };
	struct image_extent e;

	while (image_extent_next(img, &at, &e)) {
		uint32_t top;

		if (e.kind != EXTENT_FILE)
			continue;
		top = image_top_of(img, e.node);
		if (top != e.node)
			f->all[top].nsec += e.nsec;
	}
}

/* Sets the folders that get areas of their own. */
static int choose_folders(const struct image *img, struct disc_map *map, struct err *err)
{
	struct folders f = { .n = top_nodes(img) };

	f.all = calloc(f.n, sizeof(*f.all));
	if (!f.all)
		return err_nomem(err);
	for (uint32_t i = 0; i < f.n; i++)
		f.all[i].node = i;
	add_up(img, &f);
	qsort(f.all, f.n, sizeof(*f.all), larger_first);
	for (uint32_t i = 0; i < f.n && f.all[i].nsec > 0; i++) {
		if (i < MAP_FOLDERS)
			map->node[i] = f.all[i].node;
		map->nfolder++;
	}
	free(f.all);
	return 0;
}

static uint8_t area_of(
	const struct image *img, const struct disc_map *map, const struct image_extent *e)
{
	uint32_t top;

	if (e->kind != EXTENT_FILE)
		return MAP_TABLES;
	top = image_top_of(img, e->node);
	if (top == e->node)
		return MAP_FILES;
	for (uint8_t i = 0; i < MAP_FOLDERS; i++)
		if (map->node[i] == top)
			return i;
	return MAP_OTHERS;
}

/* Cells whose first sector lies before @lba: where one run ends the next begins, without a gap. */
static uint32_t cells_before(const struct disc_map *map, uint64_t lba)
{
	return lba == 0 ? 0 : (uint32_t)((lba - 1) * MAP_CELLS / map->capacity_nsec) + 1;
}

/* A run of sectors: the cells whose first sectors lie in it, at least one for a new area. */
static void paint(struct disc_map *map, uint64_t lba, uint64_t nsec, uint8_t area)
{
	uint64_t end = lba + nsec;
	uint32_t from, to;

	if (nsec == 0)
		return;
	from = cells_before(map, lba);
	to = cells_before(map, end);
	if (from >= to && map->nsec[area] == 0)
		from = to - 1;
	for (uint32_t i = from; i < to && i < MAP_CELLS; i++)
		map->cell[i] = area;
	map->nsec[area] += nsec;
}

int disc_map_make(
	const struct image *img, const struct room *room, struct disc_map *out, struct err *err)
{
	uint64_t image = image_nsec(img), used = room_used(room, image);
	struct image_cursor at = { 0 };
	struct image_extent e;
	int r;

	*out = (struct disc_map){ .capacity_nsec = room->capacity_nsec };
	if (out->capacity_nsec < used || out->capacity_nsec > UINT32_MAX)
		out->capacity_nsec = used;
	for (uint32_t i = 0; i < MAP_CELLS; i++)
		out->cell[i] = MAP_FREE;
	r = choose_folders(img, out, err);
	if (r < 0)
		return r;
	paint(out, used, out->capacity_nsec - used, MAP_FREE);
	while (image_extent_next(img, &at, &e))
		paint(out, e.lba, e.nsec, area_of(img, out, &e));
	paint(out, image, used - image, MAP_OVERHEAD);
	return 0;
}
