/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libiscsi, away from everybody else: its headers have names that are ours too. */
#ifndef DISCFS_RECORDER_ISCSI_SESSION_H
#define DISCFS_RECORDER_ISCSI_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;
struct err;

enum session_dir { SESSION_NONE, SESSION_IN, SESSION_OUT };

struct session_cmd {
	const uint8_t *cdb;
	uint8_t cdb_len;
	enum session_dir dir;
	void *data;
	size_t data_bytes;
	uint32_t timeout_ms;
	/* Set by session_exec when it returns 0. */
	uint8_t status; /* SAM-4 5.3.1 */
	size_t moved_bytes;
	uint8_t sense[64];
	size_t sense_bytes;
};

/* Parses, does not connect. -EINVAL. */
int session_new(const char *url, struct session **out, struct err *err);
void session_free(struct session *s); /* logs out; NULL is fine */

/* Whether a command could be sent; looks whether the other side has hung up meanwhile. */
bool session_is_up(struct session *s);
int session_connect(struct session *s, struct err *err);
/* 0 when the target answered, whatever it said; else the connection is gone. */
int session_exec(struct session *s, struct session_cmd *cmd, struct err *err);

#endif
