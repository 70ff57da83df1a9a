/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has become of sources is told exactly, by a project at rest and at work, and stays. */
#include "rig_project.h"

#include "harness/t.h"
#include "rig_stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* In the C library's place: reads of @bad_ino fail from a byte on, as those of a failing disk. */
static ino_t bad_ino;
static off_t bad_from;

ssize_t pread64(int fd, void *out, size_t n, off_t at);
ssize_t pread64(int fd, void *out, size_t n, off_t at)
{
	struct stat st;

	if (bad_ino && fstat(fd, &st) == 0 && st.st_ino == bad_ino && at + (off_t)n > bad_from) {
		errno = EIO;
		return -1;
	}
	return syscall(SYS_pread64, fd, out, n, at);
}

struct fate {
	const char *name;
	const char *sh; /* $s is the source */
	const char *said;
	bool content; /* only reading every byte tells */
};

static const struct fate fates[] = {
	{ "removed", "rm $s", "none: it was removed or renamed", false },
	{ "a symlink in its place", "mv $s $s.x; ln -s $s.x $s", "it was removed or renamed",
		false },
	{ "cut", "truncate -s 6999 $s", "6999 bytes, not the source \"", false },
	{ "grown", "echo >>$s", "7001 bytes", false },
	{ "written", "printf x | dd of=$s conv=notrunc status=none", "source-ref\" of 20", false },
	{ "touched", "touch -d 2001-02-03T04:05:06.5Z $s", "2001-02-03 04:05:06.500000000, not",
		false },
	{ "replaced", "cp -p $s $s.x; mv $s.x $s", "another file, inode", false },
	{ "a directory", "rm $s; mkdir $s", "something else than a file", false },
	{ "a fifo", "rm $s; mkfifo $s", "something else than a file", false },
	{ "unreadable", ":", "Input/output error at byte 0", true },
};

static void spoil_source(const struct fate *f)
{
	char line[1000];

	snprintf(line, sizeof(line), "s='%s'; %s", project_source("ref"), f->sh);
	T_MUST(system(line) == 0);
}

static void count(void *arg, const struct stage_finding *f)
{
	char *said = arg;
	size_t n = strlen(said);

	T_EQ(f->state, STAGE_LEFT);
	snprintf(
		said + n, 1000 - n, "%s: %s: %s, not %s", f->kind, f->where, f->found, f->expected);
}

static void at_work(struct rig *rig, const struct fate *f)
{
	char said[1000] = "";
	const struct stage_check_how how = { .content = f->content, .fn = count, .arg = said };
	struct stage_checked checked;

	T_EQ(stage_check_open(rig->s, &how, &checked, &rig->err), 0);
	T_EQ(checked.left, 1);
	T_EQ(checked.found, 0);
	T_HAS(said, "source: \"/ref\" (inode 3)");
	T_HAS(said, f->said);
}

static void at_rest(struct project *p, const struct fate *f)
{
	uint64_t digest = project_digest(p);

	for (int repair = 0; repair < 2; repair++) {
		project_check(p, repair, f->content);
		T_EQ(p->r, 0);
		T_STR(p->kinds, "source ");
		T_HAS(p->said, "left source: \"/ref\" (inode 3)");
		T_HAS(p->said, f->said);
		T_EQ(p->checked.left, 1);
		T_EQ(p->checked.repaired, 0);
		T_TRUE(project_digest(p) == digest);
	}
}

static void what_became_of_a_source_is_told(const struct fate *f)
{
	struct project p = { .r = 0 };
	struct stat st;
	struct rig rig;

	printf("    %s\n", f->name);
	rig_init(&rig);
	rig_file(&rig, ROOT, "own", 5000);
	T_EQ(project_refer(&rig, "ref", 7000), 3);
	project_refer(&rig, "whole", 70);
	/* What has an own copy by now does not need its source any more. */
	T_EQ(rig_write(&rig, project_refer(&rig, "changed", 300), 0, 10), 10);
	T_MUST(unlink(project_source("changed")) == 0);
	rig_image(&rig);
	spoil_source(f);
	if (f->content) {
		T_MUST(stat(project_source("ref"), &st) == 0);
		bad_ino = st.st_ino;
	}
	at_work(&rig, f);
	rig_close(&rig);
	snprintf(p.dir, sizeof(p.dir), "%s", rig.dir);
	at_rest(&p, f);
	bad_ino = 0;
}

static void every_fate_is_told(void)
{
	char line[1000];

	for (size_t i = 0; i < sizeof(fates) / sizeof(fates[0]); i++) {
		what_became_of_a_source_is_told(&fates[i]);
		snprintf(line, sizeof(line), "rm -rf '%s'*", project_source("ref"));
		T_MUST(system(line) == 0);
	}
}

/* Rows that cannot be read are mended first; what they say of others is told all the same. */
static void sources_are_looked_at_when_their_rows_are_sound(void)
{
	struct project p = { .r = 0 };
	struct rig rig;

	rig_init(&rig);
	project_refer(&rig, "ref", 7000);
	T_EQ(project_refer(&rig, "bad", 70), 3);
	rig_image(&rig);
	rig_close(&rig);
	snprintf(p.dir, sizeof(p.dir), "%s", rig.dir);
	T_MUST(unlink(project_source("ref")) == 0);
	project_sql(&p, "UPDATE reference SET path = x'00' WHERE ino = 3");
	project_check(&p, true, false);
	T_EQ(p.r, 0);
	T_STR(p.kinds, "bad-reference source ");
	project_check(&p, true, false);
	T_STR(p.kinds, "source ");
}

int main(void)
{
	T_RUN(every_fate_is_told);
	T_RUN(sources_are_looked_at_when_their_rows_are_sound);
	return t_end();
}
