/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One session with one target: connecting, one command at a time, and no second try of any. */
#include "session.h"

#include "recorder/iscsi.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/err.h"

#include <errno.h>
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define INITIATOR  "iqn.2026-11.discfs:initiator"
#define CONNECT_MS 30000u
#define LOGOUT_MS  2000u
#define LOOKS_MAX  64u	 /* a target that talks without end is not listened to */
#define LOOK_MS	   1000u /* libiscsi keeps time itself when it is asked so often */

const char *iscsi_recorder_library(void)
{
	return LIBISCSI_VERSION;
}

struct session {
	struct iscsi_context *iscsi; /* NULL: not connected */
	int lun;
	char url[1024];
};

/* What a callback leaves behind. */
struct answer {
	bool done;
	int status;
};

static void answered(struct iscsi_context *iscsi, int status, void *data, void *arg)
{
	struct answer *a = arg;

	(void)iscsi;
	(void)data;
	a->done = true;
	a->status = status;
}

static const char *why(struct session *s)
{
	const char *text = iscsi_get_error(s->iscsi);

	return text && *text ? text : "the connection was closed";
}

static void drop(struct session *s)
{
	if (s->iscsi)
		iscsi_destroy_context(s->iscsi);
	s->iscsi = NULL;
}

enum look { LOOK_GONE, LOOK_QUIET, LOOK_SERVED };

/* One look at the socket, for @wait_ms at most. */
static enum look look(struct session *s, uint32_t wait_ms)
{
	struct pollfd p = { .fd = iscsi_get_fd(s->iscsi) };
	int n;

	if (p.fd < 0)
		return LOOK_GONE;
	p.events = (short)iscsi_which_events(s->iscsi);
	n = poll(&p, 1, (int)wait_ms);
	if ((n < 0 && errno != EINTR) || iscsi_service(s->iscsi, p.revents) < 0 ||
		iscsi_get_fd(s->iscsi) < 0)
		return LOOK_GONE;
	return n > 0 ? LOOK_SERVED : LOOK_QUIET;
}

/* Until @a is there: 0, -ENODEV when the connection broke, -ETIMEDOUT. */
static int serve(struct session *s, const struct answer *a, uint32_t timeout_ms)
{
	uint64_t deadline_ms = clock_now_ms(&clock_real) + timeout_ms, now_ms;
	bool up = true;

	while (!a->done && up) {
		now_ms = clock_now_ms(&clock_real);
		if (now_ms >= deadline_ms)
			return -ETIMEDOUT;
		up = look(s, deadline_ms - now_ms < LOOK_MS ? (uint32_t)(deadline_ms - now_ms)
							    : LOOK_MS) != LOOK_GONE;
	}
	return a->done ? 0 : -ENODEV;
}

int session_new(const char *url, struct session **out, struct err *err)
{
	struct session *s = calloc(1, sizeof(*s));
	struct iscsi_context *parser = s ? iscsi_create_context(INITIATOR) : NULL;
	struct iscsi_url *parsed;
	size_t n = strlen(url);

	if (!parser) {
		free(s);
		return err_nomem(err);
	}
	parsed = n < sizeof(s->url) ? iscsi_parse_full_url(parser, url) : NULL;
	if (parsed) {
		memcpy(s->url, url, n + 1);
		s->lun = parsed->lun;
		iscsi_destroy_url(parsed);
		*out = s;
		s = NULL;
	}
	iscsi_destroy_context(parser);
	if (!s)
		return 0;
	free(s);
	return err_set(err, -EINVAL,
		"no URL of an iSCSI recorder; wanted iscsi://[USER%%PASSWORD@]HOST[:PORT]/IQN/LUN");
}

void session_free(struct session *s)
{
	struct answer a = { 0 };

	if (!s)
		return;
	if (s->iscsi && iscsi_is_logged_in(s->iscsi) &&
		iscsi_logout_async(s->iscsi, answered, &a) == 0)
		serve(s, &a, LOGOUT_MS);
	drop(s);
	free(s);
}

bool session_is_up(struct session *s)
{
	enum look seen = s->iscsi ? LOOK_SERVED : LOOK_GONE;

	/* What came meanwhile may be a ping, and the end behind it. */
	for (unsigned i = 0; seen == LOOK_SERVED && i < LOOKS_MAX; i++)
		seen = look(s, 0);
	if (seen == LOOK_GONE)
		drop(s);
	return s->iscsi != NULL;
}

static int prepare(struct session *s, struct iscsi_url **url, struct err *err)
{
	s->iscsi = iscsi_create_context(INITIATOR);
	if (!s->iscsi)
		return err_nomem(err);
	*url = iscsi_parse_full_url(s->iscsi, s->url);
	if (!*url)
		return err_nomem(err); /* session_new has parsed it already */
	iscsi_set_targetname(s->iscsi, (*url)->target);
	iscsi_set_session_type(s->iscsi, ISCSI_SESSION_NORMAL);
	iscsi_set_header_digest(s->iscsi, ISCSI_HEADER_DIGEST_NONE_CRC32C);
	if ((*url)->user[0])
		iscsi_set_initiator_username_pwd(s->iscsi, (*url)->user, (*url)->passwd);
	/* A WRITE that is sent again after a reconnect would land twice. */
	iscsi_set_noautoreconnect(s->iscsi, 1);
	return 0;
}

/* libiscsi tells the login's status (RFC 7143 11.13.5) in words alone. */
static int login_errno(const char *text)
{
	return strstr(text, "uthenti") || strstr(text, "uthoriz") ? -EACCES : -ENODEV;
}

static int join(struct session *s, const struct iscsi_url *url, struct err *err)
{
	struct answer connected = { 0 }, in = { 0 };
	int r = iscsi_connect_async(s->iscsi, url->portal, answered, &connected) < 0
			? -ENODEV
			: serve(s, &connected, CONNECT_MS);

	if (r < 0 || connected.status != SCSI_STATUS_GOOD)
		return err_set(err, -ENODEV, "%s does not answer: %.120s; is the target running?",
			url->portal, r == -ETIMEDOUT ? "no reply in time" : why(s));
	r = iscsi_login_async(s->iscsi, answered, &in) < 0 ? -ENODEV : serve(s, &in, CONNECT_MS);
	if (r == 0 && in.status == SCSI_STATUS_GOOD)
		return 0;
	if (r == 0)
		r = login_errno(why(s));
	return err_set(err, r, "%s does not let us in to %.80s: %.100s", url->portal, url->target,
		r == -ETIMEDOUT ? "no reply in time" : why(s));
}

int session_connect(struct session *s, struct err *err)
{
	struct iscsi_url *url = NULL;
	int r = prepare(s, &url, err);

	if (r == 0)
		r = join(s, url, err);
	iscsi_destroy_url(url);
	if (r < 0)
		drop(s);
	return r;
}

static struct scsi_task *task_of(const struct session_cmd *cmd, struct iscsi_data *out_data)
{
	static const int dirs[] = {
		[SESSION_NONE] = SCSI_XFER_NONE,
		[SESSION_IN] = SCSI_XFER_READ,
		[SESSION_OUT] = SCSI_XFER_WRITE,
	};
	uint8_t cdb[16];
	struct scsi_task *task;

	memcpy(cdb, cmd->cdb, cmd->cdb_len);
	task = scsi_create_task(cmd->cdb_len, cdb, dirs[cmd->dir], (int)cmd->data_bytes);
	if (task && cmd->dir == SESSION_IN &&
		scsi_task_add_data_in_buffer(task, (int)cmd->data_bytes, cmd->data) < 0) {
		scsi_free_scsi_task(task);
		return NULL;
	}
	*out_data = (struct iscsi_data){ .size = cmd->data_bytes, .data = cmd->data };
	return task;
}

/* RFC 7143 11.4.7.2: the data segment is the length of the sense data, then these. */
static void take_sense(const struct scsi_task *task, struct session_cmd *cmd)
{
	size_t n = task->datain.size > 2 ? (size_t)task->datain.size - 2 : 0;

	if (n > 0 && get_u16be(task->datain.data) < n)
		n = get_u16be(task->datain.data);
	cmd->sense_bytes = n < sizeof(cmd->sense) ? n : sizeof(cmd->sense);
	if (cmd->sense_bytes)
		memcpy(cmd->sense, task->datain.data + 2, cmd->sense_bytes);
}

static void take(const struct scsi_task *task, int status, struct session_cmd *cmd)
{
	cmd->status = (uint8_t)status;
	cmd->moved_bytes = cmd->data_bytes;
	if (task->residual_status == SCSI_RESIDUAL_UNDERFLOW)
		cmd->moved_bytes -=
			task->residual < cmd->data_bytes ? task->residual : cmd->data_bytes;
	cmd->sense_bytes = 0;
	if (status == SCSI_STATUS_CHECK_CONDITION)
		take_sense(task, cmd);
}

int session_exec(struct session *s, struct session_cmd *cmd, struct err *err)
{
	struct answer a = { 0 };
	struct iscsi_data out_data = { 0 };
	struct scsi_task *task = task_of(cmd, &out_data);
	int r;

	if (!task)
		return err_nomem(err);
	r = iscsi_scsi_command_async(s->iscsi, s->lun, task, answered,
		    cmd->dir == SESSION_OUT ? &out_data : NULL, &a) < 0
		    ? -ENODEV
		    : serve(s, &a, cmd->timeout_ms);
	/* What is above 0xff is libiscsi's own: cancelled, error, time-out. */
	if (r == 0 && a.status > 0xff)
		r = -ENODEV;
	if (r == 0)
		take(task, a.status, cmd);
	else
		err_set(err, r, "the connection to the recorder broke: %.160s",
			r == -ETIMEDOUT ? "no reply in time" : why(s));
	/* Before the task: the context may still name it. */
	if (r < 0)
		drop(s);
	scsi_free_scsi_task(task);
	return r;
}
