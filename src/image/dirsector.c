/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Renders sectors of directories and path tables, each by itself: what lies in a sector is found
 * by binary search over the offsets of the layout, so any order of reading costs the same.
 */
#include "dirtree.h"

#include "moved.h"
#include "naming.h"

#include <string.h>
#include <sys/stat.h>

/* One directory while one of its sectors is rendered. */
struct render {
	const struct dirtree *d;
	const struct dirtree_dir *dir;
	const struct tree_node *node;
	uint32_t width;
	const uint32_t *rec_off, *ce_off; /* by rank */
	uint64_t from; /* bytes into the extent or the continuation sectors; the window is a sector
			*/
	uint8_t *out;
};

/* The last of @n ascending @off[] at or below @at; 0 if there is none. */
static uint32_t last_at_or_below(const uint32_t *off, uint32_t n, uint64_t at)
{
	uint32_t lo = 0, hi = n;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (off[mid] <= at)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* Whether the directory is that of the moved ones. */
static bool is_of_moved(const struct render *w)
{
	return (uint32_t)(w->dir - w->d->dir) == w->d->moved.dir;
}

static uint32_t ce_lba(const struct render *w)
{
	return w->d->lba + w->dir->first_nsec + w->dir->ext_nsec;
}

static struct attributes attributes_of(const struct dirtree *d, uint32_t node)
{
	return (struct attributes){
		.inode = tree_inode_of(d->tree, node),
		.serial = d->tree->node[node].inode + 1,
		.ownership = d->ns.ownership,
		.aaip = d->aaip,
	};
}

static struct attributes attributes_of_dir(const struct dirtree *d, uint32_t dir)
{
	struct attributes a = attributes_of(d, d->dir[dir].node);

	if (dir == d->moved.dir) {
		a.inode = &d->moved.inode;
		a.serial = d->tree->ninode + 1;
	}
	return a;
}

/* 9.1.6: whether the existence is not to be made known to the user. */
static bool is_hidden(const struct dirtree *d, uint32_t node)
{
	return tree_inode_of(d->tree, node)->marks.hidden & d->ns.space ||
	       (d->ns.dotfiles_hidden && d->tree->node[node].name[0] == '.');
}

/* The entry of rank @k as it is recorded. */
static void shape_of_entry(const struct render *w, uint32_t k, uint32_t *node, struct rec_shape *s)
{
	const struct dirlay_slots *slots = &w->d->slots;
	uint32_t base = w->node->first_child, child = slots->order[base + k];
	struct measure_entry e;
	struct numbered who = { &e, slots->num[base + child], w->width, &w->d->ns };
	struct attributes a;

	*node = base + child;
	e = dirtree_entry(w->d->tree, *node);
	a = attributes_of(w->d, *node);
	if (S_ISDIR(e.mode))
		a.child_lba = moved_child_lba(w->d, w->d->dirno[*node]);
	rec_shape_of(&w->d->ns, &who, &a, slots->ce_off ? slots->ce_off[base + k] : 0, s);
}

/* The same of any directory. */
static void shape_of_rank(const struct render *w, uint32_t k, uint32_t *node, struct rec_shape *s)
{
	if (!is_of_moved(w)) {
		shape_of_entry(w, k, node, s);
		return;
	}
	*node = w->d->moved.node[k];
	moved_shape(w->d, k, s);
}

/* Address and length of a directory. */
static void fill_dir(const struct dirtree *d, uint32_t dir, struct iso_dirrec *r)
{
	r->lba = dirtree_lba(d, dir);
	r->size_bytes = d->dir[dir].ext_nsec * SECTOR;
	r->mtime_sec = dirtree_inode(d, dir)->mtime.tv_sec;
	r->flags = ISO_FLAG_DIR;
}

/* Address and length of section @i of a file, or of what has no content: some address, length 0. */
static void fill_file(const struct dirtree *d, uint32_t node, uint32_t i, struct iso_dirrec *r)
{
	uint32_t inode = d->tree->node[node].inode;
	const struct tree_inode *in = &d->tree->inode[inode];
	uint64_t size_bytes = S_ISREG(in->mode) ? in->size_bytes : 0;
	uint64_t off_bytes = (uint64_t)i * SECTION_BYTES, left = size_bytes - off_bytes;
	bool more = size_bytes > UINT32_MAX && left > SECTION_BYTES;

	r->lba = placement_lba(d->content, inode) + (uint32_t)(off_bytes / SECTOR);
	if (d->content->nsec == 0)
		r->lba--; /* the last sector: past it is no address, and before the directories
			   * libarchive misses the continuation areas */
	r->size_bytes = more ? SECTION_BYTES : (uint32_t)left;
	r->mtime_sec = in->mtime.tv_sec;
	r->flags = more ? ISO_FLAG_EXTENT : 0;
}

/* One that is moved is a file without content in its place. */
static bool is_dir_here(const struct dirtree *d, uint32_t node)
{
	return S_ISDIR(tree_inode_of(d->tree, node)->mode) &&
	       moved_child_lba(d, d->dirno[node]) == 0;
}

static void put_records(const struct render *w, uint32_t k, uint64_t first)
{
	uint8_t su[ISO_DIRREC_MAX];
	struct rec_shape s;
	struct iso_dirrec r = { 0 };
	uint32_t node;

	shape_of_rank(w, k, &node, &s);
	susp_area_put(&s.fields, &s.areas, 0, ce_lba(w), su);
	r.id = s.id;
	r.id_len = s.id_len;
	r.su = su;
	r.su_len = susp_area_bytes(&s.areas, 0);
	for (uint32_t i = 0; i < s.nsections; i++) {
		uint64_t pos = rec_section_pos(first, s.len, i);

		if (pos < w->from || pos >= w->from + SECTOR)
			continue;
		if (is_of_moved(w) || is_dir_here(w->d, node))
			fill_dir(w->d, w->d->dirno[node], &r);
		else
			fill_file(w->d, node, i, &r);
		if (is_hidden(w->d, node))
			r.flags |= ISO_FLAG_HIDDEN;
		iso_dirrec_encode(&r, w->out + (pos - w->from));
	}
}

/* "." with @id 0 and ".." with @id 1, 6.8.2.2, naming dir[@dir] */
static void put_dot(const struct render *w, uint32_t dir, uint8_t id, uint8_t *out)
{
	const struct dirtree *d = w->d;
	struct attributes a = attributes_of_dir(d, dir);
	struct iso_dirrec r = { .id = &id, .id_len = 1 };
	struct susp_fields fields;

	if (id == 1)
		a.parent_lba = moved_parent_lba(d, (uint32_t)(w->dir - d->dir));
	susp_fields_init(&fields);
	if (d->ns.dot_fields && id == 0)
		d->ns.dot_fields(&a, dir == 0 ? d->identify_lba : 0, &fields);
	else if (d->ns.dotdot_fields && id == 1)
		d->ns.dotdot_fields(&a, &fields);
	r.su = fields.bytes;
	r.su_len = fields.cur.pos;
	fill_dir(d, dir, &r);
	iso_dirrec_encode(&r, out);
}

static void put_dots(const struct render *w)
{
	put_dot(w, (uint32_t)(w->dir - w->d->dir), 0, w->out);
	put_dot(w, w->dir->parent, 1, w->out + w->d->ns.dot_bytes);
}

/* The one record of the root that is none of its entries'. */
static void render_guest(const struct render *w)
{
	uint64_t at = w->d->moved.guest.rec_off;

	if (w->dir == w->d->dir && w->d->moved.n && at >= w->from && at < w->from + SECTOR)
		moved_put_guest(w->d, w->out + (at - w->from));
}

static void render_records(const struct render *w)
{
	const uint32_t *off = w->rec_off;
	uint32_t k = last_at_or_below(off, w->dir->shown, w->from);

	if (w->from == 0)
		put_dots(w);
	for (; k < w->dir->shown && off[k] < w->from + SECTOR; k++)
		put_records(w, k, off[k]);
	render_guest(w);
}

static void put_areas(const struct render *w, uint32_t k)
{
	struct rec_shape s;
	uint32_t node;

	shape_of_rank(w, k, &node, &s);
	for (uint32_t i = 1; i < s.areas.n; i++) {
		uint64_t pos = s.areas.area[i].pos;

		if (pos >= w->from && pos < w->from + SECTOR)
			susp_area_put(&s.fields, &s.areas, i, ce_lba(w), w->out + (pos - w->from));
	}
}

/* Entries without continuation have the offset of the next one: they are passed over. */
static void render_areas(const struct render *w)
{
	const uint32_t *off = w->ce_off;
	uint32_t n = w->dir->shown;

	for (uint32_t k = last_at_or_below(off, n, w->from); k < n; k++) {
		if (off[k] >= w->from + SECTOR)
			break;
		if (k + 1 == n || off[k + 1] != off[k])
			put_areas(w, k);
	}
}

static uint32_t dir_at(const struct dirtree *d, uint32_t nsec)
{
	uint32_t lo = 0, hi = d->ndir;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (d->dir[mid].first_nsec <= nsec)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

static void open_dir(struct render *w, const struct dirtree *d, uint32_t i, uint8_t *out)
{
	const struct dirtree_dir *dir = &d->dir[i];
	const struct tree_node *node = &d->tree->node[dir->node];
	uint32_t base = node->first_child;

	*w = (struct render){
		.d = d,
		.dir = dir,
		.node = node,
		.width = naming_width(node->nchild),
		.rec_off = d->slots.rec_off + base,
		.ce_off = d->slots.ce_off ? d->slots.ce_off + base : NULL,
		.out = out,
	};
	if (i != d->moved.dir)
		return;
	w->rec_off = d->moved.rec_off;
	w->ce_off = d->moved.ce_off;
}

int dirtree_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct dirtree *d = arg;
	uint32_t i = dir_at(d, first);

	(void)err;
	memset(out, 0, (size_t)nsec * SECTOR);
	for (; nsec > 0; nsec--, first++, out += SECTOR) {
		const struct dirtree_dir *dir = &d->dir[i];
		uint32_t at = first - dir->first_nsec;
		struct render w;

		open_dir(&w, d, i, out);
		if (at < dir->ext_nsec) {
			w.from = (uint64_t)at * SECTOR;
			render_records(&w);
		} else {
			w.from = (uint64_t)(at - dir->ext_nsec) * SECTOR;
			render_areas(&w);
		}
		if (at + 1 == dir->ext_nsec + dir->ce_nsec)
			i++;
	}
	return 0;
}
