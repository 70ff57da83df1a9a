/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A repair that dies at any point, or of which any call fails: what it left can be repaired after,
 * and then it is what a repair without a fault makes. -d N: each Nth point.
 */
#include "hook.h"

#include "base/err.h"
#include "image/image.h"
#include "stage/check.h"
#include "stage/stage.h"

#include <errno.h>
#include <ftw.h>
#include <getopt.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct damage {
	const char *name, *sql, *sh; /* the latter in the project's folder */
};

static const struct damage damages[] = {
	{ "rows",
		"DELETE FROM inode WHERE ino IN (2, 5, 40);"
		"DELETE FROM entry WHERE ino IN (10, 11); UPDATE inode SET nlink = 9 WHERE ino = "
		"12;"
		"UPDATE inode SET loc_off_bytes = 1 WHERE ino = 13; DELETE FROM cost",
		"true" },
	{ "leak", "SELECT 1", "head -c 100000 /dev/zero >objects/0000/3e7" },
	{ "shared",
		"UPDATE inode SET (loc_kind, loc_id, loc_off_bytes, loc_cap_bytes, size_bytes) = "
		"(SELECT loc_kind, loc_id, loc_off_bytes, loc_cap_bytes, size_bytes FROM inode "
		"WHERE ino = 20) WHERE ino = 21",
		"true" },
	{ "page", "SELECT 1",
		"head -c 4096 /dev/urandom | dd of=catalog.sqlite bs=4096 seek=3 conv=notrunc "
		"status=none" },
};

static char whole[256], dir[256];
static struct image_opts opts;
static long points, calls, failures;

static void quiet(void *arg, const struct stage_finding *f)
{
	(void)arg;
	(void)f;
}

static bool measure_of(void *arg, const char *key, struct measure *out)
{
	bool ours = image_opts_of_key(key, &opts);

	(void)arg;
	if (ours)
		*out = image_measure(&opts);
	return ours;
}

static int check(bool repair, struct stage_checked *out, struct err *err)
{
	const struct stage_check_how how = {
		.repair = repair, .content = !repair, .fn = quiet, .measure_of = measure_of
	};

	return stage_check(dir, &how, out, err);
}

static void shell(const char *line)
{
	if (system(line) != 0) {
		fprintf(stderr, "failed: %s\n", line);
		exit(2);
	}
}

static void make_whole(void)
{
	const struct stage_owner owner = { .uid = 7, .gid = 8 };
	const struct measure measure = image_measure(&opts);
	static uint8_t bytes[3u << 20];
	struct stage_space space;
	struct stage_attr at;
	struct stage *s;
	char name[16];

	if (stage_open(whole, &measure, &s, NULL) < 0)
		exit(2);
	for (unsigned i = 0; i < 40; i++) {
		struct stage_kind kind = { .mode = i % 10 ? S_IFREG | 0644 : S_IFDIR | 0755 };
		size_t n = i % 7 ? 3000 * i : sizeof(bytes) - i;

		snprintf(name, sizeof(name), "n%u", i);
		memset(bytes, (int)i, n);
		stage_make(s, STAGE_ROOT_INO, name, kind, owner, &at, NULL);
		if (!S_ISREG(kind.mode) || stage_hold(s, at.ino, false, NULL) < 0)
			continue;
		stage_write(s, at.ino, 0, false, bytes, n, NULL);
		stage_release(s, at.ino);
	}
	stage_space(s, &space, NULL);
	if (stage_close(s, NULL) < 0)
		exit(2);
}

static void spoil(const struct damage *d)
{
	char line[1400];
	sqlite3 *db;

	snprintf(line, sizeof(line), "rm -rf '%s' && cp -a '%s' '%s' && cd '%s' && { %s; }", dir,
		whole, dir, dir, d->sh);
	shell(line);
	snprintf(line, sizeof(line), "%s/catalog.sqlite", dir);
	if (sqlite3_open_v2(line, &db, SQLITE_OPEN_READWRITE, "unix") == SQLITE_OK)
		sqlite3_exec(db, d->sql, NULL, NULL, NULL);
	sqlite3_close(db);
}

static int repair_in_child(enum hook_mode mode, long at)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		struct stage_checked checked;
		struct err err = { 0 };

		hook.mode = mode;
		hook.at = at;
		hook.count = 0;
		check(true, &checked, &err);
		/* 3: the point, or the call, does not come any more. */
		_exit(hook.count < at ? 3 : 0);
	}
	waitpid(pid, &status, 0);
	return status;
}

/* What a repair without a fault makes of the same damage. */
static void repair_whole(const struct damage *d, struct stage_checked *out)
{
	struct err err = { 0 };
	struct stage_checked again;

	spoil(d);
	if (check(true, out, &err) < 0 || check(false, &again, &err) < 0 || again.found > 0) {
		fprintf(stderr, "%s: %s\n", d->name, err.msg);
		exit(1);
	}
	*out = again;
}

static void judge(
	const struct damage *d, const char *what, long n, const struct stage_checked *want)
{
	struct stage_checked got = { 0 };
	struct err err = { 0 };
	int r = check(true, &got, &err);

	if (r == 0)
		r = check(false, &got, &err);
	if (r == 0 && got.found + got.left == 0 && got.files == want->files &&
		got.names == want->names && got.directories == want->directories &&
		got.content_bytes == want->content_bytes)
		return;
	fprintf(stderr,
		"%s, %s %ld: %s, %llu faults, %llu files under %llu names in %llu directories of "
		"%llu "
		"bytes, wanted %llu under %llu in %llu of %llu\n",
		d->name, what, n, err.msg, (unsigned long long)got.found,
		(unsigned long long)got.files, (unsigned long long)got.names,
		(unsigned long long)got.directories, (unsigned long long)got.content_bytes,
		(unsigned long long)want->files, (unsigned long long)want->names,
		(unsigned long long)want->directories, (unsigned long long)want->content_bytes);
	failures++;
}

static void run(const struct damage *d, enum hook_mode mode, long stride)
{
	const bool kills = mode == HOOK_CRASH;
	struct stage_checked want;

	repair_whole(d, &want);
	for (long n = 1;; n += stride) {
		int status;

		spoil(d);
		status = repair_in_child(mode, n);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 3)
			return;
		if (WIFSIGNALED(status) ? !kills || WTERMSIG(status) != SIGKILL : status != 0) {
			fprintf(stderr, "%s, %ld: ended with status %x\n", d->name, n, status);
			failures++;
			return;
		}
		points += kills;
		calls += !kills;
		judge(d, kills ? "point" : "call", n, &want);
	}
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int main(int argc, char **argv)
{
	char base[128];
	long stride = 1;
	int c;

	while ((c = getopt(argc, argv, "d:")) != -1) {
		if (c != 'd')
			return 2;
		stride = strtol(optarg, NULL, 10);
	}
	snprintf(base, sizeof(base), "%s/discfs-repair.XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(base))
		return 2;
	snprintf(whole, sizeof(whole), "%s/whole", base);
	snprintf(dir, sizeof(dir), "%s/project", base);
	mkdir(whole, 0700);
	hook_vfs();
	hook.error = EIO;
	make_whole();
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		run(&damages[i], HOOK_CRASH, stride);
		run(&damages[i], HOOK_FAIL_ONCE, stride);
	}
	nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	printf("repair: %ld crash points, %ld failed calls, %ld failures\n", points, calls,
		failures);
	return failures > 0;
}
