/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The number of open descriptors stays bounded, and syncing reaches what is closed. */
#include "harness/t.h"
#include "rig_store.h"

#include "store/private.h"

#include <dirent.h>

static unsigned open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	T_MUST(dir != NULL);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void idle_files_hold_no_descriptor(void)
{
	unsigned before = open_descriptors();
	struct store_file *f[300];
	struct rig r;

	rig_init_limited(&r, 4096);
	for (unsigned i = 0; i < 300; i++) {
		f[i] = rig_new(&r);
		T_EQ(rig_write(f[i], i, 0, i % 2 ? 4096 : 5000), 0);
	}
	T_TRUE(open_descriptors() <= before + CONTAINER_IDLE + 4);
	T_EQ(store_sync(r.store, NULL), 0);
	T_TRUE(open_descriptors() <= before + CONTAINER_IDLE + 4);
	for (unsigned i = 0; i < 300; i++) {
		T_TRUE(rig_holds(&r, store_file_loc(f[i]), i, 0, 4096));
		T_EQ(store_file_sync(f[i], NULL), 0);
		store_file_close(f[i]);
	}
	T_EQ(r.store->idle_count, CONTAINER_IDLE);
	rig_fini(&r);
	T_EQ(open_descriptors(), before);
}

static void a_record_is_kept_until_it_is_synced(void)
{
	struct store_loc loc;
	struct container *c;
	struct rig r;

	rig_init_limited(&r, 4096);
	loc = rig_stage(&r, 1, 5000);
	for (unsigned i = 0; i < 2 * CONTAINER_IDLE; i++)
		rig_stage(&r, i, 5000);
	T_MUST(container_get(r.store, STORE_OBJECT, loc.id, &c, NULL) == 0);
	T_TRUE(c->dirty && c->fresh);
	container_put(r.store, c);
	T_EQ(store_sync(r.store, NULL), 0);
	T_MUST(container_get(r.store, STORE_OBJECT, loc.id, &c, NULL) == 0);
	T_TRUE(!c->dirty && !c->fresh);
	container_put(r.store, c);
	rig_fini(&r);
}

static void a_failed_sync_is_not_forgotten(void)
{
	struct store_file *f;
	struct container *c;
	struct rig r;

	rig_init(&r);
	f = rig_new(&r);
	T_EQ(rig_write(f, 1, 0, 5000), 0);
	T_MUST(container_get(r.store, STORE_SEGMENT, store_file_loc(f).id, &c, NULL) == 0);
	c->failed = true;
	container_put(r.store, c);
	for (unsigned i = 0; i < 2; i++) {
		T_TRUE(store_file_sync(f, NULL) < 0);
		T_TRUE(store_sync(r.store, NULL) < 0);
	}
	store_file_close(f);
	rig_fini(&r);
}

int main(void)
{
	T_RUN(idle_files_hold_no_descriptor);
	T_RUN(a_record_is_kept_until_it_is_synced);
	T_RUN(a_failed_sync_is_not_forgotten);
	return t_end();
}
