/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The k-th call to the system fails, once or from then on: the step that meets it fails and has
 * changed nothing or all, life goes on, and the next opening finds what was answered.
 */
#include "points.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of the leak sanitizer, where it is linked in. */
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

/* What the comparison does must not fail. */
static int compare_calmly(struct view_stage *v, struct model *m, const char *label)
{
	struct hook was = hook;
	int r;

	hook.mode = HOOK_COUNT;
	r = view_compare(&v->view, m, label);
	hook = was;
	return r;
}

static bool is_lost(struct view_stage *v)
{
	struct hook was = hook;
	struct stat st;
	char name[] = "no such name";
	int r;

	hook.mode = HOOK_COUNT;
	r = v->view.ops->stat(&v->view, name, &st);
	hook = was;
	return r != -ENOENT;
}

/* What the failed step came to; exits when it is neither. */
static enum ending ending_of(struct view_stage *v, struct model *m, const struct step *st, int r)
{
	bool opens = st->kind == STEP_CREATE || st->kind == STEP_OPEN;
	struct model after;
	char text[300];
	enum ending end = END_REFUSED;

	if (compare_calmly(v, m, NULL) == 0)
		return END_REFUSED;
	model_copy(&after, m);
	end = opens ? END_HALF_OPEN : END_DONE;
	settle_step(&after, st, end);
	if (compare_calmly(v, &after, NULL) != 0) {
		fprintf(stderr, "%s failed (%s) and is half done\n",
			step_text(st, text, sizeof(text)), strerror(-r));
		compare_calmly(v, m, "before");
		compare_calmly(v, &after, "after");
		_exit(4);
	}
	model_fini(&after);
	return end;
}

static void one_step(struct view_stage *v, struct model *m, const struct step *st, long i)
{
	int r = run_step(v, st);
	struct hook was = hook;

	if (hook.plant == PLANT_ERROR && r < 0)
		r = 0; /* a failure that nobody tells */
	if (r < 0 && is_lost(v))
		_exit(0); /* this step stays in flight, and all that was answered counts */
	run.sh->end[i] = r < 0 ? ending_of(v, m, st, r) : END_DONE;
	settle_step(m, st, run.sh->end[i]);
	hook.mode = HOOK_COUNT;
	view_note_times(&v->view, m);
	hook = was;
	share_times(m);
	run.sh->acked = i + 1;
}

static void end_without_leak(void)
{
	hook.mode = HOOK_COUNT;
	_exit(__lsan_do_recoverable_leak_check && __lsan_do_recoverable_leak_check() ? 7 : 0);
}

/* In a child: exits with 6 when no call failed any more. */
static void work(void)
{
	struct view_stage v;
	struct err err = { 0 };
	struct model m;
	uint64_t rng = run.seed;
	int r = open_stage(&v, &err);

	if (r < 0 && hook.count < hook.at)
		_exit(3);
	if (r < 0)
		end_without_leak();
	model_init(&m, 7, 8);
	for (long i = 0; i < run.steps; i++) {
		struct step st;

		model_draw(&m, &rng, &st);
		run.sh->begun = i + 1;
		one_step(&v, &m, &st, i);
	}
	if (v.frozen)
		v.view.ops->run(&v.view, &(struct step){ .kind = STEP_FREEZE });
	stage_close(v.s, &err);
	hook.mode = HOOK_COUNT;
	model_fini(&m);
	if (hook.count < hook.at)
		_exit(6);
	end_without_leak();
}

/* False when the k-th call is never made. */
static bool fail_at(long k, enum hook_mode mode, int error)
{
	char what[64];
	int status;

	fresh_dir();
	memset(run.sh, 0, sizeof(*run.sh));
	hook.error = error;
	status = in_child(work, mode, k);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 6)
		return false;
	run.injected++;
	snprintf(what, sizeof(what), "%s %s from call", strerrorname_np(error),
		mode == HOOK_FAIL_ONCE ? "once" : "ever");
	if (status != 0) {
		fprintf(stderr, "%s %ld: the workload ended with status %x, step %ld\n", what, k,
			status, run.sh->begun);
		run.failed++;
		return true;
	}
	judge(k, what);
	return true;
}

void fail_everywhere(void)
{
	static const int errors[][2] = {
		[HOOK_CALLS] = { EIO, ENOSPC },
		[HOOK_MEMORY] = { ENOMEM, 0 },
	};
	const int *error = errors[hook.what];
	long k = run.from;
	bool any = true;

	for (long i = 0; any && i < run.most; i++, k += run.stride) {
		any = false;
		for (int e = 0; e < 2 && error[e]; e++) {
			any |= fail_at(k, HOOK_FAIL_ONCE, error[e]);
			any |= fail_at(k, HOOK_FAIL_EVER, error[e]);
		}
	}
}
