/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking at a catalog changes nothing; what is mended in a look is kept whole or not at all. */
#include "catalog/check.h"

#include "base/auto.h"
#include "catalog/rig_catalog.h"
#include "harness/t.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const endings[] = { "", "-wal", "-shm", "-redo" };

/* The bytes of the catalog and all beside it. */
struct bytes {
	char *of[4];
	size_t n[4];
};

static void take(const struct rig *rig, struct bytes *b)
{
	for (int i = 0; i < 4; i++) {
		char path[PATH_MAX + 8];

		snprintf(path, sizeof(path), "%s%s", rig->path, endings[i]);
		b->of[i] = rig_exists(rig->path, endings[i]) ? rig_slurp(path, &b->n[i]) : NULL;
	}
}

static void same(const struct rig *rig, struct bytes *before)
{
	struct bytes after = { 0 };

	take(rig, &after);
	for (int i = 0; i < 4; i++) {
		T_TRUE(!after.of[i] == !before->of[i]);
		if (after.of[i] && before->of[i]) {
			T_EQ(after.n[i], before->n[i]);
			T_MEM(after.of[i], before->of[i], after.n[i]);
		}
		free(after.of[i]);
		free(before->of[i]);
	}
}

static void work(struct rig *rig)
{
	struct catalog_inode in = rig_file(20);

	in.loc_kind = 0;
	rig_add(rig, 1, "committed", &in);
	catalog_commit(rig->c, NULL);
	in.ino = 21;
	rig_add(rig, 1, "noted", &in);
}

/* A catalog that a process left without closing it; that process is gone. */
static void leave(struct rig *rig)
{
	int status = -1;
	pid_t pid;

	rig_init(rig);
	rig_fini(rig);
	pid = fork();
	T_MUST(pid >= 0);
	if (pid == 0) {
		if (catalog_open(rig->path, &rig->c, &rig->clean, &rig->err) < 0)
			_exit(1);
		work(rig);
		_exit(0);
	}
	T_EQ(waitpid(pid, &status, 0), pid);
	T_EQ(status, 0);
}

static void a_look_sees_what_the_next_opening_will_and_changes_nothing(void)
{
	struct catalog *c = NULL;
	struct catalog_state state;
	struct bytes before;
	struct rig rig;
	uint64_t ino = 0;

	leave(&rig);
	take(&rig, &before);
	T_MUST(catalog_look(rig.path, CATALOG_LOOK, &c, &state, &rig.err) == 0);
	T_TRUE(!state.clean && !state.ahead && state.replayed > 0);
	T_EQ(catalog_entry_get(c, 1, "committed", 9, &ino, &rig.err), 0);
	T_EQ(ino, 20);
	T_EQ(catalog_entry_get(c, 1, "noted", 5, &ino, &rig.err), 0);
	T_EQ(ino, 21);
	catalog_abandon(c);
	same(&rig, &before);
}

static void a_clean_catalog_is_looked_at_without_a_file_beside_it(void)
{
	struct catalog *c = NULL;
	struct catalog_state state;
	struct bytes before;
	struct rig rig;

	rig_init(&rig);
	rig_fini(&rig);
	take(&rig, &before);
	T_MUST(catalog_look(rig.path, CATALOG_LOOK, &c, &state, &rig.err) == 0);
	T_TRUE(state.clean && state.replayed == 0);
	T_TRUE(!rig_exists(rig.path, "-wal") && !rig_exists(rig.path, "-shm"));
	catalog_abandon(c);
	same(&rig, &before);
}

static void what_is_abandoned_in_a_mending_is_as_before(void)
{
	struct catalog *c = NULL;
	struct catalog_state state;
	struct catalog_inode in = rig_file(0);
	uint64_t ino;
	struct rig rig;

	leave(&rig);
	T_MUST(catalog_look(rig.path, CATALOG_MEND, &c, &state, &rig.err) == 0);
	T_EQ(catalog_adopt(c, &in, "found", &rig.err), 0);
	catalog_abandon(c);
	T_MUST(catalog_look(rig.path, CATALOG_LOOK, &c, &state, &rig.err) == 0);
	T_TRUE(state.replayed > 0);
	T_EQ(catalog_entry_get(c, 1, "lost+found", 10, &ino, NULL), -ENOENT);
	catalog_abandon(c);
}

static void what_is_kept_is_there_and_the_journal_is_not_run_twice(void)
{
	struct catalog *c = NULL;
	struct catalog_state state;
	struct catalog_inode in = rig_file(0);
	uint64_t dir = 0, ino = 0;
	struct rig rig;

	leave(&rig);
	T_MUST(catalog_look(rig.path, CATALOG_MEND, &c, &state, &rig.err) == 0);
	T_EQ(catalog_adopt(c, &in, "noted", &rig.err), 0);
	T_TRUE(in.ino > 21);
	/* Taken away after the journal brought it: run once more, that would bring it again. */
	T_EQ(catalog_entry_delete(c, 1, "noted", 5, &rig.err), 0);
	T_EQ(catalog_keep(c, true, &rig.err), 0);
	T_MUST(catalog_open(rig.path, &rig.c, &rig.clean, &rig.err) == 0);
	T_TRUE(rig.clean);
	T_EQ(catalog_entry_get(rig.c, 1, "noted", 5, &ino, NULL), -ENOENT);
	T_EQ(catalog_entry_get(rig.c, 1, "lost+found", 10, &dir, &rig.err), 0);
	T_EQ(catalog_entry_get(rig.c, dir, "noted", 5, &ino, &rig.err), 0);
	T_EQ(ino, in.ino);
	rig_fini(&rig);
}

static void a_snapshot_stays_what_it_was(void)
{
	struct catalog *view = NULL;
	uint64_t n = 0;
	struct rig rig;

	rig_init(&rig);
	work(&rig);
	T_EQ(catalog_commit(rig.c, &rig.err), 0);
	T_MUST(catalog_snapshot(rig.c, &view, &rig.err) == 0);
	T_EQ(catalog_entry_delete(rig.c, 1, "noted", 5, &rig.err), 0);
	T_EQ(catalog_commit(rig.c, &rig.err), 0);
	T_EQ(catalog_entry_count(view, &n, &rig.err), 0);
	T_EQ(n, 2);
	T_EQ(catalog_entry_count(rig.c, &n, &rig.err), 0);
	T_EQ(n, 1);
	catalog_abandon(view);
	rig_fini(&rig);
}

/* A file of the name that lost+found wants, and names that are taken there. */
static void what_is_adopted_finds_a_free_name(void)
{
	struct catalog *c = NULL;
	struct catalog_state state;
	struct catalog_inode in = rig_file(9);
	char long_name[256];
	uint64_t dir = 0, ino = 0;
	struct rig rig;

	rig_init(&rig);
	rig_add(&rig, 1, "lost+found", &in);
	rig_fini(&rig);
	memset(long_name, 'n', 255);
	long_name[255] = '\0';
	T_MUST(catalog_look(rig.path, CATALOG_MEND, &c, &state, &rig.err) == 0);
	for (int i = 0; i < 3; i++) {
		T_EQ(catalog_adopt(c, &in, "x", &rig.err), 0);
		T_EQ(catalog_adopt(c, &in, long_name, &rig.err), 0);
	}
	T_EQ(catalog_adopt(c, &in, "a/b", &rig.err), 0);
	T_EQ(catalog_entry_get(c, 1, "lost+found-2", 12, &dir, &rig.err), 0);
	T_EQ(catalog_entry_get(c, dir, "x", 1, &ino, &rig.err), 0);
	T_EQ(catalog_entry_get(c, dir, "x-3", 3, &ino, &rig.err), 0);
	T_EQ(catalog_entry_get(c, dir, long_name, 255, &ino, &rig.err), 0);
	memcpy(long_name + 253, "-2", 2);
	T_EQ(catalog_entry_get(c, dir, long_name, 255, &ino, &rig.err), 0);
	T_EQ(catalog_entry_get(c, dir, "#17", 3, &ino, &rig.err), 0);
	T_EQ(ino, 17);
	catalog_abandon(c);
}

static void open_again(struct rig *rig)
{
	T_MUST(catalog_open(rig->path, &rig->c, &rig->clean, &rig->err) == 0);
}

static void fill(struct rig *rig, unsigned n)
{
	rig_init(rig);
	T_EQ(catalog_op_begin(rig->c, &rig->err), 0);
	for (unsigned i = 0; i < n; i++) {
		struct catalog_inode in = rig_file(100 + i);
		char name[32];

		snprintf(name, sizeof(name), "a-file-with-a-name-%u", i);
		rig_add(rig, 1, name, &in);
	}
	T_EQ(catalog_op_end(rig->c, true, &rig->err), 0);
	rig_fini(rig);
}

static void a_page_of_noise_costs_its_own_rows_only(void)
{
	const unsigned n = 3000;
	struct catalog_saved saved;
	char fresh[PATH_MAX + 16], kept[PATH_MAX];
	size_t size = 0, bad = 0;
	struct rig rig;

	fill(&rig, n);
	snprintf(fresh, sizeof(fresh), "%s.salvaged", rig.path);
	{
		AUTO_FREE char *bytes = rig_slurp(rig.path, &size);

		/* Every twentieth page, from the tenth on. */
		for (size_t page = 10; page < size / 4096; page += 20, bad++)
			memset(bytes + page * 4096, 0xee, 4096);
		rig_spill(rig.path, bytes, size);
	}
	T_TRUE(bad > 3);
	T_TRUE(catalog_is_salvageable(rig.path));
	T_EQ(catalog_salvage(rig.path, fresh, &saved, &rig.err), 0);
	T_TRUE(!saved.complete);
	/* A page holds less than a hundred rows of either. */
	T_TRUE(saved.inodes >= n - bad * 100 && saved.inodes <= n + 2);
	T_TRUE(saved.entries >= n - bad * 150 && saved.entries <= n);
	T_EQ(catalog_replace(rig.path, fresh, kept, &rig.err), 0);
	T_TRUE(rig_exists(kept, "") && !rig_exists(fresh, ""));
	T_EQ(catalog_open(rig.path, &rig.c, &rig.clean, &rig.err), 0);
	T_MUST(rig.c);
	rig_fini(&rig);
}

static void a_sound_catalog_is_saved_whole(void)
{
	struct catalog_saved saved;
	char fresh[PATH_MAX + 16], text[16] = "";
	size_t n = 0;
	struct rig rig;

	fill(&rig, 500);
	open_again(&rig);
	T_EQ(catalog_symlink_set(rig.c, 100, "to", 2, &rig.err), 0);
	T_EQ(catalog_xattr_set(rig.c, 101, "user.a", "one", 3, &rig.err), 0);
	T_EQ(catalog_xattr_set(rig.c, 101, "user.b", "two", 3, &rig.err), 0);
	T_EQ(catalog_setting_set(rig.c, "volume_id", "KEPT", &rig.err), 0);
	rig_fini(&rig);
	snprintf(fresh, sizeof(fresh), "%s.salvaged", rig.path);
	T_EQ(catalog_salvage(rig.path, fresh, &saved, &rig.err), 0);
	T_TRUE(saved.complete);
	T_EQ(saved.entries, 500);
	T_EQ(saved.inodes, 501);
	memcpy(rig.path, fresh, strlen(fresh) + 1);
	open_again(&rig);
	T_TRUE(rig.clean);
	T_EQ(catalog_symlink_get(rig.c, 100, text, sizeof(text), &n, &rig.err), 0);
	T_STR(text, "to");
	T_EQ(catalog_xattr_get(rig.c, 101, "user.b", text, sizeof(text), &n, &rig.err), 0);
	T_EQ(n, 3);
	T_EQ(catalog_setting_get(rig.c, "volume_id", text, sizeof(text), &rig.err), 0);
	T_STR(text, "KEPT");
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_look_sees_what_the_next_opening_will_and_changes_nothing);
	T_RUN(a_clean_catalog_is_looked_at_without_a_file_beside_it);
	T_RUN(what_is_abandoned_in_a_mending_is_as_before);
	T_RUN(what_is_kept_is_there_and_the_journal_is_not_run_twice);
	T_RUN(a_snapshot_stays_what_it_was);
	T_RUN(what_is_adopted_finds_a_free_name);
	T_RUN(a_page_of_noise_costs_its_own_rows_only);
	T_RUN(a_sound_catalog_is_saved_whole);
	return t_end();
}
