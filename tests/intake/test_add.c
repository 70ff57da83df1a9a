/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of adding by reference; tests/e2e/test_add.sh reads, burns and changes through a mount. */
#include "harness/t.h"
#include "stage/rig_stage.h"

#include "intake/intake.h"
#include "stage/plant.h"
#include "tree/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct rig rig;
static char src[200];
static struct intake_result res;
static unsigned asked, cancel_after;

static bool cancelled(void *arg)
{
	(void)arg;
	return cancel_after && ++asked > cancel_after;
}

static void begin(void *arg, uint64_t total_nsec)
{
	(void)arg;
	T_TRUE(total_nsec > 0);
}

static bool due(void *arg, uint64_t done_nsec)
{
	(void)arg;
	return done_nsec > 0;
}

static void tell(void *arg, uint64_t done_nsec, const char *file)
{
	(void)arg;
	(void)done_nsec;
	T_TRUE(file[0] == '/');
}

static void skipped(void *arg, const struct err *why)
{
	(void)arg;
	T_TRUE(why->code < 0);
}

static int add(const char *dst, enum intake_on_error on_error)
{
	static const struct intake_watcher w = { cancelled, begin, due, tell, skipped, NULL };
	struct intake_request req = { .source = src, .on_error = on_error };

	asked = 0;
	rig.err = (struct err){ .code = 0 };
	T_MUST(intake_find_target(rig.s, src, dst, &req.target, &rig.err) == 0);
	rights_of(geteuid(), getegid(), getpid(), &req.who);
	return intake_add(rig.s, &req, &w, &res, &rig.err);
}

static const char *at(const char *name)
{
	static char path[4][400];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", src, name);
	return p;
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(at(name), "we");

	T_MUST(f != NULL);
	fputs(text, f);
	fclose(f);
}

static void begin_test(void)
{
	rig_init(&rig);
	cancel_after = 0;
	snprintf(src, sizeof(src), "%s/src", t_tmpdir());
	T_MUST(mkdir(src, 0755) == 0 && mkdir(at("d"), 0711) == 0 && mkdir(at("d/e"), 0755) == 0);
	put("a", "content of a");
	put("empty", "");
	put("d/b", "b");
	T_MUST(link(at("a"), at("d/again")) == 0 && symlink("../a", at("d/s")) == 0);
}

static void references_are(uint64_t files, uint64_t bytes)
{
	struct stage_sources sources;

	stage_sources(rig.s, &sources);
	T_EQ(sources.files, files);
	T_EQ(sources.bytes, bytes);
}

static void holds(uint64_t dir, const char *name, const char *text)
{
	char got[64] = "";
	uint64_t ino = rig_lookup(&rig, dir, name);

	T_EQ(stage_read(rig.s, ino, 0, got, sizeof(got) - 1, &rig.err), strlen(text));
	T_STR(got, text);
}

static void a_tree_reads_as_its_source(void)
{
	struct stage_space before, after;
	uint64_t top, d;

	begin_test();
	T_EQ(add("/", INTAKE_ABORT), 0);
	T_EQ(res.files, 5);
	T_EQ(res.dirs, 3);
	T_EQ(stage_space(rig.s, &before, &rig.err), 0);
	for (int again = 0; again < 2; again++) {
		references_are(2, 13);
		top = rig_lookup(&rig, ROOT, "src");
		d = rig_lookup(&rig, top, "d");
		holds(top, "a", "content of a");
		holds(d, "b", "b");
		T_EQ(rig_lookup(&rig, top, "a"), rig_lookup(&rig, d, "again"));
		T_EQ(rig_attr(&rig, rig_lookup(&rig, top, "a")).nlink, 2);
		T_EQ(rig_attr(&rig, top).nlink, 3);
		T_EQ(rig_attr(&rig, d).mode, S_IFDIR | 0711);
		T_EQ(rig_attr(&rig, ROOT).nlink, 3);
		T_EQ(stage_check_sources(rig.s, &rig.err), 0);
		rig_reopen_recounted(&rig);
	}
	T_EQ(stage_space(rig.s, &after, &rig.err), 0);
	T_EQ(after.image_nsec, before.image_nsec);
	T_EQ(after.entries, before.entries);
	rig_fini(&rig);
}

static void it_is_all_or_nothing(void)
{
	struct stage_space before, after;

	begin_test();
	T_EQ(stage_space(rig.s, &before, &rig.err), 0);
	cancel_after = 3;
	T_EQ(add("/", INTAKE_ABORT), -ECANCELED);
	cancel_after = 0;
	rig_room(&rig, rig_image(&rig) + 3);
	T_EQ(add("/", INTAKE_ABORT), -ENOSPC);
	T_EQ(res.files, 0);
	rig_room(&rig, 100000);
	T_EQ(rig_lookup(&rig, ROOT, "src"), 0);
	references_are(0, 0);
	T_EQ(stage_space(rig.s, &after, &rig.err), 0);
	T_EQ(after.image_nsec, before.image_nsec);
	T_EQ(after.entries, before.entries);
	rig_mkdir(&rig, ROOT, "other");
	strncat(src, "/.", sizeof(src) - strlen(src) - 1);
	T_EQ(add("/other", INTAKE_ABORT), -EEXIST);
	rig_fini(&rig);
}

static void what_a_freeze_reads_stays_until_it_ends(void)
{
	struct tree *tree;

	begin_test();
	T_EQ(add("/", INTAKE_ABORT), 0);
	T_EQ(stage_freeze(rig.s, &tree, &rig.err), 0);
	T_EQ(stage_clear(rig.s, &rig.err), 0);
	references_are(0, 0);
	tree_free(tree);
	rig_reopen(&rig);
	references_are(0, 0);
	rig_fini(&rig);
}

static void a_written_one_is_its_own_after_reopening(void)
{
	uint64_t top, ino;

	begin_test();
	T_EQ(add("/", INTAKE_ABORT), 0);
	top = rig_lookup(&rig, ROOT, "src");
	ino = rig_lookup(&rig, top, "a");
	T_EQ(stage_write(rig.s, ino, 0, true, "!", 1, &rig.err), 1);
	holds(top, "a", "content of a!");
	references_are(1, 1);
	rig_reopen(&rig);
	references_are(1, 1);
	T_MUST(unlink(at("a")) == 0);
	holds(top, "a", "content of a!");
	put("d/b", "changed");
	T_EQ(stage_check_sources(rig.s, &rig.err), -ESTALE);
	T_HAS(rig.err.msg, "/src/d/b");
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_tree_reads_as_its_source);
	T_RUN(it_is_all_or_nothing);
	T_RUN(what_a_freeze_reads_stays_until_it_ends);
	T_RUN(a_written_one_is_its_own_after_reopening);
	return t_end();
}
