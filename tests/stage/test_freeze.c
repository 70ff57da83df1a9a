/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of freezing: what was frozen never changes, whatever is staged beside it. */
#include "harness/t.h"
#include "rig_stage.h"
#include "tree/tree.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tree *frozen(struct rig *rig)
{
	struct tree *t = NULL;

	T_MUST(stage_freeze(rig->s, &t, &rig->err) == 0);
	return t;
}

static uint32_t node_named(const struct tree *t, const char *name)
{
	for (uint32_t i = 1; i < t->nnode; i++)
		if (strcmp(t->node[i].name, name) == 0)
			return i;
	t_abort();
}

static bool frozen_content_is(
	const struct tree *t, const char *name, uint64_t made_of, uint64_t size)
{
	uint32_t inode = t->node[node_named(t, name)].inode;
	uint8_t *bytes = malloc(size + 1);
	struct err err;
	bool same;

	T_MUST(bytes != NULL);
	same = t->inode[inode].size_bytes == size &&
	       tree_read(t, inode, 0, bytes, size, &err) == 0 &&
	       rig_is_filled(made_of, 0, bytes, size);
	free(bytes);
	return same;
}

static void the_tree_has_all_that_is_staged(void)
{
	const struct stage_owner who = { 3, 4 };
	const struct tree_inode *in;
	struct stage_attr a;
	struct tree *t;
	struct rig rig;
	uint64_t d, f;

	rig_init(&rig);
	d = rig_mkdir(&rig, ROOT, "d");
	f = rig_file(&rig, d, "f", 5000);
	T_EQ(stage_link(rig.s, f, ROOT, "hard", &a, &rig.err), 0);
	T_EQ(stage_symlink(rig.s, ROOT, "soft", "d/f", who, &a, &rig.err), 0);
	T_EQ(stage_make(rig.s, d, "dev", (struct stage_kind){ S_IFBLK | 0600, 0x801 }, who, &a,
		     &rig.err),
		0);
	t = frozen(&rig);
	T_EQ(t->nnode, 6);
	T_EQ(t->ninode, 5);
	T_EQ(t->ndir, 2);
	in = tree_inode_of(t, node_named(t, "soft"));
	T_STR(in->target, "d/f");
	T_EQ(in->uid, 3);
	T_EQ(in->size_bytes, 0);
	T_EQ(tree_inode_of(t, node_named(t, "dev"))->rdev, 0x801);
	T_EQ(tree_inode_of(t, node_named(t, "f"))->nlink, 2);
	T_EQ(t->node[node_named(t, "f")].inode, t->node[node_named(t, "hard")].inode);
	T_TRUE(frozen_content_is(t, "hard", f, 5000));
	tree_free(t);
	rig_fini(&rig);
}

static void later_writes_do_not_reach_it(void)
{
	static const size_t sizes[] = { 5000, 3000000 };
	struct rig rig;

	for (int i = 0; i < 2; i++) {
		struct tree *t, *u;
		uint64_t f, g;

		rig_init(&rig);
		f = rig_create(&rig, ROOT, "f");
		T_EQ(stage_hold(rig.s, f, false, &rig.err), 0);
		T_EQ(rig_write(&rig, f, 0, sizes[i]), sizes[i]);
		g = rig_file(&rig, ROOT, "g", sizes[i]);
		t = frozen(&rig);
		T_EQ(stage_write(rig.s, f, 100, false, "changed", 7, &rig.err), 7);
		T_EQ(rig_write(&rig, f, sizes[i], 4000), 4000);
		T_EQ(rig_unlink(&rig, ROOT, "g"), 0);
		T_EQ(stage_sync(rig.s, &rig.err), 0);
		u = frozen(&rig);
		T_EQ(rig_truncate(&rig, f, 0), 0);
		rig_file(&rig, ROOT, "other", 100000);
		stage_release(rig.s, f);
		T_EQ(stage_sync(rig.s, &rig.err), 0);
		T_TRUE(frozen_content_is(t, "f", f, sizes[i]));
		T_TRUE(frozen_content_is(t, "g", g, sizes[i]));
		T_TRUE(!frozen_content_is(u, "f", f, sizes[i] + 4000));
		T_EQ(u->nnode, 2);
		tree_free(t);
		tree_free(u);
		rig_fini(&rig);
	}
}

static void content_lies_in_the_order_of_its_arrival(void)
{
	uint64_t last;
	struct tree *t;
	struct rig rig;
	char name[16];

	rig_init(&rig);
	rig_file(&rig, ROOT, "first", 3000000);
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "z%02d", 50 - i);
		rig_file(&rig, ROOT, name, 3000);
	}
	t = frozen(&rig);
	last = tree_inode_of(t, node_named(t, "first"))->arrival;
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "z%02d", 50 - i);
		T_TRUE(tree_inode_of(t, node_named(t, name))->arrival > last);
		last = tree_inode_of(t, node_named(t, name))->arrival;
	}
	tree_free(t);
	rig_fini(&rig);
}

static void an_unchanged_layout_keeps_its_stamp(void)
{
	uint64_t stamp;
	struct tree *t;
	struct rig rig;

	rig_init(&rig);
	rig_file(&rig, ROOT, "f", 10);
	t = frozen(&rig);
	stamp = t->stamp_sec;
	T_TRUE(stamp > 0);
	tree_free(t);
	rig_reopen(&rig);
	T_EQ(stage_setting_set(rig.s, "volume_id", "X", &rig.err), 0);
	t = frozen(&rig);
	T_EQ(t->stamp_sec, stamp);
	tree_free(t);
	rig_fini(&rig);
}

struct race {
	struct rig rig;
	uint64_t ino[4];
};

static void *write_on(void *arg)
{
	struct race *race = arg;
	struct rig rig = race->rig; /* an err of its own */
	char name[16];

	for (int i = 0; i < 150; i++) {
		uint64_t f = race->ino[i % 4];

		T_TRUE(rig_write(&rig, f, (uint64_t)i * 700, 900) == 900);
		if (i % 10 == 0)
			T_EQ(rig_truncate(&rig, f, (uint64_t)i * 300), 0);
		snprintf(name, sizeof(name), "n%d", i);
		rig_file(&rig, ROOT, name, 500);
		if (i % 3 == 0)
			T_EQ(rig_unlink(&rig, ROOT, name), 0);
		if (i % 25 == 0)
			T_EQ(stage_fsync(rig.s, f, &rig.err), 0);
		if (i % 20 == 0)
			T_EQ(stage_tick(rig.s, &rig.err), 0);
	}
	return NULL;
}

static uint64_t sum_of(const struct tree *t)
{
	uint64_t sum = 0;
	uint8_t bytes[512];
	struct err err;

	for (uint32_t i = 0; i < t->ninode; i++) {
		const struct tree_inode *in = &t->inode[i];

		for (uint64_t off = 0; off < in->size_bytes; off += sizeof(bytes)) {
			uint64_t left = in->size_bytes - off;
			size_t n = left < sizeof(bytes) ? (size_t)left : sizeof(bytes);

			T_MUST(tree_read(t, i, off, bytes, n, &err) == 0);
			for (size_t k = 0; k < n; k++)
				sum = sum * 31 + bytes[k];
		}
	}
	return sum;
}

static void one_thread_freezes_while_another_writes(void)
{
	struct race race;
	pthread_t writer;

	rig_init(&race.rig);
	for (int i = 0; i < 4; i++)
		race.ino[i] = rig_file(&race.rig, ROOT, (char[]){ (char)('a' + i), 0 }, 2000);
	T_MUST(pthread_create(&writer, NULL, write_on, &race) == 0);
	for (int i = 0; i < 8; i++) {
		struct tree *t = frozen(&race.rig);
		uint64_t sum = sum_of(t);

		rig_image(&race.rig);
		T_TRUE(sum_of(t) == sum);
		tree_free(t);
	}
	pthread_join(writer, NULL);
	rig_fini(&race.rig);
}

int main(void)
{
	T_RUN(the_tree_has_all_that_is_staged);
	T_RUN(later_writes_do_not_reach_it);
	T_RUN(content_lies_in_the_order_of_its_arrival);
	T_RUN(an_unchanged_layout_keeps_its_stamp);
	T_RUN(one_thread_freezes_while_another_writes);
	return t_end();
}
