/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of media. */
#include "medium_type.h"

#include <stddef.h>
#include <string.h>

static const struct medium_type types[] = {
	/* 80 minutes: the usual ATIP says that the lead-out may start at 79:59:72 = sector 359847;
	 * the two run-out blocks of the last track leave 359845 for writing, which is what drives
	 * answer as free blocks. Gaps: lead-out 6750 (2250 later) + lead-in 4500 + pregap 150. */
	{
		.name = "cd-r",
		.maker = "97:26:65",
		.profile = 0x09,
		.write_feature = 0x2d,
		.read_feature = 0x1e,
		.capacity_nsec = 359845,
		.packet_nsec = 1,
		.runout_nsec = 2,
		.minimum_nsec = 300,
		.track_gap_nsec = 150,
		.first_gap_nsec = 11400,
		.later_gap_nsec = 6900,
		.tracks_max = 99,
		.compact = true,
		.write_page = true,
		.sync_ends = true,
		.kbs = { 8467, 4234, 2822, 1411 },
		.close = { [1] = CLOSE_TRACK, [2] = CLOSE_BY_WRITE_PAGE },
	},
	/* A closed session costs its closure and the next one's intro: 64 ECC blocks each. */
	{
		.name = "dvd+r",
		.maker = "DISCFS",
		.profile = 0x1b,
		.write_feature = 0x2b,
		.read_feature = 0x1f,
		.capacity_nsec = 2295104,
		.packet_nsec = 16,
		.minimum_nsec = 16,
		.first_gap_nsec = 2048,
		.later_gap_nsec = 2048,
		.tracks_max = 153,
		.stream_speed = true,
		.reservable = true,
		.kbs = { 22160, 11080, 5540, 3324 },
		.close = {
			[1] = CLOSE_TRACK,
			[2] = CLOSE_SESSION,
			[5] = CLOSE_FINALISE,
			[6] = CLOSE_FINALISE,
		},
	},
	/* Sessions lie side by side; one cluster between them stands for the link. */
	{
		.name = "bd-r",
		.maker = "DISCFS",
		.profile = 0x41,
		.write_feature = 0x41,
		.read_feature = 0x40,
		.capacity_nsec = 12219392,
		.packet_nsec = 32,
		.minimum_nsec = 32,
		.first_gap_nsec = 32,
		.later_gap_nsec = 32,
		.tracks_max = 300,
		.stream_speed = true,
		.reservable = true,
		.kbs = { 53947, 26974, 17982, 8991 },
		.close = { [1] = CLOSE_TRACK, [2] = CLOSE_SESSION, [6] = CLOSE_FINALISE },
	},
};

const struct medium_type *medium_type_at(unsigned i)
{
	return i < sizeof(types) / sizeof(types[0]) ? &types[i] : NULL;
}

const struct medium_type *medium_type_by_name(const char *name)
{
	const struct medium_type *t;

	for (unsigned i = 0; (t = medium_type_at(i)); i++)
		if (strcmp(t->name, name) == 0)
			return t;
	return NULL;
}
