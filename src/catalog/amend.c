/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mending rows. A mending changes what its finding told and nothing else: link counts that are
 * wrong because of it are the next look's findings. A directory whose names change loses its cost,
 * so that it is measured again.
 */
#include "base/err.h"
#include "catalog/catalog.h"
#include "catalog/check.h"
#include "catalog/digest.h"
#include "catalog/reference.h"
#include "connection.h"
#include "fact.h"
#include "stmt.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOST_FOUND  "lost+found"
#define NAME_BYTES  255u
#define TRIES	    100000u
#define TARGET_LOST "(lost)"

/* Runs @sql with ?1 = @a, ?2 = @b and ?3 = @name, as far as it has them: the rows changed, or
 * whether it answers a row. */
static int change(struct catalog *c, const char *sql, uint64_t a, uint64_t b, const char *name,
	size_t n, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int params, r = stmt_change(c, err);
	int rc = r < 0 ? SQLITE_ERROR : sqlite3_prepare_v2(c->db, sql, -1, &s, NULL);

	if (r < 0)
		return r;
	params = rc == SQLITE_OK ? sqlite3_bind_parameter_count(s) : 0;
	if (params > 0)
		sqlite3_bind_int64(s, 1, (int64_t)a);
	if (params > 1)
		sqlite3_bind_int64(s, 2, (int64_t)b);
	if (params > 2)
		sqlite3_bind_blob64(s, 3, n ? name : "", n, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc != SQLITE_DONE && rc != SQLITE_ROW)
		r = stmt_fail(c->db, c->path, rc, err);
	else if (rc == SQLITE_DONE && !sqlite3_stmt_readonly(s))
		r = sqlite3_changes(c->db);
	else
		r = rc == SQLITE_ROW;
	sqlite3_finalize(s);
	return r;
}

/* 1 or 0, or a negative errno: what cannot be known now must not be taken for missing. */
static int has(struct catalog *c, const char *sql, uint64_t ino, struct err *err)
{
	return change(c, sql, ino, 0, NULL, 0, err);
}

static int has_inode(struct catalog *c, uint64_t ino, struct err *err)
{
	return has(c, "SELECT 1 FROM inode WHERE ino = ?1", ino, err);
}

static int forget_costs_above(struct catalog *c, uint64_t ino, struct err *err)
{
	int r = change(c, "DELETE FROM cost WHERE ino IN (SELECT parent FROM entry WHERE ino = ?1)",
		ino, 0, NULL, 0, err);

	return r < 0 ? r : 0;
}

static struct catalog_inode fresh_inode(uint64_t ino, uint32_t mode)
{
	struct catalog_inode in = {
		.ino = ino,
		.mode = mode,
		.nlink = S_ISDIR(mode) ? 2 : 1,
		.uid = geteuid(),
		.gid = getegid(),
	};

	clock_gettime(CLOCK_REALTIME, &in.mtime);
	in.atime = in.mtime;
	in.ctime = in.mtime;
	return in;
}

static bool is_name(const char *name, size_t n)
{
	return n > 0 && n <= NAME_BYTES && !memchr(name, '/', n) && !memchr(name, '\0', n) &&
	       !(n <= 2 && strncmp(name, "..", n) == 0);
}

/* Inserts the name, or @name-2 and so on when it is taken; a name that cannot be becomes #INO. */
static int insert_name(struct catalog *c, uint64_t parent, const char *name, size_t n, uint64_t ino,
	struct err *err)
{
	char number[24], tried[NAME_BYTES], ending[16];
	int r = -EEXIST;

	if (!is_name(name, n)) {
		n = (size_t)snprintf(number, sizeof(number), "#%" PRIu64, ino);
		name = number;
	}
	for (unsigned i = 1; r == -EEXIST && i < TRIES; i++) {
		size_t end = i == 1 ? 0 : (size_t)snprintf(ending, sizeof(ending), "-%u", i);
		size_t keep = n < NAME_BYTES - end ? n : NAME_BYTES - end;

		memcpy(tried, name, keep);
		memcpy(tried + keep, ending, end);
		r = catalog_entry_insert(c, parent, tried, keep + end, ino, err);
	}
	return r < 0 ? r : catalog_cost_drop(c, parent, err);
}

static int make_lost_found(struct catalog *c, uint64_t *out, struct err *err)
{
	struct catalog_inode in = fresh_inode(c->max_ino + 1, S_IFDIR | 0755);
	int r = catalog_inode_insert(c, &in, err);

	if (r == 0)
		r = insert_name(c, CATALOG_ROOT_INO, LOST_FOUND, strlen(LOST_FOUND), in.ino, err);
	*out = in.ino;
	return r;
}

/* The directory lost+found of the root, or the first of its kind with a number behind it. */
static int lost_found(struct catalog *c, uint64_t *out, struct err *err)
{
	for (unsigned i = 1; i < TRIES; i++) {
		char name[32];
		struct catalog_inode in;
		int n = i == 1 ? snprintf(name, sizeof(name), LOST_FOUND)
			       : snprintf(name, sizeof(name), LOST_FOUND "-%u", i);
		int r = catalog_entry_get(c, CATALOG_ROOT_INO, name, (size_t)n, out, err);

		if (r == -ENOENT)
			break;
		if (r == 0)
			r = catalog_inode_get(c, *out, &in, err);
		if (r < 0 && r != -ENOENT)
			return r;
		if (r == 0 && S_ISDIR(in.mode) && in.nlink > 0)
			return 0;
	}
	return make_lost_found(c, out, err);
}

/* An area beside the tree is flat: what has lost its name there goes to its root. */
static int keep_in_lost_found(
	struct catalog *c, uint64_t ino, const char *name, size_t n, struct err *err)
{
	uint64_t dir = catalog_area_root(catalog_area(ino));
	int r = catalog_area(ino) == 0 ? lost_found(c, &dir, err) : 0;

	return r < 0 ? r : insert_name(c, dir, name, n, ino, err);
}

int catalog_adopt(struct catalog *c, struct catalog_inode *in, const char *name, struct err *err)
{
	int r;

	in->ino = c->max_ino + 1;
	in->nlink = S_ISDIR(in->mode) ? 2 : 1;
	r = catalog_inode_insert(c, in, err);
	return r < 0 ? r : keep_in_lost_found(c, in->ino, name, strlen(name), err);
}

static int delete_name(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	int r = catalog_entry_delete(c, f->parent, f->name, f->name_n, err);

	return r < 0 ? r : catalog_cost_drop(c, f->parent, err);
}

static int amend_root(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	struct catalog_inode root = fresh_inode(CATALOG_ROOT_INO, S_IFDIR | 0755);
	int there = has_inode(c, CATALOG_ROOT_INO, err);

	(void)f;
	if (there < 0)
		return there;
	return there ? catalog_inode_update(c, &root, err) : catalog_inode_insert(c, &root, err);
}

static int amend_number(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	static const char *const tables[] = {
		"UPDATE inode SET ino = ?2 WHERE ino = ?1",
		"UPDATE entry SET ino = ?2 WHERE ino = ?1",
		"UPDATE entry SET parent = ?2 WHERE parent = ?1",
		"UPDATE symlink SET ino = ?2 WHERE ino = ?1",
		"UPDATE xattr SET ino = ?2 WHERE ino = ?1",
		"UPDATE reference SET ino = ?2 WHERE ino = ?1",
		"UPDATE inode SET loc_id = ?2 WHERE ino = ?2 AND loc_kind = 3",
		"DELETE FROM cost WHERE ino = ?1",
		"DELETE FROM digest WHERE ino = ?1",
	};
	uint64_t number = ++c->max_ino | (f->parent & ~CATALOG_INO_MASK);
	int r = 0;

	for (size_t i = 0; r >= 0 && i < sizeof(tables) / sizeof(tables[0]); i++)
		r = change(c, tables[i], f->ino, number, NULL, 0, err);
	return r < 0 ? r : 0;
}

static int amend_lost_dir(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	bool area = f->ino == catalog_area_root(catalog_area(f->ino));
	struct catalog_inode in = fresh_inode(f->ino, S_IFDIR | (area ? 0700 : 0755));

	return catalog_inode_insert(c, &in, err);
}

static int amend_lost_link(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	struct catalog_inode in = fresh_inode(f->ino, S_IFLNK | 0777);
	int r = catalog_inode_insert(c, &in, err);

	if (r == 0)
		r = change(c,
			"UPDATE inode SET size_bytes = (SELECT length(target) FROM symlink "
			"WHERE ino = ?1) WHERE ino = ?1",
			f->ino, 0, NULL, 0, err);
	return r < 0 ? r : 0;
}

static int amend_lost_source(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	struct catalog_inode in = fresh_inode(f->ino, S_IFREG | 0600);
	int r;

	in.loc_kind = CATALOG_LOC_OUTSIDE;
	in.loc_id = f->ino;
	r = catalog_inode_insert(c, &in, err);
	if (r == 0)
		r = change(c,
			"UPDATE inode SET (size_bytes, mtime_sec, mtime_nsec) = (SELECT "
			"size_bytes, "
			"mtime_sec, max(0, min(mtime_nsec, 999999999)) FROM reference "
			"WHERE ino = ?1) WHERE ino = ?1",
			f->ino, 0, NULL, 0, err);
	return r < 0 ? r : forget_costs_above(c, f->ino, err);
}

/* What else is known of the inode says what it was. */
static int amend_type(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	int dir = has(c, "SELECT 1 FROM entry WHERE parent = ?1 LIMIT 1", f->ino, err);
	int text = dir < 0 ? dir : has(c, "SELECT 1 FROM symlink WHERE ino = ?1", f->ino, err);
	uint32_t mode = (uint32_t)f->found & 07777u;
	int r;

	if (text < 0)
		return text;
	mode |= dir ? S_IFDIR : text ? S_IFLNK : S_IFREG;
	r = change(c, "UPDATE inode SET mode = ?2 WHERE ino = ?1", f->ino, mode, NULL, 0, err);
	return r < 0 ? r : forget_costs_above(c, f->ino, err);
}

static int amend_dangling(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	int there = has_inode(c, f->ino, err);

	return there == 0 ? delete_name(c, f, err) : there < 0 ? there : 0;
}

static int amend_no_dir(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	int r = delete_name(c, f, err);

	return r < 0 ? r : keep_in_lost_found(c, f->ino, f->name, f->name_n, err);
}

static int amend_name(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	int r = delete_name(c, f, err);

	return r < 0 ? r : insert_name(c, f->parent, "", 0, f->ino, err);
}

static int amend_cycle(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	char name[NAME_BYTES];
	uint64_t parent;
	size_t n;
	int r = catalog_name_of(c, f->ino, &parent, name, sizeof(name), &n, err);

	if (r < 0)
		return r;
	r = change(c, "DELETE FROM entry WHERE seq = (SELECT min(seq) FROM entry WHERE ino = ?1)",
		f->ino, 0, NULL, 0, err);
	if (r >= 0)
		r = catalog_cost_drop(c, parent, err);
	return r < 0 ? r : keep_in_lost_found(c, f->ino, name, n, err);
}

static int amend_orphan(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	int there = has_inode(c, f->ino, err);
	int named = there <= 0 ? there
			       : has(c, "SELECT 1 FROM entry WHERE ino = ?1 LIMIT 1", f->ino, err);

	/* Another mending may have found a name for it. */
	if (there <= 0 || named != 0)
		return named < 0 ? named : 0;
	return keep_in_lost_found(c, f->ino, "", 0, err);
}

static int amend_nlink(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	int r = change(c, "UPDATE inode SET nlink = ?2 WHERE ino = ?1", f->ino,
		(uint64_t)f->expected, NULL, 0, err);

	return r < 0 ? r : 0;
}

static int amend_size(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	int r = change(c,
		"UPDATE inode SET size_bytes = ?2, loc_kind = 0, loc_id = 0, loc_off_bytes = 0, "
		"loc_cap_bytes = 0 WHERE ino = ?1",
		f->ino, (uint64_t)f->expected, NULL, 0, err);

	return r < 0 ? r : forget_costs_above(c, f->ino, err);
}

static int amend_time(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	int r = change(c,
		"UPDATE inode SET mtime_nsec = max(0, min(mtime_nsec, 999999999)), "
		"atime_nsec = max(0, min(atime_nsec, 999999999)), "
		"ctime_nsec = max(0, min(ctime_nsec, 999999999)) WHERE ino = ?1",
		f->ino, 0, NULL, 0, err);

	return r < 0 ? r : 0;
}

/* A text that goes on after a NUL ends there; one that cannot be had is told as lost. */
static int amend_no_target(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	char text[4096];
	size_t n = 0;
	int r = catalog_symlink_get(c, f->ino, text, sizeof(text), &n, err);

	if (r < 0 && r != -ENOENT && r != -ERANGE)
		return r;
	if (r < 0 || !text[0])
		snprintf(text, sizeof(text), TARGET_LOST);
	r = catalog_symlink_set(c, f->ino, text, strlen(text), err);
	if (r == 0)
		r = change(c, "UPDATE inode SET size_bytes = ?2 WHERE ino = ?1", f->ino,
			strlen(text), NULL, 0, err);
	return r < 0 ? r : forget_costs_above(c, f->ino, err);
}

static int amend_stray_target(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	int r = change(c, "DELETE FROM symlink WHERE ino = ?1", f->ino, 0, NULL, 0, err);

	return r < 0 ? r : forget_costs_above(c, f->ino, err);
}

static int delete_source(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	return catalog_reference_drop(c, f->ino, err);
}

static int amend_source_size(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	int r = change(c, "UPDATE inode SET size_bytes = ?2 WHERE ino = ?1", f->ino,
		(uint64_t)f->expected, NULL, 0, err);

	return r < 0 ? r : forget_costs_above(c, f->ino, err);
}

static int amend_source_place(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	int r = change(c,
		"UPDATE inode SET loc_id = ino, loc_off_bytes = 0, loc_cap_bytes = 0 "
		"WHERE ino = ?1",
		f->ino, 0, NULL, 0, err);

	return r < 0 ? r : 0;
}

static int amend_xattr(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	int r = change(c, "DELETE FROM xattr WHERE ino = ?1 AND ?2 = 0 AND name = ?3", f->ino, 0,
		f->name, f->name_n, err);

	return r < 0 ? r : 0;
}

static int amend_cost(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	return catalog_cost_drop(c, f->ino, err);
}

static int amend_counter(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	c->saved_max_ino = c->max_ino;
	(void)f;
	return fact_set(c, "max_ino", c->max_ino, err);
}

typedef int amend_fn(struct catalog *c, const struct catalog_finding *f, struct err *err);

/* Without a row: what the look itself has put right. */
static amend_fn *const amend[CATALOG_FAULTS] = {
	[CATALOG_FAULT_NUMBER] = amend_number,
	[CATALOG_FAULT_ROOT] = amend_root,
	[CATALOG_FAULT_LOST_DIR] = amend_lost_dir,
	[CATALOG_FAULT_LOST_LINK] = amend_lost_link,
	[CATALOG_FAULT_LOST_SOURCE] = amend_lost_source,
	[CATALOG_FAULT_TYPE] = amend_type,
	[CATALOG_FAULT_DANGLING] = amend_dangling,
	[CATALOG_FAULT_NO_DIR] = amend_no_dir,
	[CATALOG_FAULT_NAME] = amend_name,
	[CATALOG_FAULT_NAMES] = delete_name,
	[CATALOG_FAULT_CYCLE] = amend_cycle,
	[CATALOG_FAULT_ORPHAN] = amend_orphan,
	[CATALOG_FAULT_UNLINKED] = amend_orphan,
	[CATALOG_FAULT_NLINK] = amend_nlink,
	[CATALOG_FAULT_SIZE] = amend_size,
	[CATALOG_FAULT_TIME] = amend_time,
	[CATALOG_FAULT_NO_TARGET] = amend_no_target,
	[CATALOG_FAULT_STRAY_TARGET] = amend_stray_target,
	[CATALOG_FAULT_BAD_SOURCE] = delete_source,
	[CATALOG_FAULT_STRAY_SOURCE] = delete_source,
	[CATALOG_FAULT_NO_SOURCE] = amend_size, /* to nothing */
	[CATALOG_FAULT_SOURCE_SIZE] = amend_source_size,
	[CATALOG_FAULT_SOURCE_PLACE] = amend_source_place,
	[CATALOG_FAULT_XATTR] = amend_xattr,
	[CATALOG_FAULT_COST] = amend_cost,
	[CATALOG_FAULT_COUNTER] = amend_counter,
};

int catalog_amend(struct catalog *c, const struct catalog_finding *f, struct err *err)
{
	int r = amend[f->fault] ? amend[f->fault](c, f, err) : 0;

	/* Whatever was mended, it may have been the content. */
	if (r == 0)
		r = catalog_digest_drop(c, f->ino, err);
	/* What another mending has changed meanwhile is the next look's matter. */
	return r == -ENOENT || r == -EEXIST ? 0 : r;
}
