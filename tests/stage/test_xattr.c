/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extended attributes of staged inodes. */
#include "harness/t.h"
#include "rig_stage.h"
#include "tree/tree.h"
#include "stage/acl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static char big[65536 + 1];

static int set_n(struct rig *rig, uint64_t ino, const char *name, const void *value, size_t n)
{
	return stage_xattr_set(
		rig->s, ino, name, (struct stage_bytes){ value, n }, STAGE_XATTR_SET, &rig->err);
}

static int set_how(struct rig *rig, uint64_t ino, const char *name, enum stage_xattr how)
{
	return stage_xattr_set(rig->s, ino, name, (struct stage_bytes){ "v", 1 }, how, &rig->err);
}

static ssize_t length(struct rig *rig, uint64_t ino, const char *name)
{
	return stage_xattr_get(rig->s, ino, name, NULL, 0, &rig->err);
}

static void values_are_set_listed_and_removed(void)
{
	struct rig rig;
	char got[64];
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	T_EQ(set_n(&rig, f, "user.b", "two", 3), 0);
	T_EQ(set_n(&rig, f, "user.a", "", 0), 0);
	T_EQ(stage_xattr_get(rig.s, f, "user.b", got, sizeof(got), &rig.err), 3);
	T_MEM(got, "two", 3);
	T_EQ(stage_xattr_get(rig.s, f, "user.b", got, 2, &rig.err), -ERANGE);
	T_EQ(stage_xattr_list(rig.s, f, NULL, 0, &rig.err), 14);
	T_EQ(stage_xattr_list(rig.s, f, got, 13, &rig.err), -ERANGE);
	T_EQ(stage_xattr_list(rig.s, f, got, 14, &rig.err), 14);
	T_MEM(got, "user.a\0user.b", 14);
	T_EQ(set_n(&rig, f, "user.", "v", 1), -EINVAL);
	T_EQ(stage_xattr_remove(rig.s, f, "user.a", &rig.err), 0);
	T_EQ(stage_xattr_remove(rig.s, f, "user.a", &rig.err), -ENODATA);
	rig_reopen(&rig);
	T_EQ(length(&rig, f, "user.b"), 3);
	T_EQ(length(&rig, f, "user.a"), -ENODATA);
	rig_fini(&rig);
}

static void create_and_replace_look_first(void)
{
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	T_EQ(set_how(&rig, f, "user.a", STAGE_XATTR_REPLACE), -ENODATA);
	T_EQ(set_how(&rig, f, "user.a", STAGE_XATTR_CREATE), 0);
	T_EQ(set_how(&rig, f, "user.a", STAGE_XATTR_CREATE), -EEXIST);
	T_EQ(set_how(&rig, f, "user.a", STAGE_XATTR_REPLACE), 0);
	rig_fini(&rig);
}

static void other_namespaces_are_refused(void)
{
	static const char *const names[] = { "trusted.a", "security.capability", "system.other",
		"a", "" };
	struct rig rig;

	rig_init(&rig);
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		T_EQ(set_n(&rig, ROOT, names[i], "v", 1), -EOPNOTSUPP);
		T_EQ(length(&rig, ROOT, names[i]), -EOPNOTSUPP);
		T_EQ(stage_xattr_remove(rig.s, ROOT, names[i], NULL), -EOPNOTSUPP);
	}
	rig_fini(&rig);
}

static void one_inode_holds_64_kib_of_values(void)
{
	char name[300];
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	T_EQ(set_n(&rig, f, "user.big", big, 65537), -E2BIG);
	T_EQ(set_n(&rig, f, "user.big", big, 65536), 0);
	T_EQ(set_n(&rig, f, "user.more", "v", 1), -ENOSPC);
	T_EQ(length(&rig, f, "user.more"), -ENODATA);
	T_EQ(set_n(&rig, f, "user.big", big, 65535), 0);
	T_EQ(set_n(&rig, f, "user.more", "v", 1), 0);
	snprintf(name, sizeof(name), "user.%0251d", 1);
	T_EQ(set_n(&rig, f, name, "", 0), -ERANGE);
	name[255] = '\0';
	T_EQ(set_n(&rig, f, name, "", 0), 0);
	rig_fini(&rig);
}

static void links_share_them_and_the_last_takes_them_along(void)
{
	struct stage_attr a;
	uint64_t f, owners = 0;
	struct rig rig;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	T_EQ(set_n(&rig, f, "user.a", "v", 1), 0);
	T_EQ(stage_link(rig.s, f, ROOT, "g", &a, &rig.err), 0);
	T_EQ(rig_unlink(&rig, ROOT, "f"), 0);
	T_EQ(length(&rig, rig_lookup(&rig, ROOT, "g"), "user.a"), 1);
	T_EQ(stage_xattr_owners(rig.s, &owners, &rig.err), 0);
	T_EQ(owners, 1);
	T_EQ(rig_unlink(&rig, ROOT, "g"), 0);
	T_EQ(stage_xattr_owners(rig.s, &owners, &rig.err), 0);
	T_EQ(owners, 0);
	T_EQ(set_n(&rig, ROOT, "user.root", "v", 1), 0);
	T_EQ(stage_clear(rig.s, &rig.err), 0);
	T_EQ(length(&rig, ROOT, "user.root"), -ENODATA);
	rig_fini(&rig);
}

/* u::rwx u:5:PERM g::r-x m::MASK o::--x */
static size_t an_acl(uint16_t perm, uint16_t mask, uint8_t out[static ACL_BYTES_MAX])
{
	struct acl acl = { .n = 5,
		.entry = { { ACL_TAG_USER_OBJ, 7, 0 }, { ACL_TAG_USER, perm, 5 },
			{ ACL_TAG_GROUP_OBJ, 5, 0 }, { ACL_TAG_MASK, mask, 0 },
			{ ACL_TAG_OTHER, 1, 0 } } };

	return acl_encode(&acl, out);
}

static struct acl access_of(struct rig *rig, uint64_t ino)
{
	uint8_t bytes[ACL_BYTES_MAX];
	struct acl acl = { 0 };
	ssize_t n = stage_xattr_get(rig->s, ino, ACL_ACCESS, bytes, sizeof(bytes), &rig->err);

	T_TRUE(n > 0);
	if (n > 0)
		T_EQ(acl_decode(bytes, (size_t)n, &acl, &rig->err), 0);
	return acl;
}

static void an_acl_and_the_mode_stay_in_step(void)
{
	const uint32_t mode = 0604;
	uint8_t bytes[ACL_BYTES_MAX];
	struct stage_attr a;
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	T_EQ(set_n(&rig, f, ACL_ACCESS, bytes, an_acl(7, 6, bytes)), 0);
	T_EQ(rig_attr(&rig, f).mode, S_IFREG | 0761);
	T_EQ(stage_setattr(rig.s, f, &(struct stage_change){ .mode = &mode }, &a, &rig.err), 0);
	T_EQ(a.mode, S_IFREG | 0604);
	T_EQ(access_of(&rig, f).entry[3].perm, 0);
	T_EQ(access_of(&rig, f).entry[2].perm, 5);
	T_EQ(set_n(&rig, f, ACL_DEFAULT, bytes, an_acl(7, 7, bytes)), -EACCES);
	T_EQ(set_n(&rig, f, ACL_ACCESS, "12345678", 8), -EINVAL);
	T_EQ(stage_xattr_remove(rig.s, f, ACL_ACCESS, &rig.err), 0);
	T_EQ(length(&rig, f, ACL_ACCESS), -ENODATA);
	T_EQ(stage_xattr_remove(rig.s, f, ACL_ACCESS, &rig.err), 0);
	rig_fini(&rig);
}

static uint64_t make_masked(struct rig *rig, uint64_t parent, const char *name, uint32_t mode)
{
	const struct stage_owner who = { .umask = 027 };
	struct stage_attr a = { 0 };

	T_EQ(stage_make(
		     rig->s, parent, name, (struct stage_kind){ .mode = mode }, who, &a, &rig->err),
		0);
	return a.ino;
}

static void a_default_acl_replaces_the_umask_below_it(void)
{
	uint8_t bytes[ACL_BYTES_MAX];
	uint64_t d, f, below;
	struct rig rig;

	rig_init(&rig);
	T_EQ(rig_attr(&rig, make_masked(&rig, ROOT, "f", S_IFREG | 0666)).mode, S_IFREG | 0640);
	d = rig_mkdir(&rig, ROOT, "d");
	T_EQ(set_n(&rig, d, ACL_DEFAULT, bytes, an_acl(6, 7, bytes)), 0);
	f = make_masked(&rig, d, "f", S_IFREG | 0666);
	T_EQ(rig_attr(&rig, f).mode, S_IFREG | 0660);
	T_EQ(access_of(&rig, f).entry[1].perm, 6);
	T_EQ(access_of(&rig, f).entry[3].perm, 6);
	T_EQ(length(&rig, f, ACL_DEFAULT), -ENODATA);
	below = make_masked(&rig, d, "below", S_IFDIR | 0777);
	T_EQ(rig_attr(&rig, below).mode, S_IFDIR | 0771);
	T_EQ(length(&rig, below, ACL_DEFAULT), 44);
	T_EQ(rig_attr(&rig, make_masked(&rig, below, "f", S_IFREG | 0600)).mode, S_IFREG | 0600);
	rig_fini(&rig);
}

static int mark(struct rig *rig, uint64_t ino, const char *name, const char *value)
{
	return stage_xattr_set(rig->s, ino, name, (struct stage_bytes){ value, strlen(value) },
		STAGE_XATTR_SET, &rig->err);
}

static void marks_of_discfs_are_checked(void)
{
	struct rig rig;
	uint64_t f, d;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	d = rig_mkdir(&rig, ROOT, "d");
	T_EQ(mark(&rig, f, "user.discfs.hidden", "1"), 0);
	T_EQ(mark(&rig, d, "user.discfs.hidden", "joliet,udf"), 0);
	T_EQ(mark(&rig, f, "user.discfs.hidden", "hfs"), -EINVAL);
	T_HAS(rig.err.msg, "iso9660,joliet,udf");
	T_EQ(mark(&rig, f, "user.discfs.sort", "-5"), 0);
	T_EQ(mark(&rig, f, "user.discfs.sort", "first"), -EINVAL);
	T_EQ(mark(&rig, d, "user.discfs.exclude", "1"), -EINVAL);
	T_EQ(mark(&rig, f, "user.discfs.realtime", "2"), -EINVAL);
	T_EQ(mark(&rig, f, "user.discfs.lba", "17"), -EPERM);
	T_EQ(mark(&rig, f, "user.discfs.name.udf", "x"), -EPERM);
	T_EQ(mark(&rig, f, "user.discfs.hiden", "1"), -EINVAL);
	T_HAS(rig.err.msg, "user.discfs.hidden");
	rig_fini(&rig);
}

static const struct tree_inode *named(const struct tree *t, const char *name)
{
	for (uint32_t n = 1; n < t->nnode; n++)
		if (strcmp(t->node[n].name, name) == 0)
			return tree_inode_of(t, n);
	return tree_inode_of(t, 0);
}

static void a_frozen_tree_has_marks_and_attributes(void)
{
	const struct tree_inode *in;
	struct tree *t;
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	rig_create(&rig, ROOT, "g");
	T_EQ(mark(&rig, f, "user.discfs.exclude", "joliet"), 0);
	T_EQ(mark(&rig, f, "user.discfs.sort", "7"), 0);
	T_EQ(mark(&rig, f, "user.b", "two"), 0);
	T_EQ(mark(&rig, f, "user.a", "one"), 0);
	T_MUST(stage_freeze(rig.s, &t, &rig.err) == 0);
	in = named(t, "f");
	T_EQ(in->marks.excluded, TREE_JOLIET);
	T_EQ(in->marks.weight, 7);
	T_EQ(in->nxattr, 2);
	T_STR(in->xattr[0].name, "user.a");
	T_MEM(in->xattr[1].value, "two", 3);
	T_EQ(named(t, "g")->nxattr, 0);
	tree_free(t);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(values_are_set_listed_and_removed);
	T_RUN(create_and_replace_look_first);
	T_RUN(other_namespaces_are_refused);
	T_RUN(one_inode_holds_64_kib_of_values);
	T_RUN(links_share_them_and_the_last_takes_them_along);
	T_RUN(an_acl_and_the_mode_stay_in_step);
	T_RUN(a_default_acl_replaces_the_umask_below_it);
	T_RUN(marks_of_discfs_are_checked);
	T_RUN(a_frozen_tree_has_marks_and_attributes);
	return t_end();
}
