/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the trees of directory records, primary and Joliet, have in common. */
#include "isovolume.h"

#include "base/text.h"
#include "naming.h"
#include "volume.h"

#include <string.h>

static int read_descriptor(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	(void)first;
	(void)nsec;
	(void)err;
	iso_voldesc_encode(arg, out);
	return 0;
}

int iso_volume_place_descriptor(
	struct plan *plan, const char *name, struct iso_voldesc *d, struct err *err)
{
	return plan_reserve(plan, name, 1, read_descriptor, d, NULL, err);
}

int iso_volume_place_tables(
	struct plan *plan, struct iso_volume *v, uint64_t path_bytes, struct err *err)
{
	uint64_t nsec = sectors_for(ISO_PATHREC_ROOT_BYTES + path_bytes);
	int r;

	v->path[ISO_ORDER_L] = (struct dirtree_path_table){ &v->dirs, ISO_ORDER_L };
	v->path[ISO_ORDER_M] = (struct dirtree_path_table){ &v->dirs, ISO_ORDER_M };
	r = plan_reserve(plan, "path table L", nsec, dirtree_path_read, &v->path[ISO_ORDER_L],
		&v->desc.l_path_lba, err);
	if (r < 0)
		return r;
	return plan_reserve(plan, "path table M", nsec, dirtree_path_read, &v->path[ISO_ORDER_M],
		&v->desc.m_path_lba, err);
}

int iso_volume_place_dirs(
	struct plan *plan, const char *name, struct iso_volume *v, uint64_t nsec, struct err *err)
{
	return plan_reserve(plan, name, nsec, dirtree_read, &v->dirs, &v->dirs.lba, err);
}

/* @n bytes of an identifier as UTF-8. */
static void put_text(const struct dirtree *d, const uint8_t *id, size_t n, struct image_name *out)
{
	size_t at = 0;

	for (size_t i = 0; i < n && at + 4 < sizeof(out->text); i += d->ns.unit_bytes) {
		uint32_t u = d->ns.unit_bytes == 2 ? (uint32_t)(id[i] << 8 | id[i + 1]) : id[i];

		if (u < 0x80 || d->ns.unit_bytes == 1) {
			out->text[at++] = (char)u;
		} else if (u < 0x800) {
			out->text[at++] = (char)(0xc0 | u >> 6);
			out->text[at++] = (char)(0x80 | (u & 0x3f));
		} else {
			out->text[at++] = (char)(0xe0 | u >> 12);
			out->text[at++] = (char)(0x80 | (u >> 6 & 0x3f));
			out->text[at++] = (char)(0x80 | (u & 0x3f));
		}
	}
	out->text[at] = '\0';
}

/* Characters of UTF-8, a byte that is none counting as one. */
static size_t characters(const struct name_space *ns, const char *name, size_t n)
{
	const char *p = name, *end = name + n;
	size_t count = 0;
	uint32_t cp;

	if (ns->unit_bytes == 1)
		return n;
	for (; p < end; count++)
		utf8_next(&p, end, &cp);
	return count;
}

static size_t underscores(const uint8_t *s, size_t n, size_t unit)
{
	size_t count = 0;

	for (size_t i = unit - 1; i < n; i += unit)
		count += s[i] == '_' && (unit == 1 || s[i - 1] == 0);
	return count;
}

struct iso_fate iso_volume_fate(const struct name_space *ns, const struct measure_entry *e)
{
	struct numbered plain = { e, 0, 0, ns };
	uint8_t id[IDENT_MAX];
	size_t len = ns->key(&plain, id);
	size_t trailing = e->name_len > 1 && e->name[e->name_len - 1] == '.';

	return (struct iso_fate){
		.changed = underscores(id, len, ns->unit_bytes) >
			   underscores((const uint8_t *)e->name, e->name_len, 1),
		.cut = len / ns->unit_bytes + trailing < characters(ns, e->name, e->name_len),
	};
}

void iso_volume_name(const struct iso_volume *v, uint32_t node, struct image_name *out)
{
	const struct dirtree *d = &v->dirs;
	const struct tree_node *n = &d->tree->node[node];
	struct measure_entry e = dirtree_entry(d->tree, node);
	struct numbered who = { &e, d->slots.num[node],
		naming_width(d->tree->node[n->parent].nchild), &d->ns };
	struct iso_fate fate;
	uint8_t id[IDENT_MAX];

	out->shown = d->ns.shows(&e);
	if (!out->shown)
		return;
	fate = iso_volume_fate(&d->ns, &e);
	out->cut = fate.cut;
	out->changed = fate.changed;
	out->numbered = who.num > 0;
	put_text(d, id, d->ns.ident(&who, id), out);
}

/* The child of the root called @name, or 0. */
static uint32_t find_in_root(const struct tree *t, const char *name)
{
	const struct tree_node *root = &t->node[0];
	uint32_t lo = root->first_child, end = lo + root->nchild, hi = end;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (strcmp(t->node[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < end && strcmp(t->node[lo].name, name) == 0 ? lo : 0;
}

/* 8.4.23 to 8.4.25: the identifier of a file in the root directory. */
static void put_file(const struct dirtree *d, const struct iso_voldesc *v, const char *name,
	uint8_t out[static VOLUME_FILE_BYTES])
{
	uint32_t node = name[0] ? find_in_root(d->tree, name) : 0;
	struct measure_entry e = dirtree_entry(d->tree, node);
	struct numbered who = { &e, d->slots.num[node], naming_width(d->tree->node[0].nchild),
		&d->ns };
	uint8_t id[IDENT_MAX];
	size_t n;

	volume_put_file(v, name, out);
	if (!node || !d->ns.shows(&e))
		return;
	n = d->ns.ident(&who, id);
	if (n > VOLUME_FILE_BYTES)
		return;
	volume_put_file(v, "", out);
	memcpy(out, id, n);
}

void iso_volume_describe(const struct image *img, struct iso_volume *v)
{
	struct iso_voldesc *d = &v->desc;

	volume_texts(d, img->opts, img->stamp_sec);
	put_file(&v->dirs, d, img->opts->copyright, d->copyright);
	put_file(&v->dirs, d, img->opts->abstract, d->abstract);
	put_file(&v->dirs, d, img->opts->bibliography, d->bibliography);
	/* 8.4.8: the volume space has every logical block from 0 on, those of sessions before this
	 * one, too. Linux minds continuation areas beyond it. */
	d->volume_nsec = plan_next_lba(&img->plan);
	d->path_table_bytes = v->dirs.path_bytes;
	d->root_lba = dirtree_lba(&v->dirs, 0);
	d->root_bytes = v->dirs.dir[0].ext_nsec * SECTOR;
	d->root_mtime_sec = tree_inode_of(img->tree, 0)->mtime.tv_sec;
	d->stamp_sec = img->stamp_sec > INT64_MAX ? INT64_MAX : (int64_t)img->stamp_sec;
}
