/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where libiscsi is not: recorders on other machines are refused. */
#include "recorder/iscsi.h"

#include "session.h"

#include "base/err.h"

#include <errno.h>

const char *iscsi_recorder_library(void)
{
	return "";
}

int session_new(const char *url, struct session **out, struct err *err)
{
	(void)url;
	(void)out;
	return err_set(err, -EOPNOTSUPP,
		"this discfs was built without libiscsi; recorders on other machines need it");
}

void session_free(struct session *s)
{
	(void)s;
}

bool session_is_up(struct session *s)
{
	(void)s;
	return false;
}

int session_connect(struct session *s, struct err *err)
{
	(void)s;
	return err_set(err, -EOPNOTSUPP, "built without libiscsi");
}

int session_exec(struct session *s, struct session_cmd *cmd, struct err *err)
{
	(void)s;
	(void)cmd;
	return err_set(err, -EOPNOTSUPP, "built without libiscsi");
}
