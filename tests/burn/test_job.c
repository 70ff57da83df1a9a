/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/job_run.h"

#include "harness/t.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

static void percents_never_fall_and_reach_100_at_the_end_alone(void)
{
	struct job_progress p = { .done_nsec = 1000, .file = "/a" };
	struct job_end end = { .state = JOB_DONE, .verified = true };
	struct job_status s;
	struct job *job;

	T_MUST(job_new(1, JOB_BURN, true, &job, NULL) == 0);
	job_enter(job, JOB_PREPARE, 0);
	job_enter(job, JOB_WRITE, 1000);
	job_progress(job, &p);
	job_status(job, &s);
	T_EQ(s.percent, 55);
	T_STR(s.file, "/a");
	p.done_nsec = 10; /* whatever is told */
	job_progress(job, &p);
	job_status(job, &s);
	T_EQ(s.percent, 55);
	job_enter(job, JOB_CLOSE, 0);
	job_portion(job, 65535);
	job_enter(job, JOB_VERIFY, 1000);
	p.done_nsec = 5000;
	job_progress(job, &p);
	job_status(job, &s);
	T_EQ(s.percent, 99);
	job_finish(job, &end);
	job_status(job, &s);
	T_EQ(s.percent, 100);
	job_unref(job);
}

static void a_failed_job_does_not_reach_100(void)
{
	struct job_end end = { .state = JOB_FAILED, .err = { .code = -EIO, .msg = "x" } };
	struct job_status s;
	struct job *job;

	T_MUST(job_new(1, JOB_BURN, false, &job, NULL) == 0);
	job_finish(job, &end);
	job_status(job, &s);
	T_EQ(s.percent, 0);
	T_EQ(s.err.code, -EIO);
	job_cancel(job);
	job_status(job, &s);
	T_TRUE(!s.cancel_wanted);
	job_unref(job);
}

static void cancel_is_due_only_where_it_is_honoured(void)
{
	struct job *job;

	T_MUST(job_new(1, JOB_BURN, true, &job, NULL) == 0);
	T_TRUE(!job_cancel_due(job));
	job_cancel(job);
	T_TRUE(job_cancel_due(job));
	job_enter(job, JOB_PREPARE, 0);
	job_enter(job, JOB_WRITE, 0);
	T_TRUE(job_cancel_due(job));
	job_enter(job, JOB_CLOSE, 0);
	T_TRUE(!job_cancel_due(job));
	job_enter(job, JOB_VERIFY, 0);
	T_TRUE(job_cancel_due(job));
	job_unref(job);
}

static void a_wait_ends_at_once_when_something_changed_before(void)
{
	struct job_status s;
	struct job *job;

	T_MUST(job_new(1, JOB_BURN, true, &job, NULL) == 0);
	job_status(job, &s);
	job_touch(job);
	T_EQ(job_wait_change(job, s.change, 3600000, NULL, NULL), 0);
	job_status(job, &s);
	T_EQ(job_wait_change(job, s.change, 1, NULL, NULL), 0); /* nothing changed: timeout */
	job_unref(job);
}

struct interruption {
	pthread_mutex_t lock;
	pthread_cond_t asked;
	unsigned questions;
	bool answer;
};

static bool interrupted(void *arg)
{
	struct interruption *i = arg;
	bool answer;

	pthread_mutex_lock(&i->lock);
	i->questions++;
	answer = i->answer;
	pthread_cond_broadcast(&i->asked);
	pthread_mutex_unlock(&i->lock);
	return answer;
}

struct waiter {
	struct job *job;
	struct interruption *interruption;
	uint64_t seen;
	int result;
};

static void *wait_for_change(void *arg)
{
	struct waiter *w = arg;

	w->result = job_wait_change(w->job, w->seen, 3600000, interrupted, w->interruption);
	return NULL;
}

static void a_woken_waiter_asks_whether_it_is_interrupted(void)
{
	struct interruption i = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, false };
	struct job_status s;
	struct waiter w = { .interruption = &i };
	pthread_t thread;

	T_MUST(job_new(1, JOB_BURN, true, &w.job, NULL) == 0);
	job_status(w.job, &s);
	w.seen = s.change;
	T_MUST(pthread_create(&thread, NULL, wait_for_change, &w) == 0);
	pthread_mutex_lock(&i.lock);
	while (i.questions == 0)
		pthread_cond_wait(&i.asked, &i.lock);
	i.answer = true;
	pthread_mutex_unlock(&i.lock);
	job_wake(w.job);
	pthread_join(thread, NULL);
	T_EQ(w.result, -EINTR);
	job_unref(w.job);
}

static void states_have_their_names(void)
{
	T_STR(job_state_name(JOB_CHECK), "check");
	T_STR(job_state_name(JOB_CANCELLED), "cancelled");
	T_TRUE(job_state_is_final(JOB_DONE) && !job_state_is_final(JOB_VERIFY));
}

int main(void)
{
	T_RUN(percents_never_fall_and_reach_100_at_the_end_alone);
	T_RUN(a_failed_job_does_not_reach_100);
	T_RUN(cancel_is_due_only_where_it_is_honoured);
	T_RUN(a_wait_ends_at_once_when_something_changed_before);
	T_RUN(a_woken_waiter_asks_whether_it_is_interrupted);
	T_RUN(states_have_their_names);
	return t_end();
}
