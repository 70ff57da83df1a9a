/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A fixed workload on a stage dies at its first, second, ... point until it lives to its end; each
 * time what was answered has to be there at the next opening, which dies once on its way too.
 */
#include "points.h"
#include "stage/upkeep.h"

#include "image/image.h"

#include <errno.h>
#include <ftw.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define AFTERWARDS 12 /* steps after a recovery */

struct points_run run = { .seed = 1, .steps = 40, .from = 1, .stride = 1, .most = 1000000 };

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void fresh_dir(void)
{
	nftw(run.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (mkdir(run.dir, 0700) < 0) {
		perror(run.dir);
		exit(2);
	}
}

int open_stage(struct view_stage *v, struct err *err)
{
	struct stage *s;
	static const struct image_opts opts = { .spaces = 0 };
	const struct measure measure = image_measure(&opts);
	int r = stage_open(run.dir, &measure, &s, err);

	if (r == 0)
		view_stage_init(v, s, 7, 8);
	return r;
}

void share_times(const struct model *m)
{
	for (int i = 0; i < MODEL_NODES; i++) {
		run.sh->timed[i] = !m->node[i].touched;
		run.sh->mtime[i] = m->node[i].mtime;
	}
}

/*
 * What the owner does while nobody stages, between any two steps. What fails in it is none of the
 * step's business: nobody asked for it.
 */
static void tidy(struct view_stage *v)
{
	bool more = false;

	if (hook.segment_bytes == 0)
		return;
	if (run.sh->begun % 4 == 0)
		stage_tick(v->s, NULL);
	stage_compact(v->s, 0, &more, NULL);
	run.sh->tidied += more;
}

int run_step(struct view_stage *v, const struct step *st)
{
	int r;

	if (hook.plant == PLANT_RENAME && st->kind == STEP_RENAME)
		return 0;
	r = v->view.ops->run(&v->view, st);
	tidy(v);
	return r;
}

/* In the child that dies. */
static void work(void)
{
	struct view_stage v;
	struct err err = { 0 };
	struct model m;
	uint64_t rng = run.seed;

	if (open_stage(&v, &err) < 0)
		_exit(3);
	model_init(&m, 7, 8);
	for (long i = 0; i < run.steps; i++) {
		struct step st;
		char text[300];
		int r;

		model_draw(&m, &rng, &st);
		run.sh->begun = i + 1;
		r = run_step(&v, &st);
		if (r < 0) {
			fprintf(stderr, "step %ld, %s: %s\n", i, step_text(&st, text, sizeof(text)),
				strerror(-r));
			_exit(4);
		}
		model_apply(&m, &st);
		view_note_times(&v.view, &m);
		share_times(&m);
		run.sh->acked = i + 1;
	}
	if (v.frozen) {
		struct step st = { .kind = STEP_FREEZE };

		v.view.ops->run(&v.view, &st);
	}
	if (stage_close(v.s, &err) < 0)
		_exit(5);
	_exit(0);
}

/* In the child that dies while recovering. */
static void recover_only(void)
{
	struct view_stage v;
	struct err err = { 0 };

	if (open_stage(&v, &err) < 0)
		_exit(3);
	stage_close(v.s, NULL);
	_exit(0);
}

void settle_step(struct model *m, const struct step *st, enum ending end)
{
	if (end == END_REFUSED)
		return;
	model_apply(m, st);
	if (end == END_HALF_OPEN)
		model_apply(m, &(struct step){ .kind = STEP_CLOSE, .slot = st->slot });
}

/* The model after what was answered; *@next is the step in flight if there is one. */
static bool replay(struct model *m, uint64_t *rng, struct step *next)
{
	*rng = run.seed;
	model_init(m, 7, 8);
	for (long i = 0; i < run.sh->acked; i++) {
		model_draw(m, rng, next);
		settle_step(m, next, run.sh->end[i]);
	}
	for (int i = 0; i < MODEL_NODES; i++) {
		m->node[i].touched = !run.sh->timed[i];
		m->node[i].mtime = run.sh->mtime[i];
	}
	if (run.sh->begun == run.sh->acked)
		return false;
	model_draw(m, rng, next);
	return true;
}

static int check_space(struct view *v, const char *when)
{
	uint64_t projected = 0, image = 1;
	int r = v->ops->space(v, &projected, &image);

	if (r == 0 && projected == image)
		return 0;
	fprintf(stderr, "space %s: %d, projected %llu, image %llu\n", when, r,
		(unsigned long long)projected, (unsigned long long)image);
	return 1;
}

/* Life goes on after a recovery. */
static int go_on(struct view_stage *v, struct model *m, uint64_t *rng)
{
	for (int i = 0; i < AFTERWARDS; i++) {
		struct step st;
		char text[300];
		int r;

		model_draw(m, rng, &st);
		r = v->view.ops->run(&v->view, &st);
		if (r < 0) {
			fprintf(stderr, "afterwards %s: %s\n", step_text(&st, text, sizeof(text)),
				strerror(-r));
			return 1;
		}
		model_apply(m, &st);
		view_note_times(&v->view, m);
	}
	if (v->frozen)
		v->view.ops->run(&v->view, &(struct step){ .kind = STEP_FREEZE });
	m->frozen = false;
	return view_compare(&v->view, m, "afterwards");
}

static int open_told(struct view_stage *v)
{
	struct err err = { 0 };
	int r = open_stage(v, &err);

	if (r < 0)
		fprintf(stderr, "opening: %s\n", err.msg);
	return r < 0;
}

/* In a child of its own: 0 when all is as promised. */
static int verify(void)
{
	struct view_stage v;
	struct err err = { 0 };
	struct model m;
	struct step st;
	uint64_t rng;
	bool in_flight = replay(&m, &rng, &st);
	int faults = prove(run.dir, "of what was left");

	if (open_told(&v))
		return 1;
	faults += view_judge(&v.view, &m, in_flight ? &st : NULL);
	faults += check_space(&v.view, "after the recovery");
	if (faults == 0)
		faults += go_on(&v, &m, &rng);
	if (stage_close(v.s, &err) < 0) {
		fprintf(stderr, "closing: %s\n", err.msg);
		faults++;
	}
	faults += prove(run.dir, "after the recovery");
	faults += project_check(run.dir) + project_forget_costs(run.dir);
	if (open_told(&v))
		return 1;
	faults += check_space(&v.view, "counted anew");
	stage_close(v.s, NULL);
	return faults > 0;
}

static void verify_and_exit(void)
{
	hook.plant = PLANT_NONE;
	_exit(verify());
}

void judge(long n, const char *what)
{
	run.operations += run.sh->acked;
	run.tidied += run.sh->tidied;
	if (in_child(verify_and_exit, HOOK_COUNT, 0) == 0)
		return;
	fprintf(stderr, "^ %s %ld, %ld steps answered, %ld begun, seed %llu\n", what, n,
		run.sh->acked, run.sh->begun, (unsigned long long)run.seed);
	run.failed++;
}

/* True when the workload died at point @n. */
static bool crash_at(long n, uint64_t *rng)
{
	int status, again;

	fresh_dir();
	memset(run.sh, 0, sizeof(*run.sh));
	status = in_child(work, HOOK_CRASH, n);
	if (!killed(status) && status != 0) {
		fprintf(stderr, "point %ld: the workload ended with status %x\n", n, status);
		run.failed++;
		return false;
	}
	if (killed(status)) {
		run.points++;
		again = in_child(recover_only, HOOK_CRASH, 1 + (long)draw(rng, 60));
		run.recoveries += killed(again);
	}
	judge(n, "point");
	return killed(status);
}

static void crash_everywhere(void)
{
	uint64_t rng = run.seed;
	long n = run.from;

	for (long i = 0; i < run.most && crash_at(n, &rng); i++)
		n += run.stride;
}

/* The recovery of one crash dies at each of its points. */
static void crash_recovery(long n)
{
	for (long m = 1;; m += run.stride) {
		fresh_dir();
		memset(run.sh, 0, sizeof(*run.sh));
		if (!killed(in_child(work, HOOK_CRASH, n)))
			return;
		if (!killed(in_child(recover_only, HOOK_CRASH, m)))
			return;
		run.recoveries++;
		judge(m, "recovery's point");
	}
}

static enum hook_plant plant_of(const char *word)
{
	if (strcmp(word, "seal") == 0)
		return PLANT_SEAL;
	if (strcmp(word, "blind") == 0)
		return PLANT_BLIND;
	return strcmp(word, "rename") == 0 ? PLANT_RENAME : PLANT_ERROR;
}

static void read_options(int argc, char **argv)
{
	const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	int c;

	while ((c = getopt(argc, argv, "s:n:f:d:m:p:eaD:g:")) != -1) {
		if (c == 's')
			run.seed = strtoull(optarg, NULL, 10);
		else if (c == 'n')
			run.steps = strtol(optarg, NULL, 10) % POINTS_STEPS;
		else if (c == 'f')
			run.from = strtol(optarg, NULL, 10);
		else if (c == 'd')
			run.stride = strtol(optarg, NULL, 10);
		else if (c == 'm')
			run.most = strtol(optarg, NULL, 10);
		else if (c == 'p')
			hook.plant = plant_of(optarg);
		else if (c == 'e')
			run.faults = true;
		else if (c == 'g')
			hook.segment_bytes = strtoull(optarg, NULL, 10);
		else if (c == 'a') {
			run.faults = true;
			hook.what = HOOK_MEMORY;
		} else if (c == 'D')
			base = optarg;
		else
			exit(2);
	}
	snprintf(run.dir, sizeof(run.dir), "%s/discfs-points.%d", base, (int)getpid());
}

int main(int argc, char **argv)
{
	read_options(argc, argv);
	hook_sqlite_memory();
	hook_vfs();
	run.sh = mmap(
		NULL, sizeof(*run.sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run.sh == MAP_FAILED)
		return 2;
	if (run.faults) {
		fail_everywhere();
	} else {
		crash_everywhere();
		crash_recovery(run.from + (long)run.seed % 997);
	}
	nftw(run.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	printf("points: seed %llu, %ld crash points, %ld crashes in recovery, %ld failed calls, "
	       "%ld operations, %ld steps of compaction, %ld failures\n",
		(unsigned long long)run.seed, run.points, run.recoveries, run.injected,
		run.operations, run.tidied, run.failed);
	return run.failed > 0;
}
