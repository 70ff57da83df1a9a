/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads change a mount, each its own directory, until the daemon is killed at some moment; then
 * everything that was answered has to be there. Over and over on one project.
 */
#include "daemon.h"
#include "view.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WORKERS 2

struct worker {
	pthread_t thread;
	struct view_mount v;
	struct model m;
	uint64_t rng;
	struct step in_flight;
	bool cut; /* in_flight was begun and not answered */
	long answered;
	int faults;
};

static struct {
	uint64_t seed;
	long cycles;
	const char *preload;
	char base[128], project[192], mnt[192];
	struct worker worker[WORKERS];
	pid_t daemon;
	long done, answered, faults, burns;
} run = { .seed = 1, .cycles = 20 };

static atomic_bool killing;

static bool is_end(int r)
{
	/* The last: of a long write the first requests only were answered. */
	return r == -ENOTCONN || r == -ECONNABORTED || r == -EIO || r == -EMSGSIZE;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	char text[300];

	for (;;) {
		int r;

		model_draw(&w->m, &w->rng, &w->in_flight);
		w->cut = true;
		r = w->v.view.ops->run(&w->v.view, &w->in_flight);
		if (r < 0 && atomic_load(&killing) && is_end(r))
			return NULL;
		if (r < 0) {
			fprintf(stderr, "%s: %s\n", step_text(&w->in_flight, text, sizeof(text)),
				strerror(-r));
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
	run.burns += send("burn close=disc\n");
}

static bool start(const char *preload)
{
	run.daemon = daemon_start(run.project, run.mnt, preload);
	if (run.daemon)
		return true;
	fprintf(stderr, "discfs does not mount\n");
	run.faults++;
	return false;
}

static void work_and_kill(uint64_t *rng)
{
	struct timespec t = { 0, 1000000 * (long)(2 + draw(rng, draw(rng, 6) ? 250 : 990)) };

	atomic_store(&killing, false);
	for (int i = 0; i < WORKERS; i++)
		pthread_create(&run.worker[i].thread, NULL, work, &run.worker[i]);
	if (draw(rng, 4) == 0)
		send_burn();
	nanosleep(&t, NULL);
	atomic_store(&killing, true);
	daemon_kill(run.daemon);
	for (int i = 0; i < WORKERS; i++) {
		pthread_join(run.worker[i].thread, NULL);
		view_mount_fini(&run.worker[i].v);
		run.faults += run.worker[i].faults;
	}
	daemon_detach(run.mnt);
}

static int judge_worker(struct worker *w, int i)
{
	int r = view_judge(&w->v.view, &w->m, w->cut ? &w->in_flight : NULL);
	char text[300];

	run.answered += w->answered;
	if (r > 0)
		fprintf(stderr, "^ worker %d, after %ld steps, in flight: %s\n", i, w->answered,
			w->cut ? step_text(&w->in_flight, text, sizeof(text)) : "nothing");
	w->answered = 0;
	w->cut = false;
	return r;
}

static int check_space(const char *when)
{
	struct view *v = &run.worker[0].v.view;
	uint64_t projected = 0, image = 1;
	int r = v->ops->space(v, &projected, &image);

	if (r == 0 && projected == image)
		return 0;
	fprintf(stderr, "space %s: %s, projected %llu, image %llu\n", when, strerror(-r),
		(unsigned long long)projected, (unsigned long long)image);
	return 1;
}

/* The daemon runs when it begins and when it ends. */
static bool cycle(uint64_t *rng)
{
	long before = run.faults;

	work_and_kill(rng);
	if (!start(NULL))
		return false;
	for (int i = 0; i < WORKERS; i++)
		run.faults += judge_worker(&run.worker[i], i);
	run.faults += check_space("after the recovery");
	if (!daemon_stop(run.daemon, run.mnt)) {
		fprintf(stderr, "discfs did not end well\n");
		run.faults++;
	}
	run.faults += project_check(run.project) + project_forget_costs(run.project);
	run.daemon = 0;
	if (run.faults > before || !start(run.preload))
		return false;
	run.faults += check_space("counted anew");
	return run.faults == before;
}

static bool prepare(void)
{
	char path[256];

	snprintf(run.project, sizeof(run.project), "%s/project", run.base);
	snprintf(run.mnt, sizeof(run.mnt), "%s/mnt", run.base);
	mkdir(run.mnt, 0755);
	if (!start(run.preload))
		return false;
	for (int i = 0; i < WORKERS; i++) {
		struct worker *w = &run.worker[i];

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
	uint64_t rng;
	int c;

	while ((c = getopt(argc, argv, "s:n:p:")) != -1) {
		if (c == 's')
			run.seed = strtoull(optarg, NULL, 10);
		else if (c == 'n')
			run.cycles = strtol(optarg, NULL, 10);
		else if (c == 'p')
			run.preload = optarg;
		else
			return 2;
	}
	daemon_need_fuse();
	umask(0);
	rng = run.seed;
	snprintf(run.base, sizeof(run.base), "/tmp/discfs-kill.XXXXXX");
	if (!mkdtemp(run.base))
		return 2;
	if (prepare())
		while (run.done < run.cycles && cycle(&rng))
			run.done++;
	if (run.daemon) {
		daemon_kill(run.daemon);
		daemon_detach(run.mnt);
	}
	remove_tree(run.base);
	printf("killer: seed %llu, %ld cycles, %ld operations answered, %ld burns cut, "
	       "%ld failures\n",
		(unsigned long long)run.seed, run.done, run.answered, run.burns, run.faults);
	return run.faults > 0 || run.done < run.cycles;
}
