/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A layer that makes one command fail, so that every failure of a device can be tried. */
#include "recorder/layers.h"

#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct fault {
	struct transport base; /* first: a struct transport * is this struct */
	struct transport *inner;
	struct fault_plan plan;
	uint32_t commands; /* that count: all, or those with the plan's opcode */
	bool fired;
};

static bool strikes(const struct fault *f)
{
	const struct fault_plan *p = &f->plan;

	if (p->at == 0 || f->commands < p->at)
		return false;
	return p->times == 0 || f->commands - p->at < p->times;
}

static int fail(const struct fault *f, struct scsi_cmd *cmd, struct err *err)
{
	cmd->moved_bytes = 0;
	cmd->status = SCSI_GOOD;
	cmd->sense = (struct scsi_sense){ 0 };
	if (f->plan.path_error)
		return err_set(err, f->plan.path_error, "the path to the recorder failed (%s)",
			err_name(f->plan.path_error));
	cmd->status = SCSI_CHECK_CONDITION;
	cmd->sense = f->plan.sense;
	cmd->sense.valid = true;
	return -EIO;
}

/* A reply that ends early: what was not moved is zero, as in a buffer that was zeroed first. */
static int cut_short(struct fault *f, struct scsi_cmd *cmd, struct err *err)
{
	size_t keep = f->plan.short_bytes;
	int r = transport_exec(f->inner, cmd, err);

	if (r == 0 && cmd->dir == SCSI_IN && cmd->moved_bytes > keep) {
		memset((uint8_t *)cmd->data + keep, 0, cmd->moved_bytes - keep);
		cmd->moved_bytes = keep;
	}
	return r;
}

static int fault_exec(struct transport *base, struct scsi_cmd *cmd, struct err *err)
{
	struct fault *f = (struct fault *)base;

	if (f->plan.only_opcode && cmd->cdb[0] != f->plan.opcode)
		return transport_exec(f->inner, cmd, err);
	f->commands++;
	if (!strikes(f))
		return transport_exec(f->inner, cmd, err);
	f->fired = true;
	if (f->plan.short_bytes > 0)
		return cut_short(f, cmd, err);
	if (f->plan.after_execution)
		transport_exec(f->inner, cmd, NULL);
	return fail(f, cmd, err);
}

static int fault_claim(struct transport *base, struct err *err)
{
	return transport_claim(((struct fault *)base)->inner, err);
}

static void fault_release(struct transport *base)
{
	transport_release(((struct fault *)base)->inner);
}

static int fault_refresh(struct transport *base, uint64_t nsec)
{
	return transport_refresh(((struct fault *)base)->inner, nsec);
}

static void fault_close(struct transport *base)
{
	struct fault *f = (struct fault *)base;

	transport_close(f->inner);
	free(f);
}

static const struct transport_ops fault_ops = { .exec = fault_exec,
	.claim = fault_claim,
	.release = fault_release,
	.refresh = fault_refresh,
	.close = fault_close };

int fault_open(struct transport *inner, const struct fault_plan *plan, struct transport **out,
	struct err *err)
{
	struct fault *f = calloc(1, sizeof(*f));

	if (!f) {
		transport_close(inner);
		return err_nomem(err);
	}
	assert(plan->path_error <= 0);
	f->base.ops = &fault_ops;
	f->base.max_bytes = inner->max_bytes;
	f->inner = inner;
	f->plan = *plan;
	*out = &f->base;
	return 0;
}

bool fault_fired(const struct transport *t)
{
	assert(t->ops == &fault_ops);
	return ((const struct fault *)t)->fired;
}

uint32_t fault_commands(const struct transport *t)
{
	assert(t->ops == &fault_ops);
	return ((const struct fault *)t)->commands;
}
