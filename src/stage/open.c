/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening and closing the stage; after an unclean end, putting it in order. */
#include "private.h"
#include "totals.h"

#include "beside.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static int keep_content(void *arg, const struct catalog_inode *row)
{
	return store_sweep_keep(arg, loc_of(row), NULL);
}

/* Rows go first and for good; only then may the store forget what they named. */
static int recover(struct stage *s, struct err *err)
{
	struct store_sweep *sweep = NULL;
	uint64_t swept_bytes;
	int r = mend_rows(s, err);

	if (r == 0)
		r = store_sweep_begin(s->store, &sweep, err);
	if (r < 0)
		return r;
	r = catalog_inodes(s->catalog, keep_content, sweep, err);
	/* Half declared it must not end: it would remove what is alive. It is lost with the start.
	 */
	if (r < 0)
		return err_set(err, r, "the places of staged content cannot all be read");
	return store_sweep_end(sweep, &swept_bytes, err);
}

static int load_changed(struct stage *s, struct err *err)
{
	struct catalog_inode root;
	char text[24];
	int r = catalog_setting_get(s->catalog, SETTING_CHANGED, text, sizeof(text), NULL);

	if (r == 0 && text_u64(text, &s->changed_sec))
		return 0;
	if (r < 0 && r != -ENOENT)
		return err_set(err, r, "setting " SETTING_CHANGED " cannot be read");
	/* Nothing was ever staged: the day of the project itself. */
	r = catalog_inode_get(s->catalog, STAGE_ROOT_INO, &root, err);
	if (r == 0)
		s->changed_sec = root.ctime.tv_sec > 0 ? (uint64_t)root.ctime.tv_sec : 1;
	return r;
}

static int load(struct stage *s, bool clean, const struct measure *measure, struct err *err)
{
	int r = clean ? 0 : recover(s, err);

	if (r == 0)
		r = areas_open(s, err);
	if (r == 0)
		r = catalog_max_ino(s->catalog, &s->next_ino, err);
	if (r < 0)
		return r;
	s->next_ino++;
	r = references_open(s, err);
	if (r == 0)
		r = load_changed(s, err);
	if (r == 0)
		r = hashing_open(s, err);
	return r < 0 || !measure ? r : space_measure_as(s, measure, err);
}

static struct stage *stage_new(void)
{
	struct stage *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	pthread_mutex_init(&s->lock, NULL); /* cannot fail with default attributes */
	pthread_cond_init(&s->calm, NULL);
	pthread_cond_init(&s->pending, NULL);
	hashing_init(&s->hashing);
	s->untidy = true;
	/* No medium is known yet: everything fits. */
	s->room = (struct room){ .capacity_nsec = UINT64_MAX / SECTOR, .unit_nsec = 1 };
	return s;
}

static void stage_free(struct stage *s)
{
	active_fini(s);
	space_fini(s);
	pthread_cond_destroy(&s->calm);
	pthread_cond_destroy(&s->pending);
	hashing_fini(&s->hashing);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

int stage_open(const char *dir, const struct measure *measure, struct stage **out, struct err *err)
{
	struct stage *s = stage_new();
	char path[PATH_MAX];
	bool clean;
	int r;

	if (!s)
		return err_nomem(err);
	r = snprintf(path, sizeof(path), "%s/catalog.sqlite", dir);
	if (r < 0 || (size_t)r >= sizeof(path)) {
		r = err_set(err, -ENAMETOOLONG, "the project's path is too long");
		goto free_stage;
	}
	r = catalog_open(path, &s->catalog, &clean, err);
	if (r < 0)
		goto free_stage;
	catalog_set_owed(s->catalog, active_owed, s);
	r = store_open(dir, &s->store, err);
	if (r < 0)
		goto close_catalog;
	store_mark(s->store); /* from here on nothing is freed before it is committed */
	r = load(s, clean, measure, err);
	if (r < 0)
		goto close_store;
	*out = s;
	return 0;

close_store:
	store_close(s->store);
close_catalog:
	catalog_abandon(s->catalog);
free_stage:
	stage_free(s);
	return r;
}

/* Nobody can use them any more: inodes that lived only by their holds end here. */
static void drop_holds(struct stage *s)
{
	s->remember = false;
	for (uint32_t i = 0; i < s->active.cap; i++) {
		struct active *a = s->active.slot[i].value;

		if (!a)
			continue;
		a->holds = 0;
		hash_released(s, a);
		active_mark(s, a);
	}
	s->nheld = 0;
}

int stage_close(struct stage *s, struct err *err)
{
	int r;

	if (!s)
		return 0;
	stage_lock(s);
	drop_holds(s);
	r = store_sync(s->store, err);
	if (r == 0)
		r = commit(s, err);
	if (r == 0)
		r = hashing_close(s, err);
	if (r == 0 && s->measure.ops)
		r = totals_save(s, err);
	stage_unlock(s);
	/* What could not be made durable is in the journal, for the next opening to find; it also
	 * sweeps what could not be freed. */
	if (r == 0 && !store_wants_sweep(s->store))
		r = catalog_close(s->catalog, err);
	else
		catalog_abandon(s->catalog);
	active_fini(s); /* after a failure some are left, with handles of the store */
	store_close(s->store);
	stage_free(s);
	return r;
}
