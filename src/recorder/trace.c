/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A layer that writes down each command: the bug report of a failed burn. */
#include "recorder/layers.h"

#include "base/clock.h"
#include "base/err.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct trace {
	struct transport base; /* first: a struct transport * is this struct */
	struct transport *inner;
	trace_line_fn *fn;
	void *arg;
	uint32_t commands;
};

static void put_cdb(const struct scsi_cmd *cmd, char out[static 64])
{
	size_t n = cmd->cdb_len < sizeof(cmd->cdb) ? cmd->cdb_len : sizeof(cmd->cdb);

	out[0] = '\0';
	for (size_t i = 0; i < n; i++)
		snprintf(out + i * 3, 64 - i * 3, "%02x ", (unsigned)cmd->cdb[i]);
}

static void write_line(struct trace *t, const struct scsi_cmd *cmd, int r, uint64_t took_ms)
{
	char name[16], cdb[64], outcome[96], line[320];

	if (r == 0)
		snprintf(outcome, sizeof(outcome), "ok");
	else if (cmd->sense.valid)
		scsi_sense_text(&cmd->sense, outcome, sizeof(outcome));
	else
		snprintf(outcome, sizeof(outcome), "path %s", err_name(r));
	put_cdb(cmd, cdb);
	snprintf(line, sizeof(line), "%5" PRIu32 " %s %smoved=%zu %" PRIu64 "ms %s", t->commands,
		scsi_opcode_name(cmd->cdb[0], name), cdb, cmd->moved_bytes, took_ms, outcome);
	t->fn(t->arg, line);
}

static int trace_exec(struct transport *base, struct scsi_cmd *cmd, struct err *err)
{
	struct trace *t = (struct trace *)base;
	uint64_t began_ms = clock_now_ms(&clock_real);
	int r = transport_exec(t->inner, cmd, err);

	t->commands++;
	write_line(t, cmd, r, clock_now_ms(&clock_real) - began_ms);
	return r;
}

static int trace_claim(struct transport *base, struct err *err)
{
	return transport_claim(((struct trace *)base)->inner, err);
}

static void trace_release(struct transport *base)
{
	transport_release(((struct trace *)base)->inner);
}

static int trace_refresh(struct transport *base, uint64_t nsec)
{
	return transport_refresh(((struct trace *)base)->inner, nsec);
}

static void trace_close(struct transport *base)
{
	struct trace *t = (struct trace *)base;

	transport_close(t->inner);
	free(t);
}

static const struct transport_ops trace_ops = { .exec = trace_exec,
	.claim = trace_claim,
	.release = trace_release,
	.refresh = trace_refresh,
	.close = trace_close };

int trace_open(struct transport *inner, trace_line_fn *fn, void *arg, struct transport **out,
	struct err *err)
{
	struct trace *t = calloc(1, sizeof(*t));

	if (!t) {
		transport_close(inner);
		return err_nomem(err);
	}
	t->base.ops = &trace_ops;
	t->base.max_bytes = inner->max_bytes;
	t->inner = inner;
	t->fn = fn;
	t->arg = arg;
	*out = &t->base;
	return 0;
}
