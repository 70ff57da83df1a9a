/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Trees are taken in while every call fails in turn, or the process dies at every point: what was
 * answered stands whole; of a copy that was cut off each file that is there is whole; of what is
 * added by reference there is all or nothing.
 */
#include "points.h"
#include "source.h"

#include "base/rights.h"
#include "image/image.h"
#include "intake/intake.h"

#include <errno.h>
#include <ftw.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of the leak sanitizer, where it is linked in. */
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

/* Taken in one after the other; TAKE_AGAIN replaces the files of TAKE_COPY. */
enum take { TAKE_COPY, TAKE_ADD, TAKE_AGAIN, TAKES };

static const struct {
	const char *name; /* staged */
	int source;
	bool by_reference;
} takes[TAKES] = {
	[TAKE_COPY] = { "copy", 0, false },
	[TAKE_ADD] = { "added", 0, true },
	[TAKE_AGAIN] = { "copy", 1, false },
};

enum fate { FATE_NONE, FATE_BEGUN, FATE_FAILED, FATE_WHOLE };

/* Of the child that works: read by the one that judges. */
static volatile enum fate *fate;

struct points_run run = { .seed = 1, .from = 1, .stride = 1, .most = 1000000 };
static char source[2][280], base[256];

static bool never(void *arg)
{
	(void)arg;
	return false;
}

static void begin(void *arg, uint64_t total)
{
	(void)arg;
	(void)total;
}

static bool not_due(void *arg, uint64_t done)
{
	(void)arg;
	(void)done;
	return false;
}

static void tell(void *arg, uint64_t done, const char *file)
{
	(void)arg;
	(void)done;
	(void)file;
}

static void skipped(void *arg, const struct err *why)
{
	(void)arg;
	(void)why;
}

static int open_it(struct stage **out)
{
	static const struct image_opts opts = { .spaces = 0 };
	const struct measure measure = image_measure(&opts);
	struct err err = { 0 };
	int r = stage_open(run.dir, &measure, out, &err);

	if (r < 0 && hook.mode == HOOK_COUNT)
		fprintf(stderr, "opening: %s\n", err.msg);
	return r;
}

static int take(struct stage *s, enum take t)
{
	static const struct intake_watcher w = { never, begin, not_due, tell, skipped, NULL };
	struct intake_request req = { .on_error = INTAKE_ABORT };
	struct intake_result res;
	struct err err = { 0 };
	char from[300];
	int r;

	snprintf(from, sizeof(from), "%s/.", source[takes[t].source]);
	if (takes[t].by_reference || t == TAKE_COPY)
		from[strlen(from) - 2] = '\0';
	req.source = from;
	rights_of(geteuid(), getegid(), getpid(), &req.who);
	r = intake_find_target(s, from, takes[t].name, &req.target, &err);
	if (r < 0)
		return r;
	return (takes[t].by_reference ? intake_add : intake_copy)(s, &req, &w, &res, &err);
}

/* In the child: exits with 6 when no call failed any more. With a plant failures are not told. */
static void work(void)
{
	struct stage *s;
	int r = open_it(&s);

	if (r < 0)
		_exit(run.faults && hook.count >= hook.at ? 0 : 3);
	for (enum take t = 0; t < TAKES; t++) {
		fate[t] = FATE_BEGUN;
		r = take(s, t);
		if (r < 0 && !run.faults) {
			fprintf(stderr, "%s: %s\n", takes[t].name, strerror(-r));
			_exit(4);
		}
		fate[t] = r == 0 || hook.plant == PLANT_ERROR ? FATE_WHOLE : FATE_FAILED;
		stage_tick(s, NULL);
	}
	stage_close(s, NULL);
	if (run.faults && hook.count < hook.at)
		_exit(6);
	hook.mode = HOOK_COUNT;
	_exit(__lsan_do_recoverable_leak_check && __lsan_do_recoverable_leak_check() ? 7 : 0);
}

static enum source_extent extent_of(enum take t)
{
	if (fate[t] == FATE_WHOLE)
		return SOURCE_WHOLE;
	return takes[t].by_reference ? SOURCE_OR_NOTHING : SOURCE_PART;
}

static int judge_takes(struct view *v)
{
	bool again = fate[TAKE_AGAIN] != FATE_NONE;
	bool mixed = again && fate[TAKE_AGAIN] != FATE_WHOLE;
	enum take last = again ? TAKE_AGAIN : TAKE_COPY;
	enum source_extent copied = extent_of(last);
	int faults = 0;

	/* What the second copy did not come to stays as the first had left it. */
	if (mixed && fate[TAKE_COPY] == FATE_WHOLE) {
		struct stat st;

		copied = SOURCE_PART;
		faults += v->ops->stat(v, "copy/sub/deep/leaf", &st) < 0;
	}
	faults += source_compare(v, "copy", source[takes[last].source],
		mixed || fate[TAKE_COPY] != FATE_WHOLE ? source[0] : NULL, copied, "copy");
	if (fate[TAKE_ADD] != FATE_NONE)
		faults += source_compare(v, "added", source[0], NULL, extent_of(TAKE_ADD), "added");
	return faults;
}

static int check_room(struct view_stage *v)
{
	uint64_t projected = 0, image = 1;
	int r = v->view.ops->space(&v->view, &projected, &image);

	if (r == 0 && projected == image)
		return 0;
	fprintf(stderr, "space: %d, projected %llu, image %llu\n", r, (unsigned long long)projected,
		(unsigned long long)image);
	return 1;
}

static void verify(void)
{
	struct view_stage v;
	struct stage *s;
	int faults = prove(run.dir, "of what was left");

	hook.plant = PLANT_NONE;
	if (open_it(&s) < 0)
		_exit(1);
	view_stage_init(&v, s, geteuid(), getegid());
	faults += judge_takes(&v.view) + check_room(&v);
	/* Life goes on: the same again succeeds. */
	if (take(s, TAKE_AGAIN) < 0 ||
		source_compare(&v.view, "copy", source[1], NULL, SOURCE_WHOLE, "afterwards") > 0)
		faults++;
	if (stage_close(s, NULL) < 0)
		faults++;
	_exit(faults + prove(run.dir, "after the recovery") > 0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void fresh(void)
{
	nftw(run.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (mkdir(run.dir, 0700) < 0)
		exit(2);
	for (enum take t = 0; t < TAKES; t++)
		fate[t] = FATE_NONE;
}

/* True when the point was reached, or the call was made. */
static bool once(long n, enum hook_mode mode, int error)
{
	int status;
	bool dead;

	fresh();
	hook.error = error;
	status = in_child(work, mode, n);
	dead = killed(status);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 6)
		return false;
	if (!dead && status != 0) {
		fprintf(stderr, "%ld: the work ended with status %x\n", n, status);
		run.failed++;
	}
	run.points += dead;
	run.injected += mode != HOOK_CRASH;
	for (enum take t = 0; t < TAKES; t++)
		run.operations += fate[t] == FATE_WHOLE;
	if (in_child(verify, HOOK_COUNT, 0) != 0) {
		fprintf(stderr, "^ %s %ld, takes %d %d %d\n",
			mode == HOOK_CRASH ? "point" : strerrorname_np(error), n, fate[TAKE_COPY],
			fate[TAKE_ADD], fate[TAKE_AGAIN]);
		run.failed++;
	}
	return mode != HOOK_CRASH || dead;
}

static void everywhere(void)
{
	static const int errors[][2] = {
		[HOOK_CALLS] = { EIO, ENOSPC },
		[HOOK_MEMORY] = { ENOMEM, 0 },
	};
	bool more = true;
	long n = run.from;

	for (long i = 0; more && i < run.most; i++, n += run.stride) {
		if (!run.faults) {
			more = once(n, HOOK_CRASH, 0);
			continue;
		}
		more = false;
		for (int e = 0; e < 2 && errors[hook.what][e]; e++) {
			more |= once(n, HOOK_FAIL_ONCE, errors[hook.what][e]);
			more |= once(n, HOOK_FAIL_EVER, errors[hook.what][e]);
		}
	}
}

static enum hook_plant plant_of(const char *word)
{
	if (strcmp(word, "seal") == 0)
		return PLANT_SEAL;
	return strcmp(word, "half") == 0 ? PLANT_HALF : PLANT_ERROR;
}

static void read_options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "f:d:m:p:ea")) != -1) {
		if (c == 'f')
			run.from = strtol(optarg, NULL, 10);
		else if (c == 'd')
			run.stride = strtol(optarg, NULL, 10);
		else if (c == 'm')
			run.most = strtol(optarg, NULL, 10);
		else if (c == 'p')
			hook.plant = plant_of(optarg);
		else if (c == 'e' || c == 'a')
			run.faults = true;
		else
			exit(2);
		if (c == 'a')
			hook.what = HOOK_MEMORY;
	}
}

int main(int argc, char **argv)
{
	read_options(argc, argv);
	hook_sqlite_memory();
	hook_vfs();
	umask(0);
	fate = mmap(NULL, TAKES * sizeof(*fate), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		-1, 0);
	snprintf(base, sizeof(base), "%s/discfs-intake.XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (fate == MAP_FAILED || !mkdtemp(base))
		return 2;
	snprintf(run.dir, sizeof(run.dir), "%.200s/project", base);
	for (int i = 0; i < 2; i++) {
		snprintf(source[i], sizeof(source[i]), "%s/source%d", base, i);
		source_make(source[i], 1000u * (unsigned)i);
	}
	everywhere();
	nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	printf("intake: %ld crash points, %ld failed calls, %ld trees taken in, %ld failures\n",
		run.points, run.injected, run.operations, run.failed);
	return run.failed > 0;
}
