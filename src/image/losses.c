/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the name spaces of an image do not hold as it was staged: counted, with examples. */
#include "base/buf.h"
#include "base/text.h"
#include "format.h"
#include "image/survey.h"
#include "iso9660/date.h"
#include "susp/aaip.h"
#include "udf/opts.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#define EXAMPLES       3u
#define LEVELS_MAX     8u     /* ECMA-119 6.8.2.1 */
#define DIRECTORIES    65535u /* 9.4.4 */
#define LINUX_NAME_MAX 253u   /* what Linux reads of Rock Ridge's names */
#define LINKS_MAX      65535u /* ECMA-167 4/14.9.6 */

enum loss {
	LOSS_ISO_CHANGED,
	LOSS_ISO_CUT,
	LOSS_ISO_UNIQUE,
	LOSS_JOLIET_CHANGED,
	LOSS_JOLIET_CUT,
	LOSS_JOLIET_UNIQUE,
	LOSS_UDF_CHANGED,
	LOSS_UDF_CUT,
	LOSS_UDF_UNIQUE,
	LOSS_ISO_ABSENT,
	LOSS_JOLIET_ABSENT,
	LOSS_NO_ATTRIBUTES,
	LOSS_AAIP,
	LOSS_ROOT,
	LOSS_UDF_ATTRIBUTES,
	LOSS_TIME,
	LOSS_LINKS,
	LOSS_DEPTH,
	LOSS_SECTIONS,
	LOSS_LONG_NAME,
	LOSSES
};

/* What stands before the number and after it. */
static const struct {
	const char *before, *after;
} texts[LOSSES] = {
	[LOSS_ISO_CHANGED] = { "names    ", " changed in ISO 9660" },
	[LOSS_ISO_CUT] = { "names    ", " cut in ISO 9660" },
	[LOSS_ISO_UNIQUE] = { "names    ", " made unique in ISO 9660" },
	[LOSS_JOLIET_CHANGED] = { "names    ", " changed in Joliet" },
	[LOSS_JOLIET_CUT] = { "names    ", " cut in Joliet" },
	[LOSS_JOLIET_UNIQUE] = { "names    ", " made unique in Joliet" },
	[LOSS_UDF_CHANGED] = { "names    ", " changed in UDF" },
	[LOSS_UDF_CUT] = { "names    ", " cut in UDF" },
	[LOSS_UDF_UNIQUE] = { "names    ", " made unique in UDF" },
	[LOSS_ISO_ABSENT] = { "left out ", " links and special files in ISO 9660" },
	[LOSS_JOLIET_ABSENT] = { "left out ", " links and special files in Joliet" },
	[LOSS_NO_ATTRIBUTES] = { "left out extended attributes and ACLs of ", " files" },
	[LOSS_AAIP] = { "left out attributes of ", " files beyond 44 KiB in Rock Ridge" },
	[LOSS_ROOT] = { "left out attributes of ", " directory in Rock Ridge, the root" },
	[LOSS_UDF_ATTRIBUTES] = { "left out attributes of ", " files in UDF before 2.00" },
	[LOSS_TIME] = { "times    ", " outside of 1900 to 2155 changed in ISO 9660" },
	[LOSS_LINKS] = { "links    ", " files with more than 65535 names say 65535 in UDF" },
	[LOSS_DEPTH] = { "depth    ", " directories below level 8 of ISO 9660" },
	[LOSS_SECTIONS] = { "sizes    ",
		" files of 4 GiB or more in sections, which some readers of ISO 9660 do not join" },
	[LOSS_LONG_NAME] = { "names    ",
		" of more than 253 bytes, of which Linux shows 250 in Rock Ridge" },
};

struct losses {
	const struct image *img;
	uint64_t n[LOSSES];
	uint32_t example[LOSSES][EXAMPLES];
};

static void lose(struct losses *l, enum loss what, uint32_t node)
{
	if (l->n[what] < EXAMPLES)
		l->example[what][l->n[what]] = node;
	l->n[what]++;
}

static void lose_if(struct losses *l, bool is, enum loss what, uint32_t node)
{
	if (is)
		lose(l, what, node);
}

/* @first: changed, cut and made unique follow each other. */
static void look_at_name(
	struct losses *l, const struct image_name *n, enum loss first, uint32_t node)
{
	lose_if(l, n->shown && n->changed, first, node);
	lose_if(l, n->shown && n->cut, first + 1, node);
	lose_if(l, n->shown && n->numbered, first + 2, node);
}

static void look_at_names(struct losses *l, uint32_t node, const struct tree_inode *in)
{
	const unsigned spaces = image_spaces(l->img->opts);
	const bool plain = S_ISREG(in->mode) || S_ISDIR(in->mode);
	struct image_name name[IMAGE_NAMES];

	image_names(l->img, node, name);
	look_at_name(l, &name[0], LOSS_ISO_CHANGED, node);
	look_at_name(l, &name[1], LOSS_JOLIET_CHANGED, node);
	look_at_name(l, &name[3], LOSS_UDF_CHANGED, node);
	lose_if(l, !plain && spaces & IMAGE_ISO9660 && !(spaces & IMAGE_ROCKRIDGE), LOSS_ISO_ABSENT,
		node);
	lose_if(l, !plain && spaces & IMAGE_JOLIET, LOSS_JOLIET_ABSENT, node);
	lose_if(l, name[2].shown && strlen(name[2].text) > LINUX_NAME_MAX, LOSS_LONG_NAME, node);
}

static void look_at_attributes(struct losses *l, uint32_t node, const struct tree_inode *in)
{
	const unsigned spaces = image_spaces(l->img->opts);
	const struct udf_form udf = udf_form_of(l->img->opts);
	const bool streams = udf_has_streams(udf.revision);

	if (in->nxattr == 0)
		return;
	if (!(spaces & IMAGE_ROCKRIDGE) && !(spaces & IMAGE_UDF && streams)) {
		lose(l, LOSS_NO_ATTRIBUTES, node);
		return;
	}
	if (spaces & IMAGE_ROCKRIDGE && node == 0)
		lose(l, LOSS_ROOT, node);
	else if (spaces & IMAGE_ROCKRIDGE && !aaip_fits(in->xattr, in->nxattr))
		lose(l, LOSS_AAIP, node);
	lose_if(l, spaces & IMAGE_UDF && !streams, LOSS_UDF_ATTRIBUTES, node);
}

static void look_at_inode(struct losses *l, uint32_t node, const struct tree_inode *in)
{
	const struct image_opts *opts = l->img->opts;
	const bool iso = image_spaces(opts) & IMAGE_ISO9660;
	uint8_t date[ISO_DATE7];
	int64_t sec = 0;

	iso_date7_encode(in->mtime.tv_sec, date);
	iso_date7_decode(date, &sec);
	lose_if(l, iso && sec != in->mtime.tv_sec, LOSS_TIME, node);
	lose_if(l, image_spaces(opts) & IMAGE_UDF && in->nlink > LINKS_MAX, LOSS_LINKS, node);
	lose_if(l, iso && S_ISREG(in->mode) && in->size_bytes > UINT32_MAX, LOSS_SECTIONS, node);
	look_at_attributes(l, node, in);
}

/* Those that are moved are where the standard wants them. */
static void look_at_depth(struct losses *l)
{
	const struct tree *t = l->img->tree;
	const struct image_opts *opts = l->img->opts;

	if (!(image_spaces(opts) & IMAGE_ISO9660) || opts->iso_level == IMAGE_LEVEL_1999 ||
		l->img->iso.dirs.ns.relocates)
		return;
	for (uint32_t node = 1; node < t->nnode; node++) {
		uint32_t level = 1;

		if (!S_ISDIR(tree_inode_of(t, node)->mode))
			continue;
		for (uint32_t at = node; at != 0 && level <= LEVELS_MAX; at = t->node[at].parent)
			level++;
		lose_if(l, level > LEVELS_MAX, LOSS_DEPTH, node);
	}
}

static void put_row(const struct losses *l, enum loss what, struct buf *out)
{
	struct buf path;
	char quoted[120];

	buf_printf(out, "%s%" PRIu64 "%s", texts[what].before, l->n[what], texts[what].after);
	for (uint32_t i = 0; i < EXAMPLES && i < l->n[what]; i++) {
		buf_init(&path, 1u << 20);
		tree_path(l->img->tree, l->example[what][i], &path);
		text_quoted(quoted, sizeof(quoted), buf_str(&path), path.len);
		buf_printf(out, "%s \"%s\"", i ? "," : ":", quoted);
		buf_fini(&path);
	}
	buf_puts(out, l->n[what] > EXAMPLES ? ", ...\n" : "\n");
}

void image_describe_losses(const struct image *img, struct buf *out)
{
	const struct tree *t = img->tree;
	struct losses l = { .img = img };
	uint32_t next = 1; /* inodes are numbered as nodes first name them */

	look_at_inode(&l, 0, tree_inode_of(t, 0));
	for (uint32_t node = 1; node < t->nnode; node++) {
		const uint32_t inode = t->node[node].inode;

		look_at_names(&l, node, &t->inode[inode]);
		if (inode != next)
			continue;
		look_at_inode(&l, node, &t->inode[inode]);
		next++;
	}
	look_at_depth(&l);
	for (unsigned what = 0; what < LOSSES; what++)
		if (l.n[what])
			put_row(&l, (enum loss)what, out);
	if (image_spaces(img->opts) & IMAGE_ISO9660 && t->ndir > DIRECTORIES)
		buf_printf(out,
			"tables   %" PRIu32 " directories: path tables of ISO 9660 count 65535\n",
			t->ndir);
}
