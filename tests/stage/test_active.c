/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inodes that live without a name. */
#include "catalog/catalog.h"
#include "harness/t.h"
#include "rig_stage.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>

static int getattr(struct rig *rig, uint64_t ino, struct stage_attr *out)
{
	return stage_getattr(rig->s, ino, out, &rig->err);
}

static void an_inode_without_names_goes_at_once_by_default(void)
{
	struct stage_attr a;
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 5000);
	T_EQ(rig_unlink(&rig, ROOT, "f"), 0);
	T_EQ(getattr(&rig, f, &a), -ENOENT);
	rig_fini(&rig);
}

static void a_remembered_inode_lives_until_it_is_forgotten(void)
{
	const uint32_t mode = 0600;
	struct stage_attr a;
	struct rig rig;
	uint64_t f, owners;

	rig_init(&rig);
	stage_set_remember(rig.s, true);
	f = rig_file(&rig, ROOT, "f", 5000);
	stage_forget(rig.s, f); /* it has a name: nothing happens */
	T_EQ(rig_unlink(&rig, ROOT, "f"), 0);
	T_EQ(stage_sync(rig.s, &rig.err), 0);
	T_EQ(getattr(&rig, f, &a), 0);
	T_EQ(a.nlink, 0);
	T_EQ(stage_setattr(rig.s, f, &(struct stage_change){ .mode = &mode }, &a, &rig.err), 0);
	T_EQ(a.mode, S_IFREG | 0600);
	T_TRUE(rig_content_is(&rig, f, 5000));
	T_EQ(rig_write(&rig, f, 5000, 100000), 100000);
	T_EQ(stage_sync(rig.s, &rig.err), 0);
	T_TRUE(rig_content_is(&rig, f, 105000));
	T_EQ(stage_link(rig.s, f, ROOT, "again", &a, &rig.err), -ENOENT);
	T_EQ(stage_xattr_set(
		     rig.s, f, "user.a", (struct stage_bytes){ "v", 1 }, STAGE_XATTR_SET, &rig.err),
		-ENOENT);
	T_EQ(stage_xattr_owners(rig.s, &owners, &rig.err), 0);
	T_EQ(owners, 0);
	stage_forget(rig.s, f);
	T_EQ(getattr(&rig, f, &a), -ENOENT);
	T_EQ(stage_clear(rig.s, &rig.err), 0);
	rig_fini(&rig);
}

static void a_hold_outlasts_the_forgetting(void)
{
	struct stage_attr a;
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	stage_set_remember(rig.s, true);
	f = rig_file(&rig, ROOT, "f", 5000);
	T_EQ(stage_hold(rig.s, f, false, &rig.err), 0);
	T_EQ(rig_unlink(&rig, ROOT, "f"), 0);
	stage_forget(rig.s, f);
	T_TRUE(rig_content_is(&rig, f, 5000));
	stage_release(rig.s, f);
	T_EQ(getattr(&rig, f, &a), -ENOENT);
	f = rig_file(&rig, ROOT, "g", 5000);
	T_EQ(stage_hold(rig.s, f, false, &rig.err), 0);
	T_EQ(rig_unlink(&rig, ROOT, "g"), 0);
	stage_release(rig.s, f);
	T_TRUE(rig_content_is(&rig, f, 5000));
	T_EQ(stage_hold(rig.s, f, false, &rig.err), 0);
	T_EQ(rig_write(&rig, f, 0, 10), 10);
	stage_release(rig.s, f);
	stage_forget(rig.s, f);
	T_EQ(getattr(&rig, f, &a), -ENOENT);
	rig_fini(&rig);
}

static unsigned listed;

static bool count(void *arg, const struct stage_dirent *e)
{
	(void)arg;
	(void)e;
	listed++;
	return true;
}

static void a_removed_directory_is_empty_and_takes_no_names(void)
{
	struct stage_attr a;
	struct rig rig;
	uint64_t d;

	rig_init(&rig);
	stage_set_remember(rig.s, true);
	d = rig_mkdir(&rig, ROOT, "d");
	T_EQ(stage_rmdir(rig.s, ROOT, "d", &rig.err), 0);
	T_EQ(getattr(&rig, d, &a), 0);
	T_EQ(a.nlink, 0);
	T_EQ(stage_readdir(rig.s, d, 0, count, NULL, &rig.err), 0);
	T_EQ(listed, 0);
	T_EQ(rig_make(&rig, d, "f", S_IFREG | 0644), -ENOENT);
	stage_forget(rig.s, d);
	T_EQ(getattr(&rig, d, &a), -ENOENT);
	rig_fini(&rig);
}

static void what_is_remembered_ends_with_the_stage(void)
{
	struct stage_attr a;
	uint64_t f, g;
	struct rig rig;

	rig_init(&rig);
	stage_set_remember(rig.s, true);
	f = rig_file(&rig, ROOT, "f", 5000);
	g = rig_file(&rig, ROOT, "g", 5000);
	T_EQ(rig_rename(&rig, ROOT, "g", ROOT, "f"), 0);
	T_EQ(getattr(&rig, f, &a), 0);
	rig_reopen(&rig);
	T_EQ(getattr(&rig, f, &a), -ENOENT);
	T_TRUE(rig_content_is(&rig, g, 5000));
	rig_fini(&rig);
}

static size_t objects(const struct rig *rig)
{
	char pattern[512];
	glob_t found;
	size_t n;

	snprintf(pattern, sizeof(pattern), "%s/objects/*/*", rig->dir);
	n = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
	globfree(&found);
	return n;
}

static void content_goes_with_the_tick_after_the_forgetting(void)
{
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	stage_set_remember(rig.s, true);
	f = rig_file(&rig, ROOT, "f", 3u << 20);
	T_EQ(stage_sync(rig.s, &rig.err), 0);
	T_EQ(rig_unlink(&rig, ROOT, "f"), 0);
	T_EQ(stage_sync(rig.s, &rig.err), 0);
	T_EQ(objects(&rig), 1);
	stage_forget(rig.s, f);
	T_EQ(stage_tick(rig.s, &rig.err), 0);
	T_EQ(objects(&rig), 0);
	rig_fini(&rig);
}

/* Rows wait for the commit: only the journal and the names grow before it. */
static void what_came_and_went_between_two_commits_leaves_no_row(void)
{
	struct catalog_inode row;
	struct catalog *c;
	struct rig rig;
	char path[512];
	uint64_t gone, held, stays;
	bool clean;

	rig_init(&rig);
	gone = rig_file(&rig, ROOT, "gone", 3000);
	held = rig_file(&rig, ROOT, "held", 3000);
	T_EQ(stage_hold(rig.s, held, false, &rig.err), 0);
	stays = rig_file(&rig, ROOT, "stays", 3000);
	T_EQ(rig_unlink(&rig, ROOT, "gone"), 0);
	T_EQ(rig_unlink(&rig, ROOT, "held"), 0);
	T_TRUE(rig_content_is(&rig, held, 3000));
	stage_release(rig.s, held);
	T_EQ(rig_rename(&rig, ROOT, "stays", ROOT, "moved"), 0);
	T_TRUE(rig_content_is(&rig, stays, 3000));
	rig_close(&rig);
	snprintf(path, sizeof(path), "%s/catalog.sqlite", rig.dir);
	T_MUST(catalog_open(path, &c, &clean, &rig.err) == 0);
	T_EQ(catalog_inode_get(c, gone, &row, NULL), -ENOENT);
	T_EQ(catalog_inode_get(c, held, &row, NULL), -ENOENT);
	T_EQ(catalog_inode_get(c, stays, &row, NULL), 0);
	T_EQ(row.size_bytes, 3000);
	T_EQ(catalog_close(c, &rig.err), 0);
	rig_open(&rig);
	T_EQ(rig_lookup(&rig, ROOT, "moved"), stays);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(an_inode_without_names_goes_at_once_by_default);
	T_RUN(a_remembered_inode_lives_until_it_is_forgotten);
	T_RUN(a_hold_outlasts_the_forgetting);
	T_RUN(a_removed_directory_is_empty_and_takes_no_names);
	T_RUN(what_is_remembered_ends_with_the_stage);
	T_RUN(content_goes_with_the_tick_after_the_forgetting);
	T_RUN(what_came_and_went_between_two_commits_leaves_no_row);
	return t_end();
}
