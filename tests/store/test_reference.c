/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of content that lies outside of the store. */
#include "harness/t.h"
#include "rig_store.h"

#include "base/err.h"
#include "store/reference.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID 77u

static char source[300];
static const struct store_loc loc = { .kind = STORE_REFERENCE, .id = ID };

/* A file of @n bytes of rig_byte(5), which the store refers to. */
static void refer(struct rig *r, size_t n)
{
	uint8_t *bytes = malloc(n);
	struct stat st;
	int fd;

	snprintf(source, sizeof(source), "%s/source", t_tmpdir());
	fd = open(source, O_WRONLY | O_CREAT, 0644);
	T_MUST(fd >= 0 && bytes);
	rig_fill(bytes, 5, 0, n);
	T_MUST(write(fd, bytes, n) == (ssize_t)n && fstat(fd, &st) == 0);
	close(fd);
	free(bytes);
	T_EQ(store_refer(r->store, ID,
		     &(struct store_source){ source, st.st_dev, st.st_ino, n, st.st_mtim }, NULL),
		0);
}

static void counts(struct rig *r, uint64_t files, uint64_t bytes)
{
	uint64_t n, total;

	store_count_references(r->store, &n, &total);
	T_EQ(n, files);
	T_EQ(total, bytes);
}

static void it_is_read_where_it_lies(void)
{
	struct rig r;

	rig_init(&r);
	refer(&r, 70000);
	counts(&r, 1, 70000);
	T_TRUE(rig_holds(&r, loc, 5, 0, 70000));
	T_TRUE(rig_holds(&r, loc, 5, 12345, 100));
	T_EQ(store_check_references(r.store, NULL), 0);
	store_unrefer(r.store, ID);
	counts(&r, 0, 0);
	rig_fini(&r);
}

static void a_change_makes_an_own_copy(void)
{
	static const size_t sizes[] = { 5000, 3000000 };

	for (size_t i = 0; i < 2; i++) {
		struct store_loc own;
		struct store_file *f;
		struct rig r;

		rig_init(&r);
		refer(&r, sizes[i]);
		f = rig_open(&r, loc, sizes[i]);
		T_EQ(rig_write(f, 5, sizes[i], 10), 0);
		own = store_file_loc(f);
		store_file_close(f);
		T_EQ(own.kind, i ? STORE_OBJECT : STORE_SEGMENT);
		T_TRUE(rig_holds(&r, own, 5, 0, sizes[i] + 10));
		counts(&r, 0, 0);
		rig_fini(&r);
	}
}

static void what_is_cut_keeps_its_beginning(void)
{
	struct store_file *f;
	struct store_loc now;
	uint8_t got[10];
	struct rig r;

	rig_init(&r);
	refer(&r, 5000);
	f = rig_open(&r, loc, 5000);
	T_EQ(store_file_truncate(f, 100, NULL), 0);
	T_EQ(store_file_truncate(f, 200, NULL), 0);
	now = store_file_loc(f);
	T_EQ(store_file_read(f, 95, got, 10, NULL), 10);
	for (unsigned i = 0; i < 10; i++)
		T_EQ(got[i], i < 5 ? rig_byte(5, 95 + i) : 0);
	T_EQ(now.kind, STORE_SEGMENT);
	store_file_close(f);
	rig_fini(&r);
}

static void a_changed_source_is_told_and_never_copied(void)
{
	struct store_file *f;
	struct err err = { 0 };
	uint8_t byte;
	struct rig r;

	rig_init(&r);
	refer(&r, 5000);
	T_MUST(truncate(source, 4999) == 0);
	T_EQ(store_read(r.store, loc, 0, &byte, 1, &err), -ESTALE);
	T_HAS(err.msg, "/source was changed");
	T_EQ(store_check_references(r.store, NULL), -ESTALE);
	f = rig_open(&r, loc, 5000);
	T_EQ(rig_write(f, 5, 10, 10), -ESTALE);
	T_EQ(store_file_loc(f).kind, STORE_REFERENCE);
	store_file_close(f);
	T_MUST(unlink(source) == 0);
	T_EQ(store_read(r.store, loc, 0, &byte, 1, &err), -ESTALE);
	T_HAS(err.msg, "was removed");
	rig_fini(&r);
}

static void a_freeze_reads_on_what_was_removed(void)
{
	struct store_freeze *freeze;
	uint8_t byte;
	struct rig r;

	rig_init(&r);
	refer(&r, 5000);
	T_MUST(store_freeze_begin(r.store, &freeze, NULL) == 0);
	T_EQ(store_delete(r.store, loc, NULL), 0);
	counts(&r, 0, 0);
	T_EQ(store_freeze_read(freeze, loc, 4999, &byte, 1, NULL), 0);
	T_EQ(byte, rig_byte(5, 4999));
	store_freeze_end(freeze);
	T_EQ(store_read(r.store, loc, 0, &byte, 1, NULL), -EBADMSG);
	rig_fini(&r);
}

int main(void)
{
	T_RUN(it_is_read_where_it_lies);
	T_RUN(a_change_makes_an_own_copy);
	T_RUN(what_is_cut_keeps_its_beginning);
	T_RUN(a_changed_source_is_told_and_never_copied);
	T_RUN(a_freeze_reads_on_what_was_removed);
	return t_end();
}
