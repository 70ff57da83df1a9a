/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File identifiers, ECMA-167 4/14.4, UDF 2.3.4, field by field. */
#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/text.h"
#include "udf/cs0.h"
#include "udfcheck/walk.h"
#include "udfread/tagread.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PATH_SHOWN 1024u

static int claim(struct udf_check *c, const struct fids *f, struct err *err)
{
	int r = 0;

	for (uint32_t i = 0; i < f->pieces.n && r == 0; i++)
		r = udf_check_claim(c,
			&(struct vextent){ f->pieces.at[i].lba,
				(uint32_t)sectors_for(f->pieces.at[i].bytes), EXTENT_DIRECTORY,
				f->where },
			err);
	return r;
}

int udf_fids_open(struct udf_check *c, const struct udf_icb *icb, const char *where,
	struct fids *out, struct err *err)
{
	struct err why = { 0 };
	int r;

	*out = (struct fids){ .icb = icb, .where = where };
	r = udf_check_extents(c, icb, where, &out->pieces, err);
	if (r < 0 || (icb->ad_kind != UDF_FOUND_EMBEDDED && out->pieces.n == 0))
		return r;
	out->p = icb->ad;
	out->end = icb->ad + icb->info_bytes;
	if (icb->ad_kind == UDF_FOUND_EMBEDDED)
		return 0;
	out->end = out->p;
	r = udf_pieces_claim(&c->disc, &out->pieces, &why);
	if (r == 0 && icb->info_bytes <= UDF_DIR_BYTES_MAX) {
		out->content = malloc(sectors_for(icb->info_bytes) * SECTOR);
		r = out->content ? udf_pieces_read(&c->disc, &out->pieces, out->content, &why)
				 : err_set(&why, -ENOMEM, "out of memory");
	}
	if (r == -EBADMSG || r == -ELOOP) {
		const struct place in = { .lba = icb->lba, .where = where };

		report_text(c->report, FINDING_ERROR, &in,
			&(struct field){ "ECMA-167 4/8.6", "directory", NULL }, "blocks of its own",
			"%s", why.msg);
		return 0;
	}
	if (r < 0)
		return err_set(err, r, "%s", why.msg);
	out->p = out->content;
	out->end = out->content ? out->content + icb->info_bytes : out->p;
	return claim(c, out, err);
}

void udf_fids_close(struct fids *f)
{
	udf_pieces_free(&f->pieces);
	free(f->content);
}

/* The sector in which the next identifier begins. */
static struct place place_of(const struct fids *f, uint32_t *block)
{
	uint64_t off = f->content ? (uint64_t)(f->p - f->content) : 0;
	struct place in = { f->icb->lba, f->icb->raw, f->where };
	uint32_t i = 0;

	*block = udf_content_block(f->icb, &f->pieces, off);
	if (!f->content)
		return in;
	while (i + 1 < f->pieces.n && f->pieces.at[i + 1].first_block <= off / SECTOR)
		i++;
	in.lba = f->pieces.at[i].lba + (uint32_t)(off / SECTOR) - f->pieces.at[i].first_block;
	in.sector = f->p - off % SECTOR;
	return in;
}

static void check_name(struct udf_check *c, const struct fids *f)
{
	const struct udf_fid_found *fid = &f->fid;
	const struct field name = { "UDF 2.3.4.6", "file identifier", fid->ident };
	char text[UDF_NAME_MAX];
	int n;

	if (fid->flags & UDF_FID_PARENT) {
		report_number(c->report, &f->in,
			&(struct field){
				"UDF 2.3.4", "length of the parent's identifier", f->at + 19 },
			0, fid->ident_bytes);
		return;
	}
	n = fid->ident_bytes > 1
		    ? udf_cs0_decode(fid->ident, fid->ident_bytes, text, sizeof(text), NULL)
		    : -1;
	if (n < 0)
		report_text(c->report, FINDING_ERROR, &f->in, &name, "a name in compressed Unicode",
			"%u bytes with compression %u", fid->ident_bytes,
			fid->ident_bytes ? fid->ident[0] : 0);
	else if (memchr(text, '\0', (size_t)n) || memchr(text, '/', (size_t)n))
		report_text(c->report, FINDING_WARNING, &f->in, &name, "no '/' and no NUL", "one");
}

static void check_use(struct udf_check *c, const struct fids *f)
{
	const struct udf_fid_found *fid = &f->fid;

	if (fid->use_bytes == 0)
		return;
	if (fid->use_bytes % 4 || fid->use_bytes < 32)
		report_text(c->report, FINDING_ERROR, &f->in,
			&(struct field){
				"UDF 2.3.4.5", "length of implementation use", f->at + 36 },
			"0, or dwords with an identifier", "%u", fid->use_bytes);
	else
		check_entity(c->report, &f->in,
			&(struct field){ "UDF 2.3.4.5", "implementation use", fid->use }, NULL);
}

static void check_fields(struct udf_check *c, const struct fids *f)
{
	const struct udf_fid_found *fid = &f->fid;
	const uint8_t *p = f->at, *pad = fid->ident + fid->ident_bytes;
	unsigned known = c->revision >= 0x0200 ? 0x1f : 0x0f;
	const bool deleted = fid->flags & UDF_FID_DELETED;

	report_number(c->report, &f->in,
		&(struct field){ "UDF 2.3.4.1", "file version number", p + 16 }, 1, fid->version);
	if (fid->flags & ~known)
		report_text(c->report, FINDING_ERROR, &f->in,
			&(struct field){ "ECMA-167 4/14.4.3", "file characteristics", p + 18 },
			"reserved bits not set", "%02x", fid->flags);
	if (!deleted && fid->icb_bytes == 0)
		report_text(c->report, FINDING_ERROR, &f->in,
			&(struct field){ "ECMA-167 4/14.4.5", "ICB", p + 20 }, "a file entry",
			"none");
	if (get_u32le(p + 20) >> 30)
		report_text(c->report, FINDING_ERROR, &f->in,
			&(struct field){ "UDF 2.3.10.1", "type of the ICB's extent", p + 20 },
			"recorded", "type %u", (unsigned)(get_u32le(p + 20) >> 30));
	check_zero(c->report, &f->in, &(struct field){ "UDF 2.3.10.1", "flags of the ICB", p + 30 },
		2);
	if (!deleted)
		check_name(c, f);
	check_use(c, f);
	check_zero(c->report, &f->in, &(struct field){ "ECMA-167 4/14.4.9", "padding", pad },
		(size_t)(p + fid->bytes - pad));
}

bool udf_fids_next(struct udf_check *c, struct fids *f)
{
	size_t left = (size_t)(f->end - f->p);
	struct tag_wanted want = { UDF_TAG_FID, 0, UDF_FID_HEAD_BYTES, left, c->version };
	struct err why = { 0 };

	if (left == 0)
		return false;
	f->in = place_of(f, &want.location);
	if (left < UDF_FID_HEAD_BYTES) {
		report_text(c->report, FINDING_ERROR, &f->in,
			&(struct field){ "ECMA-167 4/14.4", "identifier", f->p },
			"38 bytes or more", "%zu left", left);
		return false;
	}
	if (!check_tag(c->report, &f->in, f->p, &want) || get_u32le(f->p + 12) != want.location)
		return false;
	if (udf_fid_decode(f->p, left, want.location, &f->fid, &why) < 0) {
		report_text(c->report, FINDING_ERROR, &f->in,
			&(struct field){ "ECMA-167 4/14.4", "identifier", f->p },
			"one that can be read", "%s", why.msg);
		return false;
	}
	if (get_u16le(f->p + 10) + 16u < f->fid.bytes &&
		get_u16le(f->p + 10) + 16u <
			UDF_FID_HEAD_BYTES + f->fid.use_bytes + f->fid.ident_bytes)
		report_text(c->report, FINDING_ERROR, &f->in,
			&(struct field){ "UDF 2.2.1.2", "descriptor CRC length", f->p + 10 },
			"all of the identifier", "%u", get_u16le(f->p + 10));
	f->at = f->p;
	f->p += f->fid.bytes;
	check_fields(c, f);
	return true;
}

const char *udf_check_path(struct udf_check *c, const char *parent, const struct udf_fid_found *fid)
{
	char text[UDF_NAME_MAX];
	int n = udf_cs0_decode(fid->ident, fid->ident_bytes, text, sizeof(text), NULL);
	struct buf b;
	const char *path;

	buf_init(&b, PATH_SHOWN);
	if (parent[1])
		buf_puts(&b, parent);
	buf_puts(&b, "/");
	text_quote(&b, text, n < 0 ? 0 : (size_t)n);
	path = b.failed ? parent : arena_dup(&c->arena, buf_str(&b), b.len);
	buf_fini(&b);
	return path;
}
