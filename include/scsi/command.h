/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A SCSI command is a value on the stack of the function that issues it. */
#ifndef DISCFS_SCSI_COMMAND_H
#define DISCFS_SCSI_COMMAND_H

#include "scsi/sense.h"

#include <stddef.h>
#include <stdint.h>

enum scsi_dir { SCSI_NONE, SCSI_IN, SCSI_OUT };

enum scsi_status { SCSI_GOOD = 0x00, SCSI_CHECK_CONDITION = 0x02 };

struct scsi_cmd {
	/* Set by the issuer. For SCSI_IN the buffer is zeroed first: not every path tells
	 * residuals. */
	uint8_t cdb[16];
	uint8_t cdb_len; /* 6, 10, 12 or 16 */
	enum scsi_dir dir;
	void *data;
	size_t data_bytes;
	uint32_t timeout_ms;
	/* Set by exec. */
	size_t moved_bytes; /* data_bytes where the path does not tell */
	uint8_t status;
	struct scsi_sense sense; /* valid on CHECK CONDITION */
};

/* The standard's name of an operation code: "READ TRACK INFORMATION", or "command XXh". */
const char *scsi_opcode_name(uint8_t opcode, char spare[static 16]);

#endif
