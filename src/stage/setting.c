/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings and the journal of jobs: the catalog's, under the stage's lock. */
#include "private.h"

#include <stdio.h>

int stage_setting_get(struct stage *s, const char *name, char *out, size_t cap, struct err *err)
{
	int r;

	stage_lock(s);
	r = catalog_setting_get(s->catalog, name, out, cap, err);
	stage_unlock(s);
	return r;
}

int stage_setting_set(struct stage *s, const char *name, const char *value, struct err *err)
{
	int r, e;

	stage_lock(s);
	r = catalog_op_begin(s->catalog, err);
	if (r == 0) {
		r = catalog_setting_set(s->catalog, name, value, err);
		e = catalog_op_end(s->catalog, r == 0, r == 0 ? err : NULL);
		if (r == 0)
			r = e;
	}
	stage_unlock(s);
	return r;
}

/* Job rows are durable at once and take all that is pending with them: so it has to be whole. */
int stage_job_begin(struct stage *s, struct catalog_job *job, struct err *err)
{
	/* What is about to be burned is durable before the laser is on. */
	int r = stage_sync(s, err);

	if (r < 0)
		return r;
	stage_lock(s);
	r = commit(s, err);
	if (r == 0)
		r = catalog_job_begin(s->catalog, job, err);
	stage_unlock(s);
	return r;
}

int stage_job_end(struct stage *s, const struct catalog_job *job, struct err *err)
{
	int r;

	stage_lock(s);
	r = commit(s, err);
	if (r == 0)
		r = catalog_job_end(s->catalog, job, err);
	stage_unlock(s);
	return r;
}

int stage_job_last(struct stage *s, struct catalog_job *out, struct err *err)
{
	int r;

	stage_lock(s);
	r = catalog_job_last(s->catalog, out, err);
	stage_unlock(s);
	return r;
}
