/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prepares the UDF tables of a tree: directories, links, extras and their sums. */
#include "udf/udf.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "dirtree.h"
#include "format.h"
#include "udf/fids.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

uint64_t udf_dir_nsec(const struct udf_form *f, uint64_t fid_bytes)
{
	return udf_embeds_dir(f, fid_bytes) ? 0 : sectors_for(fid_bytes);
}

static int refuse(const struct udf *u, uint32_t node, int code, const char *why, struct err *err)
{
	char quoted[300];
	struct buf path;

	buf_init(&path, 1u << 20);
	tree_path(u->tree, node, &path);
	text_quoted(quoted, sizeof(quoted), buf_str(&path), path.len);
	buf_fini(&path);
	return err_set(err, code, "UDF cannot hold \"%s\": %s", quoted, why);
}

/* Entries of the longest directory so far. */
struct entries {
	struct measure_entry *e;
	uint32_t cap;
};

static int entries_fill(
	struct entries *s, const struct udf *u, const struct tree_node *dir, struct err *err)
{
	if (s->cap < dir->nchild) {
		struct measure_entry *e = reallocarray(s->e, dir->nchild, sizeof(*e));

		if (!e)
			return err_nomem(err);
		s->e = e;
		s->cap = dir->nchild;
	}
	for (uint32_t i = 0; i < dir->nchild; i++)
		s->e[i] = dirtree_entry(u->tree, dir->first_child + i);
	return 0;
}

static int number(struct udf *u, const struct tree_node *dir, const struct entries *s,
	struct arena *arena, struct err *err)
{
	if (!u->num)
		u->num = arena_array(arena, u->tree->nnode, sizeof(*u->num));
	if (!u->num)
		return err_nomem(err);
	return udf_fids_number(s->e, dir->nchild, u->form.revision, u->num + dir->first_child, err);
}

static int add_dir(struct udf *u, uint32_t node, struct entries *s, struct arena *arena,
	uint64_t *bytes, struct err *err)
{
	const struct tree_node *dir = &u->tree->node[node];
	enum udf_revision r = u->form.revision;
	int ret = entries_fill(s, u, dir, err);

	if (ret == 0 && !udf_fids_exact(s->e, dir->nchild, r))
		ret = number(u, dir, s, arena, err);
	if (ret < 0)
		return ret;
	*bytes = UDF_PARENT_FID_BYTES;
	for (uint32_t i = 0; i < dir->nchild; i++)
		if (udf_shows(&s->e[i]))
			*bytes += udf_fid_measure(&s->e[i], dir->nchild,
				u->num ? u->num[dir->first_child + i] : 0, r);
	if (*bytes > UINT32_MAX - SECTOR)
		return refuse(u, node, -EFBIG,
			"its identifiers take more than 4 GiB; spread the files over more folders",
			err);
	return 0;
}

/* Sizes and places of the directories, relative to the first. */
static int add_dirs(struct udf *u, struct arena *arena, uint64_t *nsec, struct err *err)
{
	const struct tree *t = u->tree;
	struct entries s = { 0 };
	uint32_t k = 0;
	int ret = 0;

	for (uint32_t node = 0; ret == 0 && node < t->nnode; node++) {
		uint64_t bytes = 0, take;

		if (!S_ISDIR(tree_inode_of(t, node)->mode))
			continue;
		ret = add_dir(u, node, &s, arena, &bytes, err);
		take = udf_dir_nsec(&u->form, bytes);
		u->dir[k++] = (struct udf_dir){
			.node = node,
			.first = take ? (uint32_t)*nsec : UDF_NOWHERE,
			.bytes = (uint32_t)bytes,
			.mark = (uint32_t)*nsec,
		};
		*nsec += take;
		if (*nsec > UINT32_MAX)
			ret = refuse(
				u, node, -EFBIG, "the directories before it fill the volume", err);
	}
	free(s.e);
	return ret;
}

/* One mark for each sector of the directory. */
static void mark_dir(struct udf *u, const struct udf_dir *d)
{
	const struct tree_node *dir = &u->tree->node[d->node];
	struct udf_mark *m = u->mark + d->mark;
	uint32_t at = UDF_PARENT_FID_BYTES, sector = 0;

	m[sector++] = (struct udf_mark){ 0, 0 };
	for (uint32_t i = 0; i < dir->nchild; i++) {
		uint32_t node = dir->first_child + i;
		struct measure_entry e = dirtree_entry(u->tree, node);
		uint32_t len;

		if (!udf_shows(&e))
			continue;
		len = udf_fid_measure(&e, dir->nchild, u->num ? u->num[node] : 0, u->form.revision);
		if (at + len > sector * SECTOR)
			m[sector++] = (struct udf_mark){ i + 1, at };
		at += len;
	}
}

static int mark_dirs(struct udf *u, uint64_t nsec, struct arena *arena, struct err *err)
{
	u->mark = arena_array(arena, nsec ? nsec : 1, sizeof(*u->mark));
	if (!u->mark)
		return err_nomem(err);
	for (uint32_t k = 0; k < u->tree->ndir; k++)
		if (u->dir[k].first != UDF_NOWHERE)
			mark_dir(u, &u->dir[k]);
	return 0;
}

static bool anything_excluded(const struct tree *t)
{
	for (uint32_t i = 0; i < t->ninode; i++)
		if (t->inode[i].marks.excluded & TREE_UDF)
			return true;
	return false;
}

/* Counts the identifiers of each inode where not every name has one. */
static int count_links(struct udf *u, struct arena *arena, struct err *err)
{
	const struct tree *t = u->tree;

	if (!anything_excluded(t) && !u->entry)
		return 0;
	u->link = arena_array(arena, t->ninode, sizeof(*u->link));
	if (!u->link)
		return err_nomem(err);
	u->link[0] = 1;
	for (uint32_t node = 1; node < t->nnode; node++) {
		uint32_t inode = t->node[node].inode, parent = t->node[t->node[node].parent].inode;

		if (u->link[parent] == 0 || t->inode[inode].marks.excluded & TREE_UDF)
			continue;
		u->link[u->entry ? u->entry[inode] : inode]++;
		if (S_ISDIR(t->inode[inode].mode))
			u->link[parent]++;
	}
	return 0;
}

static int check_links(const struct udf *u, struct err *err)
{
	for (uint32_t node = 0; node < u->tree->nnode; node++) {
		bool dir = S_ISDIR(tree_inode_of(u->tree, node)->mode);

		if (udf_links(u, u->tree->node[node].inode) > UINT16_MAX)
			return refuse(u, node, -EMLINK,
				dir ? "it has more than 65,534 subfolders; spread them over more"
				    : "it has more than 65,535 names; leave some out",
				err);
	}
	return 0;
}

/* Inodes are numbered as the walk over the nodes meets them. */
static int find_introducing(struct udf *u, struct arena *arena, struct err *err)
{
	const struct tree *t = u->tree;
	uint32_t next = 0;

	u->introduces = arena_array(arena, t->nnode / 8 + 1, 1);
	if (!u->introduces)
		return err_nomem(err);
	for (uint32_t node = 0; node < t->nnode; node++)
		if (t->node[node].inode == next) {
			if (!udf_shares_entry(u, next))
				u->introduces[node / 8] |= (uint8_t)(1u << node % 8);
			next++;
		}
	return 0;
}

static struct udf_inode_size size_of(const struct udf *u, uint32_t inode)
{
	struct measure_inode m = image_measured(&u->tree->inode[inode]);

	return udf_inode_measure(&u->form, &m);
}

/* Entries of their own, in the order of their inodes. */
static int number_entries(struct udf *u, struct arena *arena, struct err *err)
{
	uint32_t n = u->tree->ninode;

	u->nicb = n;
	if (!u->entry)
		return 0;
	u->icb = arena_array(arena, n, sizeof(*u->icb));
	u->inode_of = arena_array(arena, n, sizeof(*u->inode_of));
	if (!u->icb || !u->inode_of)
		return err_nomem(err);
	u->nicb = 0;
	for (uint32_t i = 0; i < n; i++) {
		/* Who shares has that of an earlier one. */
		if (udf_shares_entry(u, i)) {
			u->icb[i] = u->icb[u->entry[i]];
			continue;
		}
		u->icb[i] = u->nicb;
		u->inode_of[u->nicb++] = i;
	}
	return 0;
}

static uint32_t count_extras(const struct udf *u)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < u->tree->ninode; i++) {
		struct udf_inode_size s = size_of(u, i);

		if (udf_shares_entry(u, i))
			continue;
		n += udf_inode_extra_nsec(&s) + udf_inode_data_nsec(&s) > 0;
	}
	return n;
}

static int add_extras(struct udf *u, struct arena *arena, struct udf_sums *sums, struct err *err)
{
	uint64_t nsec = 0;

	u->extra = arena_array(arena, (size_t)count_extras(u) + 1, sizeof(*u->extra));
	if (!u->extra)
		return err_nomem(err);
	for (uint32_t i = 0; i < u->tree->ninode; i++) {
		struct udf_inode_size s = size_of(u, i);
		uint64_t here = udf_inode_extra_nsec(&s), outside = udf_inode_data_nsec(&s);

		if (udf_shares_entry(u, i))
			continue;
		if (here + outside > 0)
			u->extra[u->nextra++] =
				(struct udf_extra){ i, (uint32_t)nsec, (uint32_t)sums->data_nsec };
		nsec += here;
		sums->data_nsec += outside;
		if (nsec > UINT32_MAX || sums->data_nsec > UINT32_MAX)
			return err_set(err, -EFBIG,
				"UDF: extended attributes and file entries take more than an image "
				"can address; spread the files over more discs");
	}
	u->extra[u->nextra] =
		(struct udf_extra){ u->tree->ninode, (uint32_t)nsec, (uint32_t)sums->data_nsec };
	sums->inode_nsec = u->nicb + nsec;
	return 0;
}

static bool before(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

/* UDF 2.2.6: the volume is not older than what is in it. */
static void summarise(struct udf *u)
{
	for (uint32_t i = 0; i < u->tree->ninode; i++) {
		if (udf_links(u, i) == 0)
			continue;
		if (before(u->recorded, u->tree->inode[i].mtime))
			u->recorded = u->tree->inode[i].mtime;
		if (S_ISDIR(u->tree->inode[i].mode))
			u->ndir++;
		else
			u->nfile++;
	}
}

/* What was relative to its kind becomes relative to the metadata. */
static void settle(struct udf *u, const struct udf_sums *sums)
{
	u->extra_first = UDF_FIRST_ICB + u->nicb;
	u->dirs_first = UDF_FIRST_ICB + (uint32_t)sums->inode_nsec;
	for (uint32_t k = 0; k <= u->nextra; k++)
		u->extra[k].first += u->extra_first;
	for (uint32_t k = 0; k < u->tree->ndir; k++)
		if (u->dir[k].first != UDF_NOWHERE)
			u->dir[k].first += u->dirs_first;
}

int udf_prepare(struct udf *u, struct arena *arena, struct udf_sums *sums, struct err *err)
{
	int ret;

	*sums = (struct udf_sums){ 0 };
	u->dir = arena_array(arena, u->tree->ndir, sizeof(*u->dir));
	if (!u->dir)
		return err_nomem(err);
	ret = number_entries(u, arena, err);
	if (ret == 0)
		ret = count_links(u, arena, err);
	if (ret == 0 && u->strict)
		ret = check_links(u, err);
	if (ret == 0)
		ret = find_introducing(u, arena, err);
	if (ret == 0)
		ret = add_dirs(u, arena, &sums->dir_nsec, err);
	if (ret == 0)
		ret = mark_dirs(u, sums->dir_nsec, arena, err);
	if (ret == 0)
		ret = add_extras(u, arena, sums, err);
	if (ret < 0)
		return ret;
	summarise(u);
	settle(u, sums);
	return 0;
}
