/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations, commits, crashes. */
#include "catalog/rig_catalog.h"
#include "harness/t.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void an_operation_taken_back_leaves_nothing(void)
{
	struct catalog_inode kept = rig_file(2), gone = rig_file(3), got;
	struct rig rig;
	uint64_t count = 9;

	rig_init(&rig);
	T_EQ(catalog_op_begin(rig.c, &rig.err), 0);
	rig_add(&rig, 1, "kept", &kept);
	T_EQ(catalog_op_end(rig.c, true, &rig.err), 0);
	T_EQ(catalog_op_begin(rig.c, &rig.err), 0);
	rig_add(&rig, 1, "gone", &gone);
	T_EQ(catalog_entry_delete(rig.c, 1, "kept", 4, &rig.err), 0);
	T_EQ(catalog_inode_delete(rig.c, 2, &rig.err), 0);
	T_EQ(catalog_op_end(rig.c, false, &rig.err), 0);
	T_EQ(catalog_pending(rig.c), 1);
	rig_reopen(&rig);
	T_EQ(catalog_inode_get(rig.c, 2, &got, &rig.err), 0);
	T_TRUE(rig_same_inode(&got, &kept));
	T_EQ(catalog_inode_get(rig.c, 3, &got, &rig.err), -ENOENT);
	T_EQ(catalog_entry_count(rig.c, &count, &rig.err), 0);
	T_EQ(count, 1);
	rig_fini(&rig);
}

static void an_operation_goes_on_after_a_refused_row(void)
{
	struct catalog_inode in = rig_file(2), got;
	struct rig rig;

	rig_init(&rig);
	T_EQ(catalog_op_begin(rig.c, &rig.err), 0);
	T_EQ(catalog_inode_insert(rig.c, &in, &rig.err), 0);
	T_EQ(catalog_inode_insert(rig.c, &in, &rig.err), -EEXIST);
	T_EQ(catalog_op_end(rig.c, true, &rig.err), 0);
	rig_reopen(&rig);
	T_EQ(catalog_inode_get(rig.c, 2, &got, &rig.err), 0);
	rig_fini(&rig);
}

static void pending_counts_operations_until_the_commit(void)
{
	struct catalog_inode in = rig_file(2);
	struct rig rig;

	rig_init(&rig);
	T_EQ(catalog_pending(rig.c), 0);
	T_EQ(catalog_op_begin(rig.c, &rig.err), 0);
	rig_add(&rig, 1, "a", &in);
	T_EQ(catalog_op_end(rig.c, true, &rig.err), 0);
	T_EQ(catalog_pending(rig.c), 1);
	T_EQ(catalog_setting_set(rig.c, "a", "b", &rig.err), 0);
	T_EQ(catalog_pending(rig.c), 2);
	T_EQ(catalog_commit(rig.c, &rig.err), 0);
	T_EQ(catalog_pending(rig.c), 0);
	T_EQ(catalog_commit(rig.c, &rig.err), 0);
	rig_fini(&rig);
}

static void reading_begins_no_transaction(void)
{
	struct catalog_totals totals;
	struct catalog_inode got;
	struct rig rig;

	rig_init(&rig);
	T_EQ(catalog_inode_get(rig.c, 1, &got, &rig.err), 0);
	T_EQ(catalog_totals(rig.c, &totals, &rig.err), 0);
	T_EQ(catalog_entry_any(rig.c, 1, &rig.err), 0);
	T_EQ(catalog_pending(rig.c), 0);
	rig_fini(&rig);
}

static void commit_one_and_begin_another(struct rig *rig)
{
	struct catalog_inode in = rig_file(2), late = rig_file(3);

	catalog_inode_insert(rig->c, &in, NULL);
	catalog_commit(rig->c, NULL);
	catalog_inode_insert(rig->c, &late, NULL);
}

static void a_crash_keeps_what_was_committed_and_is_seen(void)
{
	struct catalog_inode got;
	struct rig rig;

	rig_init(&rig);
	T_TRUE(rig.clean);
	rig_die_after(&rig, commit_one_and_begin_another);
	T_TRUE(!rig.clean);
	T_EQ(catalog_inode_get(rig.c, 2, &got, &rig.err), 0);
	T_EQ(catalog_inode_get(rig.c, 3, &got, &rig.err), 0);
	rig_reopen(&rig);
	T_TRUE(rig.clean);
	rig_fini(&rig);
}

static void change_nothing(struct rig *rig)
{
	(void)rig;
}

static void a_crash_without_any_change_is_seen_too(void)
{
	struct rig rig;

	rig_init(&rig);
	rig_die_after(&rig, change_nothing);
	T_TRUE(!rig.clean);
	rig_fini(&rig);
}

/* 0 when all was as it has to be; the sum of what was not otherwise. */
static int fail_a_commit(struct rig *rig)
{
	const struct rlimit small = { 8192, RLIM_INFINITY }, all = { RLIM_INFINITY, RLIM_INFINITY };
	struct catalog_inode in = rig_file(2), got;
	char big[3000];
	int wrong = 0, r;

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	signal(SIGXFSZ, SIG_IGN);
	catalog_setting_set(rig->c, "before", "1", NULL);
	wrong += catalog_commit(rig->c, NULL) != 0;
	setrlimit(RLIMIT_FSIZE, &small);
	for (uint64_t i = 0; i < 20; i++)
		catalog_symlink_set(rig->c, 100 + i, big, sizeof(big), NULL);
	wrong += catalog_inode_insert(rig->c, &in, NULL) != 0;
	r = catalog_commit(rig->c, &rig->err);
	wrong += r >= 0 || rig->err.code != r;
	setrlimit(RLIMIT_FSIZE, &all);
	wrong += catalog_inode_get(rig->c, 2, &got, &rig->err) != r;
	wrong += !strstr(rig->err.msg, "lost");
	wrong += catalog_op_begin(rig->c, NULL) != r;
	wrong += catalog_commit(rig->c, NULL) != r;
	wrong += catalog_close(rig->c, NULL) != r;
	return wrong;
}

static void a_failed_commit_sticks_and_the_next_opening_recovers(void)
{
	struct catalog_inode got;
	int status = -1;
	char text[8];
	struct rig rig;
	pid_t pid;

	rig_init(&rig);
	T_EQ(catalog_close(rig.c, &rig.err), 0);
	pid = fork();
	T_MUST(pid >= 0);
	if (pid == 0) {
		if (catalog_open(rig.path, &rig.c, &rig.clean, &rig.err) < 0)
			_exit(99);
		_exit(fail_a_commit(&rig));
	}
	T_EQ(waitpid(pid, &status, 0), pid);
	T_EQ(status, 0);
	T_EQ(catalog_open(rig.path, &rig.c, &rig.clean, &rig.err), 0);
	T_MUST(rig.c);
	T_TRUE(!rig.clean);
	T_EQ(catalog_setting_get(rig.c, "before", text, sizeof(text), &rig.err), 0);
	/* The redo journal still had what the commit could not write. */
	T_EQ(catalog_inode_get(rig.c, 2, &got, &rig.err), 0);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(an_operation_taken_back_leaves_nothing);
	T_RUN(an_operation_goes_on_after_a_refused_row);
	T_RUN(pending_counts_operations_until_the_commit);
	T_RUN(reading_begins_no_transaction);
	T_RUN(a_crash_keeps_what_was_committed_and_is_seen);
	T_RUN(a_crash_without_any_change_is_seen_too);
	T_RUN(a_failed_commit_sticks_and_the_next_opening_recovers);
	return t_end();
}
