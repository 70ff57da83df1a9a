/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Visits every directory of a UDF volume once, breadth first. */
#include "base/bytes.h"
#include "base/err.h"
#include "base/grow.h"
#include "udfcheck/walk.h"
#include "udfread/inoderead.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static int remember_unique(struct udf_check *c, uint32_t unique, struct err *err)
{
	int r = 0;

	if (c->nunique == c->unique_cap)
		r = array_grow((void **)&c->unique, &c->unique_cap, sizeof(*c->unique), err);
	if (r == 0)
		c->unique[c->nunique++] = unique;
	return r;
}

static int add_entry(struct udf_check *c, const struct uentry *e, struct err *err)
{
	int r = 0;

	if (c->nentry >= READER_NAMES_MAX)
		return err_set(err, -EFBIG, "more than %u names", READER_NAMES_MAX);
	if (c->nentry == c->entry_cap)
		r = array_grow((void **)&c->entry, &c->entry_cap, sizeof(*c->entry), err);
	if (r < 0)
		return r;
	c->entry[c->nentry++] = *e;
	c->slot[e->lba] = c->nentry;
	return udf_check_claim(c, &(struct vextent){ e->lba, 1, EXTENT_TABLE, e->path }, err);
}

static void check_type(struct udf_check *c, const struct udf_icb *icb, const char *path)
{
	const struct place in = { icb->lba, icb->raw, path };
	const struct field f = { "UDF 2.3.5.2", "file type", icb->raw + 27 };

	switch (icb->type) {
	case UDF_FILE_DIRECTORY:
	case UDF_FILE_REGULAR:
	case UDF_FILE_BLOCK:
	case UDF_FILE_CHARACTER:
	case UDF_FILE_FIFO:
	case UDF_FILE_SOCKET:
	case UDF_FILE_SYMLINK:
		return;
	case UDF_FILE_REALTIME:
		if (c->revision >= 0x0201)
			return;
		break;
	default:
		break;
	}
	report_text(
		c->report, FINDING_ERROR, &in, &f, "one of a file with a name", "%u", icb->type);
}

/* UDF 3.2.1.1: 0 is the root's, 1 to 15 are not given. */
static void check_unique(struct udf_check *c, const struct udf_icb *icb, const char *path)
{
	const struct place in = { icb->lba, icb->raw, path };
	const uint8_t *p = icb->raw + (icb->extended ? 200 : 160);
	const struct field f = { "UDF 3.2.1.1", "unique id", p };
	const bool root = c->nentry == 0;

	if (root ? icb->unique != 0 : icb->unique < 16)
		report_text(c->report, FINDING_ERROR, &in, &f,
			root ? "0 of the root" : "16 or more", "%" PRIu64, icb->unique);
	else if (c->next_unique && icb->unique >= c->next_unique)
		report_text(c->report, FINDING_ERROR, &in, &f,
			"below the integrity descriptor's next", "%" PRIu64 " of %" PRIu64,
			icb->unique, c->next_unique);
}

static int check_target(struct udf_check *c, const struct udf_icb *icb,
	const struct udf_pieces *pieces, const char *path, struct err *err)
{
	struct err why = { 0 };
	uint8_t *p = NULL;
	char target[PATH_MAX];
	int r = 0;

	if (icb->info_bytes > (1u << 20))
		return 0;
	p = calloc(sectors_for(icb->info_bytes) + 1, SECTOR);
	if (!p)
		return err_nomem(err);
	if (icb->ad_kind == UDF_FOUND_EMBEDDED)
		memcpy(p, icb->ad, icb->info_bytes);
	else
		r = udf_pieces_read(&c->disc, pieces, p, err);
	if (r == 0 && udf_path_read(p, icb->info_bytes, target, sizeof(target), &why) < 0)
		report_text(c->report, FINDING_ERROR, &(struct place){ icb->lba, icb->raw, path },
			&(struct field){ "ECMA-167 4/14.16", "path components", icb->ad }, "a path",
			"%s", why.msg);
	free(p);
	return r;
}

static void check_device(struct udf_check *c, const struct udf_icb *icb, const char *path)
{
	const struct place in = { icb->lba, icb->raw, path };
	dev_t rdev;

	if (icb->ea_bytes == 0 || udf_device_read(icb, &rdev, NULL) < 0)
		report_text(c->report, FINDING_ERROR, &in,
			&(struct field){ "UDF 3.3.4.4", "device specification", icb->ea },
			"an extended attribute", "none");
}

/* The content of what is no directory. */
static int check_content(
	struct udf_check *c, const struct udf_icb *icb, struct uentry *e, struct err *err)
{
	struct udf_pieces pieces;
	int r = udf_check_extents(c, icb, e->path, &pieces, err);

	if (r == 0 && icb->type == UDF_FILE_SYMLINK)
		r = check_target(c, icb, &pieces, e->path, err);
	if (icb->type == UDF_FILE_BLOCK || icb->type == UDF_FILE_CHARACTER)
		check_device(c, icb, e->path);
	for (uint32_t i = 0; i < pieces.n && r == 0; i++) {
		const struct udf_piece *p = &pieces.at[i];

		if (p->lba == UINT32_MAX)
			continue;
		if (i == 0)
			e->first_lba = p->lba;
		r = udf_check_claim(c,
			&(struct vextent){
				p->lba, (uint32_t)sectors_for(p->bytes), EXTENT_FILE, e->path },
			err);
	}
	udf_pieces_free(&pieces);
	return r;
}

/* A file entry that is met for the first time; @*met: 1 + its number, 0 where it is unusable. */
static int enter(
	struct udf_check *c, struct udf_block at, const char *path, uint32_t *met, struct err *err)
{
	const struct entry_wanted want = { path, false };
	struct uentry e = { .at = at, .path = path };
	struct udf_icb icb;
	bool usable;
	int r = udf_check_entry(c, at, &want, &icb, &usable, err);

	*met = 0;
	if (r < 0 || !usable)
		return r;
	e.lba = icb.lba;
	e.nlink = icb.nlink;
	e.unique = icb.unique;
	e.info_bytes = icb.info_bytes;
	e.type = icb.type;
	e.queued = icb.type == UDF_FILE_DIRECTORY;
	check_type(c, &icb, path);
	check_unique(c, &icb, path);
	if (!e.queued)
		r = check_content(c, &icb, &e, err);
	if (r == 0)
		r = add_entry(c, &e, err);
	*met = c->nentry;
	if (e.queued)
		c->ndir++;
	else
		c->nfile++;
	return r == 0 && icb.streams_bytes ? udf_check_streams(c, &icb, path, err) : r;
}

static void check_fid_unique(struct udf_check *c, const struct fids *f, struct uentry *e)
{
	const struct field unique = { "UDF 2.3.4.3", "UDF unique id", f->at + 32 };

	if (f->fid.unique < 16 && f->fid.unique != (uint32_t)e->unique)
		report_text(c->report, FINDING_ERROR, &f->in, &unique, "16 or more", "%" PRIu32,
			f->fid.unique);
	else if (c->next_unique && f->fid.unique >= c->next_unique)
		report_text(c->report, FINDING_ERROR, &f->in, &unique,
			"below the integrity descriptor's next", "%" PRIu32, f->fid.unique);
	e->matched |= f->fid.unique == (uint32_t)e->unique;
}

static int take_child(struct udf_check *c, const struct fids *f, struct err *err)
{
	const char *path = udf_check_path(c, f->where, &f->fid);
	const bool dir = f->fid.flags & UDF_FID_DIRECTORY;
	uint32_t lba, n, met;
	struct uentry *e;
	int r = 0;

	if (!path)
		return err_nomem(err);
	met = udf_disc_map(&c->disc, f->fid.icb, &lba, &n, NULL) == 0 && lba < c->report->src->nsec
		      ? c->slot[lba]
		      : 0;
	if (met && c->entry[met - 1].queued)
		report_text(c->report, FINDING_ERROR, &f->in,
			&(struct field){ "UDF 2.3.4", "ICB", f->at + 24 },
			"a directory that no other holds", "that of %s", c->entry[met - 1].path);
	if (!met)
		r = enter(c, f->fid.icb, path, &met, err);
	if (r < 0 || !met)
		return r;
	e = &c->entry[met - 1];
	e->names++;
	if (dir != e->queued)
		report_text(c->report, FINDING_ERROR, &f->in,
			&(struct field){ "ECMA-167 4/14.4.3", "file characteristics", f->at + 18 },
			e->queued ? "a directory" : "no directory", "%02x", f->fid.flags);
	if (c->revision < 0x0200)
		return 0;
	check_fid_unique(c, f, e);
	return remember_unique(c, f->fid.unique, err);
}

static void take_parent(struct udf_check *c, const struct fids *f, uint32_t parent, unsigned n)
{
	struct uentry *e = &c->entry[parent];
	uint32_t lba = 0, nblock;

	if (n > 0 || !(f->fid.flags & UDF_FID_DIRECTORY))
		report_text(c->report, FINDING_ERROR, &f->in,
			&(struct field){ "UDF 2.3.4", "parent", f->at + 18 },
			"a directory, and the first identifier", "%02x, the %u.", f->fid.flags,
			n + 1);
	if (udf_disc_map(&c->disc, f->fid.icb, &lba, &nblock, NULL) < 0 || lba != e->lba) {
		report_text(c->report, FINDING_ERROR, &f->in,
			&(struct field){ "ECMA-167 4/8.6", "parent", f->at + 24 },
			"the directory that holds this one", "block %" PRIu32, f->fid.icb.number);
		return;
	}
	e->names++;
	if (c->revision >= 0x0200 && f->fid.unique != (uint32_t)e->unique)
		report_number(c->report, &f->in,
			&(struct field){ "UDF 2.3.4.3", "UDF unique id", f->at + 32 },
			(uint32_t)e->unique, f->fid.unique);
}

/* Names of a directory, for the one thing that only all of them show. */
struct names {
	struct name {
		const uint8_t *p;
		unsigned n;
	} * at;
	uint32_t n, cap;
};

static int by_bytes(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int c = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return c ? c : (x->n > y->n) - (x->n < y->n);
}

static int add_name(struct names *names, const struct fids *f, struct err *err)
{
	int r = 0;

	if (names->n == names->cap)
		r = array_grow((void **)&names->at, &names->cap, sizeof(*names->at), err);
	if (r == 0)
		names->at[names->n++] = (struct name){ f->fid.ident, f->fid.ident_bytes };
	return r;
}

static void check_names(struct udf_check *c, struct names *names, const struct fids *f)
{
	if (names->n > 0)
		qsort(names->at, names->n, sizeof(*names->at), by_bytes);
	for (uint32_t i = 1; i < names->n; i++)
		if (by_bytes(&names->at[i - 1], &names->at[i]) == 0)
			report_text(c->report, FINDING_ERROR,
				&(struct place){ .lba = f->icb->lba, .where = f->where },
				&(struct field){ "ECMA-167 4/8.6", "file identifiers", NULL },
				"one of each", "two of %u bytes", names->at[i].n);
}

static int read_dir(struct udf_check *c, uint32_t i, struct err *err)
{
	struct names names = { 0 };
	struct udf_icb icb;
	struct fids f;
	unsigned n = 0;
	int r = udf_icb_read(&c->disc, c->entry[i].at, &icb, err);

	if (r == 0)
		r = udf_fids_open(c, &icb, c->entry[i].path, &f, err);
	if (r < 0)
		return r;
	for (; r == 0 && udf_fids_next(c, &f); n++) {
		if (f.fid.flags & UDF_FID_PARENT)
			take_parent(c, &f, c->entry[i].parent, n);
		else if (!(f.fid.flags & UDF_FID_DELETED))
			r = take_child(c, &f, err);
		if (r == 0 && !(f.fid.flags & (UDF_FID_DELETED | UDF_FID_PARENT)))
			r = add_name(&names, &f, err);
		if (n == 0 && !(f.fid.flags & UDF_FID_PARENT))
			report_text(c->report, FINDING_ERROR, &f.in,
				&(struct field){ "UDF 2.3.4", "first identifier", f.at },
				"that of the parent", "another");
	}
	if (n == 0)
		report_text(c->report, FINDING_ERROR,
			&(struct place){ .lba = icb.lba, .where = f.where },
			&(struct field){ "UDF 2.3.4", "identifiers", NULL }, "that of the parent",
			"none");
	check_names(c, &names, &f);
	free(names.at);
	udf_fids_close(&f);
	return r;
}

int udf_check_tree(struct udf_check *c, struct err *err)
{
	uint32_t met = 0;
	int r;

	c->slot = calloc((size_t)c->report->src->nsec + 1, sizeof(*c->slot));
	r = c->slot ? enter(c, c->disc.root, "/", &met, err) : err_nomem(err);
	if (r == 0 && met && !c->entry[0].queued)
		report_text(c->report, FINDING_ERROR,
			&(struct place){ .lba = c->entry[0].lba, .where = "/" },
			&(struct field){ "ECMA-167 4/14.1.15", "root directory", NULL },
			"a directory", "a file of type %u", c->entry[0].type);
	for (uint32_t i = 0; i < c->nentry && r == 0; i++) {
		uint32_t first = c->nentry;

		if (c->entry[i].queued)
			r = read_dir(c, i, err);
		for (uint32_t k = first; k < c->nentry; k++)
			c->entry[k].parent = i;
	}
	return r;
}
