/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of projects at rest: sound, killed, and with bytes that are no catalog. */
#include "rig_project.h"

#include "base/auto.h"
#include "base/file.h"
#include "harness/t.h"
#include "rig_stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096u

static struct project whole;

/* A process that works on a copy of the whole project and ends without closing it. */
static void kill_at_work(struct project *p)
{
	struct rig rig = { .dir = p->dir, .measure = &rig_measure };
	int status = -1;
	pid_t pid;

	project_copy(p, &whole);
	pid = fork();
	T_MUST(pid >= 0);
	if (pid == 0) {
		uint64_t held;

		t_seed(13);
		rig_open(&rig);
		project_mess(&rig, 100);
		stage_sync(rig.s, &rig.err);
		project_mess(&rig, 50);
		held = rig_file(&rig, ROOT, "held", 100000);
		stage_hold(rig.s, held, false, &rig.err);
		rig_unlink(&rig, ROOT, "held");
		rig_file(&rig, ROOT, "last", 12345);
		_exit(0);
	}
	T_EQ(waitpid(pid, &status, 0), pid);
	T_EQ(status, 0);
}

static void what_a_killed_process_left_is_no_fault(void)
{
	static struct project p;
	struct buf manifest;
	uint64_t digest;

	kill_at_work(&p);
	digest = project_digest(&p);
	project_check(&p, false, true);
	T_EQ(p.r, 0);
	T_STR(p.kinds, "");
	T_HAS(p.said, "note unclean");
	T_TRUE(project_digest(&p) == digest);
	project_check(&p, true, false);
	T_EQ(p.r, 0);
	T_EQ(p.checked.repaired, 0);
	project_check(&p, false, true);
	T_STR(p.said, "");
	project_manifest(&p, &manifest);
	T_HAS(buf_str(&manifest), "/last 100000 12345 ");
	buf_fini(&manifest);
}

static void damage_after_a_kill_is_told_and_mended(void)
{
	static struct project p;
	struct buf manifest;

	kill_at_work(&p);
	/* Keeps the journal: the rows are changed in a transaction of the same generation. */
	project_sql(&p, "UPDATE inode SET nlink = 9 WHERE ino = 13");
	project_check(&p, false, false);
	T_EQ(p.r, 0);
	T_STR(p.kinds, "nlink ");
	project_check(&p, true, false);
	T_EQ(p.r, 0);
	T_EQ(p.checked.repaired, 1);
	project_check(&p, false, true);
	T_STR(p.said, "");
	project_manifest(&p, &manifest);
	T_HAS(buf_str(&manifest), "/last 100000 12345 ");
	buf_fini(&manifest);
}

static void catalog_path(const struct project *p, char out[static PATH_MAX + 32])
{
	snprintf(out, PATH_MAX + 32, "%s/catalog.sqlite", p->dir);
}

static void spill(const struct project *p, const void *bytes, size_t n)
{
	char path[PATH_MAX + 32];
	AUTO_FD int fd = -1;

	catalog_path(p, path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	T_MUST(fd >= 0 && file_pwrite_full(fd, bytes, n, 0) == 0);
}

static uint8_t *slurp(const struct project *p, size_t *n)
{
	char path[PATH_MAX + 32];
	struct stat st;
	uint8_t *bytes;
	AUTO_FD int fd = -1;

	catalog_path(p, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	T_MUST(fd >= 0 && fstat(fd, &st) == 0);
	*n = (size_t)st.st_size;
	bytes = malloc(*n);
	T_MUST(bytes && file_pread_full(fd, bytes, *n, 0) == 0);
	return bytes;
}

/* Neither a look nor a repair goes on; the project stays as it is. */
static void refused(struct project *p, int want, const char *words)
{
	uint64_t digest = project_digest(p);

	for (int repair = 0; repair < 2; repair++) {
		project_check(p, repair, false);
		T_EQ(p->r, want);
		T_HAS(p->err.msg, words);
		T_STR(p->said, "");
	}
	T_TRUE(project_digest(p) == digest);
}

static void what_is_no_catalog_is_refused(void)
{
	static struct project p;
	char path[PATH_MAX + 32];
	uint8_t noise[3 * PAGE];

	project_copy(&p, &whole);
	catalog_path(&p, path);
	t_seed(14);
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)t_random();
	spill(&p, noise, sizeof(noise));
	refused(&p, -EBADMSG, "no SQLite database");
	spill(&p, "", 0);
	refused(&p, -EBADMSG, "shorter than its header");
	memcpy(noise, "SQLite format 3", 16);
	spill(&p, noise, sizeof(noise));
	refused(&p, -EBADMSG, "another application");
	T_EQ(unlink(path), 0);
	refused(&p, -ENOENT, "No such file");
	T_EQ(mkdir(path, 0700), 0);
	refused(&p, -EBADMSG, "no regular file");
	T_EQ(rmdir(path), 0);
	T_EQ(mkfifo(path, 0600), 0);
	refused(&p, -EBADMSG, "no regular file");
	T_EQ(unlink(path), 0);
	T_EQ(symlink("/etc/passwd", path), 0);
	refused(&p, -ELOOP, "symbolic links");
}

/* With a catalog of @bytes: told, or refused; what is repaired is sound after. */
static void survives(struct project *p, const uint8_t *bytes, size_t n)
{
	project_copy(p, &whole);
	spill(p, bytes, n);
	project_check(p, false, false);
	T_TRUE(p->r == 0 || p->r == -EBADMSG || p->r == -EOPNOTSUPP);
	if (p->r < 0 || p->checked.found == 0)
		return;
	project_check(p, true, false);
	if (!T_EQ(p->r, 0))
		printf("  %s\n%s", p->err.msg, p->said);
	project_check(p, false, false);
	T_EQ(p->r, 0);
	T_STR(p->kinds, "");
}

static void a_catalog_with_a_page_of_noise_is_salvaged(void)
{
	static struct project p;
	struct buf manifest;
	size_t n;
	AUTO_FREE uint8_t *bytes = slurp(&whole, &n);
	unsigned salvaged = 0;

	for (size_t page = PAGE; page < n; page += PAGE) {
		uint8_t was[PAGE];

		memcpy(was, bytes + page, PAGE);
		memset(bytes + page, 0xee, PAGE);
		survives(&p, bytes, n);
		memcpy(bytes + page, was, PAGE);
		if (p.r < 0)
			continue;
		salvaged++;
		/* Nothing that was staged is gone: with its name, or below lost+found. */
		T_TRUE(p.checked.content_bytes >= (5u << 20));
		project_manifest(&p, &manifest);
		T_HAS(buf_str(&manifest), " 40000 ");
		buf_fini(&manifest);
	}
	T_TRUE(salvaged > 5);
}

static void a_catalog_that_was_cut_is_salvaged_or_refused(void)
{
	static struct project p;
	size_t n;
	AUTO_FREE uint8_t *bytes = slurp(&whole, &n);

	for (size_t keep = 50; keep < n; keep += n / 12)
		survives(&p, bytes, keep);
}

static void the_damaged_catalog_is_kept(void)
{
	static struct project p;
	char line[PATH_MAX + 100];
	size_t n;
	AUTO_FREE uint8_t *bytes = slurp(&whole, &n);

	memset(bytes + 8 * PAGE, 0xee, PAGE);
	survives(&p, bytes, n);
	snprintf(line, sizeof(line), "test $(cat '%s'/catalog.sqlite.damaged-*Z | wc -c) = %zu",
		p.dir, n);
	T_EQ(system(line), 0);
	snprintf(line, sizeof(line), "test ! -e '%s'/catalog.sqlite.salvaged", p.dir);
	T_EQ(system(line), 0);
}

/*
 * Bytes of times, owners or attributes have no second copy, and names of what SQLite does not use
 * harm nobody: without a finding the layout can be read as a whole all the same.
 */
static void flipped_bytes_never_crash(void)
{
	static struct project p;
	struct buf before, after;
	size_t n;
	AUTO_FREE uint8_t *bytes = slurp(&whole, &n);
	unsigned told = 0, silent = 0;

	t_seed(15);
	project_manifest(&whole, &before);
	for (unsigned i = 0; i < 120; i++) {
		size_t at = i % 3 == 0 ? t_below(n / PAGE) * PAGE + t_below(16) : t_below(n);
		uint8_t was = bytes[at];

		bytes[at] ^= (uint8_t)(1 + t_below(255));
		survives(&p, bytes, n);
		bytes[at] = was;
		if (p.r < 0 || p.checked.found > 0) {
			told++;
			continue;
		}
		silent++;
		project_manifest(&p, &after);
		T_TRUE(after.len > before.len / 2);
		buf_fini(&after);
	}
	buf_fini(&before);
	T_TRUE(told > 2 && silent > 5);
}

int main(void)
{
	project_make(&whole);
	T_RUN(what_a_killed_process_left_is_no_fault);
	T_RUN(damage_after_a_kill_is_told_and_mended);
	T_RUN(what_is_no_catalog_is_refused);
	T_RUN(a_catalog_with_a_page_of_noise_is_salvaged);
	T_RUN(a_catalog_that_was_cut_is_salvaged_or_refused);
	T_RUN(the_damaged_catalog_is_kept);
	T_RUN(flipped_bytes_never_crash);
	return t_end();
}
