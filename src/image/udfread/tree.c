/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the directories of a UDF volume, breadth first, into a tree. */
#include "udfread/udfread.h"

#include "base/err.h"
#include "base/grow.h"
#include "base/text.h"
#include "folders.h"
#include "readname.h"
#include "tree/builder.h"
#include "udf/cs0.h"
#include "udfread/fidread.h"
#include "udfread/inoderead.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A name of the directory that is being read. */
struct child {
	const char *name;
	size_t name_len;
	struct udf_block icb;
	unsigned flags;
};

struct reading {
	struct udf_disc disc;
	struct udf_inode_reading inodes;
	struct tree_builder *builder;
	uint8_t *files; /* a bit for each sector: the entry of what other names may stand for too */
	struct folders folders;
	struct child *child;
	uint32_t nchild, child_cap;
	struct arena scratch; /* of one directory: names, targets, attributes */
};

static uint64_t place_of(struct udf_block at)
{
	return (uint64_t)at.part << 32 | at.number;
}

static int take_fid(void *arg, const struct udf_fid_found *fid, struct err *err)
{
	struct reading *rd = arg;
	char name[UDF_NAME_MAX] = "";
	struct child *c;
	int n, r = 0;

	if (fid->flags & (UDF_FID_PARENT | UDF_FID_DELETED))
		return 0;
	n = udf_fid_name(fid, name, err);
	if (n < 0)
		return n;
	if (tree_builder_nodes(rd->builder) + rd->nchild >= READER_NAMES_MAX)
		return err_set(err, -EFBIG, "more than %u names", READER_NAMES_MAX);
	if (rd->nchild == rd->child_cap)
		r = array_grow((void **)&rd->child, &rd->child_cap, sizeof(*rd->child), err);
	if (r < 0)
		return r;
	c = &rd->child[rd->nchild];
	*c = (struct child){ arena_dup(&rd->scratch, name, (size_t)n), (size_t)n, fid->icb,
		fid->flags };
	if (!c->name)
		return err_nomem(err);
	rd->nchild++;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct child *x = a, *y = b;

	return readname_order(x->name, x->name_len, y->name, y->name_len);
}

/* What @c stands for, the first time that it is named; the builder keeps that. */
static int read_child(struct reading *rd, const struct child *c, uint64_t *key,
	struct tree_inode *out, struct err *err)
{
	struct udf_disc *d = &rd->disc;
	struct udf_icb icb;
	int r = udf_icb_read(d, c->icb, &icb, err);
	bool dir;

	if (r < 0)
		return r;
	*key = icb.lba;
	dir = icb.type == UDF_FILE_DIRECTORY;
	if (dir != (bool)(c->flags & UDF_FID_DIRECTORY))
		return err_set(err, -EBADMSG, "an identifier for %s, and a file of type %u",
			dir ? "a file" : "a directory", icb.type);
	if (rd->files[icb.lba / 8] & 1u << icb.lba % 8) {
		*out = (struct tree_inode){ .mode = S_IFREG };
		return 0;
	}
	r = udf_disc_claim(d, icb.lba, 1, err);
	if (r < 0)
		return r;
	if (!dir)
		rd->files[icb.lba / 8] |= (uint8_t)(1u << icb.lba % 8);
	r = udf_inode_read(&rd->inodes, &icb, out, err);
	if (c->flags & UDF_FID_HIDDEN)
		out->marks.hidden |= TREE_UDF;
	return r;
}

static int give_child(
	struct reading *rd, uint32_t node, uint32_t folder, const struct child *c, struct err *err)
{
	struct tree_inode inode;
	char quoted[80];
	uint64_t key = 0;
	int r = read_child(rd, c, &key, &inode, err);

	if (r == 0)
		r = tree_builder_add(rd->builder, node, c->name, c->name_len, key, &inode, err);
	if (r == 0 && S_ISDIR(inode.mode))
		r = folders_add(&rd->folders, folder, place_of(c->icb), c->name, c->name_len, err);
	return r < 0 ? err_prefix(err, r, "entry %s",
			       text_quoted(quoted, sizeof(quoted), c->name, c->name_len))
		     : 0;
}

static int give_children(struct reading *rd, uint32_t node, uint32_t folder, struct err *err)
{
	char quoted[80];
	int r = 0;

	if (rd->nchild)
		qsort(rd->child, rd->nchild, sizeof(*rd->child), by_name);
	for (uint32_t i = 0; i < rd->nchild && r == 0; i++) {
		const struct child *c = &rd->child[i];

		if (i > 0 && by_name(c - 1, c) == 0)
			return err_set(err, -EBADMSG, "two entries named %s",
				text_quoted(quoted, sizeof(quoted), c->name, c->name_len));
		r = give_child(rd, node, folder, c, err);
	}
	return r;
}

static int read_folder(struct reading *rd, uint32_t node, uint32_t folder, struct err *err)
{
	uint64_t place = rd->folders.at[folder].place;
	const struct udf_block at = { (uint32_t)place, (uint16_t)(place >> 32) };
	struct udf_icb icb;
	int r;

	rd->nchild = 0;
	arena_fini(&rd->scratch);
	arena_init(&rd->scratch);
	r = udf_icb_read(&rd->disc, at, &icb, err);
	if (r == 0)
		r = udf_fids_each(&rd->disc, &icb, take_fid, rd, err);
	if (r == 0)
		r = give_children(rd, node, folder, err);
	return r < 0 ? folders_blame(&rd->folders, folder, r, err) : 0;
}

static int begin(struct reading *rd, struct err *err)
{
	struct udf_disc *d = &rd->disc;
	struct tree_inode root;
	struct udf_icb icb;
	int r = udf_icb_read(d, d->root, &icb, err);

	if (r == 0 && icb.type != UDF_FILE_DIRECTORY)
		r = err_set(err, -EBADMSG, "a file of type %u", icb.type);
	if (r == 0)
		r = udf_disc_claim(d, icb.lba, 1, err);
	if (r == 0)
		r = udf_inode_read(&rd->inodes, &icb, &root, err);
	if (r < 0)
		return err_prefix(err, r, "root directory");
	r = tree_builder_new(&rd->builder, icb.lba, &root, err);
	return r < 0 ? r : folders_add(&rd->folders, 0, place_of(d->root), "", 0, err);
}

static int walk(struct reading *rd, struct err *err)
{
	uint32_t folder = 0;
	int r = begin(rd, err);

	for (uint32_t node = 0; r == 0 && node < tree_builder_nodes(rd->builder); node++)
		if (tree_builder_is_dir(rd->builder, node))
			r = read_folder(rd, node, folder++, err);
	return r;
}

static int finish(struct reading *rd, struct tree **out, struct err *err)
{
	struct tree_builder *b = rd->builder;
	struct sections *sections = rd->inodes.sections;
	int r;

	rd->builder = NULL;
	rd->inodes.sections = NULL;
	r = tree_builder_finish(b, 0, &sections_ops, sections, out, err);
	if (r == 0)
		sections->owns_source = true;
	return r;
}

/* @mirrored: whether there is a second copy of the metadata that may be tried. */
static int read_copy(const struct sector_source *src, uint32_t session_lba, enum udf_copy copy,
	struct tree **out, bool *mirrored, struct err *err)
{
	struct reading *rd = calloc(1, sizeof(*rd));
	int r;

	if (!rd)
		return err_nomem(err);
	rd->files = calloc((size_t)src->nsec / 8 + 1, 1);
	rd->inodes = (struct udf_inode_reading){ &rd->disc, sections_new(src, err), &rd->scratch };
	r = rd->files && rd->inodes.sections ? udf_disc_open(&rd->disc, src, session_lba, copy, err)
					     : err_nomem(err);
	if (r == 0)
		r = walk(rd, err);
	if (r == 0)
		r = finish(rd, out, err);
	*mirrored = rd->disc.mirrored;
	tree_builder_free(rd->builder);
	sections_free(rd->inodes.sections);
	arena_fini(&rd->scratch);
	folders_fini(&rd->folders);
	udf_disc_close(&rd->disc);
	free(rd->child);
	free(rd->files);
	free(rd);
	return r;
}

int udf_tree(
	const struct sector_source *src, uint32_t session_lba, struct tree **out, struct err *err)
{
	bool mirrored;
	int r;

	*out = NULL;
	r = read_copy(src, session_lba, UDF_COPY_MAIN, out, &mirrored, err);
	if ((r == -EBADMSG || r == -EIO || r == -ELOOP) && mirrored &&
		read_copy(src, session_lba, UDF_COPY_MIRROR, out, &mirrored, NULL) == 0)
		r = 0;
	return r;
}

int udf_probe(const struct sector_source *src, uint32_t session_lba, unsigned *revision,
	char volume_id[static 33], struct err *err)
{
	struct udf_disc d;
	int n, r = udf_disc_open(&d, src, session_lba, UDF_COPY_MAIN, err);

	if (r == 0) {
		const uint8_t *id = d.sequence.logical.raw + 84; /* 3/10.6.4 */

		*revision = d.revision;
		n = udf_cs0_decode(id, id[127] < 128 ? id[127] : 0, volume_id, 32, NULL);
		volume_id[n < 0 ? 0 : n] = '\0';
	}
	udf_disc_close(&d);
	return r;
}
