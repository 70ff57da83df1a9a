/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathers copies from the burner and the stage; holds nothing while it asks. */
#include "status.h"

#include "state.h"

#include "burn/burner.h"

#include <string.h>

const char *status_medium_type(const struct medium *m)
{
	if (m->state == MEDIUM_NONE)
		return "none";
	return m->profile && m->profile->type ? m->profile->type : "unknown";
}

const char *status_job_kind(enum job_kind kind)
{
	static const char *const names[] = {
		[JOB_BURN] = "burn",
		[JOB_SAVE_IMAGE] = "image",
		[JOB_COPY] = "copy",
		[JOB_ADD] = "add",
		[JOB_ERASE_MEDIUM] = "erase",
		[JOB_FORMAT_MEDIUM] = "format",
		[JOB_CLOSE_MEDIUM] = "close",
		[JOB_VERIFY_MEDIUM] = "verify",
	};

	return names[kind];
}

int status_gather(struct ctl *c, struct status *out, struct err *err)
{
	struct job *job;
	int r;

	memset(out, 0, sizeof(*out));
	burner_identity(c->burner, &out->recorder);
	burner_medium(c->burner, &out->medium);
	ctl_medium_file(c, out->medium_file, sizeof(out->medium_file));
	r = stage_space(c->stage, &out->space, err);
	stage_sources(c->stage, &out->sources);
	for (unsigned s = 0; r == 0 && s < SETTING_COUNT; s++)
		r = setting_shown(c, (enum setting)s, out->setting[s], err);
	if (r < 0)
		return r;
	job = burner_job(c->burner);
	out->has_job = job != NULL;
	if (job)
		job_status(job, &out->job);
	job_unref(job);
	return 0;
}
