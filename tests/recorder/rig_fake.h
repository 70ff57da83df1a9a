/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A transport that does nothing but count. */
#ifndef DISCFS_TESTS_RECORDER_RIG_FAKE_H
#define DISCFS_TESTS_RECORDER_RIG_FAKE_H

#include "scsi/transport.h"

struct fake {
	struct transport base;
	unsigned commands, closed;
	int answer; /* 0, -EIO with @sense, or another errno */
	struct scsi_sense sense;
};

/* Answers with all bytes of a reply set to A5h. */
void fake_init(struct fake *f);

#endif
