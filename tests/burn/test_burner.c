/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/burner.h"

#include "base/err.h"
#include "harness/t.h"
#include "rig_burn.h"
#include "scsi/transport.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#define NSEC 310u

static void requests_are_refused_with_the_errno_that_fits(void)
{
	struct burn_request simulate = { .simulate = true };
	struct job_status s;
	struct rig rig;

	rig_open(&rig, NULL, NULL);
	T_EQ(rig_start(&rig, NSEC, NULL), -ENOMEDIUM);
	T_EQ(rig_load(&rig, "dvd+r"), 0);
	T_EQ(rig_start(&rig, NSEC, &simulate), -EOPNOTSUPP);
	T_EQ(rig_start(&rig, 2295105, NULL), -ENOSPC);
	T_HAS(rig.err.msg, "needs 2295120 blocks on DVD+R, the medium has 2295104 free");
	rig_burn(&rig, NSEC, NULL, &s);
	T_EQ(s.state, JOB_DONE);
	T_EQ(rig_start(&rig, NSEC, NULL), -EROFS);
	T_HAS(rig.err.msg, "closed");
	T_EQ(burner_check(rig.burner, NSEC, &(struct burn_request){ 0 }, NULL), -EROFS);
	rig_close(&rig);
	T_EQ(rig_images_alive(), 0);
}

static void a_disc_with_an_open_session_is_not_blank(void)
{
	struct burn_request open = { .close = BURN_CLOSE_APPENDABLE };
	static const char *const media[] = { "cd-r", "dvd+r", "bd-r" };
	struct job_status s;
	struct rig rig;

	for (unsigned i = 0; i < 3; i++) {
		rig_open(&rig, media[i], NULL);
		rig_burn(&rig, NSEC, &open, &s);
		T_EQ(s.state, JOB_DONE);
		T_EQ(rig_start(&rig, NSEC, NULL), -EEXIST);
		T_HAS(rig.err.msg, "not blank (1 sessions)");
		rig_close(&rig);
	}
}

/* A gate in front of the first WRITE: the job stays in WRITE until the test opens it. */
static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_changed = PTHREAD_COND_INITIALIZER;
static bool gate_open, gate_reached;

static void gate(struct rig *rig, struct scsi_cmd *cmd, int r)
{
	(void)rig;
	if (cmd->cdb[0] != 0x2a || r != 1)
		return;
	pthread_mutex_lock(&gate_lock);
	gate_reached = true;
	pthread_cond_broadcast(&gate_changed);
	while (!gate_open)
		pthread_cond_wait(&gate_changed, &gate_lock);
	pthread_mutex_unlock(&gate_lock);
}

static void gate_wait(void)
{
	pthread_mutex_lock(&gate_lock);
	while (!gate_reached)
		pthread_cond_wait(&gate_changed, &gate_lock);
	pthread_mutex_unlock(&gate_lock);
}

static void gate_set(bool open)
{
	pthread_mutex_lock(&gate_lock);
	gate_open = open;
	gate_reached = false;
	pthread_cond_broadcast(&gate_changed);
	pthread_mutex_unlock(&gate_lock);
}

static void while_a_job_runs_everything_else_is_busy(void)
{
	struct burn_request plain = { 0 };
	struct err err = { 0 };
	struct job_status s;
	struct medium m;
	struct job *job;
	struct rig rig;

	gate_set(false);
	rig_open(&rig, "dvd+r", NULL);
	rig.hook = gate;
	T_EQ(rig_start(&rig, NSEC, NULL), 0);
	gate_wait();
	T_EQ(burner_burn(rig.burner, rig_image(NSEC, UINT32_MAX), &plain, 8, NULL, &err), -EBUSY);
	T_HAS(err.msg, "job 7 (write, ");
	T_EQ(burner_refresh(rig.burner, &m, &err), -EBUSY);
	T_EQ(burner_eject(rig.burner, &err), -EBUSY);
	T_EQ(burner_check(rig.burner, NSEC, &plain, &err), -EBUSY);
	burner_medium(rig.burner, &m);
	T_EQ(m.state, MEDIUM_BLANK);
	job = burner_job(rig.burner);
	T_TRUE(job == rig.job);
	job_unref(job);
	gate_set(true);
	rig_wait(&rig, &s);
	T_EQ(s.state, JOB_DONE);
	T_EQ(burner_refresh(rig.burner, &m, &err), 0);
	T_EQ(m.state, MEDIUM_CLOSED);
	rig_close(&rig);
	T_EQ(rig_images_alive(), 0);
}

static void *open_the_gate_when_cancelled(void *arg)
{
	struct job *job = arg;
	struct job_status s;

	job_status(job, &s);
	while (!s.cancel_wanted) {
		job_wait_change(job, s.change, 60000, NULL, NULL);
		job_status(job, &s);
	}
	gate_set(true);
	return NULL;
}

static void freeing_a_burner_cancels_its_job(void)
{
	struct job_status s;
	pthread_t opener;
	struct rig rig;

	gate_set(false);
	rig_open(&rig, "dvd+r", NULL);
	rig.hook = gate;
	T_EQ(rig_start(&rig, NSEC, NULL), 0);
	gate_wait();
	T_MUST(pthread_create(&opener, NULL, open_the_gate_when_cancelled, rig.job) == 0);
	burner_free(rig.burner);
	rig.burner = NULL;
	pthread_join(opener, NULL);
	job_status(rig.job, &s);
	T_EQ(s.state, JOB_CANCELLED);
	T_TRUE(s.medium_touched);
	rig_close(&rig);
	T_EQ(rig_images_alive(), 0);
}

static int refuse(void *arg, struct err *err)
{
	*(bool *)arg = true;
	return err_set(err, -EEXIST, "no");
}

static void a_closure_runs_on_the_recorders_thread_and_its_failure_comes_back(void)
{
	struct err err = { 0 };
	bool ran = false;
	struct rig rig;

	rig_open(&rig, "dvd+r", NULL);
	T_EQ(burner_call(rig.burner, refuse, &ran, &err), -EEXIST);
	T_STR(err.msg, "no");
	T_TRUE(ran);
	rig_close(&rig);
}

static void loading_and_ejecting_are_seen_in_the_medium(void)
{
	struct mmc_identity identity;
	struct medium m;
	struct rig rig;

	rig_open(&rig, "cd-r", NULL);
	burner_identity(rig.burner, &identity);
	T_TRUE(identity.vendor[0] != '\0');
	burner_medium(rig.burner, &m);
	T_EQ(m.state, MEDIUM_BLANK);
	T_STR(m.profile->type, "cd-r");
	T_EQ(burner_eject(rig.burner, NULL), 0);
	burner_medium(rig.burner, &m);
	T_EQ(m.state, MEDIUM_NONE);
	T_EQ(rig_load(&rig, "bd-r"), 0);
	burner_medium(rig.burner, &m);
	T_STR(m.profile->type, "bd-r");
	T_EQ(m.free_nsec, 12219392);
	T_TRUE(burner_job(rig.burner) == NULL);
	rig_close(&rig);
	T_EQ(rig.nmedia, 2);
}

static void *refresh_often(void *arg)
{
	struct medium m;

	for (unsigned i = 0; i < 50; i++)
		T_EQ(burner_refresh(arg, &m, NULL), 0);
	return NULL;
}

static void many_may_ask_at_once(void)
{
	pthread_t threads[4];
	struct rig rig;

	rig_open(&rig, "cd-r", NULL);
	for (unsigned i = 0; i < 4; i++)
		T_MUST(pthread_create(&threads[i], NULL, refresh_often, rig.burner) == 0);
	for (unsigned i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	rig_close(&rig);
}

int main(void)
{
	T_RUN(requests_are_refused_with_the_errno_that_fits);
	T_RUN(a_disc_with_an_open_session_is_not_blank);
	T_RUN(while_a_job_runs_everything_else_is_busy);
	T_RUN(freeing_a_burner_cancels_its_job);
	T_RUN(a_closure_runs_on_the_recorders_thread_and_its_failure_comes_back);
	T_RUN(loading_and_ejecting_are_seen_in_the_medium);
	T_RUN(many_may_ask_at_once);
	return t_end();
}
