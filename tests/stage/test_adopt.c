/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of taking in finished files. */
#include "harness/t.h"
#include "rig_stage.h"

#include "stage/adopt.h"
#include "stage/keeper.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What the keeper was told: "n5:name " and "i5 ". */
struct told {
	char text[4096];
	uint64_t known; /* the directory that it knows */
};

static int told_inode(void *arg, uint64_t ino)
{
	struct told *t = arg;
	size_t n = strlen(t->text);

	snprintf(t->text + n, sizeof(t->text) - n, "i%llu ", (unsigned long long)ino);
	return ino == t->known ? 0 : -ENOENT;
}

static void told_name(void *arg, uint64_t parent, const char *name)
{
	struct told *t = arg;
	size_t n = strlen(t->text);

	snprintf(t->text + n, sizeof(t->text) - n, "n%llu:%s ", (unsigned long long)parent, name);
}

static struct stage_adopted file(const char *name, uint64_t off, uint64_t size)
{
	return (struct stage_adopted){
		.name = name,
		.off_bytes = off,
		.attr = { .mode = S_IFREG | 04751,
			.uid = 7,
			.gid = 8,
			.size_bytes = size,
			.mtime = { 1000, 5 },
			.atime = { 2000, 6 } },
	};
}

static struct stage_bytes content_of(uint8_t *bytes, size_t n)
{
	return (struct stage_bytes){ bytes, n };
}

static void many_come_with_all_they_have(void)
{
	static uint8_t bytes[4 * 2048];
	const struct stage_pair pair = { "user.k", { "value", 5 } };
	struct stage_adopted all[4] = { file("a", 0, 3000), file("b", 4096, 100),
		file("empty", 0, 0), { .name = "l", .target = "../x" } };
	struct stage_attr a;
	char value[8];
	struct rig rig;

	rig_init(&rig);
	for (size_t i = 0; i < 3000; i++)
		bytes[i] = (uint8_t)(i * 7);
	memset(bytes + 4096, 'b', 100);
	all[1].pair = &pair;
	all[1].npair = 1;
	all[3].attr.mode = S_IFLNK | 0777;
	T_EQ(stage_adopt(rig.s, ROOT, all, 4, content_of(bytes, 3 * 2048), &rig.err), 0);
	for (int again = 0; again < 2; again++) {
		uint8_t got[3000];

		a = rig_attr(&rig, rig_lookup(&rig, ROOT, "a"));
		T_EQ(a.ino, all[0].attr.ino);
		T_EQ(a.mode, S_IFREG | 04751);
		T_EQ(a.uid * 100 + a.gid, 708);
		T_EQ(a.nlink, 1);
		T_EQ(a.mtime.tv_sec + a.mtime.tv_nsec, 1005);
		T_EQ(a.atime.tv_sec + a.atime.tv_nsec, 2006);
		T_EQ(stage_read(rig.s, a.ino, 0, got, sizeof(got), &rig.err), 3000);
		T_MEM(got, bytes, 3000);
		a = rig_attr(&rig, rig_lookup(&rig, ROOT, "b"));
		T_EQ(stage_read(rig.s, a.ino, 0, got, sizeof(got), &rig.err), 100);
		T_EQ(got[99], 'b');
		T_EQ(stage_xattr_get(rig.s, a.ino, "user.k", value, sizeof(value), &rig.err), 5);
		T_EQ(rig_attr(&rig, rig_lookup(&rig, ROOT, "empty")).size_bytes, 0);
		T_EQ(stage_readlink(
			     rig.s, rig_lookup(&rig, ROOT, "l"), value, sizeof(value), &rig.err),
			0);
		T_STR(value, "../x");
		rig_reopen_recounted(&rig);
	}
	rig_fini(&rig);
}

static void several_go_in_together_or_not_at_all(void)
{
	static uint8_t bytes[2 * 2048];
	struct stage_adopted all[2] = { file("new", 0, 10), file("old", 2048, 10) };
	struct stage_space before, after;
	struct rig rig;

	rig_init(&rig);
	rig_file(&rig, ROOT, "old", 50);
	T_EQ(stage_space(rig.s, &before, &rig.err), 0);
	T_EQ(stage_adopt(rig.s, ROOT, all, 2, content_of(bytes, 4096), &rig.err), -EEXIST);
	T_EQ(rig_lookup(&rig, ROOT, "new"), 0);
	T_EQ(stage_space(rig.s, &after, &rig.err), 0);
	T_EQ(before.image_nsec, after.image_nsec);
	T_EQ(before.entries, after.entries);
	/* Alone it replaces. */
	all[1].off_bytes = 0;
	all[1].attr.ino = 0;
	T_EQ(stage_adopt(rig.s, ROOT, &all[1], 1, content_of(bytes, 2048), &rig.err), 0);
	T_EQ(rig_attr(&rig, rig_lookup(&rig, ROOT, "old")).size_bytes, 10);
	T_EQ(stage_space(rig.s, &after, &rig.err), 0);
	T_EQ(after.entries, before.entries);
	rig_mkdir(&rig, ROOT, "dir");
	all[0] = file("dir", 0, 0);
	T_EQ(stage_adopt(rig.s, ROOT, all, 1, content_of(NULL, 0), &rig.err), -EISDIR);
	rig_fini(&rig);
}

static void links_count_and_outlive_what_they_replace(void)
{
	struct stage_adopted first = file("a", 0, 0), link = file("b", 0, 0);
	struct rig rig;

	rig_init(&rig);
	T_EQ(stage_adopt(rig.s, ROOT, &first, 1, content_of(NULL, 0), &rig.err), 0);
	rig_file(&rig, ROOT, "b", 50);
	link.attr.ino = first.attr.ino;
	T_EQ(stage_adopt(rig.s, ROOT, &link, 1, content_of(NULL, 0), &rig.err), 0);
	T_EQ(rig_lookup(&rig, ROOT, "b"), first.attr.ino);
	T_EQ(rig_attr(&rig, first.attr.ino).nlink, 2);
	/* Once more, on itself: nothing to do. */
	T_EQ(stage_adopt(rig.s, ROOT, &link, 1, content_of(NULL, 0), &rig.err), 0);
	T_EQ(rig_attr(&rig, first.attr.ino).nlink, 2);
	T_EQ(rig_unlink(&rig, ROOT, "a"), 0);
	T_EQ(rig_unlink(&rig, ROOT, "b"), 0);
	T_EQ(stage_adopt(rig.s, ROOT, &link, 1, content_of(NULL, 0), &rig.err), -ENOENT);
	rig_fini(&rig);
}

static void content_in_pieces_is_named_at_its_end(void)
{
	static uint8_t piece[70000];
	struct stage_adopted big = file("big", 0, 2 * sizeof(piece));
	struct stage_space before, after;
	struct rig rig;
	uint64_t ino;

	rig_init(&rig);
	T_EQ(stage_space(rig.s, &before, &rig.err), 0);
	for (int named = 0; named < 2; named++) {
		T_MUST(stage_adopt_begin(rig.s, &ino, &rig.err) == 0);
		for (unsigned i = 0; i < 2; i++)
			T_EQ(stage_write(rig.s, ino, i * sizeof(piece), false, piece, sizeof(piece),
				     &rig.err),
				(ssize_t)sizeof(piece));
		big.attr.ino = ino;
		if (named)
			T_EQ(stage_adopt(rig.s, ROOT, &big, 1, content_of(NULL, 0), &rig.err), 0);
		stage_adopt_end(rig.s, ino);
		T_EQ(stage_space(rig.s, &after, &rig.err), 0);
		T_EQ(after.entries - before.entries, named);
		T_EQ(after.cost.inodes.data_nsec - before.cost.inodes.data_nsec, named ? 69 : 0);
	}
	T_EQ(rig_attr(&rig, ino).size_bytes, 2 * sizeof(piece));
	T_EQ(rig_attr(&rig, ino).mode, S_IFREG | 04751);
	rig_reopen_recounted(&rig);
	T_EQ(stage_space(rig.s, &before, &rig.err), 0);
	T_EQ(before.image_nsec, after.image_nsec);
	rig_fini(&rig);
}

static void what_does_not_fit_is_refused_whole(void)
{
	static uint8_t bytes[64 * 2048];
	struct stage_adopted one = file("f", 0, sizeof(bytes));
	struct stage_space before, after;
	struct rig rig;

	rig_init(&rig);
	rig_room(&rig, rig_image(&rig) + 40);
	T_EQ(stage_space(rig.s, &before, &rig.err), 0);
	T_EQ(stage_adopt_fits(rig.s, 40, &rig.err), 0);
	T_EQ(stage_adopt_fits(rig.s, 41, &rig.err), -ENOSPC);
	T_EQ(stage_adopt(rig.s, ROOT, &one, 1, content_of(bytes, sizeof(bytes)), &rig.err),
		-ENOSPC);
	T_HAS(rig.err.msg, "need");
	T_EQ(stage_space(rig.s, &after, &rig.err), 0);
	T_EQ(before.image_nsec, after.image_nsec);
	one.attr.size_bytes = 30 * 2048;
	T_EQ(stage_adopt(rig.s, ROOT, &one, 1, content_of(bytes, 30 * 2048), &rig.err), 0);
	rig_fini(&rig);
}

static void directories_are_made_or_merged(void)
{
	const struct stage_attr attr = {
		.mode = S_IFDIR | 02711, .uid = 3, .gid = 4, .mtime = { 9, 1 }, .atime = { 9, 2 }
	};
	uint64_t made_ino, ino;
	struct rig rig;
	bool made;

	rig_init(&rig);
	T_EQ(stage_adopt_dir(rig.s, ROOT, "d", &attr, &made_ino, &made, &rig.err), 0);
	T_TRUE(made);
	T_EQ(rig_attr(&rig, ROOT).nlink, 3);
	rig_file(&rig, made_ino, "f", 5);
	T_EQ(stage_adopt_dir(rig.s, ROOT, "d", &attr, &ino, &made, &rig.err), 0);
	T_TRUE(!made);
	T_EQ(ino, made_ino);
	T_EQ(stage_adopt_attr(rig.s, ino, &attr, NULL, 0, &rig.err), 0);
	T_EQ(rig_attr(&rig, ino).mode, S_IFDIR | 02711);
	T_EQ(rig_attr(&rig, ino).mtime.tv_sec, 9);
	rig_file(&rig, ROOT, "f", 5);
	T_EQ(stage_adopt_dir(rig.s, ROOT, "f", &attr, &ino, &made, &rig.err), -ENOTDIR);
	rig_reopen_recounted(&rig);
	T_EQ(rig_lookup(&rig, ROOT, "d"), made_ino);
	rig_fini(&rig);
}

static void the_keeper_hears_of_each_name_it_may_know(void)
{
	struct stage_adopted two[2] = { file("x", 0, 0), file("y", 0, 0) };
	struct told told = { .known = ROOT };
	const struct stage_keeper keeper = { told_inode, told_name, &told };
	char wanted[128];
	struct rig rig;
	uint64_t d;

	rig_init(&rig);
	d = rig_mkdir(&rig, ROOT, "d");
	stage_set_keeper(rig.s, &keeper);
	T_EQ(stage_adopt(rig.s, ROOT, two, 2, content_of(NULL, 0), &rig.err), 0);
	T_STR(told.text, "i1 n1:x n1:y ");
	told.text[0] = '\0';
	two[0].attr.ino = two[1].attr.ino = 0;
	T_EQ(stage_adopt(rig.s, d, two, 2, content_of(NULL, 0), &rig.err), 0);
	snprintf(wanted, sizeof(wanted), "i%llu ", (unsigned long long)d);
	T_STR(told.text, wanted);
	/* A linked inode may be known by its other name. */
	told.text[0] = '\0';
	T_EQ(stage_adopt(rig.s, d, &(struct stage_adopted){ .name = "z", .attr = two[0].attr }, 1,
		     content_of(NULL, 0), &rig.err),
		0);
	snprintf(wanted, sizeof(wanted), "i%llu i%llu ", (unsigned long long)d,
		(unsigned long long)two[0].attr.ino);
	T_STR(told.text, wanted);
	told.text[0] = '\0';
	T_EQ(stage_clear(rig.s, &rig.err), 0);
	T_HAS(told.text, "n1:x ");
	T_HAS(told.text, "n1:d ");
	T_HAS(told.text, "i1 ");
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(many_come_with_all_they_have);
	T_RUN(several_go_in_together_or_not_at_all);
	T_RUN(links_count_and_outlive_what_they_replace);
	T_RUN(content_in_pieces_is_named_at_its_end);
	T_RUN(what_does_not_fit_is_refused_whole);
	T_RUN(directories_are_made_or_merged);
	T_RUN(the_keeper_hears_of_each_name_it_may_know);
	return t_end();
}
