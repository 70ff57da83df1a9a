/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of operation codes, as MMC-5 and SPC-3 spell them. */
#include "scsi/command.h"

#include <stdio.h>

static const char *const opcode_names[256] = {
	[0x00] = "TEST UNIT READY",
	[0x03] = "REQUEST SENSE",
	[0x04] = "FORMAT UNIT",
	[0x12] = "INQUIRY",
	[0x1b] = "START STOP UNIT",
	[0x1e] = "PREVENT ALLOW MEDIUM REMOVAL",
	[0x23] = "READ FORMAT CAPACITIES",
	[0x25] = "READ CAPACITY",
	[0x28] = "READ(10)",
	[0x2a] = "WRITE(10)",
	[0x2b] = "SEEK(10)",
	[0x2e] = "WRITE AND VERIFY(10)",
	[0x2f] = "VERIFY(10)",
	[0x35] = "SYNCHRONIZE CACHE",
	[0x3b] = "WRITE BUFFER",
	[0x3c] = "READ BUFFER",
	[0x43] = "READ TOC/PMA/ATIP",
	[0x46] = "GET CONFIGURATION",
	[0x4a] = "GET EVENT STATUS NOTIFICATION",
	[0x51] = "READ DISC INFORMATION",
	[0x52] = "READ TRACK INFORMATION",
	[0x53] = "RESERVE TRACK",
	[0x54] = "SEND OPC INFORMATION",
	[0x55] = "MODE SELECT(10)",
	[0x58] = "REPAIR TRACK",
	[0x5a] = "MODE SENSE(10)",
	[0x5b] = "CLOSE TRACK SESSION",
	[0x5c] = "READ BUFFER CAPACITY",
	[0x5d] = "SEND CUE SHEET",
	[0xa0] = "REPORT LUNS",
	[0xa1] = "BLANK",
	[0xa3] = "SEND KEY",
	[0xa4] = "REPORT KEY",
	[0xa6] = "LOAD/UNLOAD MEDIUM",
	[0xa8] = "READ(12)",
	[0xaa] = "WRITE(12)",
	[0xab] = "READ MEDIA SERIAL NUMBER",
	[0xac] = "GET PERFORMANCE",
	[0xad] = "READ DISC STRUCTURE",
	[0xb6] = "SET STREAMING",
	[0xb9] = "READ CD MSF",
	[0xbb] = "SET CD SPEED",
	[0xbd] = "MECHANISM STATUS",
	[0xbe] = "READ CD",
	[0xbf] = "SEND DISC STRUCTURE",
};

const char *scsi_opcode_name(uint8_t opcode, char spare[static 16])
{
	if (opcode_names[opcode])
		return opcode_names[opcode];
	snprintf(spare, 16, "command %02Xh", (unsigned)opcode);
	return spare;
}
