/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deep directories: which are moved, and the records that this takes. */
#include "moved.h"

#include "base/err.h"
#include "iso9660/names.h"
#include "naming.h"
#include "susp/rrip.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LEVELS_MAX  8u /* ECMA-119 6.8.2.1; the root is the first */
#define MOVED_LEVEL 3u
/* At least so many directories lead to one that is too deep. */
#define ABOVE	     LEVELS_MAX
#define NUMBER_BYTES 8u
#define DOTS_BYTES                                                                                 \
	(2u * ISO_ROOT_BYTES + RRIP_DOT_BYTES + RRIP_DOT_BYTES % 2 + RRIP_DOTDOT_BYTES +           \
		RRIP_LINK_BYTES)
/* Neither a record nor where a name continues is longer, so that a sector, unless it is the last,
 * has no more bytes unused. */
#define PART_MAX 266u
/* A record more moves those behind it by less than two sectors: they never cross one. */
#define ROOT_GROWTH_NSEC 2u

bool moved_wanted(const struct image_opts *opts)
{
	return opts->depth == IMAGE_DEPTH_RELOCATE && image_spaces(opts) & IMAGE_ROCKRIDGE &&
	       opts->iso_level != IMAGE_LEVEL_1999;
}

static void put_fields(
	const struct attributes *a, const char *name, size_t n, struct susp_fields *out)
{
	susp_fields_init(out);
	rrip_put_px(out, a);
	rrip_put_tf(out, a);
	rrip_put_re(out);
	rrip_put_nm(out, name, (uint32_t)n);
}

/* The record of a moved directory, whose continuation comes after @ce_off bytes of others. */
static void shape(const struct attributes *a, const char *name, size_t n, uint64_t ce_off,
	struct rec_shape *out)
{
	put_fields(a, name, n, &out->fields);
	out->id_len = NUMBER_BYTES;
	out->nsections = 1;
	susp_spread(
		&out->fields, ISO_DIRREC_MAX - iso_dirrec_base(NUMBER_BYTES), ce_off, &out->areas);
	out->len = (uint32_t)iso_dirrec_len(NUMBER_BYTES, susp_area_bytes(&out->areas, 0));
}

uint64_t moved_bytes(const struct measure_entry *e, size_t n)
{
	const struct attributes none = { 0 };
	struct rec_shape s;
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		if (!S_ISDIR(e[i].mode))
			continue;
		shape(&none, e[i].name, e[i].name_len, 0, &s);
		sum += s.len + susp_areas_end(&s.areas, 0);
	}
	return sum;
}

uint64_t moved_nsec_most(const struct image_opts *opts, const struct layout_cost *cost)
{
	if (!moved_wanted(opts) || cost->ndir <= ABOVE)
		return 0;
	/* One sector that is not full for the records, and one for what they continue with. */
	return ROOT_GROWTH_NSEC + 2 + (DOTS_BYTES + cost->dirs.moved_bytes) / (SECTOR - PART_MAX);
}

uint64_t moved_path_bytes_most(const struct image_opts *opts, const struct layout_cost *cost)
{
	if (!moved_wanted(opts) || cost->ndir <= ABOVE)
		return 0;
	return (1 + cost->ndir - ABOVE) * iso_pathrec_len(NUMBER_BYTES);
}

/* Marks of a directory while levels are counted: 0 where the name space does not show it. */
#define LEVEL_MASK  0x7fu
#define LEVEL_MOVED 0x80u

static uint32_t count_levels(const struct dirtree *d, uint8_t *level)
{
	const struct tree *t = d->tree;
	uint32_t n = 0;

	level[0] = 1;
	for (uint32_t node = 1; node < t->nnode; node++) {
		struct measure_entry e = dirtree_entry(t, node);
		uint8_t above = level[t->node[node].parent] & LEVEL_MASK;

		if (!S_ISDIR(e.mode) || !above || !d->ns.shows(&e))
			continue;
		level[node] = (uint8_t)(above + 1);
		if (above < LEVELS_MAX)
			continue;
		level[node] = MOVED_LEVEL | LEVEL_MOVED;
		n++;
	}
	return n;
}

static bool in_root(const struct tree *t, const char *name)
{
	for (uint32_t i = 0; i < t->node[0].nchild; i++)
		if (strcmp(t->node[t->node[0].first_child + i].name, name) == 0)
			return true;
	return false;
}

/* The two names by which libarchive knows the directory. */
static int take_name(struct dirtree *d, struct err *err)
{
	static const char *const names[] = { "rr_moved", ".rr_moved" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!in_root(d->tree, names[i])) {
			d->moved.name = names[i];
			return 0;
		}
	return err_set(err, -EEXIST,
		"\"/rr_moved\" and \"/.rr_moved\" are both staged, and the disc needs one of these "
		"names for deep directories; rename one or set deep_directories relaxed");
}

static int keep_nodes(
	struct dirtree *d, const uint8_t *level, uint32_t n, struct arena *arena, struct err *err)
{
	struct dirtree_moved *m = &d->moved;
	const struct tree_inode *root = tree_inode_of(d->tree, 0);

	m->node = arena_array(arena, n, sizeof(*m->node));
	m->rec_off = arena_array(arena, n, sizeof(*m->rec_off));
	m->ce_off = arena_array(arena, n, sizeof(*m->ce_off));
	if (!m->node || !m->rec_off || !m->ce_off)
		return err_nomem(err);
	/* libarchive must meet a link in a moved directory before the one to that directory: so
	 * the deepest come first, before all that is not moved (see moved_enter). */
	for (uint32_t node = d->tree->nnode; node-- > 0;)
		if (level[node] & LEVEL_MOVED)
			m->node[m->n++] = node;
	m->inode = (struct tree_inode){
		.mode = root->mode,
		.uid = root->uid,
		.gid = root->gid,
		.mtime = root->mtime,
		.nlink = 2,
	};
	return take_name(d, err);
}

int moved_find(struct dirtree *d, struct arena *arena, struct err *err)
{
	uint8_t *level;
	uint32_t n;
	int r = 0;

	d->moved = (struct dirtree_moved){ .dir = UINT32_MAX };
	if (!d->ns.relocates || d->tree->ndir <= ABOVE)
		return 0;
	level = calloc(d->tree->nnode, 1);
	if (!level)
		return err_nomem(err);
	n = count_levels(d, level);
	if (n > 0)
		r = keep_nodes(d, level, n, arena, err);
	free(level);
	return r;
}

/* The place of @node among the moved, or UINT32_MAX. */
static uint32_t place_of(const struct dirtree_moved *m, uint32_t node)
{
	uint32_t lo = 0, hi = m->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (m->node[mid] == node)
			return mid;
		if (m->node[mid] > node)
			lo = mid + 1;
		else
			hi = mid;
	}
	return UINT32_MAX;
}

bool moved_is(const struct dirtree *d, uint32_t node)
{
	return place_of(&d->moved, node) != UINT32_MAX;
}

/* How a record of the root compares with @id. */
static int compare(const struct dirtree *d, const struct measure_entry *e, size_t n,
	const struct dirlay_slots *s, uint32_t rank, const uint8_t id[static NUMBER_BYTES])
{
	uint32_t child = s->order[rank];
	struct numbered who = { &e[child], s->num[child], naming_width(n), &d->ns };
	uint8_t key[IDENT_MAX];
	size_t len = d->ns.rank(&who, key);
	int c = memcmp(key, id, len < NUMBER_BYTES ? len : NUMBER_BYTES);

	return c ? c : (len > NUMBER_BYTES) - (len < NUMBER_BYTES);
}

/* Sets the rank of @id in the root; false if a record has it already. */
static bool take_rank(struct dirtree *d, const struct measure_entry *e, size_t n,
	const struct dirlay_slots *s, uint32_t shown)
{
	uint32_t lo = 0, hi = shown;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = compare(d, e, n, s, mid, d->moved.id);

		if (c == 0)
			return false;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	d->moved.guest.rank = lo;
	return true;
}

static void guest_fields(const struct dirtree *d, struct susp_fields *out)
{
	const struct attributes a = {
		.inode = &d->moved.inode,
		.serial = d->tree->ninode + 1,
		.ownership = d->ns.ownership,
	};

	put_fields(&a, d->moved.name, strlen(d->moved.name), out);
}

/* Its identifier is before those of most others: libarchive takes the first of two directories that
 * are called rr_moved or .rr_moved for that of the moved ones. */
void moved_enter(struct dirtree *d, const struct measure_entry *e, size_t n,
	struct dirlay_slots *slots, struct dirlay_sizes *sizes)
{
	struct dirtree_moved *m = &d->moved;
	uint64_t was = sizes->ext_nsec;
	struct susp_fields fields;
	char id[NUMBER_BYTES + 1] = "00RRMOVE";

	memcpy(m->id, id, NUMBER_BYTES);
	for (uint32_t i = 0; !take_rank(d, e, n, slots, sizes->shown); i++) {
		snprintf(id, sizeof(id), "00R%05u", i % 100000);
		memcpy(m->id, id, NUMBER_BYTES);
	}
	guest_fields(d, &fields);
	m->guest.len = (uint32_t)iso_dirrec_len(NUMBER_BYTES, fields.cur.pos);
	dirlay_seat(&d->ns, e, n, slots, &m->guest, sizes);
	assert(sizes->ext_nsec <= was + ROOT_GROWTH_NSEC);
	(void)was;
}

void moved_shape(const struct dirtree *d, uint32_t i, struct rec_shape *out)
{
	uint32_t node = d->moved.node[i];
	const struct tree_node *n = &d->tree->node[node];
	const struct attributes a = {
		.inode = tree_inode_of(d->tree, node),
		.serial = n->inode + 1,
		.ownership = d->ns.ownership,
	};

	shape(&a, n->name, n->name_len, d->moved.ce_off[i], out);
	moved_ident(i, out->id);
}

void moved_lay_out(struct dirtree *d, struct dirlay_sizes *out)
{
	struct dirtree_moved *m = &d->moved;
	uint64_t pos = DOTS_BYTES, ce_off = 0;
	struct rec_shape s;

	for (uint32_t i = 0; i < m->n; i++) {
		m->ce_off[i] = (uint32_t)ce_off;
		moved_shape(d, i, &s);
		m->rec_off[i] = (uint32_t)rec_fit(pos, s.len);
		pos = (uint64_t)m->rec_off[i] + s.len;
		ce_off = susp_areas_end(&s.areas, ce_off);
	}
	*out = (struct dirlay_sizes){
		.shown = m->n,
		.ext_nsec = sectors_for(pos),
		.ce_nsec = sectors_for(ce_off),
	};
}

size_t moved_ident(uint32_t i, uint8_t out[static IDENT_MAX])
{
	return iso_put_number(out, i + 1, NUMBER_BYTES);
}

void moved_put_guest(const struct dirtree *d, uint8_t *out)
{
	const struct dirtree_moved *m = &d->moved;
	struct susp_fields fields;
	struct iso_dirrec r = {
		.lba = dirtree_lba(d, m->dir),
		.size_bytes = d->dir[m->dir].ext_nsec * SECTOR,
		.mtime_sec = m->inode.mtime.tv_sec,
		.flags = ISO_FLAG_DIR,
		.id = m->id,
		.id_len = sizeof(m->id),
	};

	guest_fields(d, &fields);
	r.su = fields.bytes;
	r.su_len = fields.cur.pos;
	iso_dirrec_encode(&r, out);
}

uint32_t moved_child_lba(const struct dirtree *d, uint32_t dir)
{
	return d->moved.n && d->dir[dir].parent == d->moved.dir ? dirtree_lba(d, dir) : 0;
}

uint32_t moved_parent_lba(const struct dirtree *d, uint32_t dir)
{
	uint32_t node = d->dir[dir].node;

	if (!d->moved.n || d->dir[dir].parent != d->moved.dir)
		return 0;
	return dirtree_lba(d, d->dirno[d->tree->node[node].parent]);
}
