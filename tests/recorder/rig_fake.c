/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rig_fake.h"

#include <errno.h>
#include <string.h>

static int fake_exec(struct transport *t, struct scsi_cmd *cmd, struct err *err)
{
	struct fake *f = (struct fake *)t;

	(void)err;
	f->commands++;
	cmd->moved_bytes = cmd->data_bytes;
	cmd->status = f->answer == -EIO ? SCSI_CHECK_CONDITION : SCSI_GOOD;
	cmd->sense = f->sense;
	if (cmd->dir == SCSI_IN)
		memset(cmd->data, 0xa5, cmd->data_bytes);
	return f->answer;
}

static void fake_close(struct transport *t)
{
	((struct fake *)t)->closed++;
}

static const struct transport_ops fake_ops = { .exec = fake_exec, .close = fake_close };

void fake_init(struct fake *f)
{
	memset(f, 0, sizeof(*f));
	f->base.ops = &fake_ops;
}
