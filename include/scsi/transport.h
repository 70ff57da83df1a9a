/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorder is a transport of command blocks; drives of any kind differ below exec. */
#ifndef DISCFS_SCSI_TRANSPORT_H
#define DISCFS_SCSI_TRANSPORT_H

#include "scsi/command.h"

struct err;
struct transport;

/*
 * exec: blocks at most cmd->timeout_ms. 0 when the device answered GOOD; -EIO with cmd->sense
 * valid on CHECK CONDITION; another negative errno when the path failed (cmd->sense.valid false
 * then): -ETIMEDOUT, -ENODEV, -EPROTO. Sets moved_bytes, status and sense in every case. @err gets
 * a sentence for path failures only; sense is put into words by the engine. One thread at a time.
 * claim: from now on the device is ours alone, until release or close; -EBUSY names who has it.
 * Again is fine. release: nothing is wanted of the device for a while; also without a claim. Both
 * NULL where nobody else can reach it.
 * refresh: this machine is to see what was written, @nsec sectors; -ESTALE while it still holds to
 * what it knew before. NULL where no machine keeps such a view.
 * close: releases everything, the transport too; a layer closes the one below.
 */
struct transport_ops {
	int (*exec)(struct transport *t, struct scsi_cmd *cmd, struct err *err);
	int (*claim)(struct transport *t, struct err *err);
	void (*release)(struct transport *t);
	int (*refresh)(struct transport *t, uint64_t nsec);
	void (*close)(struct transport *t);
};

/* First member of every implementation. */
struct transport {
	const struct transport_ops *ops;
	uint32_t max_bytes; /* of data that a command may move; 0: any number */
};

static inline int transport_exec(struct transport *t, struct scsi_cmd *cmd, struct err *err)
{
	return t->ops->exec(t, cmd, err);
}

static inline int transport_claim(struct transport *t, struct err *err)
{
	return t->ops->claim ? t->ops->claim(t, err) : 0;
}

static inline void transport_release(struct transport *t)
{
	if (t->ops->release)
		t->ops->release(t);
}

static inline int transport_refresh(struct transport *t, uint64_t nsec)
{
	return t->ops->refresh ? t->ops->refresh(t, nsec) : 0;
}

/* NULL is fine. */
static inline void transport_close(struct transport *t)
{
	if (t)
		t->ops->close(t);
}

#endif
