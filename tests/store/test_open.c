/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new run begins past everything that a former one may have left. */
#include "harness/t.h"
#include "rig_store.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define LARGE (STORE_SMALL_MAX + 5000u)

static void new_data_goes_past_the_old(void)
{
	struct store_loc old[3], new;
	struct rig r;

	rig_init(&r);
	old[0] = rig_stage(&r, 1, 3000);
	old[1] = rig_stage(&r, 2, 100);
	old[2] = rig_stage(&r, 3, LARGE);
	rig_reopen(&r);
	new = rig_stage(&r, 4, 5000);
	T_EQ(new.id, old[1].id);
	T_EQ(new.off_bytes, old[1].off_bytes + 2048);
	new = rig_stage(&r, 5, LARGE);
	T_EQ(new.id, old[2].id + 1);
	T_TRUE(rig_holds(&r, old[0], 1, 0, 3000));
	T_TRUE(rig_holds(&r, old[1], 2, 0, 100));
	T_TRUE(rig_holds(&r, old[2], 3, 0, LARGE));
	rig_fini(&r);
}

static void reserved_space_is_not_given_out_again(void)
{
	struct store_file *a, *b;
	struct store_loc chunk, new;
	struct rig r;

	rig_init(&r);
	a = rig_new(&r);
	b = rig_new(&r);
	T_EQ(rig_write(a, 1, 0, 100), 0);
	T_EQ(rig_write(b, 2, 0, 100), 0);
	T_EQ(rig_write(a, 1, 100, 3000), 0); /* moves to a chunk, mostly unwritten */
	chunk = store_file_loc(a);
	T_TRUE(chunk.cap_bytes > 8192);
	store_file_close(a);
	store_file_close(b);
	rig_reopen(&r);
	new = rig_stage(&r, 3, 50000);
	T_TRUE(new.off_bytes >= chunk.off_bytes + chunk.cap_bytes);
	a = rig_open(&r, chunk, 3100);
	T_EQ(rig_write(a, 1, 3100, 10000), 0);
	T_TRUE(rig_holds(&r, store_file_loc(a), 1, 0, 13100));
	T_TRUE(rig_holds(&r, new, 3, 0, 50000));
	store_file_close(a);
	rig_fini(&r);
}

static void what_the_catalog_names_past_the_end_is_avoided(void)
{
	struct store_loc lost, object = { .kind = STORE_OBJECT, .id = 5000 }, new;
	struct store_file *f;
	struct err err = { 0 };
	struct rig r;
	char byte;

	rig_init(&r);
	rig_stage(&r, 1, 3000);
	lost = rig_stage(&r, 2, 30000);
	store_close(r.store);
	T_MUST(truncate(rig_path(&r, "segments/000001.seg"), 4096) == 0);
	T_MUST(store_open(r.dir, &r.store, NULL) == 0);
	f = rig_open(&r, lost, 30000);
	store_file_close(f);
	f = rig_open(&r, object, 100);
	store_file_close(f);
	new = rig_stage(&r, 3, 5000);
	T_EQ(new.id, 2);
	T_EQ(rig_stage(&r, 4, LARGE).id, 5001);
	T_EQ(store_read(r.store, lost, 0, &byte, 1, &err), -EIO);
	T_HAS(err.msg, "segment 1");
	T_EQ(store_read(r.store, object, 0, &byte, 1, NULL), -ENOENT);
	rig_fini(&r);
}

static void only_the_owner_may_look_in(void)
{
	static const struct {
		const char *name;
		mode_t mode;
	} want[] = {
		{ "segments", 0700 },
		{ "objects", 0700 },
		{ "objects/0000", 0700 },
		{ "objects/0000/1", 0600 },
		{ "segments/000001.seg", 0600 },
	};
	mode_t former = umask(0);
	struct stat st;
	struct rig r;

	rig_init(&r);
	rig_stage(&r, 1, 10);
	rig_stage(&r, 2, LARGE);
	umask(former);
	for (unsigned i = 0; i < 5; i++) {
		T_EQ(stat(rig_path(&r, want[i].name), &st), 0);
		T_EQ(st.st_mode & 0777, want[i].mode);
	}
	rig_fini(&r);
}

static void links_in_the_store_are_not_followed(void)
{
	struct store_loc loc;
	struct rig r;
	char byte;

	rig_init(&r);
	loc = rig_stage(&r, 1, LARGE);
	rig_reopen(&r);
	T_MUST(unlink(rig_path(&r, "objects/0000/1")) == 0);
	T_MUST(symlink("/etc/passwd", rig_path(&r, "objects/0000/1")) == 0);
	T_EQ(store_read(r.store, loc, 0, &byte, 1, NULL), -ELOOP);
	rig_fini(&r);
}

static void a_directory_that_is_not_there_is_told(void)
{
	struct store *s = NULL;
	struct err err = { 0 };

	T_EQ(store_open("/nonexistent", &s, &err), -ENOENT);
	T_HAS(err.msg, "/nonexistent");
	T_TRUE(s == NULL);
	store_close(NULL);
	store_file_close(NULL);
	store_freeze_end(NULL);
}

int main(void)
{
	T_RUN(new_data_goes_past_the_old);
	T_RUN(reserved_space_is_not_given_out_again);
	T_RUN(what_the_catalog_names_past_the_end_is_avoided);
	T_RUN(only_the_owner_may_look_in);
	T_RUN(links_in_the_store_are_not_followed);
	T_RUN(a_directory_that_is_not_there_is_told);
	return t_end();
}
