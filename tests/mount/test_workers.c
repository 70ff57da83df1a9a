/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mount/workers.h"

#include "harness/t.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_uint done;

static void count(void *arg)
{
	(void)arg;
	atomic_fetch_add(&done, 1);
}

static void every_task_runs_before_free_returns(void)
{
	struct workers *w = workers_new(4);

	atomic_store(&done, 0);
	T_MUST(w != NULL);
	for (unsigned i = 0; i < 1000; i++)
		T_EQ(workers_submit(w, count, NULL), 0);
	workers_free(w);
	T_EQ(atomic_load(&done), 1000);
}

/* A gate that opens when as many tasks as wanted stand before it. */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned waiting, wanted;
};

static void meet(void *arg)
{
	struct gate *g = arg;

	pthread_mutex_lock(&g->lock);
	g->waiting++;
	pthread_cond_broadcast(&g->changed);
	while (g->waiting < g->wanted)
		pthread_cond_wait(&g->changed, &g->lock);
	pthread_mutex_unlock(&g->lock);
}

/* Would hang if a blocked task held up the others. */
static void blocked_tasks_do_not_hold_up_others(void)
{
	struct gate g = {
		.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .wanted = 8
	};
	struct workers *w = workers_new(8);

	T_MUST(w != NULL);
	for (unsigned i = 0; i < g.wanted; i++)
		T_EQ(workers_submit(w, meet, &g), 0);
	workers_free(w);
	T_EQ(g.waiting, 8);
}

static void more_tasks_than_threads_wait_their_turn(void)
{
	struct workers *w = workers_new(1);

	atomic_store(&done, 0);
	T_MUST(w != NULL);
	for (unsigned i = 0; i < 100; i++)
		T_EQ(workers_submit(w, count, NULL), 0);
	workers_free(w);
	T_EQ(atomic_load(&done), 100);
}

int main(void)
{
	T_RUN(every_task_runs_before_free_returns);
	T_RUN(blocked_tasks_do_not_hold_up_others);
	T_RUN(more_tasks_than_threads_wait_their_turn);
	return t_end();
}
