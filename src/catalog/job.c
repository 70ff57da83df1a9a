/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal of jobs: each row is durable before its function returns. */
#include "base/err.h"
#include "catalog/catalog.h"
#include "stmt.h"

#include <errno.h>
#include <inttypes.h>

static void job_bind(struct query *q, const struct catalog_job *job)
{
	query_i64(q, job->begun_sec);
	query_i64(q, job->ended_sec);
	query_i64(q, job->code);
	query_text(q, job->request);
	query_text(q, job->outcome);
}

static int job_read(const struct query *q, struct catalog_job *out, struct err *err)
{
	int r;

	*out = (struct catalog_job){
		.id = query_col_u64(q, 5),
		.begun_sec = (int64_t)query_col_u64(q, 0),
		.ended_sec = (int64_t)query_col_u64(q, 1),
		.code = (int32_t)query_col_u64(q, 2),
	};
	r = query_col_copy(
		q, 3, "the request of the job", out->request, sizeof(out->request), NULL, err);
	if (r < 0)
		return r;
	return query_col_copy(
		q, 4, "the outcome of the job", out->outcome, sizeof(out->outcome), NULL, err);
}

int catalog_job_begin(struct catalog *c, struct catalog_job *job, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_JOB_BEGIN, err);

	if (r < 0)
		return r;
	job_bind(&q, job);
	r = query_run(&q, err);
	if (r < 0)
		return r;
	job->id = (uint64_t)sqlite3_last_insert_rowid(c->db);
	return catalog_commit(c, err);
}

int catalog_job_end(struct catalog *c, const struct catalog_job *job, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_JOB_END, err);

	if (r < 0)
		return r;
	job_bind(&q, job);
	query_u64(&q, job->id);
	r = query_run(&q, err);
	if (r == 0)
		return err_set(err, -ENOENT, "the catalog has no job %" PRIu64, job->id);
	return r < 0 ? r : catalog_commit(c, err);
}

int catalog_job_last(struct catalog *c, struct catalog_job *out, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_JOB_LAST, err);

	if (r < 0)
		return r;
	r = query_row(&q, err);
	if (r == 0)
		r = err_set(err, -ENOENT, "the catalog has no job yet");
	else if (r > 0)
		r = job_read(&q, out, err);
	query_end(&q);
	return r;
}
