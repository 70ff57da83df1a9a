/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A UDF volume against the tree that it was made of. */
#include "rig_udf.h"

#include "base/buf.h"
#include "base/text.h"
#include "harness/t.h"
#include "rig_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

/* Content that is compared whole; of longer files both ends are. */
#define WHOLE_MAX 200000u

static void check_mode(const struct udf_entry *e, uint32_t mode)
{
	uint32_t rwx = 0;

	for (unsigned class = 0; class < 3; class ++) {
		uint32_t bits = e->perm >> 5 * class & 31;

		rwx |= (bits & 7) << 3 * class;
		T_EQ(bits >> 4, bits >> 1 & 1);	 /* delete goes with write */
		T_EQ(bits >> 3 & 1, class == 2); /* attributes are the owner's */
	}
	T_EQ(rwx, mode & 0777);
	T_EQ((e->flags >> 6 & 1), (mode & S_ISUID) != 0);
	T_EQ((e->flags >> 7 & 1), (mode & S_ISGID) != 0);
	T_EQ((e->flags >> 8 & 1), (mode & S_ISVTX) != 0);
}

static void check_mtime(const struct udf_entry *e, struct timespec want)
{
	const uint8_t *p = e->mtime;
	struct tm tm = {
		.tm_year = (int16_t)udf_le16(p + 2) - 1900,
		.tm_mon = p[4] - 1,
		.tm_mday = p[5],
		.tm_hour = p[6],
		.tm_min = p[7],
		.tm_sec = p[8],
	};

	T_EQ(timegm(&tm), want.tv_sec);
	T_EQ(p[9] * 10000 + p[10] * 100 + p[11], want.tv_nsec / 1000);
}

static void check_bytes(
	const struct udf_view *v, const struct udf_entry *e, uint64_t seed, uint64_t off, size_t n)
{
	uint8_t *got = malloc(n), *want = malloc(n);

	T_MUST(got && want);
	view_read(v, e, off, got, n);
	for (size_t i = 0; i < n; i++)
		want[i] = rig_content(seed, off + i);
	T_MEM(got, want, n);
	free(got);
	free(want);
}

static void check_content(
	struct udf_view *v, const struct udf_entry *e, const struct tree_inode *in)
{
	T_EQ(e->type, in->marks.realtime && v->revision >= 0x201 ? 249 : 5);
	T_EQ(e->info_bytes, in->size_bytes);
	if (e->info_bytes != in->size_bytes || in->size_bytes == 0)
		return;
	for (unsigned i = 0; i < e->nextent; i++)
		view_claim(v, e->extent[i].lba, (e->extent[i].bytes + 2047) / 2048);
	if (in->where.a == RIG_SEED_ZERO)
		return;
	if (in->size_bytes <= WHOLE_MAX) {
		check_bytes(v, e, in->where.a, 0, in->size_bytes);
		return;
	}
	check_bytes(v, e, in->where.a, 0, 5000);
	check_bytes(v, e, in->where.a, in->size_bytes - 5000, 5000);
	for (uint64_t edge = 0x3ffff800; edge + 100 < in->size_bytes && edge < 1ull << 33;
		edge += 0x3ffff800)
		check_bytes(v, e, in->where.a, edge - 100, 200);
}

/* Path components, 4/14.16, as text. */
static void put_components(struct buf *out, const uint8_t *p, size_t bytes)
{
	size_t at = 0;

	for (; at + 4 <= bytes; at += 4 + p[at + 1]) {
		if (out->len > 0 && out->data[out->len - 1] != '/')
			buf_puts(out, "/");
		if (p[at] == 1)
			buf_puts(out, "/");
		else if (p[at] == 3)
			buf_puts(out, "..");
		else if (p[at] == 4)
			buf_puts(out, ".");
		else if (T_EQ(p[at], 5) && T_EQ(p[at + 4], 8))
			buf_append(out, p + at + 5, p[at + 1] - 1u);
	}
	T_EQ(at, bytes);
}

/* What can be said: no empty component, none of more than 254 characters. */
static char *said(const char *target, size_t len)
{
	char *want = calloc(1, len + 1);
	size_t n = 0, component = 0;

	T_MUST(want != NULL);
	for (size_t i = 0; i < len; i++) {
		component = target[i] == '/' ? 0 : component + 1;
		if (component > 254 || (component == 0 && n > 0 && want[n - 1] == '/'))
			continue;
		want[n++] = target[i];
	}
	if (n > 1 && want[n - 1] == '/')
		want[n - 1] = '\0';
	return want;
}

static void check_target(struct udf_view *v, const struct udf_entry *e, const struct tree_inode *in)
{
	uint8_t *p = malloc(e->info_bytes + 1);
	char *want = said(in->target, in->target_len);
	struct buf got;

	T_MUST(p != NULL);
	T_EQ(e->type, 12);
	view_read(v, e, 0, p, e->info_bytes);
	for (unsigned i = 0; i < e->nextent; i++)
		view_claim(v, e->extent[i].lba, (e->extent[i].bytes + 2047) / 2048);
	buf_init(&got, 1u << 16);
	put_components(&got, p, e->info_bytes);
	T_STR(buf_str(&got), want);
	buf_fini(&got);
	free(p);
	free(want);
}

static void check_device(const struct udf_view *v, const struct udf_entry *e, uint64_t rdev)
{
	bool old = v->revision < 0x200;

	T_EQ(e->ea_bytes, 80);
	view_tag(v, e->ea, 262, e->at.block, 24);
	T_EQ(udf_le32(e->ea + 16), old ? 80 : UINT32_MAX);
	T_EQ(udf_le32(e->ea + 20), old ? 80 : UINT32_MAX);
	T_EQ(udf_le32(e->ea + 24), 12);
	T_EQ(e->ea[28], 1);
	T_EQ(udf_le32(e->ea + 32), 56);
	T_EQ(udf_le32(e->ea + 36), 32);
	T_EQ(udf_le32(e->ea + 40), major(rdev));
	T_EQ(udf_le32(e->ea + 44), minor(rdev));
	T_EQ(e->ea[49], '*');
}

static void check_stream(struct udf_view *v, const struct udf_entry *file,
	const struct udf_name *name, const struct tree_xattr *x)
{
	struct udf_entry e;
	uint8_t *got;

	view_entry(v, name->icb, &e);
	T_EQ(name->flags, 0);
	T_EQ(name->unique, file->unique);
	T_EQ(e.unique, file->unique);
	T_EQ(e.type, 5);
	T_EQ(e.flags >> 13 & 1, 1);
	T_EQ(e.nlink, 1);
	T_STR(name->utf8, x->name + strlen("user."));
	T_EQ(e.info_bytes, x->value_len);
	got = malloc(e.info_bytes + 1);
	T_MUST(got != NULL);
	view_read(v, &e, 0, got, e.info_bytes);
	if (e.info_bytes)
		T_MEM(got, x->value, x->value_len);
	for (unsigned i = 0; i < e.nextent; i++)
		view_claim(v, e.extent[i].lba, (e.extent[i].bytes + 2047) / 2048);
	free(got);
	view_entry_free(&e);
}

static void claim_dir(struct udf_view *v, const struct udf_entry *e)
{
	for (unsigned i = 0; i < e->nextent; i++)
		view_claim(v, e->extent[i].lba, (e->extent[i].bytes + 2047) / 2048);
}

static void check_streams(
	struct udf_view *v, const struct udf_entry *file, const struct tree_inode *in)
{
	uint64_t total = file->info_bytes;
	struct udf_entry dir;
	struct udf_name *names;
	unsigned n;

	T_EQ(file->stream_dir_bytes, in->nxattr && v->revision >= 0x200 ? 2048 : 0);
	if (!file->stream_dir_bytes)
		return;
	view_entry(v, file->stream_dir, &dir);
	T_EQ(dir.type, 13);
	T_EQ(dir.nlink, 1);
	T_EQ(dir.unique, file->unique);
	names = view_names(v, &dir, &n);
	claim_dir(v, &dir);
	T_EQ(n, in->nxattr + 1);
	T_EQ(names[0].icb.block, file->at.block);
	for (unsigned i = 1; i < n && i <= in->nxattr; i++) {
		check_stream(v, file, &names[i], &in->xattr[i - 1]);
		total += in->xattr[i - 1].value_len;
	}
	T_EQ(file->object_bytes, total);
	free(names);
	view_entry_free(&dir);
}

static void check_special(
	struct udf_view *v, const struct udf_entry *e, const struct tree_inode *in)
{
	switch (in->mode & S_IFMT) {
	case S_IFBLK:
		T_EQ(e->type, 6);
		check_device(v, e, in->rdev);
		break;
	case S_IFCHR:
		T_EQ(e->type, 7);
		check_device(v, e, in->rdev);
		break;
	default:
		T_EQ(e->type, S_ISFIFO(in->mode) ? 9 : 10);
		T_EQ(e->ea_bytes, 0);
		break;
	}
	if (e->type > 7)
		T_EQ(e->info_bytes, 0);
}

static void walk(
	struct udf_view *v, const struct tree *t, uint32_t node, const struct udf_entry *e);

static void check_inode(
	struct udf_view *v, const struct tree *t, uint32_t node, const struct udf_entry *e)
{
	const struct tree_inode *in = tree_inode_of(t, node);

	T_EQ(e->uid, in->uid);
	T_EQ(e->gid, in->gid);
	check_mode(e, in->mode);
	check_mtime(e, in->mtime);
	if (S_ISDIR(in->mode))
		walk(v, t, node, e);
	else if (S_ISREG(in->mode))
		check_content(v, e, in);
	else if (S_ISLNK(in->mode))
		check_target(v, e, in);
	else
		check_special(v, e, in);
	check_streams(v, e, in);
}

/* UTF-8 without what the revision cannot hold, and short enough, is recorded as it is. */
static bool exact(const struct udf_view *v, const struct tree_node *n)
{
	const char *p = n->name, *end = p + n->name_len;
	unsigned units = 0, wide = 0;

	while (p < end) {
		uint32_t c;

		if (utf8_next(&p, end, &c) < 0 || c == 0xfeff || c == 0xfffe)
			return false;
		if (c > 0xffff && v->revision < 0x250)
			return false;
		units += c > 0xffff ? 2 : 1;
		wide |= c > 0xff;
	}
	return units <= (wide ? 127 : 254);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void check_distinct(const struct udf_name *names, unsigned n)
{
	const char **all = calloc(n + 1, sizeof(*all));

	T_MUST(all != NULL);
	for (unsigned i = 0; i < n; i++)
		all[i] = names[i].utf8;
	qsort(all, n, sizeof(*all), by_name);
	for (unsigned i = 1; i < n; i++)
		T_TRUE(strcmp(all[i - 1], all[i]) != 0);
	free(all);
}

static void check_name(
	struct udf_view *v, const struct tree *t, uint32_t node, const struct udf_name *name)
{
	const struct tree_inode *in = tree_inode_of(t, node);
	struct udf_entry e;
	bool first;
	size_t at = view_named(v, name, &first);

	if (exact(v, &t->node[node]))
		T_STR(name->utf8, t->node[node].name);
	T_EQ(name->flags & 1, (in->marks.hidden & TREE_UDF) != 0);
	T_EQ((name->flags & 2) != 0, S_ISDIR(in->mode));
	T_EQ(name->flags & ~3u, 0);
	if (!first) {
		v->seen[at].matched |= v->seen[at].unique == name->unique;
		return;
	}
	view_entry(v, name->icb, &e);
	v->seen[at].unique = e.unique;
	v->seen[at].nlink = e.nlink;
	v->seen[at].type = e.type;
	v->seen[at].matched = e.unique == name->unique;
	check_inode(v, t, node, &e);
	view_entry_free(&e);
}

static void check_parent(
	struct udf_view *v, const struct tree *t, uint32_t node, const struct udf_name *name)
{
	bool first;
	size_t at = view_named(v, name, &first);

	(void)t;
	T_TRUE(!first);
	T_EQ(name->flags, 10);
	T_EQ(v->seen[at].type, 4);
	if (v->revision >= 0x200)
		T_EQ(name->unique, v->seen[at].unique);
	if (node == 0)
		T_EQ(at, 0);
}

static void walk(struct udf_view *v, const struct tree *t, uint32_t node, const struct udf_entry *e)
{
	const struct tree_node *dir = &t->node[node];
	struct udf_name *names;
	unsigned n, k = 1;

	T_EQ(e->type, 4);
	names = view_names(v, e, &n);
	claim_dir(v, e);
	check_distinct(names, n);
	check_parent(v, t, node, &names[0]);
	for (uint32_t i = 0; i < dir->nchild; i++) {
		uint32_t child = dir->first_child + i;

		if (tree_inode_of(t, child)->marks.excluded & TREE_UDF)
			continue;
		T_MUST(k < n);
		check_name(v, t, child, &names[k++]);
	}
	T_EQ(k, n);
	free(names);
}

void view_check(const struct image *img, const struct tree *t)
{
	const struct udf_name root = { .flags = 8 };
	struct udf_entry e;
	struct udf_view v;
	struct udf_name name = root;
	bool first;

	view_open(&v, img);
	view_entry(&v, v.root, &e);
	/* The root is not named by anything but parents: noted, and its name taken back. */
	name.icb = v.root;
	view_named(&v, &name, &first);
	v.seen[0] = (struct udf_seen){ v.root, e.unique, 0, e.nlink, e.type, true };
	T_EQ(e.unique, 0);
	check_inode(&v, t, 0, &e);
	view_entry_free(&e);
	view_close(&v);
}
