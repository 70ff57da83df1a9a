/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frozen content stays, whatever happens to the file. */
#include "harness/t.h"
#include "rig_store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define LARGE	 (STORE_SMALL_MAX + 5000u)
#define READ_MAX 4000000u

static const size_t both_kinds[] = { 5000, LARGE };

static void overwriting_frozen_content_moves_it_first(void)
{
	struct store_freeze *z;
	struct store_loc old;
	struct store_file *f;
	struct rig r;

	rig_init(&r);
	for (unsigned i = 0; i < 2; i++) {
		size_t n = both_kinds[i];

		f = rig_new(&r);
		T_EQ(rig_write(f, 1, 0, n), 0);
		old = store_file_loc(f);
		T_MUST(store_freeze_begin(r.store, &z, NULL) == 0);
		T_EQ(rig_write(f, 2, 100, 10), 0);
		T_TRUE(store_file_loc(f).id != old.id ||
			store_file_loc(f).off_bytes != old.off_bytes);
		T_TRUE(rig_holds(&r, old, 1, 0, n));
		T_TRUE(rig_holds(&r, store_file_loc(f), 2, 100, 10));
		T_TRUE(rig_holds(&r, store_file_loc(f), 1, 110, n - 110));
		old = store_file_loc(f);
		T_EQ(rig_write(f, 3, 100, 10), 0);
		T_EQ(store_file_loc(f).off_bytes, old.off_bytes); /* born after the freeze */
		T_EQ(store_file_loc(f).id, old.id);
		store_file_close(f);
		store_freeze_end(z);
	}
	rig_fini(&r);
}

static void appending_to_frozen_content_goes_on_in_place(void)
{
	struct store_freeze *z;
	struct store_loc old;
	struct store_file *f;
	struct rig r;

	rig_init(&r);
	for (unsigned i = 0; i < 2; i++) {
		size_t n = both_kinds[i];

		old = rig_stage(&r, 1, n);
		T_MUST(store_freeze_begin(r.store, &z, NULL) == 0);
		f = rig_open(&r, old, n);
		T_EQ(rig_write(f, 1, n, 9000), 0);
		T_EQ(store_file_loc(f).off_bytes, old.off_bytes);
		T_EQ(store_file_loc(f).id, old.id);
		T_EQ(rig_write(f, 4, n - 1, 1), 0);
		T_TRUE(rig_holds(&r, old, 1, 0, n));
		store_file_close(f);
		store_freeze_end(z);
	}
	rig_fini(&r);
}

static void a_cut_of_frozen_content_survives_closing_and_appending(void)
{
	struct store_freeze *z;
	struct store_loc old, now;
	struct store_file *f;
	struct rig r;

	rig_init(&r);
	old = rig_stage(&r, 1, 3565);
	T_MUST(store_freeze_begin(r.store, &z, NULL) == 0);
	f = rig_open(&r, old, 3565);
	T_EQ(store_file_truncate(f, 2047, NULL), 0);
	now = store_file_loc(f);
	store_file_close(f);
	f = rig_open(&r, now, 2047);
	T_EQ(rig_write(f, 2, 2047, 500), 0);
	store_file_close(f);
	T_TRUE(rig_holds(&r, old, 1, 0, 3565));
	store_freeze_end(z);
	rig_fini(&r);
}

static void deleted_content_lives_as_long_as_the_freeze(void)
{
	struct store_freeze *a, *b;
	struct store_loc small, large;
	uint8_t byte;
	struct rig r;

	rig_init(&r);
	small = rig_stage(&r, 1, 8192);
	large = rig_stage(&r, 2, LARGE);
	T_MUST(store_freeze_begin(r.store, &a, NULL) == 0);
	T_MUST(store_freeze_begin(r.store, &b, NULL) == 0);
	T_EQ(store_delete(r.store, small, NULL), 0);
	T_EQ(store_delete(r.store, large, NULL), 0);
	store_freeze_end(a);
	T_EQ(store_freeze_read(b, small, 0, &byte, 1, NULL), 0);
	T_EQ(byte, rig_byte(1, 0));
	T_TRUE(rig_holds(&r, small, 1, 0, 8192));
	T_TRUE(rig_holds(&r, large, 2, 0, LARGE));
	store_freeze_end(b);
	T_TRUE(!rig_holds(&r, small, 1, 0, 8192));
	T_TRUE(!rig_holds(&r, large, 2, 0, LARGE));
	rig_fini(&r);
}

static void cutting_to_nothing_keeps_what_is_frozen(void)
{
	struct store_freeze *z;
	struct store_loc old;
	struct store_file *f;
	struct rig r;

	rig_init(&r);
	f = rig_new(&r);
	T_EQ(rig_write(f, 1, 0, LARGE), 0);
	old = store_file_loc(f);
	T_MUST(store_freeze_begin(r.store, &z, NULL) == 0);
	T_EQ(store_file_truncate(f, 0, NULL), 0);
	T_EQ(rig_write(f, 2, 0, 100), 0);
	store_file_close(f);
	T_TRUE(rig_holds(&r, old, 1, 0, LARGE));
	store_freeze_end(z);
	T_TRUE(!rig_holds(&r, old, 1, 0, LARGE));
	rig_fini(&r);
}

/* What the threads share; the file's owner publishes loc under the lock, as stage would. */
struct race {
	struct rig rig;
	pthread_mutex_t lock;
	struct store_loc loc[4]; /* under lock */
	uint64_t size[4];	 /* under lock */
	atomic_bool stop;
};

static void *change_files(void *arg)
{
	struct race *x = arg;
	struct store_file *f[4];

	for (unsigned i = 0; i < 4; i++)
		f[i] = rig_new(&x->rig);
	for (unsigned n = 0; n < 300; n++) {
		unsigned i = n % 4;
		uint64_t off = n % 3 == 0 ? 0 : store_file_size(f[i]);

		pthread_mutex_lock(&x->lock);
		if (n % 50 == 49)
			T_EQ(store_file_truncate(f[i], 0, NULL), 0);
		T_EQ(rig_write(f[i], n, n % 50 == 49 ? 0 : off, 1 + n * 131 % 30000), 0);
		x->loc[i] = store_file_loc(f[i]);
		x->size[i] = store_file_size(f[i]);
		pthread_mutex_unlock(&x->lock);
		if (n % 20 == 0)
			T_EQ(store_file_sync(f[i], NULL), 0);
	}
	for (unsigned i = 0; i < 4; i++)
		store_file_close(f[i]);
	atomic_store(&x->stop, true);
	return NULL;
}

/* Two readings of the same frozen content, while others write, have to agree. */
static void *read_frozen(void *arg)
{
	uint8_t *first = malloc(READ_MAX), *again = malloc(READ_MAX);
	struct race *x = arg;
	struct store_loc loc;
	uint64_t size;

	T_MUST(first && again);
	for (unsigned n = 0; !atomic_load(&x->stop); n++) {
		struct store_freeze *z;

		pthread_mutex_lock(&x->lock);
		T_MUST(store_freeze_begin(x->rig.store, &z, NULL) == 0);
		loc = x->loc[n % 4];
		size = x->size[n % 4];
		pthread_mutex_unlock(&x->lock);
		T_MUST(size <= READ_MAX);
		T_EQ(store_freeze_read(z, loc, 0, first, size, NULL), 0);
		for (unsigned k = 0; k < 3; k++) {
			T_EQ(store_freeze_read(z, loc, 0, again, size, NULL), 0);
			T_MEM(again, first, size);
		}
		store_freeze_end(z);
		T_EQ(store_sync(x->rig.store, NULL), 0);
	}
	free(first);
	free(again);
	return NULL;
}

static void *come_and_go(void *arg)
{
	struct race *x = arg;

	for (unsigned n = 0; !atomic_load(&x->stop); n++) {
		struct store_loc loc = rig_stage(&x->rig, n, n % 8 ? 3000 : LARGE);

		T_TRUE(rig_holds(&x->rig, loc, n, 0, 3000));
		T_EQ(store_delete(x->rig.store, loc, NULL), 0);
	}
	return NULL;
}

static void readers_of_freezes_and_writers_do_not_disturb_each_other(void)
{
	static struct race x = { .lock = PTHREAD_MUTEX_INITIALIZER };
	void *(*const jobs[])(void *) = { change_files, read_frozen, read_frozen, come_and_go };
	pthread_t threads[4];

	rig_init_limited(&x.rig, 256 * 1024); /* so that segments are begun meanwhile */
	for (unsigned i = 0; i < 4; i++)
		T_MUST(pthread_create(&threads[i], NULL, jobs[i], &x) == 0);
	for (unsigned i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	rig_fini(&x.rig);
}

int main(void)
{
	T_RUN(overwriting_frozen_content_moves_it_first);
	T_RUN(appending_to_frozen_content_goes_on_in_place);
	T_RUN(a_cut_of_frozen_content_survives_closing_and_appending);
	T_RUN(deleted_content_lives_as_long_as_the_freeze);
	T_RUN(cutting_to_nothing_keeps_what_is_frozen);
	T_RUN(readers_of_freezes_and_writers_do_not_disturb_each_other);
	return t_end();
}
