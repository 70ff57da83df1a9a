/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers over a transport: trace writes down each command, fault makes one fail. */
#ifndef DISCFS_RECORDER_LAYERS_H
#define DISCFS_RECORDER_LAYERS_H

#include "scsi/transport.h"

#include <stdbool.h>
#include <stdint.h>

/* One line a command: number, name, CDB in hex, bytes moved, milliseconds, sense. */
typedef void trace_line_fn(void *arg, const char *line);
/* Takes @inner, on failure too. */
int trace_open(struct transport *inner, trace_line_fn *fn, void *arg, struct transport **out,
	struct err *err);

/* What goes wrong, and when. */
struct fault_plan {
	uint32_t at;	/* the command to fail, from 1; 0: none */
	uint32_t times; /* how many in a row from there; 0 means all later ones */
	int path_error; /* 0: answer CHECK CONDITION with sense; else this negative errno */
	struct scsi_sense sense;
	bool after_execution; /* the device does it, the answer is lost all the same */
	size_t short_bytes;   /* > 0: succeed, but move only that much of a reply */
	bool only_opcode;     /* count only commands with @opcode */
	uint8_t opcode;
};
/* Takes @inner, on failure too. */
int fault_open(struct transport *inner, const struct fault_plan *plan, struct transport **out,
	struct err *err);
/* Whether the fault has struck; commands seen so far. */
bool fault_fired(const struct transport *t);
uint32_t fault_commands(const struct transport *t);

#endif
