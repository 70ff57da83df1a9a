/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the standards forbid and strict=on refuses. */
#include "strict.h"

#include "isovolume.h"
#include "naming.h"

#include <errno.h>
#include <stdlib.h>

#define LEVELS_MAX	8u
#define PATH_BYTES_MAX	255u
#define DIRECTORIES_MAX 65535u

/* Of a directory in path table order. */
struct reach {
	uint32_t level; /* the root's is 1 */
	uint32_t bytes; /* of its identifiers and the separators between them */
};

static uint32_t ident_bytes(const struct dirtree *d, uint32_t node)
{
	const struct tree_node *n = &d->tree->node[node];
	struct measure_entry e = dirtree_entry(d->tree, node);
	struct numbered who = { &e, d->slots.num[node],
		naming_width(d->tree->node[n->parent].nchild), &d->ns };
	uint8_t id[IDENT_MAX];

	return (uint32_t)d->ns.ident(&who, id);
}

static int check_dirs(const struct image *img, struct reach *reach, struct err *err)
{
	const struct dirtree *d = &img->iso.dirs;
	uint8_t id[IDENT_MAX];

	reach[0] = (struct reach){ 1, 0 };
	for (uint32_t i = 1; i < d->ndir; i++) {
		const struct reach *up = &reach[d->dir[i].parent];
		uint32_t node = d->dir[i].node;

		reach[i].level = up->level + 1;
		reach[i].bytes =
			up->bytes + (up->bytes ? 1 : 0) + (uint32_t)dirtree_ident(d, i, id);
		if (i >= DIRECTORIES_MAX)
			return image_refuse(img, node, -EFBIG,
				"is directory 65536: path tables count no further; set strict off",
				err);
		if (reach[i].level > LEVELS_MAX)
			return image_refuse(img, node, -ENAMETOOLONG,
				"is at level 9 of directories where ISO 9660 has 8; set strict "
				"off or move it up",
				err);
	}
	return 0;
}

static int check_paths(const struct image *img, const struct reach *reach, struct err *err)
{
	const struct dirtree *d = &img->iso.dirs;

	for (uint32_t node = 1; node < d->tree->nnode; node++) {
		struct measure_entry e = dirtree_entry(d->tree, node);
		uint32_t dir = d->dirno[d->tree->node[node].parent];

		if (d->ns.shows(&e) && reach[dir].bytes + 1 + ident_bytes(d, node) > PATH_BYTES_MAX)
			return image_refuse(img, node, -ENAMETOOLONG,
				"has a path of more than 255 bytes in ISO 9660; set strict off or "
				"shorten it",
				err);
	}
	return 0;
}

int strict_check_primary(const struct image *img, struct err *err)
{
	struct reach *reach;
	int r;

	if (!img->opts->strict || img->opts->iso_level == IMAGE_LEVEL_1999)
		return 0;
	reach = calloc(img->iso.dirs.ndir, sizeof(*reach));
	if (!reach)
		return err_nomem(err);
	r = check_dirs(img, reach, err);
	if (r == 0)
		r = check_paths(img, reach, err);
	free(reach);
	return r;
}

int strict_check_joliet(const struct image *img, struct err *err)
{
	struct image_name name;

	if (!img->opts->strict)
		return 0;
	for (uint32_t node = 1; node < img->tree->nnode; node++) {
		name = (struct image_name){ .shown = false };
		iso_volume_name(&img->joliet, node, &name);
		if (name.changed)
			return image_refuse(img, node, -EILSEQ,
				"has characters that Joliet does not; set strict off or rename it",
				err);
		if (name.cut)
			return image_refuse(img, node, -ENAMETOOLONG,
				"has a name of more than 64 characters, the most in Joliet; set "
				"strict off or shorten it",
				err);
	}
	return 0;
}
