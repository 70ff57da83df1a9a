/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session as a transport of command blocks. */
#include "recorder/iscsi.h"

#include "session.h"

#include "base/err.h"
#include "scsi/transport.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_BUSY	     0x08
#define STATUS_TASK_SET_FULL 0x28

struct iscsi_recorder {
	struct transport base; /* first: a struct transport * is this struct */
	struct session *session;
	bool nexus_lost; /* the device has forgotten us, and the engine has not been told */
};

/* SAM-4 6.3.3: what the device itself has to say to a new nexus, and some do not. */
static int tell_nexus_loss(struct iscsi_recorder *t, struct scsi_cmd *cmd)
{
	t->nexus_lost = false;
	cmd->moved_bytes = 0;
	cmd->status = SCSI_CHECK_CONDITION;
	cmd->sense = (struct scsi_sense){ .valid = true, .key = 6, .asc = 0x29, .ascq = 0x07 };
	return -EIO;
}

static enum session_dir dir_of(const struct scsi_cmd *cmd)
{
	if (cmd->dir == SCSI_NONE || cmd->data_bytes == 0)
		return SESSION_NONE;
	return cmd->dir == SCSI_IN ? SESSION_IN : SESSION_OUT;
}

static int judge(struct scsi_cmd *cmd, const struct session_cmd *sc, struct err *err)
{
	switch (sc->status) {
	case SCSI_GOOD:
		return 0;
	case SCSI_CHECK_CONDITION:
		scsi_sense_decode(sc->sense, sc->sense_bytes, &cmd->sense);
		return -EIO;
	case STATUS_BUSY:
	case STATUS_TASK_SET_FULL:
		/* SAM-4 5.3.1: the same command later. In sense's words it is waited for. */
		cmd->sense = (struct scsi_sense){ .valid = true, .key = 2, .asc = 0x04, .ascq = 7 };
		return -EIO;
	default:
		return err_set(err, -EPROTO, "the recorder answered with SCSI status %02xh",
			(unsigned)sc->status);
	}
}

static int iscsi_exec(struct transport *base, struct scsi_cmd *cmd, struct err *err)
{
	struct iscsi_recorder *t = (struct iscsi_recorder *)base;
	struct session_cmd sc = {
		.cdb = cmd->cdb,
		.cdb_len = cmd->cdb_len,
		.dir = dir_of(cmd),
		.data = cmd->data,
		.data_bytes = cmd->data_bytes,
		.timeout_ms = cmd->timeout_ms,
	};
	int r = 0;

	cmd->moved_bytes = 0;
	cmd->status = 0;
	cmd->sense = (struct scsi_sense){ .valid = false };
	if (!session_is_up(t->session)) {
		r = session_connect(t->session, err);
		t->nexus_lost = r == 0;
	}
	if (r == 0 && t->nexus_lost)
		return tell_nexus_loss(t, cmd);
	if (r == 0)
		r = session_exec(t->session, &sc, err);
	if (r < 0)
		return r == -EACCES ? -ENODEV : r;
	cmd->moved_bytes = sc.moved_bytes;
	cmd->status = sc.status;
	return judge(cmd, &sc, err);
}

static void iscsi_close(struct transport *base)
{
	struct iscsi_recorder *t = (struct iscsi_recorder *)base;

	session_free(t->session);
	free(t);
}

static const struct transport_ops iscsi_ops = { .exec = iscsi_exec, .close = iscsi_close };

int iscsi_recorder_open(const char *url, struct transport **out, struct err *err)
{
	struct iscsi_recorder *t = calloc(1, sizeof(*t));
	int r = t ? session_new(url, &t->session, err) : err_nomem(err);

	if (r == 0)
		r = session_connect(t->session, err);
	if (r < 0) {
		if (t)
			session_free(t->session);
		free(t);
		return r;
	}
	t->base.ops = &iscsi_ops;
	*out = &t->base;
	return 0;
}

void iscsi_recorder_id(const char *url, char *out, size_t cap)
{
	const char *from = url + strlen(ISCSI_RECORDER_SCHEME);
	const char *at = strchr(from, '@'), *slash = strchr(from, '/');

	if (at && (!slash || at < slash))
		from = at + 1;
	snprintf(out, cap, ISCSI_RECORDER_SCHEME "%s", from);
}
