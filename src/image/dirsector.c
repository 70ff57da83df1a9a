/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Renders sectors of directories and path tables, each by itself: what lies in a sector is found
 * by binary search over the offsets of the layout, so any order of reading costs the same.
 */
#include "dirtree.h"

#include "naming.h"

#include <string.h>
#include <sys/stat.h>

/* One directory while one of its sectors is rendered. */
struct render {
	const struct dirtree *d;
	const struct dirtree_dir *dir;
	const struct tree_node *node;
	uint32_t width;
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

/* 9.1.6: whether the existence is not to be made known to the user. */
static bool is_hidden(const struct dirtree *d, uint32_t node)
{
	return tree_inode_of(d->tree, node)->marks.hidden & d->ns.space ||
	       (d->ns.dotfiles_hidden && d->tree->node[node].name[0] == '.');
}

/* The entry of rank @k as it is recorded. */
static void shape_of_rank(const struct render *w, uint32_t k, uint32_t *node, struct rec_shape *s)
{
	const struct dirlay_slots *slots = &w->d->slots;
	uint32_t base = w->node->first_child, child = slots->order[base + k];
	struct measure_entry e;
	struct numbered who = { &e, slots->num[base + child], w->width, &w->d->ns };
	struct attributes a;

	*node = base + child;
	e = dirtree_entry(w->d->tree, *node);
	a = attributes_of(w->d, *node);
	rec_shape_of(&w->d->ns, &who, &a, slots->ce_off ? slots->ce_off[base + k] : 0, s);
}

/* Address and length of a directory. */
static void fill_dir(const struct dirtree *d, uint32_t dir, struct iso_dirrec *r)
{
	const struct tree_inode *in = tree_inode_of(d->tree, d->dir[dir].node);

	r->lba = dirtree_lba(d, dir);
	r->size_bytes = d->dir[dir].ext_nsec * SECTOR;
	r->mtime_sec = in->mtime.tv_sec;
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
		if (S_ISDIR(w->d->tree->inode[w->d->tree->node[node].inode].mode))
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
	uint32_t node = d->dir[dir].node;
	struct attributes a = attributes_of(d, node);
	struct iso_dirrec r = { .id = &id, .id_len = 1 };
	struct susp_fields fields;

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

static void render_records(const struct render *w)
{
	const uint32_t *off = w->d->slots.rec_off + w->node->first_child;
	uint32_t k = last_at_or_below(off, w->dir->shown, w->from);

	if (w->from == 0) {
		put_dot(w, (uint32_t)(w->dir - w->d->dir), 0, w->out);
		put_dot(w, w->dir->parent, 1, w->out + w->d->ns.dot_bytes);
	}
	for (; k < w->dir->shown && off[k] < w->from + SECTOR; k++)
		put_records(w, k, off[k]);
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
	const uint32_t *off = w->d->slots.ce_off + w->node->first_child;
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

int dirtree_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct dirtree *d = arg;
	uint32_t i = dir_at(d, first);

	(void)err;
	memset(out, 0, (size_t)nsec * SECTOR);
	for (; nsec > 0; nsec--, first++, out += SECTOR) {
		const struct dirtree_dir *dir = &d->dir[i];
		uint32_t at = first - dir->first_nsec;
		const struct tree_node *node = &d->tree->node[dir->node];
		struct render w = { d, dir, node, naming_width(node->nchild), 0, out };

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
