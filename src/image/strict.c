/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the standards forbid and strict=on refuses. */
#include "strict.h"

#include "base/text.h"
#include "isovolume.h"
#include "naming.h"
#include "udf/cs0.h"
#include "udf/names.h"
#include "udf/opts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LEVELS_MAX	8u
#define PATH_BYTES_MAX	255u
#define DIRECTORIES_MAX 65535u

#define TOO_MANY "is directory 65536: path tables count no further; set strict off"
#define TOO_DEEP                                                                                   \
	"is at level 9 of directories where ISO 9660 has 8; set strict off, set deep_directories " \
	"relocate with rockridge among filesystems, or move it up"
#define TOO_LONG "has a path of more than 255 bytes in ISO 9660; set strict off or shorten it"

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
			return image_refuse(img, node, -EFBIG, TOO_MANY, err);
		if (reach[i].level > LEVELS_MAX)
			return image_refuse(img, node, -ENAMETOOLONG, TOO_DEEP, err);
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
			return image_refuse(img, node, -ENAMETOOLONG, TOO_LONG, err);
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

/* Why a name is refused; code 0: it is not. */
struct refusal {
	int code;
	const char *why;
};

static struct refusal judge_joliet(const struct image_opts *opts, const struct measure_entry *e)
{
	const struct name_space ns = namespace_joliet(opts);
	struct iso_fate fate;

	if (!(image_spaces(opts) & IMAGE_JOLIET) || !ns.shows(e))
		return (struct refusal){ 0, NULL };
	fate = iso_volume_fate(&ns, e);
	if (fate.changed)
		return (struct refusal){ -EILSEQ,
			"has characters that Joliet does not; set strict off or rename it" };
	if (fate.cut)
		return (struct refusal){ -ENAMETOOLONG,
			"has a name of more than 64 characters, the most in Joliet; set "
			"strict off or shorten it" };
	return (struct refusal){ 0, NULL };
}

static bool iso_holds(const struct image_opts *opts, const struct measure_entry *e)
{
	const struct name_space ns = namespace_iso9660(opts);
	struct iso_fate fate;

	if (!(image_spaces(opts) & IMAGE_ISO9660) || !ns.shows(e))
		return false;
	fate = iso_volume_fate(&ns, e);
	return image_spaces(opts) & IMAGE_ROCKRIDGE || (!fate.changed && !fate.cut);
}

static bool udf_holds(const struct image_opts *opts, const struct measure_entry *e)
{
	struct udf_form f = udf_form_of(opts);
	struct udf_units units;

	if (!(image_spaces(opts) & IMAGE_UDF) || !udf_shows(e))
		return false;
	udf_units_of(e->name, e->name_len, f.revision, &units);
	return units.exact && units.n <= udf_units_limit(&units);
}

/* Joliet holds what judge_joliet lets pass, of what it shows at all. */
static bool any_holds(const struct image_opts *opts, const struct measure_entry *e)
{
	const struct name_space joliet = namespace_joliet(opts);

	return image_left_out(opts, &e->marks) || iso_holds(opts, e) || udf_holds(opts, e) ||
	       (image_spaces(opts) & IMAGE_JOLIET && joliet.shows(e));
}

static struct refusal judge(const struct image_opts *opts, const struct measure_entry *e)
{
	struct refusal r = judge_joliet(opts, e);

	if (r.code == 0 && !any_holds(opts, e))
		r = (struct refusal){ -EILSEQ,
			"cannot be recorded exactly in any of the name spaces chosen; add "
			"rockridge "
			"or udf to filesystems, set strict off or rename it" };
	return r;
}

int strict_check_names(const struct image *img, struct err *err)
{
	if (!img->opts->strict)
		return 0;
	for (uint32_t node = 1; node < img->tree->nnode; node++) {
		struct measure_entry e = dirtree_entry(img->tree, node);
		struct refusal r = judge(img->opts, &e);

		if (r.code < 0)
			return image_refuse(img, node, r.code, r.why, err);
	}
	return 0;
}

/* The level of what is in the directory with that path, and the bytes of its identifiers. */
static struct reach reach_in(const struct image_opts *opts, const char *dir)
{
	const struct name_space ns = namespace_iso9660(opts);
	struct reach reach = { 2, 0 };
	uint8_t id[IDENT_MAX];

	while (*dir) {
		const size_t n = strcspn(dir, "/");
		const struct measure_entry e = {
			.name = dir, .name_len = (uint8_t)n, .mode = S_IFDIR
		};
		const struct numbered who = { &e, 0, 0, &ns };

		if (n > 0) {
			reach.level++;
			reach.bytes += (reach.bytes ? 1 : 0) + (uint32_t)ns.ident(&who, id);
		}
		dir += n + (dir[n] == '/');
	}
	return reach;
}

/* As a directory that is moved has a shorter path, only the image can tell then. */
static struct refusal judge_place(const struct image_opts *opts, const struct measure_birth *b)
{
	const struct name_space ns = namespace_iso9660(opts);
	const struct numbered who = { &b->entry, 0, 0, &ns };
	const bool is_dir = S_ISDIR(b->entry.mode);
	struct reach in = reach_in(opts, b->dir);
	uint8_t id[IDENT_MAX];

	if (!(image_spaces(opts) & IMAGE_ISO9660) || opts->iso_level == IMAGE_LEVEL_1999 ||
		!ns.shows(&b->entry))
		return (struct refusal){ 0, NULL };
	if (is_dir && b->ndir >= DIRECTORIES_MAX)
		return (struct refusal){ -EFBIG, TOO_MANY };
	if (is_dir && !ns.relocates && in.level > LEVELS_MAX)
		return (struct refusal){ -ENAMETOOLONG, TOO_DEEP };
	if (!ns.relocates && in.bytes + 1 + ns.ident(&who, id) > PATH_BYTES_MAX)
		return (struct refusal){ -ENAMETOOLONG, TOO_LONG };
	return (struct refusal){ 0, NULL };
}

int strict_admit(const void *ctx, const struct measure_birth *b, struct err *err)
{
	const struct image_opts *opts = ctx;
	struct refusal r = { 0, NULL };
	char quoted[300];

	if (opts->strict)
		r = judge(opts, &b->entry);
	if (opts->strict && r.code == 0)
		r = judge_place(opts, b);
	if (r.code == 0)
		return 0;
	text_quoted(quoted, sizeof(quoted), b->entry.name, b->entry.name_len);
	return err_set(err, r.code, "\"%s\" %s", quoted, r.why);
}

uint64_t strict_file_max(const struct image_opts *opts)
{
	bool one_extent = opts->iso_level == IMAGE_LEVEL_1 || opts->iso_level == IMAGE_LEVEL_2;

	return image_spaces(opts) & IMAGE_ISO9660 && one_extent ? UINT32_MAX : 0;
}
