/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads change a mount, each its own directory, until the daemon is killed at some moment; then
 * everything that was answered has to be there. Over and over on one project.
 */
#include "campaign.h"
#include "daemon.h"
#include "taker.h"
#include "view.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WORKERS 2
#define HISTORY 32 /* steps told when something is wrong */

struct worker {
	pthread_t thread;
	struct view_mount v;
	struct model m;
	uint64_t rng;
	struct step in_flight;
	bool cut; /* in_flight was begun and not answered */
	long answered;
	int faults;
	struct step last[HISTORY]; /* of which the newest is last[drawn % HISTORY] */
	long drawn;
};

static struct campaign run = { .seed = 1, .cycles = 20 };
static struct worker workers[WORKERS];
static struct taker taker;
static pthread_t taker_thread;
static long answered, burns;

static atomic_bool killing;

static bool is_end(int r)
{
	/* The last: of a long write the first requests only were answered. */
	return r == -ENOTCONN || r == -ECONNABORTED || r == -EIO || r == -EMSGSIZE;
}

static void tell_history(const struct worker *w)
{
	char text[300];

	for (long i = w->drawn < HISTORY ? 0 : w->drawn - HISTORY; i < w->drawn; i++)
		fprintf(stderr, "  step %ld: %s\n", i + 1,
			step_text(&w->last[(i + 1) % HISTORY], text, sizeof(text)));
}

static void *work(void *arg)
{
	struct worker *w = arg;
	char text[300];

	for (;;) {
		int r;

		model_draw(&w->m, &w->rng, &w->in_flight);
		w->last[++w->drawn % HISTORY] = w->in_flight;
		w->cut = true;
		r = w->v.view.ops->run(&w->v.view, &w->in_flight);
		if (r < 0 && atomic_load(&killing) && is_end(r))
			return NULL;
		if (r < 0) {
			fprintf(stderr, "%s: %s\n", step_text(&w->in_flight, text, sizeof(text)),
				strerror(-r));
			tell_history(w);
			view_compare(&w->v.view, &w->m, "without a crash");
			w->faults++;
			return NULL;
		}
		model_apply(&w->m, &w->in_flight);
		w->cut = false;
		w->answered++;
		if (!view_note_times(&w->v.view, &w->m))
			return NULL;
	}
}

static void *take_in(void *arg)
{
	struct taker *t = arg;
	int r = taker_work(t);

	if (atomic_load(&killing) && is_end(r))
		return NULL;
	fprintf(stderr, "taking in t%ld: %s\n", t->number, strerror(-r));
	run.faults++;
	return NULL;
}

static bool send(const char *command)
{
	char path[256];
	bool taken;
	int fd;

	snprintf(path, sizeof(path), "%s/.discfs/control", run.mnt);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	taken = fd >= 0 && write(fd, command, strlen(command)) > 0;
	if (fd >= 0)
		close(fd);
	return taken;
}

/* What a former burn left in the recorder is put out first. */
static void send_burn(void)
{
	send("eject\n");
	send("load medium=bd-r\n");
	burns += send("burn close=disc\n");
}

static void work_and_kill(uint64_t *rng)
{
	struct timespec t = { 0, 1000000 * (long)(2 + draw(rng, draw(rng, 6) ? 250 : 990)) };

	atomic_store(&killing, false);
	for (int i = 0; i < WORKERS; i++)
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	pthread_create(&taker_thread, NULL, take_in, &taker);
	if (draw(rng, 4) == 0)
		send_burn();
	nanosleep(&t, NULL);
	atomic_store(&killing, true);
	daemon_kill(run.daemon);
	run.daemon = 0;
	for (int i = 0; i < WORKERS; i++) {
		pthread_join(workers[i].thread, NULL);
		view_mount_fini(&workers[i].v);
		run.faults += workers[i].faults;
	}
	pthread_join(taker_thread, NULL);
	daemon_detach(run.mnt);
}

static int judge_worker(struct worker *w, int i)
{
	int r = view_judge(&w->v.view, &w->m, w->cut ? &w->in_flight : NULL);
	char text[300];

	answered += w->answered;
	if (r > 0)
		fprintf(stderr, "^ worker %d, after %ld steps, in flight: %s\n", i, w->answered,
			w->cut ? step_text(&w->in_flight, text, sizeof(text)) : "nothing");
	if (r > 0)
		tell_history(w);
	w->answered = 0;
	w->cut = false;
	return r;
}

/* The daemon runs when it begins and when it ends. */
static bool cycle(uint64_t *rng)
{
	long before = run.faults;

	work_and_kill(rng);
	campaign_prove(&run, "of what was left");
	if (!campaign_start(&run, NULL))
		return false;
	for (int i = 0; i < WORKERS; i++)
		run.faults += judge_worker(&workers[i], i);
	run.faults += taker_judge(&taker);
	campaign_check_space(&run, "after the recovery");
	campaign_stop(&run);
	if (run.faults > before || !campaign_start(&run, run.preload))
		return false;
	campaign_check_space(&run, "counted anew");
	return run.faults == before;
}

static bool prepare(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/source", run.base);
	taker_init(&taker, run.mnt, path, NULL);
	if (!campaign_start(&run, run.preload))
		return false;
	for (int i = 0; i < WORKERS; i++) {
		struct worker *w = &workers[i];

		snprintf(path, sizeof(path), "%s/w%d", run.mnt, i);
		if (mkdir(path, 0755) < 0)
			return false;
		snprintf(path, sizeof(path), "w%d", i);
		view_mount_init(&w->v, run.mnt, path);
		model_init(&w->m, geteuid(), getegid());
		w->rng = run.seed * 1000 + (uint64_t)i;
	}
	return true;
}

int main(int argc, char **argv)
{
	campaign_init(&run, argc, argv, "kill");
	if (prepare())
		campaign_run(&run, cycle);
	printf("killer: seed %llu, %ld cycles, %ld operations answered, %ld trees taken in, "
	       "%ld burns cut, %ld failures\n",
		(unsigned long long)run.seed, run.done, answered, taker.answered, burns,
		run.faults);
	return campaign_end(&run);
}
