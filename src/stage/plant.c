/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Planting: everything is known before the operation begins, so that it only inserts. */
#include "adopting.h"

#include "catalog/reference.h"
#include "stage/plant.h"
#include "store/reference.h"

#include "base/auto.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

_Static_assert(STORE_REFERENCE == CATALOG_LOC_OUTSIDE, "told to the catalog by this number");

struct planting {
	struct op op;
	uint64_t parent;
	struct stage_planted *all;
	size_t n;
	uint32_t *links; /* of each: names, or a directory's links */
	uint64_t first_ino;
};

static bool is_dir(const struct stage_planted *p)
{
	return S_ISDIR(p->item.attr.mode);
}

static void count_links(struct planting *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct stage_planted *one = &p->all[i];

		if (one->same != STAGE_PLANT_TOP)
			p->links[one->same]++;
		else
			p->links[i] = is_dir(one) ? 2 : 1;
		if (is_dir(one) && one->up != STAGE_PLANT_TOP)
			p->links[one->up]++;
	}
}

static uint64_t slack_of(const struct planting *p)
{
	uint64_t slack = 0;

	for (size_t i = 0; i < p->n; i++)
		slack += adopt_slack(&p->all[i].item) + NAME_SLACK_NSEC +
			 sectors_for(p->all[i].item.attr.size_bytes);
	return slack;
}

static int refer(struct planting *p, const struct stage_planted *one, uint64_t ino,
	struct catalog_inode *row, struct err *err)
{
	const struct stage_attr *a = &one->item.attr;
	struct stage *s = p->op.s;
	const struct catalog_reference ref = {
		.ino = ino,
		.path = one->source,
		.dev = one->source_dev,
		.source_ino = one->source_ino,
		.size_bytes = a->size_bytes,
		.mtime = a->mtime,
	};
	int r;

	if (!one->source || a->size_bytes == 0)
		return 0;
	loc_set(row, (struct store_loc){ .kind = STORE_REFERENCE, .id = ino });
	r = catalog_reference_set(s->catalog, &ref, err);
	return r < 0 ? r
		     : store_refer(s->store, ino,
			       &(struct store_source){ ref.path, ref.dev, ref.source_ino,
				       ref.size_bytes, ref.mtime },
			       err);
}

static int insert(struct planting *p, size_t i, struct err *err)
{
	struct stage_planted *one = &p->all[i];
	uint64_t ino = p->first_ino + i;
	struct catalog_inode row;
	int r;

	adopt_row(&p->op, &one->item, ino, &row);
	row.nlink = p->links[i];
	r = refer(p, one, ino, &row, err);
	if (r == 0)
		r = adopt_insert(&p->op, &one->item, &row, err);
	one->item.attr.ino = ino;
	return r;
}

/* The name, in a directory of the list or in the one that was there. */
static int put_name(struct planting *p, size_t i, struct err *err)
{
	const struct stage_planted *one = &p->all[i];
	uint64_t slack = adopt_slack(&one->item), ino = one->item.attr.ino;
	struct stage *s = p->op.s;
	struct catalog_inode *dir;
	uint64_t up = p->parent;
	int r = name_check(one->item.name, err);

	if (r == 0 && one->up == STAGE_PLANT_TOP) {
		r = op_dir(&p->op, p->parent, &dir, err);
		if (r == 0)
			dir->nlink += is_dir(one);
	} else if (r == 0) {
		up = p->all[one->up].item.attr.ino;
	}
	if (r == 0)
		r = name_add(&p->op, up, one->item.name, (struct named){ ino, one->item.attr.mode },
			slack, err);
	if (r < 0 || !is_dir(one))
		return r;
	s->space.cost.ndir++;
	return space_note(s, ino, NULL, NAME_SLACK_NSEC, err);
}

static int plant_one(struct planting *p, size_t i, struct err *err)
{
	struct stage_planted *one = &p->all[i];
	int r = 0;

	if (one->same == STAGE_PLANT_TOP)
		r = insert(p, i, err);
	else
		one->item.attr.ino = p->all[one->same].item.attr.ino;
	return r < 0 ? r : put_name(p, i, err);
}

static int plant_all(struct planting *p, struct err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->n; i++)
		r = plant_one(p, i, err);
	return r;
}

static int plant(struct stage *s, struct planting *p, struct err *err)
{
	int r = op_begin(s, &p->op, slack_of(p), err);

	p->first_ino = s->next_ino;
	if (r == 0)
		r = op_end(&p->op, plant_all(p, err), err);
	if (r == 0) {
		s->next_ino += p->n;
		hash_want_from(s, p->first_ino);
		return 0;
	}
	for (size_t i = 0; i < p->n; i++)
		store_unrefer(s->store, p->first_ino + i);
	return r;
}

int stage_plant(
	struct stage *s, uint64_t parent, struct stage_planted *all, size_t n, struct err *err)
{
	AUTO_FREE uint32_t *links = calloc(n + 1, sizeof(*links));
	struct planting p = { .parent = parent, .all = all, .n = n, .links = links };
	int r;

	if (!links)
		return err_nomem(err);
	count_links(&p);
	stage_lock(s);
	r = plant(s, &p, err);
	stage_unlock(s);
	if (r < 0 || !keeper_inode(s, parent))
		return r;
	for (size_t i = 0; i < n; i++)
		if (all[i].up == STAGE_PLANT_TOP)
			keeper_name(s, parent, all[i].item.name);
	return 0;
}

int stage_check_sources(struct stage *s, struct err *err)
{
	return store_check_references(s->store, err);
}

void stage_sources(struct stage *s, struct stage_sources *out)
{
	store_count_references(s->store, &out->files, &out->bytes);
}

struct loading {
	struct stage *s;
	uint64_t *stale;
	size_t n, cap;
	struct err *err;
};

static int note_stale(struct loading *l, uint64_t ino)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		uint64_t *p = reallocarray(l->stale, cap, sizeof(*p));

		if (!p)
			return err_nomem(l->err);
		l->stale = p;
		l->cap = cap;
	}
	l->stale[l->n++] = ino;
	return 0;
}

/* What has content of its own by now refers to nothing. A file that is lost can be had again. */
static int load_one(void *arg, const struct catalog_reference *ref)
{
	struct loading *l = arg;
	struct catalog_inode row;
	int r = catalog_inode_get(l->s->catalog, ref->ino, &row, NULL);

	if (r == -ENOENT)
		return 0;
	if (r == 0 && row.loc_kind != STORE_REFERENCE)
		return note_stale(l, ref->ino);
	if (r < 0)
		return err_set(l->err, r, "inode %llu", (unsigned long long)ref->ino);
	return store_refer(l->s->store, ref->ino,
		&(struct store_source){
			ref->path, ref->dev, ref->source_ino, ref->size_bytes, ref->mtime },
		l->err);
}

int references_open(struct stage *s, struct err *err)
{
	struct loading l = { .s = s, .err = err };
	int r = catalog_references(s->catalog, load_one, &l, err);

	for (size_t i = 0; r == 0 && i < l.n; i++)
		r = catalog_reference_drop(s->catalog, l.stale[i], err);
	free(l.stale);
	return r;
}
