/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Areas beside the pending tree: files that belong to the layout, but not to its tree. They have
 * roots and inodes of their own in the same catalog and store, so that all that is promised of
 * staged files holds for them too. An area is flat, and no name leads from one into another.
 */
#include "private.h"

#include "beside.h"

#include <errno.h>
#include <sys/stat.h>

static const struct {
	const char *name;
	enum area_content content;
} areas[STAGE_AREA_COUNT] = {
	[STAGE_AREA_TREE] = { "the tree", AREA_CONTENT_NAMED },
	[STAGE_AREA_BOOT] = { "boot", AREA_CONTENT_BOOT },
};

enum area_content area_content_of(uint64_t ino)
{
	uint32_t area = catalog_area(ino);

	return area < STAGE_AREA_COUNT ? areas[area].content : AREA_CONTENT_ELSEWHERE;
}

static int insert_root(struct stage *s, uint64_t ino, struct err *err)
{
	struct catalog_inode tree, root;
	int r = catalog_inode_get(s->catalog, STAGE_ROOT_INO, &tree, err);

	if (r < 0)
		return r;
	root = (struct catalog_inode){
		.ino = ino,
		.mode = S_IFDIR | 0700,
		.nlink = 2,
		.uid = tree.uid,
		.gid = tree.gid,
		.mtime = tree.ctime,
		.atime = tree.ctime,
		.ctime = tree.ctime,
	};
	return catalog_inode_insert(s->catalog, &root, err);
}

int areas_open(struct stage *s, struct err *err)
{
	struct catalog_inode row;
	int r = 0;

	for (uint32_t a = STAGE_AREA_TREE + 1; r == 0 && a < STAGE_AREA_COUNT; a++) {
		r = catalog_inode_get(s->catalog, catalog_area_root(a), &row, NULL);
		if (r == -ENOENT)
			r = insert_root(s, catalog_area_root(a), err);
	}
	return r;
}

uint64_t stage_area_root(enum stage_area area)
{
	return catalog_area_root(area);
}

enum stage_area stage_area_of(uint64_t ino)
{
	return (enum stage_area)catalog_area(ino);
}

bool stage_is_root(uint64_t ino)
{
	return ino == catalog_area_root(catalog_area(ino));
}

uint64_t area_ino(uint64_t parent, uint64_t next_ino)
{
	return (parent & ~CATALOG_INO_MASK) | next_ino;
}

int area_check(uint64_t parent, const struct catalog_inode *row, struct err *err)
{
	uint32_t area = catalog_area(parent);

	if (area != catalog_area(row->ino))
		return err_set(err, -EXDEV,
			"\"%s\" and \"%s\" share no files: copy it, or describe a file of the tree "
			"by its attributes",
			areas[area].name, areas[catalog_area(row->ino)].name);
	if (area != STAGE_AREA_TREE && !S_ISREG(row->mode))
		return err_set(err, -EPERM, "%s holds files only, no directories or links",
			areas[area].name);
	return 0;
}

struct boot_set {
	uint64_t ino[2 * (STAGE_BOOT_MAX + 1)];
	size_t n;
};

static void boot_put(struct boot_set *set, uint64_t ino)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->ino[i] == ino)
			return;
	set->ino[set->n++] = ino;
}

static int boot_entry(void *arg, const struct catalog_entry *e)
{
	struct boot_set *set = arg;

	boot_put(set, e->inode.ino);
	return set->n > STAGE_BOOT_MAX;
}

/* How many files there are to boot from; one more than the most stands for any more. */
static int boot_count(struct stage *s, uint64_t *out, struct err *err)
{
	uint64_t marked[STAGE_BOOT_MAX + 1];
	struct boot_set set = { .n = 0 };
	size_t n = 0;
	int r = catalog_entries_by_seq(
		s->catalog, catalog_area_root(STAGE_AREA_BOOT), 0, boot_entry, &set, err);

	if (r == 0)
		r = catalog_boot_marked(s->catalog, marked, STAGE_BOOT_MAX + 1, &n, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		boot_put(&set, marked[i]);
	*out = set.n > STAGE_BOOT_MAX ? STAGE_BOOT_MAX + 1 : set.n;
	return r;
}

int boot_recount(struct stage *s, struct err *err)
{
	return boot_count(s, &s->space.cost.nboot, err);
}

int boot_check(const struct op *op, struct err *err)
{
	uint64_t now = op->s->space.cost.nboot;

	if (now <= STAGE_BOOT_MAX || now <= op->mark.cost.nboot)
		return 0;
	return err_set(err, -ENOSPC,
		"a disc has at most %u boot files, in boot/ and by attributes together; remove one",
		STAGE_BOOT_MAX);
}
