/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/t.h"

#include "rig_ctl.h"
#include "ctl/disc_map.h"
#include "ctl/preview.h"
#include "image/image.h"
#include "tree/room.h"

#include <stdio.h>

static struct rig rig;

static void what_is_used_shows_no_gap(void)
{
	struct image *img = NULL;
	struct disc_map map;
	struct err err = { 0 };
	char name[32];

	rig_init(&rig);
	for (unsigned i = 0; i < 1500; i++) {
		snprintf(name, sizeof(name), "%u", i);
		rig_put(&rig, name, 1 + i % 5000);
	}
	T_MUST(preview_build(rig.ctl, &img, &err) == 0);
	for (uint64_t times = 2; times <= 7; times++) {
		struct room room = { .capacity_nsec = image_nsec(img) * times, .unit_nsec = 1 };

		uint32_t free_cells = 0;

		T_MUST(disc_map_make(img, &room, &map, &err) == 0);
		for (unsigned i = 0; i < MAP_CELLS; i++)
			free_cells += map.cell[i] == MAP_FREE;
		T_TRUE(map.cell[MAP_CELLS / times - 1] != MAP_FREE);
		T_EQ(free_cells, MAP_CELLS - (MAP_CELLS + times - 1) / times);
	}
	image_free(img);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(what_is_used_shows_no_gap);
	return t_end();
}
