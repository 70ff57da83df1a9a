/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scripted transport: the commands that are expected, in order, and what is answered. */
#ifndef DISCFS_TESTS_MMC_RIG_SCRIPT_H
#define DISCFS_TESTS_MMC_RIG_SCRIPT_H

#include "base/clock.h"
#include "mmc/mmc.h"
#include "scsi/transport.h"

/* One exchange. An all-zero row ends the script. */
struct script_row {
	uint8_t cdb[12]; /* the first cdb_checked bytes must be equal */
	uint8_t cdb_checked;
	uint8_t key, asc, ascq; /* key > 0: CHECK CONDITION */
	uint16_t progress;	/* > 0: told in the sense */
	int path_error;		/* < 0: the path fails */
	const uint8_t *reply;
	size_t reply_bytes;
};

struct script {
	struct transport base;
	const struct script_row *row;
	unsigned at;	   /* rows played */
	unsigned commands; /* commands seen, INQUIRY aside */
	uint8_t sent[256]; /* the last data out */
	size_t sent_bytes;
	uint32_t sent_timeout_ms;
	uint64_t now_ms;    /* of the fake clock */
	uint32_t slept[64]; /* each wait */
	unsigned nslept;
	struct clock clock;
	struct mmc_drive *drive;
};

/* Opens a drive over @rows, which must stay; a command past the end fails the test. */
void script_open(struct script *s, const struct script_row *rows);
/* Closes; asserts that every row was played. */
void script_close(struct script *s);

#define SCRIPT_CDB(...)	    .cdb = { __VA_ARGS__ }, .cdb_checked = SCRIPT_COUNT(__VA_ARGS__)
#define SCRIPT_COUNT(...)   sizeof((uint8_t[]){ __VA_ARGS__ })
#define SCRIPT_REPLY(bytes) .reply = (bytes), .reply_bytes = sizeof(bytes)

#endif
