/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of media. */
#include "medium_type.h"

#include <stddef.h>
#include <string.h>

#define PAGE_PACKET (1u << 0)
#define PAGE_TRACK  (1u << 1)
#define PAGE_DISC   (1u << 2)

#define TYPE(n) (1u << (n))

/* Which structures a disc answers: the rows of cmd_structure.c. */
#define STRUCTURE_DVD	      0x01u /* 00h physical format */
#define STRUCTURE_MAKER	      0x02u /* 04h manufacturer */
#define STRUCTURE_PRERECORDED 0x04u /* 0Eh lead-in of DVD-R */
#define STRUCTURE_ADIP	      0x08u /* 11h */
#define STRUCTURE_LAYER	      0x10u /* 20h */
#define STRUCTURE_BD	      0x20u /* 00h of BD */
#define STRUCTURE_SPARE	      0x40u /* 0Ah */
#define STRUCTURE_PROTECTION  0x80u /* C0h */

/*
 * 80 minutes: the usual ATIP says that the lead-out may start at 79:59:72 = sector 359847; the
 * two run-out blocks of the last track leave 359845 for writing, which is what drives answer as
 * free blocks. Gaps: lead-out 6750 (2250 later) + lead-in 4500 + pregap 150.
 */
#define CD                                                                                         \
	.mode = "sequential", .maker = "97:26:65", .reads = { 0x1e }, .capacity_nsec = 359845,     \
	.packet_nsec = 1, .runout_nsec = 2, .minimum_nsec = 300, .track_gap_nsec = 150,            \
	.first_gap_nsec = 11400, .later_gap_nsec = 6900, .tracks_max = 99, .compact = true,        \
	.sync_ends = true, .write_types = PAGE_TRACK | PAGE_DISC, .page_needed = true,             \
	.track_mode = 4, .close = { [1] = CLOSE_TRACK, [2] = CLOSE_BY_WRITE_PAGE }

#define DVD .maker = "DISCFS", .packet_nsec = 16, .minimum_nsec = 16, .stream_speed = true

/*
 * DVD-R and DVD-RW, incremental or disc at once. A border takes its border-out and the next one's
 * border-in: 56 MB for the first, 16 MB for later ones are usual sizes of 4.7 GB media.
 */
#define DVD_DASH                                                                                   \
	DVD, .mode = "sequential", .reads = { 0x1f }, .increments = 0x21, .first_gap_nsec = 28672, \
	     .later_gap_nsec = 8192, .tracks_max = 153, .reservable = true, .last_is_open = true,  \
	     .write_types = PAGE_PACKET | PAGE_DISC, .page_needed = true, .track_mode = 5,         \
	     .close = { [1] = CLOSE_TRACK, [2] = CLOSE_BY_WRITE_PAGE }

/* A closed session costs its closure and the next one's intro: 64 ECC blocks each. */
#define DVD_PLUS_R                                                                                 \
	DVD, .mode = "sequential", .reads = { 0x1f }, .first_gap_nsec = 2048,                      \
	     .later_gap_nsec = 2048, .tracks_max = 153, .reservable = true

#define DVD_PLUS_RW                                                                                \
	DVD, .mode = "overwrite", .access = ACCESS_RANDOM, .reads = { 0x1f, 0x10 },                \
	     .close = { [0] = CLOSE_FORMATTING, [2] = CLOSE_FORMATTING }

/* Sessions lie side by side; one cluster between them stands for the link. */
#define BD_R                                                                                       \
	.mode = "sequential", .maker = "DISCFS", .profile = 0x41, .reads = { 0x40 },               \
	.writes = { 0x41, 0x23 }, .packet_nsec = 32, .minimum_nsec = 32, .first_gap_nsec = 32,     \
	.later_gap_nsec = 32, .tracks_max = 300, .stream_speed = true, .reservable = true,         \
	.structures = STRUCTURE_BD | STRUCTURE_SPARE, .book = 1,                                   \
	.kbs = { 53947, 26974, 17982, 8991 },                                                      \
	.close = { [1] = CLOSE_TRACK, [2] = CLOSE_SESSION, [6] = CLOSE_FINALISE }

#define BD_RE                                                                                      \
	.mode = "overwrite", .maker = "DISCFS", .profile = 0x43, .access = ACCESS_RANDOM,          \
	.reads = { 0x40, 0x10 }, .writes = { 0x41, 0x23, 0x20, 0x24 }, .packet_nsec = 32,          \
	.stream_speed = true, .structures = STRUCTURE_BD | STRUCTURE_SPARE, .book = 2,             \
	.kbs = { 8991, 4496, 4496, 4496 }

/* Default, most and least spares, and none: what drives list for a BD-RE of @n sectors. */
#define BD_RE_FORMATS(n, spare)                                                                    \
	.capacity_nsec = (n), .formats = { { 0x00, FORMAT_WHOLE, (n) - (spare), 0x3000, NULL },    \
		{ 0x30, FORMAT_WHOLE, (n) - (spare), 0x5800, NULL },                               \
		{ 0x30, FORMAT_WHOLE, (n) - (spare) / 3 * 5, 0x5800, NULL },                       \
		{ 0x30, FORMAT_WHOLE, (n) - (spare) / 3, 0x5800, NULL },                           \
		{ 0x31, FORMAT_WHOLE, (n), 0x0800, NULL } }

#define BD_R_FORMATS(n, spare)                                                                     \
	.capacity_nsec = (n), .formats = { { 0x00, FORMAT_SPARES, (n) - (spare), 0, NULL },        \
		{ 0x32, FORMAT_SPARES, (n) - (spare), 0, NULL },                                   \
		{ 0x32, FORMAT_SPARES, (n) - (spare) / 3 * 5, 0, NULL },                           \
		{ 0x32, FORMAT_SPARES, (n) - (spare) / 3, 0, NULL } }

#define BD_SPARE_NSEC 393216u /* of a layer */

#define DASH_STRUCTURES (STRUCTURE_DVD | STRUCTURE_MAKER | STRUCTURE_PRERECORDED)

static const struct medium_type types[] = {
	{ .name = "cd-r",
		CD,
		.profile = 0x09,
		.writes = { 0x2d, 0x2e },
		.kbs = { 8467, 4234, 2822, 1411 } },
	{ .name = "cd-rw",
		CD,
		.profile = 0x0a,
		.writes = { 0x2d, 0x2e, 0x37 },
		.blanks = TYPE(0) | TYPE(1) | TYPE(2) | TYPE(3) | TYPE(5) | TYPE(6),
		.kbs = { 4234, 2117, 1764, 706 } },
	{ .name = "dvd-r",
		DVD_DASH,
		.profile = 0x11,
		.writes = { 0x2f },
		.capacity_nsec = 2298496,
		.structures = DASH_STRUCTURES,
		.book = 0x25,
		.kbs = { 22160, 11080, 5540, 2770 } },
	{ .name = "dvd-rw",
		DVD_DASH,
		.profile = 0x14,
		.writes = { 0x2f, 0x23 },
		.capacity_nsec = 2298496,
		.structures = DASH_STRUCTURES,
		.book = 0x32,
		.kbs = { 8310, 5540, 2770, 1385 },
		.blanks = TYPE(0) | TYPE(1) | TYPE(3) | TYPE(4) | TYPE(5) | TYPE(6),
		.formats = { { 0x00, FORMAT_WHOLE, 2298496, 16, "overwrite" },
			{ 0x10, FORMAT_WHOLE, 2298496, 16, "overwrite" },
			{ 0x15, FORMAT_QUICK, 2298496, 16, "overwrite" } } },
	{ .name = "dvd-rw",
		DVD,
		.mode = "overwrite",
		.access = ACCESS_RIGID,
		.profile = 0x13,
		.reads = { 0x1f, 0x10 },
		.writes = { 0x26, 0x2c, 0x23, 0x2f },
		.capacity_nsec = 2298496,
		.formatted = true,
		.write_types = PAGE_PACKET,
		.track_mode = 5,
		.structures = DASH_STRUCTURES,
		.book = 0x32,
		.kbs = { 8310, 5540, 2770, 1385 },
		.blanks = TYPE(0) | TYPE(1),
		.blank_mode = "sequential",
		.close = { [2] = CLOSE_FORMATTING, [3] = CLOSE_FORMATTING },
		.formats = { { 0x00, FORMAT_WHOLE, 2298496, 16, NULL },
			{ 0x10, FORMAT_WHOLE, 2298496, 16, NULL },
			{ 0x13, FORMAT_GROW, 2298496, 16, NULL },
			{ 0x15, FORMAT_QUICK, 2298496, 16, NULL } } },
	{ .name = "dvd-r-dl",
		DVD_DASH,
		.profile = 0x15,
		.writes = { 0x2f },
		.capacity_nsec = 4171712,
		.layer_nsec = 2085856,
		.structures = DASH_STRUCTURES | STRUCTURE_LAYER,
		.book = 0x26,
		.kbs = { 11080, 8310, 5540, 2770 } },
	{ .name = "dvd-ram",
		DVD,
		.mode = "overwrite",
		.access = ACCESS_RANDOM,
		.profile = 0x12,
		.reads = { 0x1f, 0x10 },
		.writes = { 0x20, 0x23, 0x24 },
		.capacity_nsec = 2236704,
		.status_other = true,
		.formatted = true,
		.protectable = true,
		.structures =
			STRUCTURE_DVD | STRUCTURE_MAKER | STRUCTURE_SPARE | STRUCTURE_PROTECTION,
		.book = 0x16,
		.kbs = { 6925, 4155, 2770, 2770 },
		.formats = { { 0x00, FORMAT_WHOLE, 2236704, 0, NULL },
			{ 0x00, FORMAT_WHOLE, 2295072, 0, NULL },
			{ 0x01, FORMAT_RESIZE, 2197280, 0, NULL } } },
	{ .name = "dvd+r",
		DVD_PLUS_R,
		.profile = 0x1b,
		.writes = { 0x2b },
		.capacity_nsec = 2295104,
		.structures = STRUCTURE_DVD | STRUCTURE_ADIP,
		.book = 0xa1,
		.kbs = { 22160, 11080, 5540, 3324 },
		.close = { [1] = CLOSE_TRACK,
			[2] = CLOSE_SESSION,
			[5] = CLOSE_FINALISE,
			[6] = CLOSE_FINALISE } },
	{ .name = "dvd+rw",
		DVD_PLUS_RW,
		.profile = 0x1a,
		.writes = { 0x2a, 0x20, 0x23 },
		.capacity_nsec = 2295104,
		.protectable = true,
		.structures = STRUCTURE_DVD | STRUCTURE_ADIP | STRUCTURE_PROTECTION,
		.book = 0x92,
		.kbs = { 11080, 5540, 3324, 3324 },
		.formats = { { 0x26, FORMAT_BACKGROUND, 2295104, 0, NULL } } },
	{ .name = "dvd+r-dl",
		DVD_PLUS_R,
		.profile = 0x2b,
		.writes = { 0x3b },
		.capacity_nsec = 4173824,
		.layer_nsec = 2086912,
		.layer_break = true,
		.structures = STRUCTURE_DVD | STRUCTURE_ADIP | STRUCTURE_LAYER,
		.book = 0xe1,
		.kbs = { 11080, 8310, 5540, 3324 },
		.close = { [1] = CLOSE_TRACK, [2] = CLOSE_SESSION, [5] = CLOSE_FINALISE } },
	{ .name = "dvd+rw-dl",
		DVD_PLUS_RW,
		.profile = 0x2a,
		.writes = { 0x3a, 0x20, 0x23 },
		.capacity_nsec = 4173824,
		.layer_nsec = 2086912,
		.protectable = true,
		.structures = STRUCTURE_DVD | STRUCTURE_ADIP | STRUCTURE_PROTECTION,
		.book = 0xd1,
		.kbs = { 3324, 3324, 3324, 3324 },
		.formats = { { 0x26, FORMAT_BACKGROUND, 4173824, 0, NULL } } },
	{ .name = "bd-r", BD_R, .bd_layers = 1, BD_R_FORMATS(12219392, BD_SPARE_NSEC) },
	{ .name = "bd-r-dl", BD_R, .bd_layers = 2, BD_R_FORMATS(24438784, 2 * BD_SPARE_NSEC) },
	{ .name = "bd-r-xl", BD_R, .bd_layers = 3, BD_R_FORMATS(48878592, 4 * BD_SPARE_NSEC) },
	{ .name = "bd-re", BD_RE, .bd_layers = 1, BD_RE_FORMATS(12219392, BD_SPARE_NSEC) },
	{ .name = "bd-re-dl", BD_RE, .bd_layers = 2, BD_RE_FORMATS(24438784, 2 * BD_SPARE_NSEC) },
};

const struct medium_type *medium_type_at(unsigned i)
{
	return i < sizeof(types) / sizeof(types[0]) ? &types[i] : NULL;
}

const struct medium_type *medium_type_by_mode(const char *name, const char *mode)
{
	const struct medium_type *t;

	for (unsigned i = 0; (t = medium_type_at(i)); i++)
		if (strcmp(t->name, name) == 0 && (!mode || strcmp(t->mode, mode) == 0))
			return t;
	return NULL;
}

const struct medium_type *medium_type_by_name(const char *name)
{
	return medium_type_by_mode(name, NULL);
}
