/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extended attributes: user.* as they come, and ACLs kept in step with the mode bits. */
#include "private.h"

#include "beside.h"
#include "acl.h"
#include "dedup.h"
#include "traits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* linux/limits.h has the same: a value, and all names that listxattr gives. */
#define VALUE_BYTES_MAX 65536u
#define NAMES_BYTES_MAX 65536u

enum xattr_kind { XATTR_FOREIGN, XATTR_USER, XATTR_ACL_ACCESS, XATTR_ACL_DEFAULT };

static enum xattr_kind kind_of(const char *name)
{
	if (strncmp(name, "user.", 5) == 0 && name[5])
		return XATTR_USER;
	if (strcmp(name, ACL_ACCESS) == 0)
		return XATTR_ACL_ACCESS;
	return strcmp(name, ACL_DEFAULT) == 0 ? XATTR_ACL_DEFAULT : XATTR_FOREIGN;
}

static int check_name(const char *name, struct err *err)
{
	if (strcmp(name, "user.") == 0)
		return err_set(err, -EINVAL, "an attribute without a name");
	if (kind_of(name) == XATTR_FOREIGN)
		return err_set(err, -EOPNOTSUPP,
			"attributes are kept of user.* and of access control lists only");
	if (strlen(name) > STAGE_NAME_MAX)
		return err_set(err, -ERANGE, "a name of more than %u bytes", STAGE_NAME_MAX);
	return 0;
}

/* What an inode would have after @name got @value_n bytes. */
struct total {
	const char *name;
	uint64_t names_bytes, values_bytes;
};

static int add_up(void *arg, const char *name, size_t n, uint64_t value_n)
{
	struct total *t = arg;

	if (strlen(t->name) == n && memcmp(t->name, name, n) == 0)
		return 0;
	t->names_bytes += n + 1;
	t->values_bytes += value_n;
	return 0;
}

static int check_room(
	struct stage *s, uint64_t ino, const char *name, size_t value_n, struct err *err)
{
	struct total t = { .name = name, .names_bytes = strlen(name) + 1, .values_bytes = value_n };
	int r;

	if (value_n > VALUE_BYTES_MAX)
		return err_set(err, -E2BIG, "a value of more than %u bytes", VALUE_BYTES_MAX);
	r = catalog_xattrs(s->catalog, ino, add_up, &t, err);
	if (r < 0)
		return r;
	if (t.names_bytes > NAMES_BYTES_MAX || t.values_bytes > VALUE_BYTES_MAX)
		return err_set(err, -ENOSPC,
			"the attributes of one inode would take more than "
			"%u bytes",
			VALUE_BYTES_MAX);
	return 0;
}

static int check_how(
	struct stage *s, uint64_t ino, const char *name, enum stage_xattr how, struct err *err)
{
	size_t n;
	int r;

	if (how == STAGE_XATTR_SET)
		return 0;
	r = catalog_xattr_get(s->catalog, ino, name, NULL, 0, &n, err);
	if (how == STAGE_XATTR_REPLACE)
		return r;
	if (r == -ENODATA)
		return 0;
	return r < 0 ? r : err_set(err, -EEXIST, "the inode has an attribute %s", name);
}

static int put_acl(
	struct stage *s, uint64_t ino, const char *name, struct stage_bytes value, struct err *err)
{
	s->acl_use = ACL_USE_SOME;
	return catalog_xattr_set(s->catalog, ino, name, value.at, value.n, err);
}

/* An ACL that says no more than a mode is not kept beside the mode. */
static int set_access(struct stage *s, struct catalog_inode *row, const struct acl *acl,
	struct stage_bytes value, struct err *err)
{
	int r;

	if (!acl_to_mode(acl, &row->mode))
		return put_acl(s, row->ino, ACL_ACCESS, value, err);
	r = catalog_xattr_delete(s->catalog, row->ino, ACL_ACCESS, err);
	return r == -ENODATA ? 0 : r;
}

static int set_acl(struct stage *s, struct catalog_inode *row, const char *name,
	struct stage_bytes value, struct err *err)
{
	struct acl acl;
	int r;

	if (S_ISLNK(row->mode))
		return err_set(err, -EOPNOTSUPP, "a symbolic link has no access control list");
	r = acl_decode(value.at, value.n, &acl, err);
	if (r < 0)
		return r;
	if (kind_of(name) == XATTR_ACL_ACCESS)
		return set_access(s, row, &acl, value, err);
	if (!S_ISDIR(row->mode))
		return err_set(err, -EACCES, "only a directory has a default for new files");
	return put_acl(s, row->ino, name, value, err);
}

/* Whether @name describes how a disc boots: it may make a file one to boot from, or none. */
static bool describes_boot(const char *name)
{
	return strncmp(name, STAGE_BOOT_XATTR, sizeof(STAGE_BOOT_XATTR) - 1) == 0;
}

/* Names of ours are not everybody's: a value that means nothing would be lost without a word. */
static int check_trait(const char *name, struct stage_bytes value, uint32_t mode, struct err *err)
{
	switch (trait_kind_of(name)) {
	case TRAIT_MARK:
		return trait_check(name, value.at, value.n, mode, err);
	case TRAIT_COMPUTED:
		return err_set(err, -EPERM, "%s is told by discfs and cannot be set", name);
	case TRAIT_UNKNOWN:
		return err_set(err, -EINVAL,
			"%s is no attribute of discfs; known are user.discfs.hidden, .exclude, "
			".sort, .realtime and .boot.*",
			name);
	default:
		return 0;
	}
}

/* @slack_nsec: what a directory may grow by. */
int xattr_begin(
	struct op *op, const struct catalog_inode *row, uint64_t slack_nsec, struct err *err)
{
	int r = row->nlink ? dedup_leave(op->s, row, err) : 0;

	if (r == 0 && row->nlink)
		r = space_take_inode(op->s, row, err);
	/* Attributes are recorded with each name. */
	return r == 0 && row->nlink ? space_note_names(op->s, row, slack_nsec, err) : r;
}

int xattr_end(struct op *op, const struct catalog_inode *row, struct err *err)
{
	int r = row->nlink ? space_add_inode(op->s, row, err) : 0;

	return r == 0 && row->nlink ? dedup_join(op->s, row, err) : r;
}

int xattr_give(struct op *op, struct catalog_inode *row, const char *name, struct stage_bytes value,
	struct err *err)
{
	struct stage *s = op->s;
	int r = check_name(name, err);

	if (r == 0)
		r = check_room(s, row->ino, name, value.n, err);
	if (r < 0)
		return r;
	op->boots |= describes_boot(name);
	if (describes_boot(name) && !S_ISREG(row->mode))
		return err_set(err, -EINVAL, "a disc boots from files only: %s is for them", name);
	r = check_trait(name, value, row->mode, err);
	if (r < 0)
		return r;
	s->any_mark |= strcmp(name, STAGE_EXCLUDE_XATTR) == 0;
	if (kind_of(name) == XATTR_USER)
		return catalog_xattr_set(s->catalog, row->ino, name, value.at, value.n, err);
	return set_acl(s, row, name, value, err);
}

/*
 * The catalog dropped what it knew of an inode that nobody holds and no name leads to: what were
 * set there now would belong to nothing, for ever.
 */
static int check_kept(const struct stage *s, uint64_t ino, struct err *err)
{
	const struct active *a = active_find(s, ino);

	if (a && a->rowless)
		return err_set(err, -ENOENT, "inode %llu was removed", (unsigned long long)ino);
	return 0;
}

static int set(struct op *op, uint64_t ino, const char *name, struct stage_bytes value,
	enum stage_xattr how, struct err *err)
{
	struct stage *s = op->s;
	struct catalog_inode *row;
	int r = op_row(op, ino, &row, err);

	if (r == 0)
		r = check_kept(s, ino, err);
	if (r == 0)
		r = check_how(s, ino, name, how, err);
	if (r < 0)
		return r;
	r = xattr_begin(op, row, XATTR_SLACK_NSEC, err);
	if (r == 0 && sums_depends_on(name))
		r = sums_take_names(s, ino, err);
	if (r == 0)
		r = xattr_give(op, row, name, value, err);
	if (r == 0 && sums_depends_on(name))
		r = sums_add_names(s, ino, err);
	if (r == 0)
		r = xattr_end(op, row, err);
	row->ctime = op->now;
	return r;
}

int stage_xattr_set(struct stage *s, uint64_t ino, const char *name, struct stage_bytes value,
	enum stage_xattr how, struct err *err)
{
	struct catalog_inode row;
	struct op op;
	int r = check_name(name, err);

	if (r < 0)
		return r;
	stage_lock(s);
	r = active_pay(s, ino, err);
	if (r == 0)
		r = inode_get(s, ino, &row, err);
	if (r == 0)
		r = op_begin(s, &op, (row.nlink + 1ull) * XATTR_SLACK_NSEC, err);
	if (r == 0)
		r = op_end(&op, set(&op, ino, name, value, how, err), err);
	stage_unlock(s);
	return r;
}

ssize_t stage_xattr_get(
	struct stage *s, uint64_t ino, const char *name, void *out, size_t cap, struct err *err)
{
	size_t n = 0;
	int r = check_name(name, err);

	if (r < 0)
		return r;
	stage_lock(s);
	r = catalog_xattr_get(s->catalog, ino, name, out, cap, &n, err);
	stage_unlock(s);
	return r < 0 ? r : (ssize_t)n;
}

struct list {
	char *out;
	size_t cap, n;
};

static int put_name(void *arg, const char *name, size_t n, uint64_t value_n)
{
	struct list *l = arg;

	(void)value_n;
	if (l->cap && n + 1 > l->cap - l->n)
		return -ERANGE;
	if (l->cap) {
		memcpy(l->out + l->n, name, n);
		l->out[l->n + n] = '\0';
	}
	l->n += n + 1;
	return 0;
}

ssize_t stage_xattr_list(struct stage *s, uint64_t ino, char *out, size_t cap, struct err *err)
{
	struct list l = { .out = out, .cap = cap };
	int r;

	stage_lock(s);
	r = catalog_xattrs(s->catalog, ino, put_name, &l, err);
	stage_unlock(s);
	if (r == -ERANGE)
		return err_set(
			err, r, "the names of the attributes do not fit into %zu bytes", cap);
	return r < 0 ? r : (ssize_t)l.n;
}

static int remove_one(struct op *op, uint64_t ino, const char *name, struct err *err)
{
	struct catalog_inode *row;
	int r = op_row(op, ino, &row, err);

	op->boots = describes_boot(name);
	if (r == 0)
		r = xattr_begin(op, row, 1, err);
	if (r == 0 && sums_depends_on(name))
		r = sums_take_names(op->s, ino, err);
	if (r == 0)
		r = catalog_xattr_delete(op->s->catalog, ino, name, err);
	/* Every file has an access control list: of its mode alone, if no other. */
	if (r == -ENODATA && kind_of(name) != XATTR_USER)
		r = 0;
	if (r == 0 && sums_depends_on(name))
		r = sums_add_names(op->s, ino, err);
	if (r == 0)
		r = xattr_end(op, row, err);
	if (r == 0)
		row->ctime = op->now;
	return r;
}

int stage_xattr_remove(struct stage *s, uint64_t ino, const char *name, struct err *err)
{
	struct op op;
	int r = check_name(name, err);

	if (r < 0)
		return r;
	stage_lock(s);
	r = op_begin(s, &op, 0, err);
	if (r == 0)
		r = op_end(&op, remove_one(&op, ino, name, err), err);
	stage_unlock(s);
	return r;
}

static int look_for_acls(struct stage *s, struct err *err)
{
	bool any = false;
	int r = catalog_xattr_any(s->catalog, ACL_ACCESS, &any, err);

	if (r == 0 && !any)
		r = catalog_xattr_any(s->catalog, ACL_DEFAULT, &any, err);
	if (r == 0)
		s->acl_use = any ? ACL_USE_SOME : ACL_USE_NONE;
	return r;
}

int stage_any_acl(struct stage *s, bool *out, struct err *err)
{
	int r = 0;

	stage_lock(s);
	if (s->acl_use == ACL_USE_UNKNOWN)
		r = look_for_acls(s, err);
	*out = s->acl_use != ACL_USE_NONE;
	stage_unlock(s);
	return r;
}

int stage_xattr_owners(struct stage *s, uint64_t *out, struct err *err)
{
	int r;

	stage_lock(s);
	r = catalog_xattr_owners(s->catalog, out, err);
	stage_unlock(s);
	return r;
}

/* -ENODATA: there is none. What is in the catalog went through set_acl. */
static int load_acl(
	struct stage *s, uint64_t ino, const char *name, struct acl *out, struct err *err)
{
	uint8_t bytes[ACL_BYTES_MAX];
	size_t n;
	/* No sentence: every new file asks, and hardly any directory has one. */
	int r = catalog_xattr_get(s->catalog, ino, name, bytes, sizeof(bytes), &n, NULL);

	if (r == -ENODATA)
		return r;
	if (r < 0)
		return err_set(
			err, r, "%s of inode %llu cannot be read", name, (unsigned long long)ino);
	r = acl_decode(bytes, n, out, err);
	return r < 0 ? err_prefix(err, -EBADMSG, "inode %llu", (unsigned long long)ino) : 0;
}

static int save_acl(
	struct stage *s, uint64_t ino, const char *name, const struct acl *acl, struct err *err)
{
	uint8_t bytes[ACL_BYTES_MAX];
	size_t n = acl_encode(acl, bytes);

	return put_acl(s, ino, name, (struct stage_bytes){ .at = bytes, .n = n }, err);
}

int xattr_follow_mode(struct stage *s, const struct catalog_inode *row, struct err *err)
{
	struct acl acl;
	int r = load_acl(s, row->ino, ACL_ACCESS, &acl, err);

	if (r < 0)
		return r == -ENODATA ? 0 : r;
	acl_chmod(&acl, row->mode);
	return save_acl(s, row->ino, ACL_ACCESS, &acl, err);
}

int xattr_inherit(struct stage *s, uint64_t parent, uint32_t umask, struct catalog_inode *row,
	struct err *err)
{
	struct acl acl;
	int r = load_acl(s, parent, ACL_DEFAULT, &acl, err);

	if (r == -ENODATA) {
		row->mode &= ~(umask & 0777u);
		return 0;
	}
	if (r == 0 && S_ISDIR(row->mode))
		r = save_acl(s, row->ino, ACL_DEFAULT, &acl, err);
	if (r < 0 || acl_inherit(&acl, &row->mode))
		return r;
	return save_acl(s, row->ino, ACL_ACCESS, &acl, err);
}
