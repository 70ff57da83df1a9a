/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A virtual recorder in a directory of its own, driven by raw command blocks. */
#ifndef DISCFS_TESTS_RECORDER_RIG_DRIVE_H
#define DISCFS_TESTS_RECORDER_RIG_DRIVE_H

#include "recorder/virtual.h"

#include <limits.h>

#define RIG_SECTOR 2048u

struct rig {
	struct transport *t;
	char dir[PATH_MAX / 2];
	uint8_t reply[65536]; /* of the last command that moved data in */
	size_t moved;
	struct scsi_sense sense;
};

#define CDB(...) ((const uint8_t[16]){ __VA_ARGS__ })

/* A fresh recorder; @type NULL: empty, else with a blank disc whose change was noticed. */
void rig_init(struct rig *r, const char *type);
void rig_fini(struct rig *r);
/* Closes and opens it again: nothing is written on the way, as after a crash. */
void rig_restart(struct rig *r);

/* 0, or the sense data as KKAAQQ, or the negative errno of the path. */
int rig_none(struct rig *r, const uint8_t *cdb);
int rig_in(struct rig *r, const uint8_t *cdb, size_t n);
int rig_out(struct rig *r, const uint8_t *cdb, const void *bytes, size_t n);

/* Sectors of a pattern that tells their address. */
void rig_pattern(uint8_t *out, uint32_t lba, uint32_t nsec);
int rig_write(struct rig *r, uint32_t lba, uint32_t nsec);
/* Whether these sectors can be read and hold the pattern. */
bool rig_holds(struct rig *r, uint32_t lba, uint32_t nsec);
bool rig_zeros(struct rig *r, uint32_t lba, uint32_t nsec);
int rig_read(struct rig *r, uint32_t lba, uint32_t nsec, void *out);

/* Mode page 05h of a data track-at-once; @multi 0 or 3. */
int rig_write_page(struct rig *r, unsigned multi, bool simulate);
/* The same for DVD-R and DVD-RW: @type 0 increments, 2 disc at once. */
int rig_dash_page(struct rig *r, unsigned type, unsigned multi, bool simulate);
/* FORMAT UNIT of one descriptor; BLANK. */
int rig_format(struct rig *r, unsigned type, uint32_t nsec, unsigned parameter, bool immediate);
int rig_blank(struct rig *r, unsigned type, uint32_t lba);
/* The open track @number's next address and free blocks; -1 when it has none. */
int64_t rig_next_of(struct rig *r, unsigned number);
/* Replaces the disc's text by that of a disc of @nsec sectors, blank and of the same type. */
void rig_make_small(struct rig *r, const char *type, const char *mode, uint32_t nsec);
int rig_sync(struct rig *r);
int rig_close(struct rig *r, unsigned function, unsigned track);
/* The invisible track: next writable address, free blocks; -1 when there is none. */
int64_t rig_next(struct rig *r);
int64_t rig_free(struct rig *r);
/* Byte 2 of READ DISC INFORMATION: states of session and disc. */
int rig_disc_byte(struct rig *r);
/* READ CAPACITY's address + 1. */
int64_t rig_capacity(struct rig *r);
int64_t rig_file_bytes(struct rig *r);

#endif
