/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorder on another machine, reached by iSCSI (RFC 7143). */
#ifndef DISCFS_RECORDER_ISCSI_H
#define DISCFS_RECORDER_ISCSI_H

#include <stddef.h>

struct transport;
struct err;

#define ISCSI_RECORDER_SCHEME "iscsi://"

/* libiscsi's version; "" where this build is without it. */
const char *iscsi_recorder_library(void);

/*
 * Logs in to the unit that @url names: iscsi://[USER%PASSWORD@]HOST[:PORT]/IQN/LUN. Without USER
 * the variables LIBISCSI_CHAP_USERNAME and LIBISCSI_CHAP_PASSWORD are asked. Waits for the other
 * side for half a minute at most. -EINVAL no such URL, -ENODEV nobody answers there or the target
 * is unknown, -EACCES it refused the name or password, -EOPNOTSUPP not built in.
 *
 * A connection that breaks fails the command that was on its way with -ENODEV and is made again
 * for the next one, which is then answered with UNIT ATTENTION 6/29/07 (I_T nexus loss occurred,
 * SAM-4 6.3.3): no command is ever sent twice by this path.
 */
int iscsi_recorder_open(const char *url, struct transport **out, struct err *err);

/* @url without a password, as a recorder's id and for sentences. */
void iscsi_recorder_id(const char *url, char *out, size_t cap);

#endif
