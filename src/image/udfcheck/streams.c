/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directories of streams, ECMA-167 4/9.2, UDF 2.00 3.3.5. */
#include "base/bytes.h"
#include "base/err.h"
#include "udfcheck/walk.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* What a file and its streams share, UDF 2.3.4.3 and 3.2.1.1. */
struct holder {
	const struct udf_icb *file;
	uint64_t bytes; /* of all streams */
};

static int claim_entry(
	struct udf_check *c, const struct udf_icb *icb, const char *where, struct err *err)
{
	struct err why = { 0 };

	if (udf_disc_claim(&c->disc, icb->lba, 1, &why) < 0)
		report_text(c->report, FINDING_ERROR,
			&(struct place){ .lba = icb->lba, .where = where },
			&(struct field){ "ECMA-167 4/9.2", "file entry", NULL },
			"one that nothing else has", "%s", why.msg);
	return udf_check_claim(c, &(struct vextent){ icb->lba, 1, EXTENT_TABLE, where }, err);
}

static void check_unique(
	struct udf_check *c, const struct udf_icb *icb, const struct holder *h, const char *where)
{
	const struct place in = { icb->lba, icb->raw, where };

	if (icb->unique != h->file->unique)
		report_text(c->report, FINDING_ERROR, &in,
			&(struct field){ "UDF 2.3.4.3", "unique id", icb->raw + 200 },
			"that of the file", "%" PRIu64 ", not %" PRIu64, icb->unique,
			h->file->unique);
	report_number(c->report, &in,
		&(struct field){ "ECMA-167 4/14.9.6", "file link count", icb->raw + 48 }, 1,
		icb->nlink);
}

static int check_stream(
	struct udf_check *c, const struct fids *f, struct holder *h, struct err *err)
{
	const char *path = udf_check_path(c, f->where, &f->fid);
	const struct entry_wanted want = { path, true };
	struct udf_pieces pieces;
	struct udf_icb icb;
	bool usable;
	int r;

	if (!path)
		return err_nomem(err);
	r = udf_check_entry(c, f->fid.icb, &want, &icb, &usable, err);
	if (r < 0 || !usable)
		return r;
	h->bytes += icb.info_bytes;
	check_unique(c, &icb, h, path);
	r = claim_entry(c, &icb, path, err);
	if (r == 0)
		r = udf_check_extents(c, &icb, path, &pieces, err);
	else
		return r;
	for (uint32_t i = 0; i < pieces.n && r == 0; i++)
		if (pieces.at[i].lba != UINT32_MAX)
			r = udf_check_claim(c,
				&(struct vextent){ pieces.at[i].lba,
					(uint32_t)sectors_for(pieces.at[i].bytes), EXTENT_FILE,
					path },
				err);
	udf_pieces_free(&pieces);
	return r;
}

static void check_parent(struct udf_check *c, const struct fids *f, const struct holder *h)
{
	uint32_t lba = 0, n;

	if (udf_disc_map(&c->disc, f->fid.icb, &lba, &n, NULL) < 0 || lba != h->file->lba)
		report_text(c->report, FINDING_ERROR, &f->in,
			&(struct field){ "ECMA-167 4/9.2", "parent", f->at + 24 },
			"the file that has the streams", "block %" PRIu32, f->fid.icb.number);
}

int udf_check_streams(
	struct udf_check *c, const struct udf_icb *icb, const char *where, struct err *err)
{
	struct holder h = { .file = icb };
	const struct entry_wanted want = { where, true };
	struct udf_icb dir;
	struct fids f;
	unsigned n = 0;
	bool usable;
	int r = udf_check_entry(c, icb->streams, &want, &dir, &usable, err);

	if (r < 0 || !usable)
		return r;
	report_number(c->report, &(struct place){ dir.lba, dir.raw, where },
		&(struct field){ "UDF 2.3.5.2", "file type", dir.raw + 27 },
		UDF_FILE_STREAM_DIRECTORY, dir.type);
	check_unique(c, &dir, &h, where);
	r = claim_entry(c, &dir, where, err);
	if (r == 0)
		r = udf_fids_open(c, &dir, where, &f, err);
	else
		return r;
	while (r == 0 && udf_fids_next(c, &f)) {
		if (f.fid.flags & UDF_FID_DELETED)
			continue;
		if (n++ == 0 && f.fid.flags & UDF_FID_PARENT)
			check_parent(c, &f, &h);
		else
			r = check_stream(c, &f, &h, err);
	}
	udf_fids_close(&f);
	if (r == 0)
		report_number(c->report, &(struct place){ icb->lba, icb->raw, where },
			&(struct field){ "ECMA-167 4/14.17.11", "object size", icb->raw + 64 },
			icb->info_bytes + h.bytes, icb->object_bytes);
	return r;
}
