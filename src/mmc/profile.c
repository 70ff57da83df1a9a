/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of media: facts of MMC-5 and of recorders, one row each. */
#include "mmc/profile.h"

#include <stddef.h>
#include <string.h>

#define CD_1X_KBS  176u
#define DVD_1X_KBS 1385u
#define BD_1X_KBS  4496u

/* MMC-5 7.5: a write type 1 (track at once), data mode 1. */
#define PAGE_TAO                                                                                   \
	.write_page = true, .write_type = MMC_WRITE_TRACK, .track_mode = 4, .data_block_type = 8
/* ... and packets of 16 blocks, uninterrupted increments. */
#define PAGE_INCREMENTAL                                                                           \
	.write_page = true, .write_type = MMC_WRITE_PACKETS, .track_mode = 5, .data_block_type = 8
#define PAGE_DAO                                                                                   \
	.write_page = true, .write_type = MMC_WRITE_DISC, .track_mode = 5, .data_block_type = 8

/* Ready early, the rest goes on in the background; bit 0 of the parameter goes on. */
#define FORMAT_PLUS .formats = { { true, false, 0x26 } }, .format_needed = true, .format_resume = 1
#define FORMAT_BD_RE                                                                               \
	.formats = { { true, false, 0x00 }, { true, false, 0x31 }, { true, true, 0x30 } },         \
	.format_needed = true

/*
 * Padding of CDs: two run-out blocks end a track at once and count as readable; readers that read
 * ahead fail on them unless 150 blocks of zeros lie between. DVD and BD take whole ECC blocks.
 * The first row of a type is the one that planning takes; the first of a number the one that a
 * drive's answer takes (a drive tells layers by capacity alone).
 */
static const struct mmc_profile profiles[] = {
	{ .number = 0x08,
		.type = "cd-rom",
		.name = "CD-ROM",
		.pressed = true,
		.transfer_nsec = 16,
		.unit_nsec = 1,
		.toc_recorded = true,
		.capacity_nsec = 359845,
		.speed_1x_kbs = CD_1X_KBS },
	{ .number = 0x09,
		.type = "cd-r",
		.name = "CD-R",
		.writable = true,
		.blank_needed = true,
		.simulation = true,
		PAGE_TAO,
		.sessions = true,
		.udf_revision = 0x0150,
		.transfer_nsec = 16,
		.unit_nsec = 1,
		.pad_nsec = 150,
		.runout_nsec = 2,
		.minimum_nsec = 300,
		.toc_recorded = true,
		.capacity_nsec = 359845,
		.speed_1x_kbs = CD_1X_KBS,
		.close = { .appendable = 2, .final = 2 } },
	{ .number = 0x0a,
		.type = "cd-rw",
		.name = "CD-RW",
		.writable = true,
		.blank_needed = true,
		.simulation = true,
		PAGE_TAO,
		.sessions = true,
		.erasable = true,
		.udf_revision = 0x0150,
		.transfer_nsec = 16,
		.unit_nsec = 1,
		.pad_nsec = 150,
		.runout_nsec = 2,
		.minimum_nsec = 300,
		.toc_recorded = true,
		.capacity_nsec = 359845,
		.speed_1x_kbs = CD_1X_KBS,
		.close = { .appendable = 2, .final = 2 } },
	{ .number = 0x10,
		.type = "dvd-rom",
		.name = "DVD-ROM",
		.pressed = true,
		.transfer_nsec = 16,
		.unit_nsec = 16,
		.capacity_nsec = 2295104,
		.speed_1x_kbs = DVD_1X_KBS },
	{ .number = 0x11,
		.type = "dvd-r",
		.name = "DVD-R",
		.writable = true,
		.blank_needed = true,
		.simulation = true,
		PAGE_INCREMENTAL,
		.sessions = true,
		.calibrated = true,
		.increments = 0x21,
		.udf_revision = 0x0102,
		.transfer_nsec = 16,
		.unit_nsec = 16,
		.capacity_nsec = 2298496,
		.speed_1x_kbs = DVD_1X_KBS,
		.close = { .track = 1, .appendable = 2, .final = 2 } },
	{ .number = 0x12,
		.type = "dvd-ram",
		.name = "DVD-RAM",
		.writable = true,
		.place = MMC_PLACE_ANY,
		.udf_revision = 0x0150,
		.formats = { { true, false, 0x00 }, { 0 }, { true, false, 0x01 } },
		.protectable = true,
		.transfer_nsec = 16,
		.unit_nsec = 16,
		.capacity_nsec = 2236704,
		.speed_1x_kbs = DVD_1X_KBS },
	{ .number = 0x14,
		.type = "dvd-rw",
		.name = "DVD-RW",
		.writable = true,
		.blank_needed = true,
		.simulation = true,
		PAGE_INCREMENTAL,
		.sessions = true,
		.erasable = true,
		.calibrated = true,
		.increments = 0x21,
		.udf_revision = 0x0102,
		.formats = { { true, false, 0x15 } },
		.format_any_size = true,
		.format_parameter = 16,
		.transfer_nsec = 16,
		.unit_nsec = 16,
		.capacity_nsec = 2298496,
		.speed_1x_kbs = DVD_1X_KBS,
		.close = { .track = 1, .appendable = 2, .final = 2 } },
	{ .number = 0x13,
		.type = "dvd-rw",
		.name = "DVD-RW restricted overwrite",
		.writable = true,
		.erasable = true,
		.place = MMC_PLACE_UNITS,
		.udf_revision = 0x0102,
		.formats = { { true, false, 0x15 } },
		.format_any_size = true,
		.format_parameter = 16,
		.format_grow = 0x13,
		.transfer_nsec = 16,
		.unit_nsec = 16,
		.capacity_nsec = 2298496,
		.speed_1x_kbs = DVD_1X_KBS,
		.close = { .final = 2 } },
	{ .number = 0x15,
		.type = "dvd-r-dl",
		.name = "DVD-R DL",
		.writable = true,
		.blank_needed = true,
		.simulation = true,
		PAGE_DAO,
		.calibrated = true,
		.udf_revision = 0x0102,
		.transfer_nsec = 16,
		.unit_nsec = 16,
		.capacity_nsec = 4171712,
		.speed_1x_kbs = DVD_1X_KBS },
	{ .number = 0x16,
		.type = "dvd-r-dl",
		.name = "DVD-R DL layer jump",
		.blank_needed = true,
		.transfer_nsec = 16,
		.unit_nsec = 16,
		.capacity_nsec = 4171712,
		.speed_1x_kbs = DVD_1X_KBS },
	{ .number = 0x1a,
		.type = "dvd+rw",
		.name = "DVD+RW",
		.writable = true,
		.place = MMC_PLACE_ANY,
		.udf_revision = 0x0102,
		FORMAT_PLUS,
		.protectable = true,
		.transfer_nsec = 16,
		.unit_nsec = 16,
		.capacity_nsec = 2295104,
		.speed_1x_kbs = DVD_1X_KBS,
		.close = { .final = 2 } },
	{ .number = 0x1b,
		.type = "dvd+r",
		.name = "DVD+R",
		.writable = true,
		.blank_needed = true,
		.sessions = true,
		.udf_revision = 0x0102,
		.transfer_nsec = 16,
		.unit_nsec = 16,
		.capacity_nsec = 2295104,
		.speed_1x_kbs = DVD_1X_KBS,
		.close = { .track = 1, .appendable = 2, .final = 6, .final_else = 5 } },
	{ .number = 0x2a,
		.type = "dvd+rw-dl",
		.name = "DVD+RW DL",
		.writable = true,
		.place = MMC_PLACE_ANY,
		.udf_revision = 0x0102,
		FORMAT_PLUS,
		.protectable = true,
		.transfer_nsec = 16,
		.unit_nsec = 16,
		.capacity_nsec = 4173824,
		.speed_1x_kbs = DVD_1X_KBS,
		.close = { .final = 2 } },
	{ .number = 0x2b,
		.type = "dvd+r-dl",
		.name = "DVD+R DL",
		.writable = true,
		.blank_needed = true,
		.sessions = true,
		.layer_break = true,
		.udf_revision = 0x0102,
		.transfer_nsec = 16,
		.unit_nsec = 16,
		.capacity_nsec = 4173824,
		.speed_1x_kbs = DVD_1X_KBS,
		.close = { .track = 1, .appendable = 2, .final = 5 } },
	{ .number = 0x40,
		.type = "bd-rom",
		.name = "BD-ROM",
		.pressed = true,
		.transfer_nsec = 32,
		.unit_nsec = 32,
		.capacity_nsec = 12219392,
		.speed_1x_kbs = BD_1X_KBS },
	{ .number = 0x41,
		.type = "bd-r",
		.name = "BD-R",
		.writable = true,
		.blank_needed = true,
		.sessions = true,
		.udf_revision = 0x0250,
		.formats = { { true, false, 0x32 }, { 0 }, { true, true, 0x32 } },
		.transfer_nsec = 32,
		.unit_nsec = 32,
		.capacity_nsec = 12219392,
		.speed_1x_kbs = BD_1X_KBS,
		.close = { .track = 1, .appendable = 2, .final = 6 } },
	{ .number = 0x41,
		.type = "bd-r-dl",
		.name = "BD-R DL",
		.writable = true,
		.blank_needed = true,
		.sessions = true,
		.udf_revision = 0x0250,
		.formats = { { true, false, 0x32 }, { 0 }, { true, true, 0x32 } },
		.transfer_nsec = 32,
		.unit_nsec = 32,
		.capacity_nsec = 24438784,
		.speed_1x_kbs = BD_1X_KBS,
		.close = { .track = 1, .appendable = 2, .final = 6 } },
	{ .number = 0x41,
		.type = "bd-r-xl",
		.name = "BD-R XL",
		.writable = true,
		.blank_needed = true,
		.sessions = true,
		.udf_revision = 0x0250,
		.formats = { { true, false, 0x32 }, { 0 }, { true, true, 0x32 } },
		.transfer_nsec = 32,
		.unit_nsec = 32,
		.capacity_nsec = 48878592,
		.speed_1x_kbs = BD_1X_KBS,
		.close = { .track = 1, .appendable = 2, .final = 6 } },
	{ .number = 0x42,
		.type = "bd-r",
		.name = "BD-R random recording",
		.transfer_nsec = 32,
		.unit_nsec = 32,
		.capacity_nsec = 11826176,
		.speed_1x_kbs = BD_1X_KBS },
	{ .number = 0x43,
		.type = "bd-re",
		.name = "BD-RE",
		.writable = true,
		.place = MMC_PLACE_ANY,
		.udf_revision = 0x0250,
		FORMAT_BD_RE,
		.transfer_nsec = 32,
		.unit_nsec = 32,
		.capacity_nsec = 11826176,
		.speed_1x_kbs = BD_1X_KBS },
	{ .number = 0x43,
		.type = "bd-re-dl",
		.name = "BD-RE DL",
		.writable = true,
		.place = MMC_PLACE_ANY,
		.udf_revision = 0x0250,
		FORMAT_BD_RE,
		.transfer_nsec = 32,
		.unit_nsec = 32,
		.capacity_nsec = 23652352,
		.speed_1x_kbs = BD_1X_KBS },
};

const struct mmc_profile *mmc_profile_at(unsigned i)
{
	return i < sizeof(profiles) / sizeof(profiles[0]) ? &profiles[i] : NULL;
}

const struct mmc_profile *mmc_profile_by_number(uint16_t number)
{
	const struct mmc_profile *p;

	for (unsigned i = 0; (p = mmc_profile_at(i)) != NULL; i++) {
		if (p->number == number)
			return p;
	}
	return NULL;
}

const struct mmc_profile *mmc_profile_by_type(const char *type)
{
	const struct mmc_profile *p;

	for (unsigned i = 0; (p = mmc_profile_at(i)) != NULL; i++) {
		if (strcmp(p->type, type) == 0)
			return p;
	}
	return NULL;
}

const struct mmc_profile *mmc_profile_by_layers(uint16_t number, unsigned layers)
{
	const struct mmc_profile *p, *found = NULL;

	for (unsigned i = 0; (p = mmc_profile_at(i)) != NULL; i++) {
		if (p->number != number)
			continue;
		found = p;
		if (layers <= 1)
			break;
		layers--;
	}
	return found;
}

struct room mmc_profile_room(const struct mmc_profile *p, uint64_t writable_nsec)
{
	return (struct room){
		.capacity_nsec = writable_nsec + p->runout_nsec,
		.minimum_nsec = p->minimum_nsec,
		.pad_nsec = p->pad_nsec,
		.unit_nsec = p->unit_nsec,
		.runout_nsec = p->runout_nsec,
	};
}
