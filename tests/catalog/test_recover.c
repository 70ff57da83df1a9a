/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/t.h"
#include "rig_catalog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void add_two_and_rename(struct rig *rig)
{
	struct catalog_inode in = rig_file(2), link = rig_file(3);

	catalog_op_begin(rig->c, NULL);
	catalog_inode_insert(rig->c, &in, NULL);
	catalog_entry_insert(rig->c, 1, "a\0b", 3, 2, NULL);
	catalog_op_end(rig->c, true, NULL);
	catalog_op_begin(rig->c, NULL);
	catalog_inode_insert(rig->c, &link, NULL);
	catalog_symlink_set(rig->c, 3, "../target", 9, NULL);
	catalog_entry_insert(rig->c, 1, "old", 3, 3, NULL);
	catalog_op_end(rig->c, true, NULL);
	catalog_op_begin(rig->c, NULL);
	catalog_entry_delete(rig->c, 1, "old", 3, NULL);
	catalog_entry_insert(rig->c, 1, "new", 3, 3, NULL);
	catalog_op_end(rig->c, true, NULL);
	catalog_setting_set(rig->c, "volume_id", "H\xc3\xa9", NULL);
}

static void what_was_answered_outlives_a_killed_process(void)
{
	struct catalog_inode want = rig_file(2), got;
	char text[32];
	uint64_t ino = 0, max = 0;
	struct rig rig;
	size_t n = 0;

	rig_init(&rig);
	rig_die_after(&rig, add_two_and_rename);
	T_MUST(rig.c);
	T_EQ(catalog_inode_get(rig.c, 2, &got, &rig.err), 0);
	T_TRUE(rig_same_inode(&got, &want));
	T_EQ(catalog_entry_get(rig.c, 1, "a\0b", 3, &ino, &rig.err), 0);
	T_EQ(ino, 2);
	T_EQ(catalog_entry_get(rig.c, 1, "old", 3, &ino, &rig.err), -ENOENT);
	T_EQ(catalog_entry_get(rig.c, 1, "new", 3, &ino, &rig.err), 0);
	T_EQ(ino, 3);
	T_EQ(catalog_symlink_get(rig.c, 3, text, sizeof(text), &n, &rig.err), 0);
	T_STR(text, "../target");
	T_EQ(catalog_setting_get(rig.c, "volume_id", text, sizeof(text), &rig.err), 0);
	T_STR(text, "H\xc3\xa9");
	T_EQ(catalog_max_ino(rig.c, &max, &rig.err), 0);
	T_EQ(max, 3);
	rig_fini(&rig);
}

static void begin_and_die(struct rig *rig)
{
	struct catalog_inode in = rig_file(2);

	catalog_setting_set(rig->c, "before", "1", NULL);
	catalog_op_begin(rig->c, NULL);
	catalog_inode_insert(rig->c, &in, NULL);
	catalog_entry_insert(rig->c, 1, "half", 4, 2, NULL);
}

static void an_operation_that_did_not_end_is_not_recovered(void)
{
	struct catalog_inode got;
	uint64_t ino;
	char text[8];
	struct rig rig;

	rig_init(&rig);
	rig_die_after(&rig, begin_and_die);
	T_MUST(rig.c);
	T_EQ(catalog_setting_get(rig.c, "before", text, sizeof(text), &rig.err), 0);
	T_EQ(catalog_inode_get(rig.c, 2, &got, &rig.err), -ENOENT);
	T_EQ(catalog_entry_get(rig.c, 1, "half", 4, &ino, &rig.err), -ENOENT);
	rig_fini(&rig);
}

static void take_back_and_die(struct rig *rig)
{
	struct catalog_inode two = rig_file(2), three = rig_file(3);

	catalog_op_begin(rig->c, NULL);
	catalog_inode_insert(rig->c, &two, NULL);
	catalog_op_end(rig->c, false, NULL);
	catalog_op_begin(rig->c, NULL);
	catalog_inode_insert(rig->c, &three, NULL);
	catalog_op_end(rig->c, true, NULL);
}

static void an_operation_taken_back_is_not_recovered(void)
{
	struct catalog_inode got;
	struct rig rig;

	rig_init(&rig);
	rig_die_after(&rig, take_back_and_die);
	T_MUST(rig.c);
	T_EQ(catalog_inode_get(rig.c, 2, &got, &rig.err), -ENOENT);
	T_EQ(catalog_inode_get(rig.c, 3, &got, &rig.err), 0);
	rig_fini(&rig);
}

static void commit_then_note_and_die(struct rig *rig)
{
	struct catalog_inode in = rig_file(2);

	catalog_inode_insert(rig->c, &in, NULL);
	catalog_commit(rig->c, NULL);
	in.size_bytes = 123456;
	catalog_inode_note(rig->c, &in);
	in.size_bytes = 234567;
	catalog_inode_note(rig->c, &in);
}

static void a_note_is_recovered_as_the_row_it_promised(void)
{
	struct catalog_inode got = { 0 };
	struct rig rig;

	rig_init(&rig);
	rig_die_after(&rig, commit_then_note_and_die);
	T_MUST(rig.c);
	T_EQ(catalog_inode_get(rig.c, 2, &got, &rig.err), 0);
	T_EQ(got.size_bytes, 234567);
	rig_fini(&rig);
}

/* Deletes what is in the journal again by a commit; the old records must not come back. */
static void records_of_an_older_generation_are_not_run(void)
{
	struct catalog_inode got;
	struct rig rig;

	rig_init(&rig);
	rig_die_after(&rig, take_back_and_die);
	T_MUST(rig.c);
	T_EQ(catalog_inode_delete(rig.c, 3, &rig.err), 0);
	T_EQ(catalog_close(rig.c, &rig.err), 0);
	rig.c = NULL;
	rig_reopen(&rig);
	T_EQ(catalog_inode_get(rig.c, 3, &got, &rig.err), -ENOENT);
	rig_fini(&rig);
}

/* Numbers of every length that the journal has for them. */
static struct catalog_inode row_of_width(unsigned bytes, uint64_t low)
{
	struct catalog_inode in = rig_file(2 + bytes);

	in.size_bytes = (bytes ? 1ull << (8 * bytes - 1) : 0) + low;
	in.loc_off_bytes = in.size_bytes - low;
	in.mtime.tv_sec = -(time_t)bytes;
	return in;
}

static void note_every_width(struct rig *rig)
{
	for (unsigned n = 0; n < 8; n++) {
		struct catalog_inode in = row_of_width(n, 0);

		catalog_inode_insert(rig->c, &in, NULL);
		in = row_of_width(n, 1);
		catalog_inode_note(rig->c, &in);
	}
	_exit(0);
}

static void numbers_of_every_length_are_recovered(void)
{
	struct rig rig;

	rig_init(&rig);
	rig_die_after(&rig, note_every_width);
	T_MUST(rig.c);
	for (unsigned n = 0; n < 8; n++) {
		struct catalog_inode want = row_of_width(n, 1), got;

		T_EQ(catalog_inode_get(rig.c, want.ino, &got, &rig.err), 0);
		T_EQ(got.size_bytes, want.size_bytes);
		T_EQ(got.loc_off_bytes, want.loc_off_bytes);
		T_EQ(got.mtime.tv_sec, want.mtime.tv_sec);
	}
	rig_fini(&rig);
}

static void fill_the_journal(struct rig *rig)
{
	static char big[65536];
	bool wanted = false;

	memset(big, 'x', sizeof(big) - 1);
	for (int i = 0; i < 400 && !wanted; i++) {
		catalog_symlink_set(rig->c, 1000 + (uint64_t)i, big, 4000, NULL);
		for (int k = 0; k < 16; k++)
			catalog_symlink_set(rig->c, 5000 + (uint64_t)k, big, 4000, NULL);
		wanted = catalog_wants_commit(rig->c);
	}
	_exit(wanted ? 0 : 1);
}

static void a_journal_that_fills_asks_for_a_commit(void)
{
	struct rig rig;

	rig_init(&rig);
	T_TRUE(!catalog_wants_commit(rig.c));
	rig_die_after(&rig, fill_the_journal);
	T_MUST(rig.c);
	rig_fini(&rig);
}

/* Whatever bytes stand in it: opened, or refused with a reason, never worse. */
static void damaged_journals_do_no_harm(void)
{
	char path[PATH_MAX + 8];
	size_t n = 0;
	struct rig rig;

	rig_init(&rig);
	snprintf(path, sizeof(path), "%s-redo", rig.path);
	for (int i = 0; i < 40; i++) {
		char *bytes;
		int r;

		rig_die_after(&rig, add_two_and_rename);
		T_MUST(rig.c);
		T_EQ(catalog_inode_delete(rig.c, 2, NULL), 0);
		T_EQ(catalog_inode_delete(rig.c, 3, NULL), 0);
		T_EQ(catalog_entry_delete(rig.c, 1, "a\0b", 3, NULL), 0);
		T_EQ(catalog_entry_delete(rig.c, 1, "new", 3, NULL), 0);
		T_EQ(catalog_close(rig.c, &rig.err), 0);
		bytes = rig_slurp(path, &n);
		for (int k = 0; k < 8; k++)
			bytes[t_below(8192)] = (char)t_random();
		rig_spill(path, bytes, n);
		free(bytes);
		rig.c = NULL;
		r = catalog_open(rig.path, &rig.c, &rig.clean, &rig.err);
		T_EQ(r, 0);
		T_MUST(rig.c);
	}
	rig_fini(&rig);
}

static void commit_and_die(struct rig *rig)
{
	struct catalog_inode in = rig_file(2);

	catalog_inode_insert(rig->c, &in, NULL);
	_exit(catalog_commit(rig->c, NULL) < 0);
}

/* Else the store would be swept of all that these commits name. */
static void a_log_that_was_removed_is_noticed(void)
{
	char log[PATH_MAX + 8], journal[PATH_MAX + 8];
	struct rig rig;
	pid_t pid;
	int status = -1;

	rig_init(&rig);
	rig_fini(&rig);
	pid = fork();
	T_MUST(pid >= 0);
	if (pid == 0) {
		if (catalog_open(rig.path, &rig.c, &rig.clean, &rig.err) < 0)
			_exit(1);
		commit_and_die(&rig);
	}
	T_EQ(waitpid(pid, &status, 0), pid);
	T_EQ(status, 0);
	snprintf(log, sizeof(log), "%s-wal", rig.path);
	snprintf(journal, sizeof(journal), "%s-redo", rig.path);
	T_EQ(unlink(log), 0);
	T_EQ(catalog_open(rig.path, &rig.c, &rig.clean, &rig.err), -EBADMSG);
	T_HAS(rig.err.msg, "-wal");
	T_EQ(unlink(journal), 0);
	T_EQ(catalog_open(rig.path, &rig.c, &rig.clean, &rig.err), 0);
	T_MUST(rig.c);
	rig_fini(&rig);
}

static void a_new_catalog_has_nothing_to_do_with_an_old_journal(void)
{
	struct rig rig;

	rig_init(&rig);
	rig_die_after(&rig, add_two_and_rename);
	rig_fini(&rig);
	T_EQ(unlink(rig.path), 0);
	T_EQ(catalog_open(rig.path, &rig.c, &rig.clean, &rig.err), 0);
	T_MUST(rig.c);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(what_was_answered_outlives_a_killed_process);
	T_RUN(an_operation_that_did_not_end_is_not_recovered);
	T_RUN(an_operation_taken_back_is_not_recovered);
	T_RUN(a_note_is_recovered_as_the_row_it_promised);
	T_RUN(numbers_of_every_length_are_recovered);
	T_RUN(records_of_an_older_generation_are_not_run);
	T_RUN(a_journal_that_fills_asks_for_a_commit);
	T_RUN(damaged_journals_do_no_harm);
	T_RUN(a_log_that_was_removed_is_noticed);
	T_RUN(a_new_catalog_has_nothing_to_do_with_an_old_journal);
	return t_end();
}
