/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finished files: their bytes in one append, their rows in one operation. */
#include "adopting.h"
#include "dedup.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* One call of stage_adopt at work. */
struct adoption {
	struct op op;
	uint64_t parent;
	struct store_loc run; /* where the content lies */
	uint64_t first_ino;   /* the first that may be given */
	uint64_t next_ino;    /* of the stage, when all are in */
	uint64_t replaced;    /* inode that lost its name */
	bool single;	      /* may replace */
};

uint64_t adopt_slack(const struct stage_adopted *a)
{
	uint64_t slack = NAME_SLACK_NSEC + 2 * measure_extents(a->attr.size_bytes);

	if (S_ISLNK(a->attr.mode) || a->npair)
		slack += FIELDS_SLACK_NSEC;
	/* Name and value, in records and in streams. */
	for (size_t i = 0; i < a->npair; i++)
		slack += 4 + 2 * sectors_for(a->pair[i].value.n + STAGE_NAME_MAX);
	return slack;
}

static uint64_t slack_of_all(const struct stage_adopted *all, size_t n)
{
	uint64_t slack = 0;

	for (size_t i = 0; i < n; i++)
		slack += adopt_slack(&all[i]) + sectors_for(all[i].attr.size_bytes);
	return slack;
}

static void dress(struct catalog_inode *row, const struct stage_attr *a, struct timespec now)
{
	row->mode = (row->mode & S_IFMT) | (a->mode & 07777);
	row->uid = a->uid;
	row->gid = a->gid;
	row->mtime = a->mtime;
	row->atime = a->atime;
	row->ctime = now;
}

static int give_pairs(struct op *op, struct catalog_inode *row, const struct stage_pair *pair,
	size_t npair, struct err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < npair; i++)
		r = xattr_give(op, row, pair[i].name, pair[i].value, err);
	return r;
}

static uint64_t size_of(const struct stage_adopted *a)
{
	if (a->target)
		return strlen(a->target);
	return S_ISREG(a->attr.mode) ? a->attr.size_bytes : 0;
}

static struct store_loc part_of(const struct adoption *ad, const struct stage_adopted *a)
{
	struct store_loc loc = ad->run;

	if (!S_ISREG(a->attr.mode) || a->attr.size_bytes == 0)
		return (struct store_loc){ .kind = STORE_NONE };
	loc.off_bytes += a->off_bytes;
	loc.cap_bytes = sectors_for(a->attr.size_bytes) * SECTOR;
	return loc;
}

void adopt_row(
	const struct op *op, const struct stage_adopted *a, uint64_t ino, struct catalog_inode *out)
{
	*out = (struct catalog_inode){
		.ino = ino,
		.size_bytes = size_of(a),
		.rdev = S_ISCHR(a->attr.mode) || S_ISBLK(a->attr.mode) ? a->attr.rdev : 0,
		.mode = a->attr.mode & S_IFMT,
		.nlink = 1,
	};
	dress(out, &a->attr, op->now);
}

int adopt_insert(
	struct op *op, const struct stage_adopted *a, struct catalog_inode *row, struct err *err)
{
	struct stage *s = op->s;
	int r = give_pairs(op, row, a->pair, a->npair, err);

	if (r == 0)
		r = catalog_inode_insert(s->catalog, row, err);
	if (r == 0 && a->target)
		r = catalog_symlink_set(s->catalog, row->ino, a->target, strlen(a->target), err);
	return r < 0 ? r : space_add_inode(s, row, err);
}

static int insert_new(struct adoption *ad, struct stage_adopted *a, struct err *err)
{
	struct catalog_inode row;
	int r;

	adopt_row(&ad->op, a, ad->next_ino, &row);
	loc_set(&row, part_of(ad, a));
	r = adopt_insert(&ad->op, a, &row, err);
	if (r < 0)
		return r;
	a->attr.ino = row.ino;
	ad->next_ino++;
	return 0;
}

/* One more name for an inode that is there, or the first one for finished content. */
static int take_existing(struct adoption *ad, struct stage_adopted *a, struct err *err)
{
	struct op *op = &ad->op;
	const struct active *active = active_find(op->s, a->attr.ino);
	struct catalog_inode *row;
	int r = op_row(op, a->attr.ino, &row, err);

	if (r < 0)
		return r;
	if (row->nlink == 0 && (!active || active->holds == 0))
		return err_set(err, -ENOENT, "what it is a hard link to was removed");
	if (row->nlink >= NLINK_MAX)
		return err_set(err, -EMLINK, "it has %u links", row->nlink);
	if (row->nlink++ > 0) {
		row->ctime = op->now;
		return 0;
	}
	dress(row, &a->attr, op->now);
	r = give_pairs(op, row, a->pair, a->npair, err);
	return r < 0 ? r : space_add_inode(op->s, row, err);
}

/* Takes @name from what has it now. -EALREADY: that is the very inode. */
static int make_way(struct adoption *ad, const struct stage_adopted *a, struct err *err)
{
	struct op *op = &ad->op;
	struct catalog_inode *dir, *victim;
	uint64_t ino;
	int r = name_find(op->s, ad->parent, a->name, &ino, err);

	if (r < 0)
		return r;
	if (ino == a->attr.ino)
		return -EALREADY;
	r = op_row(op, ino, &victim, err);
	if (r < 0)
		return r;
	if (S_ISDIR(victim->mode))
		return err_set(err, -EISDIR,
			"a directory of that name is staged; remove it or choose another name");
	r = op_dir(op, ad->parent, &dir, err);
	if (r == 0)
		r = name_remove(op, ad->parent, a->name, named_of(victim), err);
	if (r == 0)
		r = name_lost(op, victim, dir, err);
	ad->replaced = ino;
	return r;
}

static int adopt_one(struct adoption *ad, struct stage_adopted *a, struct err *err)
{
	uint64_t ino;
	int r = name_check(a->name, err);

	if (r == 0 && ad->single &&
		catalog_entry_get(
			ad->op.s->catalog, ad->parent, a->name, strlen(a->name), &ino, NULL) == 0)
		r = make_way(ad, a, err);
	if (r < 0)
		return r == -EALREADY ? 0 : r;
	r = a->attr.ino ? take_existing(ad, a, err) : insert_new(ad, a, err);
	if (r < 0)
		return r;
	return name_add(&ad->op, ad->parent, a->name, (struct named){ a->attr.ino, a->attr.mode },
		adopt_slack(a), err);
}

static int adopt_all(struct adoption *ad, struct stage_adopted *all, size_t n, struct err *err)
{
	struct catalog_inode *dir;
	int r = op_dir(&ad->op, ad->parent, &dir, err);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = adopt_one(ad, &all[i], err);
	return r;
}

/* As in io.c: on a full disk, what was removed gives its room back with a commit. */
static int append(
	struct stage *s, struct stage_bytes content, struct store_loc *out, struct err *err)
{
	int r = store_append(s->store, content.at, content.n, out, err);

	if (r != -ENOSPC || catalog_pending(s->catalog) == 0)
		return r;
	if (store_sync(s->store, NULL) < 0 || commit(s, NULL) < 0)
		return r;
	return store_append(s->store, content.at, content.n, out, err);
}

static int adopt(struct stage *s, struct adoption *ad, struct stage_adopted *all, size_t n,
	struct stage_bytes content, struct err *err)
{
	int r = 0;

	ad->first_ino = ad->next_ino = s->next_ino;
	if (content.n > 0)
		r = append(s, content, &ad->run, err);
	if (r < 0)
		return r;
	r = op_begin(s, &ad->op, slack_of_all(all, n), err);
	if (r == 0)
		r = op_end(&ad->op, adopt_all(ad, all, n, err), err);
	if (r == 0) {
		for (uint64_t ino = ad->first_ino; ino < ad->next_ino; ino++)
			hash_want(s, ino);
		s->next_ino = ad->next_ino;
		return 0;
	}
	if (content.n > 0)
		content_delete(s, ad->run);
	for (size_t i = 0; i < n; i++)
		if (all[i].attr.ino >= ad->first_ino)
			all[i].attr.ino = 0;
	return r;
}

/* Of a directory that it does not know the keeper knows no names; a linked inode it may know. */
static void tell(
	struct stage *s, const struct adoption *ad, const struct stage_adopted *all, size_t n)
{
	bool known = keeper_inode(s, ad->parent);

	if (ad->replaced)
		keeper_inode(s, ad->replaced);
	for (size_t i = 0; i < n; i++) {
		if (known)
			keeper_name(s, ad->parent, all[i].name);
		if (all[i].attr.ino < ad->first_ino)
			keeper_inode(s, all[i].attr.ino);
	}
}

int stage_adopt(struct stage *s, uint64_t parent, struct stage_adopted *all, size_t n,
	struct stage_bytes content, struct err *err)
{
	struct adoption ad = { .parent = parent, .single = n == 1 };
	int r;

	assert(n > 0 && n <= STAGE_ADOPT_MAX);
	stage_lock(s);
	r = adopt(s, &ad, all, n, content, err);
	stage_unlock(s);
	if (r == 0)
		tell(s, &ad, all, n);
	return r;
}

int stage_adopt_begin(struct stage *s, uint64_t *out_ino, struct err *err)
{
	struct catalog_inode row = { .mode = S_IFREG | 0600 };
	struct active *a;
	int r, e;

	stage_lock(s);
	row.ino = s->next_ino;
	r = catalog_op_begin(s->catalog, err);
	if (r == 0) {
		r = catalog_inode_insert(s->catalog, &row, err);
		e = catalog_op_end(s->catalog, r == 0, r == 0 ? err : NULL);
		r = r < 0 ? r : e;
	}
	if (r == 0)
		r = active_hold(s, row.ino, &a, err);
	if (r == 0) {
		a->sealed = false;
		*out_ino = s->next_ino++;
	}
	stage_unlock(s);
	return r;
}

void stage_adopt_end(struct stage *s, uint64_t ino)
{
	/* Nobody else can know it while it has no name. */
	stage_forget(s, ino);
	stage_release(s, ino);
}

static int make_dir(struct op *op, uint64_t parent, const char *name, const struct stage_attr *attr,
	struct err *err)
{
	struct catalog_inode row = { .ino = op->s->next_ino, .mode = S_IFDIR, .nlink = 2 };
	struct catalog_inode *dir;
	int r = op_dir(op, parent, &dir, err);

	if (r < 0)
		return r;
	dress(&row, attr, op->now);
	r = catalog_inode_insert(op->s->catalog, &row, err);
	if (r == 0)
		r = space_add_inode(op->s, &row, err);
	return r < 0 ? r : birth_name(op, dir, &row, name, NAME_SLACK_NSEC, err);
}

static int find_dir(struct stage *s, uint64_t ino, struct err *err)
{
	struct catalog_inode row;
	int r = inode_get(s, ino, &row, err);

	if (r == 0 && !S_ISDIR(row.mode))
		return err_set(err, -ENOTDIR,
			"something else than a directory is staged under that name; remove it or "
			"choose another name");
	return r;
}

int stage_adopt_dir(struct stage *s, uint64_t parent, const char *name,
	const struct stage_attr *attr, uint64_t *out_ino, bool *made, struct err *err)
{
	struct op op;
	int r = name_check(name, err);

	if (r < 0)
		return r;
	stage_lock(s);
	r = catalog_entry_get(s->catalog, parent, name, strlen(name), out_ino, NULL);
	*made = r == -ENOENT;
	if (r == 0) {
		r = find_dir(s, *out_ino, err);
	} else if (*made) {
		r = op_begin(s, &op, 2 * NAME_SLACK_NSEC, err);
		if (r == 0)
			r = op_end(&op, make_dir(&op, parent, name, attr, err), err);
		if (r == 0)
			*out_ino = s->next_ino++;
	} else {
		err_set(err, r, "looking the name up failed");
	}
	stage_unlock(s);
	if (r == 0 && *made && keeper_inode(s, parent))
		keeper_name(s, parent, name);
	return r;
}

/* The same of what may have names. */
static int change_pairs(struct op *op, struct catalog_inode *row, const struct stage_pair *pair,
	size_t npair, struct err *err)
{
	bool lists = false;
	int r = npair ? xattr_begin(op, row, XATTR_SLACK_NSEC, err) : 0;

	for (size_t i = 0; i < npair; i++)
		lists |= sums_depends_on(pair[i].name);
	if (r == 0 && lists)
		r = sums_take_names(op->s, row->ino, err);
	if (r == 0)
		r = give_pairs(op, row, pair, npair, err);
	if (r == 0 && lists)
		r = sums_add_names(op->s, row->ino, err);
	return r == 0 && npair ? xattr_end(op, row, err) : r;
}

int stage_adopt_attr(struct stage *s, uint64_t ino, const struct stage_attr *attr,
	const struct stage_pair *pair, size_t npair, struct err *err)
{
	struct catalog_inode *row;
	struct op op;
	int r;

	stage_lock(s);
	r = op_begin(s, &op, npair ? 2 * XATTR_SLACK_NSEC : 0, err);
	if (r == 0) {
		r = op_row(&op, ino, &row, err);
		if (r == 0)
			r = dedup_leave(s, row, err);
		if (r == 0) {
			dress(row, attr, op.now);
			r = xattr_follow_mode(s, row, err);
		}
		if (r == 0)
			r = change_pairs(&op, row, pair, npair, err);
		if (r == 0)
			r = dedup_join(s, row, err);
		r = op_end(&op, r, err);
	}
	stage_unlock(s);
	if (r == 0)
		keeper_inode(s, ino);
	return r;
}

int stage_adopt_fits(struct stage *s, uint64_t nsec, struct err *err)
{
	int r = 0;

	stage_lock(s);
	if (!fits(s, space_bound(s) + nsec))
		r = space_settle(s, err);
	if (r == 0 && !fits(s, space_bound(s) + nsec))
		r = fit_refused(s, space_bound(s) + nsec, err);
	stage_unlock(s);
	return r;
}
