/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies where on an image: the segments of the plan, those of files and directories in parts.
 */
#include "image/survey.h"

#include "base/buf.h"
#include "base/text.h"
#include "format.h"

#include <inttypes.h>
#include <string.h>

/* The extent of directory @i, which takes its continuation sectors along. */
static void put_directory(const struct dirtree *d, uint32_t i, struct image_extent *e)
{
	const struct dirtree_dir *dir = &d->dir[i];

	e->kind = i == d->moved.dir ? EXTENT_TABLE : EXTENT_DIRECTORY;
	if (i == d->moved.dir)
		e->what = "directory of deep directories";
	e->lba = dirtree_lba(d, i);
	e->nsec = dir->ext_nsec + dir->ce_nsec;
	e->size_bytes = (uint64_t)e->nsec * SECTOR;
	e->node = dir->node;
}

static void put_file(const struct placement *pl, uint32_t i, struct image_extent *e)
{
	uint32_t inode = pl->order[i];
	uint64_t end = i + 1 < pl->norder ? pl->lba[pl->order[i + 1]] : pl->nsec;

	e->kind = EXTENT_FILE;
	e->lba = placement_lba(pl, inode);
	e->nsec = (uint32_t)(end - pl->lba[inode]);
	e->size_bytes = pl->tree->inode[inode].size_bytes;
	e->node = tree_name_of(pl->tree, inode);
}

static void put_boot(const struct boot_images *b, uint32_t i, struct image_extent *e)
{
	const struct boot_image *image = boot_images_beside(b, i);

	e->lba = image->lba;
	e->size_bytes = image->file->in->size_bytes;
	e->nsec = (uint32_t)sectors_for(e->size_bytes);
	e->boot = image->file->name;
}

static uint32_t count_beside(const struct boot_images *b)
{
	uint32_t n = 0;

	while (boot_images_beside(b, n))
		n++;
	return n;
}

/* How many extents a segment has. */
static uint32_t items_of(const struct plan_segment *s)
{
	if (s->read == boot_images_read)
		return count_beside(s->arg);
	if (s->read == content_read)
		return ((const struct image *)s->arg)->content.norder;
	return s->read == dirtree_read ? ((const struct dirtree *)s->arg)->ndir : 1;
}

bool image_extent_next(const struct image *img, struct image_cursor *at, struct image_extent *out)
{
	const struct plan_segment *s;

	while (at->segment < img->plan.nseg && at->item == items_of(&img->plan.seg[at->segment])) {
		at->segment++;
		at->item = 0;
	}
	if (at->segment == img->plan.nseg)
		return false;
	s = &img->plan.seg[at->segment];
	*out = (struct image_extent){
		.kind = s->read == plan_read_zeros ? EXTENT_UNUSED : EXTENT_TABLE,
		.lba = img->plan.start_lba + s->lba,
		.nsec = s->nsec,
		.size_bytes = (uint64_t)s->nsec * SECTOR,
		.what = s->name,
	};
	if (s->read == content_read)
		put_file(&img->content, at->item, out);
	else if (s->read == dirtree_read)
		put_directory(s->arg, at->item, out);
	else if (s->read == boot_images_read)
		put_boot(s->arg, at->item, out);
	at->item++;
	return true;
}

void image_path(const struct image *img, uint32_t node, struct buf *out)
{
	tree_path(img->tree, node, out);
}

static void put_path(const struct image *img, uint32_t node, struct buf *out)
{
	struct buf path;

	buf_init(&path, 1u << 20);
	tree_path(img->tree, node, &path);
	text_quote(out, buf_str(&path), path.len);
	buf_fini(&path);
}

void image_extent_row(const struct image *img, const struct image_extent *e, struct buf *out)
{
	buf_printf(out, "%" PRIu32 "\t%" PRIu32 "\t%" PRIu64 "\t", e->lba, e->nsec, e->size_bytes);
	if (e->boot) {
		buf_puts(out, "boot/");
		text_quote(out, e->boot, strlen(e->boot));
	} else if (e->kind != EXTENT_FILE) {
		buf_puts(out, e->what);
	}
	if (e->kind == EXTENT_DIRECTORY)
		buf_puts(out, " ");
	if (e->kind == EXTENT_FILE || e->kind == EXTENT_DIRECTORY)
		put_path(img, e->node, out);
	buf_puts(out, "\n");
}

uint32_t image_top_of(const struct image *img, uint32_t node)
{
	while (img->tree->node[node].parent != 0)
		node = img->tree->node[node].parent;
	return node;
}

uint32_t image_nodes(const struct image *img)
{
	return img->tree->nnode;
}

void image_names(const struct image *img, uint32_t node, struct image_name out[static IMAGE_NAMES])
{
	memset(out, 0, IMAGE_NAMES * sizeof(*out));
	for (unsigned i = 0; image_formats[i]; i++)
		if (image_formats[i]->names && image_formats[i]->wanted(img->opts))
			image_formats[i]->names(img, node, out);
}

static void put_flags(const struct image_name *n, const char *space, bool *any, struct buf *out)
{
	static const char *const words[] = { "changed", "cut", "unique" };
	const bool flags[] = { n->changed, n->cut, n->numbered };

	for (unsigned i = 0; i < 3; i++) {
		if (!n->shown || !flags[i])
			continue;
		buf_printf(out, "%s%s:%s", *any ? "," : "", space, words[i]);
		*any = true;
	}
}

void image_names_row(const struct image *img, uint32_t node, struct buf *out)
{
	static const char *const spaces[IMAGE_NAMES] = { "iso9660", "joliet", "rockridge", "udf" };
	struct image_name names[IMAGE_NAMES];
	bool any = false;

	image_names(img, node, names);
	put_path(img, node, out);
	for (unsigned i = 0; i < IMAGE_NAMES; i++) {
		buf_puts(out, "\t");
		if (names[i].shown)
			text_quote(out, names[i].text, strlen(names[i].text));
		else
			buf_puts(out, "-");
	}
	buf_puts(out, "\t");
	for (unsigned i = 0; i < IMAGE_NAMES; i++)
		put_flags(&names[i], spaces[i], &any, out);
	buf_puts(out, any ? "\n" : "-\n");
}

/* The child of @dir whose name is the @n bytes at @name; UINT32_MAX if there is none. */
static uint32_t find_child(const struct tree *t, uint32_t dir, const char *name, size_t n)
{
	uint32_t lo = t->node[dir].first_child, end = lo + t->node[dir].nchild, hi = end;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		const struct tree_node *m = &t->node[mid];
		int c = memcmp(m->name, name, m->name_len < n ? m->name_len : n);

		if (c < 0 || (c == 0 && m->name_len < n))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == end || t->node[lo].name_len != n || memcmp(t->node[lo].name, name, n) != 0)
		return UINT32_MAX;
	return lo;
}

uint32_t image_find(const struct image *img, const char *path)
{
	uint32_t node = 0;

	while (*path == '/' && node != UINT32_MAX) {
		size_t n = strcspn(++path, "/");

		if (n > 0)
			node = find_child(img->tree, node, path, n);
		path += n;
	}
	return node;
}

bool image_content_of(const struct image *img, uint32_t node, uint32_t *lba, uint64_t *nsec)
{
	const struct tree_inode *in = tree_inode_of(img->tree, node);
	struct measure_inode m = image_measured(in);

	*nsec = content_nsec(img->opts, &m);
	*lba = placement_lba(&img->content, img->tree->node[node].inode);
	return *nsec > 0;
}
