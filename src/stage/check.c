/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One look at a project: the catalog's pages and rows, the store against the rows, and the
 * projection counted again from nothing.
 */
#include "checking.h"

#include "stage/area.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define COMPLAINTS_MAX 100u

static int take_row_finding(void *arg, const struct catalog_finding *f)
{
	struct check *k = arg;

	check_tell_row(k, f);
	k->broken = k->broken || f->fault <= CATALOG_FAULT_CYCLE ||
		    f->fault == CATALOG_FAULT_SIZE || f->fault == CATALOG_FAULT_NO_TARGET;
	/* An inode that lost what it was may have left its content behind. */
	if (f->fault <= CATALOG_FAULT_DANGLING || f->fault == CATALOG_FAULT_SIZE)
		k->names_lost = k->names_lost || f->fault != CATALOG_FAULT_FACT;
	k->lost_sources = k->lost_sources || f->fault == CATALOG_FAULT_BAD_SOURCE;
	if (!k->how->repair || check_is_usual(k, f))
		return 0;
	return mending_add(&k->mend, &(struct mending){ .row = *f }, k->err);
}

static int take_place_finding(void *arg, const struct store_finding *f)
{
	struct check *k = arg;
	const struct mending m = { .in_store = true, .place = *f };
	bool leak = f->fault == STORE_FAULT_OBJECT || f->fault == STORE_FAULT_SEGMENT;

	/* The next mount frees it; it is told as one number. */
	if (leak && !k->state.clean) {
		k->out->dead_bytes += f->found;
		k->sweep = true;
		return 0;
	}
	if (f->fault == STORE_FAULT_UNREADABLE || leak || f->fault == STORE_FAULT_OVERLAP) {
		if (k->quiet)
			return 0;
		check_tell_place(k, f);
		k->sweep = k->sweep || (leak && !k->names_lost);
		return f->fault == STORE_FAULT_OVERLAP && k->how->repair
			       ? mending_add(&k->tangled, &m, k->err)
			       : 0;
	}
	check_tell_place(k, f);
	if (f->fault == STORE_FAULT_PLACE || f->fault == STORE_FAULT_MISSING)
		k->names_lost = true;
	k->broken = k->broken || f->fault == STORE_FAULT_PLACE;
	return k->how->repair ? mending_add(&k->mend, &m, k->err) : 0;
}

struct claiming {
	struct check *k;
	struct store_check *store;
	struct stage_checked count;
};

static int claim(void *arg, const struct catalog_inode *row)
{
	struct claiming *c = arg;

	if (S_ISDIR(row->mode))
		c->count.directories += row->ino == STAGE_ROOT_INO || !stage_is_root(row->ino);
	else
		c->count.files++;
	if (!S_ISREG(row->mode) || row->loc_kind == STORE_NONE)
		return 0;
	c->count.content_bytes += row->size_bytes <= INT64_MAX ? row->size_bytes : 0;
	/* The catalog judges them: no byte is in the store. */
	if (row->loc_kind == STORE_REFERENCE)
		return 0;
	return store_check_claim(c->store, row->ino, loc_of(row), row->size_bytes, c->k->err);
}

static int check_store(struct check *k, struct store_check *store)
{
	struct claiming c = { .k = k, .store = store };
	struct store_tally tally = { 0 };
	int r = catalog_inodes(k->look.catalog, claim, &c, k->err);

	k->out->dead_bytes = 0;
	if (r == 0)
		r = store_check_places(store, take_place_finding, k, k->err);
	if (r == 0 && k->how->content && !k->quiet)
		r = store_check_content(store, take_place_finding, k, k->err);
	if (r == 0)
		r = store_check_unnamed(
			store, STORE_UNNAMED_FILES, take_place_finding, k, &tally, k->err);
	if (r == 0)
		r = catalog_entry_count(k->look.catalog, &k->out->names, k->err);
	k->out->directories = c.count.directories;
	k->out->files = c.count.files;
	k->out->content_bytes = c.count.content_bytes;
	k->out->segments = tally.segments;
	k->out->objects = tally.objects;
	k->out->dead_bytes += tally.dead_bytes;
	return r;
}

struct counting {
	struct check *k;
	struct dir_cost sum;
};

static void tell_projection(
	struct check *k, const char *where, const char *expected, const char *found)
{
	struct stage_finding f = {
		.state = k->how->repair ? STAGE_REPAIRED : STAGE_FOUND,
		.kind = "projection",
		.where = where,
		.expected = expected,
		.found = found,
		.repair = k->live ? "the next mount counts anew" : "measured again",
	};

	check_tell(k, &f);
}

static const char *cost_in_words(char *out, size_t cap, const struct dir_cost *c)
{
	snprintf(out, cap,
		"sectors: %" PRIu64 " ISO 9660, %" PRIu64 " Joliet, %" PRIu64
		" UDF; path tables: %" PRIu64 " and %" PRIu64 " bytes; moved: %" PRIu64,
		c->iso_nsec, c->joliet_nsec, c->udf_nsec, c->iso_path_bytes, c->joliet_path_bytes,
		c->moved_bytes);
	return out;
}

static void compare_cost(struct check *k, const char *where, const struct dir_cost *expected,
	const struct dir_cost *found)
{
	char left[200], right[200];

	if (memcmp(expected, found, sizeof(*expected)) != 0)
		tell_projection(k, where, cost_in_words(left, sizeof(left), expected),
			cost_in_words(right, sizeof(right), found));
}

/* A directory without a row has yet to be measured, which is no fault. */
static int check_dir(void *arg, uint64_t ino)
{
	struct counting *c = arg;
	struct check *k = c->k;
	struct dir_cost now = { 0 }, was;
	uint64_t row[CATALOG_COSTS];
	char where[400];
	int r = space_measure_dir(&k->look, ino, &now, k->err);

	if (r < 0)
		return r;
	dir_cost_add(&c->sum, &now);
	r = catalog_cost_get(k->look.catalog, ino, row, NULL);
	if (r == -ENOENT)
		return 0;
	was = cost_of(row);
	if (r < 0 || memcmp(&now, &was, sizeof(now)) == 0)
		return r;
	compare_cost(k, check_where(k, ino, where, sizeof(where)), &now, &was);
	if (!k->how->repair)
		return 0;
	return mending_add(&k->mend,
		&(struct mending){ .row = { .fault = CATALOG_FAULT_COST, .ino = ino } }, k->err);
}

static void compare_total(struct check *k, const char *where, uint64_t expected, uint64_t found)
{
	char left[32], right[32];

	snprintf(left, sizeof(left), "%" PRIu64, expected);
	snprintf(right, sizeof(right), "%" PRIu64, found);
	if (expected != found)
		tell_projection(k, where, left, right);
}

/* What an open stage has in memory against what was counted anew. */
static void compare_kept(struct check *k)
{
	const struct measure *m = &k->look.measure;
	const struct layout_cost *now = &k->look.space.cost, *kept = &k->kept.cost;

	k->out->image_nsec = m->ops->image_nsec(m->ctx, now);
	compare_total(
		k, "sectors of the image", k->out->image_nsec, m->ops->image_nsec(m->ctx, kept));
	compare_total(k, "sectors of content", now->inodes.data_nsec, kept->inodes.data_nsec);
	compare_total(k, "sectors of file entries", now->inodes.udf_nsec, kept->inodes.udf_nsec);
	compare_total(k, "directories", now->ndir, kept->ndir);
	compare_total(k, "files to boot from", now->nboot, kept->nboot);
	compare_total(k, "bytes of the list of digests", layout_sums(now), layout_sums(kept));
	compare_total(k, "names", k->look.space.nentry, k->kept.nentry);
	compare_cost(k, "all directories", &now->dirs, &kept->dirs);
}

static int check_projection(struct check *k)
{
	struct counting c = { .k = k };
	/* The root has a name more where there is a list of digests. */
	int r = space_count(&k->look, k->err);

	if (r == 0)
		r = catalog_dirs(k->look.catalog, check_dir, &c, k->err);
	if (r < 0)
		return r;
	k->look.space.cost.dirs = c.sum;
	k->measured = true;
	if (k->kept.known)
		compare_kept(k);
	return 0;
}

/* The measure by which the kept costs were made; they are a cache, and may be of another. */
static int find_measure(struct check *k)
{
	char key[MEASURE_KEY_SIZE];
	int r = catalog_setting_get(k->look.catalog, SETTING_MEASURE, key, sizeof(key), NULL);

	k->measures = k->how->measure_of && r == 0 &&
		      k->how->measure_of(k->how->arg, key, &k->look.measure);
	return r == -ENOENT || r == -ERANGE ? 0 : r;
}

int check_pass(struct check *k, struct store_check *store)
{
	int r;

	k->broken = k->lost_sources = false;
	r = catalog_check_rows(k->look.catalog, &k->state, take_row_finding, k, k->err);
	if (r == 0)
		r = check_store(k, store);
	/* Names of what is not there cannot be measured. */
	if (r == 0 && k->measures && !k->broken && !k->measured)
		r = check_projection(k);
	if (r == 0 && !k->sourced && !k->lost_sources) {
		k->sourced = true;
		r = check_sources(k);
	}
	return r;
}

static int take_complaint(void *arg, const char *words)
{
	struct check *k = arg;

	k->out->stopped = true;
	check_tell(k,
		&(struct stage_finding){ .state = k->how->repair ? STAGE_REPAIRED : STAGE_FOUND,
			.kind = "catalog",
			.where = "catalog.sqlite",
			.expected = "a sound database",
			.found = words,
			.repair =
				"every row that can be read goes to a new catalog, and the old one "
				"is kept beside it" });
	return 0;
}

static void tell_unclean(struct check *k)
{
	char found[160], bytes[16];

	if (k->state.clean && k->state.replayed == 0)
		return;
	snprintf(found, sizeof(found),
		"%u changes in the redo journal, %s of the store without a name", k->state.replayed,
		text_bytes(bytes, k->sweep ? k->out->dead_bytes : 0));
	check_tell(k,
		&(struct stage_finding){ .state = STAGE_NOTE,
			.kind = "unclean",
			.where = "project",
			.expected = "a clean end",
			.found = found,
			.repair = k->names_lost ? "the next mount frees the latter: repair first"
						: "the next mount takes in the one and frees the "
						  "other" });
}

static int look_at_all(struct check *k)
{
	struct store_check *store = NULL;
	int r = store_check_begin(k->dir, &store, k->err);

	if (r == 0)
		r = check_pass(k, store);
	store_check_free(store);
	if (r == 0)
		tell_unclean(k);
	return r;
}

/* The catalog can be opened: its pages first, for what is judged after stands on them. */
static int check_opened(struct check *k)
{
	int r = catalog_check_pages(k->look.catalog, COMPLAINTS_MAX, take_complaint, k, k->err);

	if (r < 0 || (k->out->stopped && !k->how->repair)) {
		catalog_abandon(k->look.catalog);
		return r;
	}
	if (k->out->stopped) {
		catalog_abandon(k->look.catalog);
		return repair_damaged(k);
	}
	r = find_measure(k);
	if (r == 0 && k->how->repair)
		return repair_all(k);
	if (r == 0)
		r = look_at_all(k);
	catalog_abandon(k->look.catalog);
	return r;
}

static int check_catalog(struct check *k)
{
	struct err why = { 0 };
	int r = catalog_look(k->catalog_path, k->how->repair ? CATALOG_MEND : CATALOG_LOOK,
		&k->look.catalog, &k->state, &why);

	if (r == 0)
		return check_opened(k);
	/* Damage that SQLite meets while opening; what is no catalog at all is told as an error. */
	if (r == -EBADMSG && catalog_is_salvageable(k->catalog_path)) {
		take_complaint(k, why.msg);
		return k->how->repair ? repair_damaged(k) : 0;
	}
	if (k->err)
		*k->err = why;
	return r;
}

int stage_check(const char *dir, const struct stage_check_how *how, struct stage_checked *out,
	struct err *err)
{
	char path[PATH_MAX];
	struct check k = {
		.dir = dir,
		.catalog_path = path,
		.how = how,
		.out = out,
		.err = err,
	};
	int r;

	*out = (struct stage_checked){ 0 };
	if (snprintf(path, sizeof(path), "%s/catalog.sqlite", dir) >= (int)sizeof(path))
		return err_set(err, -ENAMETOOLONG, "the project's path is too long");
	r = check_catalog(&k);
	mendings_fini(&k.mend);
	mendings_fini(&k.tangled);
	return r;
}

/* What the view of the catalog does not name and memory does. */
static int spare_unnamed(struct stage *s, struct store_check *store, struct err *err)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < s->active.cap; i++) {
		const struct active *a = s->active.slot[i].value;

		if (a && a->rowless)
			r = store_check_spare(store, loc_of(&a->row), err);
		if (r == 0 && a && a->file)
			r = store_check_spare(store, store_file_left(a->file), err);
	}
	return r;
}

static int begin_open(
	struct stage *s, struct check *k, struct store_freeze **freeze, struct store_check **store)
{
	int r = store_freeze_begin(s->store, freeze, k->err);

	if (r == 0)
		r = store_check_begin_open(s->store, store, k->err);
	if (r == 0)
		r = spare_unnamed(s, *store, k->err);
	if (r == 0)
		return 0;
	store_check_free(*store);
	store_freeze_end(*freeze);
	return r;
}

/* Everything that memory knows goes into the rows, and a view of these is kept. */
static int freeze_moment(
	struct stage *s, struct check *k, struct store_freeze **freeze, struct store_check **store)
{
	int r = space_settle(s, k->err);

	if (r == 0)
		r = commit(s, k->err);
	if (r == 0)
		r = catalog_snapshot(s->catalog, &k->look.catalog, k->err);
	if (r < 0)
		return r;
	k->kept = (struct projection){
		.known = true, .cost = s->space.cost, .nentry = s->space.nentry
	};
	r = begin_open(s, k, freeze, store);
	if (r < 0)
		catalog_abandon(k->look.catalog);
	return r;
}

int stage_check_open(struct stage *s, const struct stage_check_how *how, struct stage_checked *out,
	struct err *err)
{
	struct check k = {
		.look = { .measure = s->measure },
		.how = how,
		.out = out,
		.err = err,
		.state = { .clean = true, .facts = { true, true, true } },
		.live = true,
		.measures = true,
	};
	struct store_freeze *freeze = NULL;
	struct store_check *store = NULL;
	int r = store_sync(s->store, err);

	*out = (struct stage_checked){ 0 };
	if (r < 0)
		return r;
	stage_lock(s);
	r = freeze_moment(s, &k, &freeze, &store);
	stage_unlock(s);
	if (r < 0)
		return r;
	r = catalog_check_pages(k.look.catalog, COMPLAINTS_MAX, take_complaint, &k, err);
	if (r == 0 && !out->stopped)
		r = check_pass(&k, store);
	store_check_free(store);
	store_freeze_end(freeze);
	catalog_abandon(k.look.catalog);
	return r;
}
