/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the content of a file is. */
#include "udfread/pieces.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/grow.h"
#include "sections.h"
#include "sectors.h"
#include "udf/aed.h"
#include "udfread/tagread.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define EXTENDED_AD_BYTES 20u

/* A field of allocation descriptors: of a file entry, or of a block of further ones. */
struct field {
	const uint8_t *p;
	uint32_t n;
	unsigned part; /* of short descriptors: where they are recorded */
};

static struct udf_ad decode_ad(const struct udf_icb *icb, const struct field *f)
{
	uint32_t length = get_u32le(f->p);
	struct udf_ad ad = { .type = length >> 30,
		.bytes = length & ~UDF_EXTENT_CONTINUES,
		.info_bytes = length & ~UDF_EXTENT_CONTINUES };

	switch (icb->ad_kind) {
	case UDF_FOUND_SHORT: /* 14.14.1 */
		ad.at = (struct udf_block){ get_u32le(f->p + 4), (uint16_t)f->part };
		break;
	case UDF_FOUND_EXTENDED: /* 14.14.3 */
		ad.info_bytes = get_u32le(f->p + 8);
		ad.at = (struct udf_block){ get_u32le(f->p + 12), get_u16le(f->p + 16) };
		break;
	case UDF_FOUND_LONG: /* 14.14.2 */
	case UDF_FOUND_EMBEDDED:
	default:
		ad.at = udf_block_get(f->p);
		break;
	}
	return ad;
}

static uint32_t ad_size(enum udf_ad_found kind)
{
	static const uint32_t sizes[] = { [UDF_FOUND_SHORT] = UDF_SHORT_AD_BYTES,
		[UDF_FOUND_LONG] = UDF_LONG_AD_BYTES,
		[UDF_FOUND_EXTENDED] = EXTENDED_AD_BYTES };

	return sizes[kind];
}

/* 14.5: the next field, in @block of a sector that nothing else has. */
static int enter_more(struct udf_disc *d, const struct udf_ad *ad, uint8_t *block, struct field *f,
	struct err *err)
{
	uint32_t lba;
	int r = udf_disc_read(d, ad->at, &lba, block, err);

	if (r == 0)
		r = udf_disc_claim(d, lba, 1, err);
	if (r == 0)
		r = udf_tag_expect(block, SECTOR, UDF_TAG_AED, ad->at.number, err);
	if (r < 0)
		return err_prefix(err, r, "further allocation descriptors");
	f->p = block + UDF_AED_HEAD_BYTES;
	f->n = get_u32le(block + 20); /* 14.5.3 */
	f->part = ad->at.part;
	if (f->n > SECTOR - UDF_AED_HEAD_BYTES)
		return err_set(err, -EBADMSG,
			"%" PRIu32 " bytes of allocation descriptors in a block", f->n);
	return 0;
}

static int each_ad(
	struct udf_disc *d, const struct udf_icb *icb, udf_ad_fn *fn, void *arg, struct err *err)
{
	struct field f = { icb->ad, icb->ad_bytes, icb->at.part };
	uint32_t size = ad_size(icb->ad_kind);
	uint8_t block[SECTOR];

	while (f.n >= size) {
		struct udf_ad ad = decode_ad(icb, &f);
		int r;

		/* 4/12: a length of zero ends them */
		if (ad.bytes == 0)
			return 0;
		r = fn(arg, &ad, err);
		if (r == 0 && ad.type == UDF_AD_MORE) {
			r = enter_more(d, &ad, block, &f, err);
		} else {
			f.p += size;
			f.n -= size;
		}
		if (r < 0)
			return r;
	}
	return 0;
}

/* Pieces while they are collected. */
struct collecting {
	struct udf_disc *d;
	struct udf_pieces *out;
	uint64_t left;	  /* of the content */
	uint64_t bytes;	  /* so far */
	udf_ad_fn *watch; /* or NULL */
	void *arg;
};

static int add_piece(struct collecting *c, const struct udf_piece *p, struct err *err)
{
	struct udf_pieces *out = c->out;
	struct udf_piece *last = out->n ? &out->at[out->n - 1] : NULL;
	int r;

	c->left -= p->bytes;
	c->bytes += p->bytes;
	if (last && last->lba != SECTION_HOLE && p->lba != SECTION_HOLE &&
		last->bytes % SECTOR == 0 && last->lba + last->bytes / SECTOR == p->lba &&
		last->block + last->bytes / SECTOR == p->block &&
		last->bytes <= UINT32_MAX - p->bytes) {
		last->bytes += p->bytes;
		return 0;
	}
	if (c->d->pieces_left == 0)
		return err_set(err, -EFBIG, "more extents than a disc of that size can have");
	c->d->pieces_left--;
	if (out->n == out->cap) {
		r = array_grow((void **)&out->at, &out->cap, sizeof(*out->at), err);
		if (r < 0)
			return r;
	}
	out->at[out->n] = *p;
	out->at[out->n].first_block = (uint32_t)((c->bytes - p->bytes) / SECTOR);
	out->n++;
	return 0;
}

static int add_recorded(struct collecting *c, struct udf_block at, uint32_t bytes, struct err *err)
{
	int r = 0;

	while (r == 0 && bytes > 0) {
		uint32_t lba, nblock, take = bytes;

		r = udf_disc_map(c->d, at, &lba, &nblock, err);
		if (r < 0)
			return r;
		if (nblock < sectors_for(take))
			take = nblock * SECTOR;
		if (lba >= c->d->src->nsec || sectors_for(take) > c->d->src->nsec - lba)
			return err_set(err, -EBADMSG,
				"content up to sector %" PRIu64 ", and there are %" PRIu32,
				lba + sectors_for(take), c->d->src->nsec);
		r = add_piece(c,
			&(struct udf_piece){ .lba = lba, .block = at.number, .bytes = take }, err);
		at.number += (uint32_t)sectors_for(take);
		bytes -= take;
	}
	return r;
}

static int collect(void *arg, const struct udf_ad *ad, struct err *err)
{
	struct collecting *c = arg;
	uint32_t bytes = ad->info_bytes < c->left ? ad->info_bytes : (uint32_t)c->left;
	int r = c->watch ? c->watch(c->arg, ad, err) : 0;

	if (r < 0)
		return r;
	if (ad->type == UDF_AD_MORE || bytes == 0)
		return 0;
	if (ad->info_bytes != ad->bytes)
		return err_set(err, -EOPNOTSUPP, "an extent whose content is compressed");
	if (c->bytes % SECTOR)
		return err_set(err, -EBADMSG,
			"an extent that ends within a block, and is not the last of its file");
	if (ad->type == UDF_AD_RECORDED)
		return add_recorded(c, ad->at, bytes, err);
	return add_piece(c, &(struct udf_piece){ .lba = SECTION_HOLE, .bytes = bytes }, err);
}

int udf_pieces_load(
	struct udf_disc *d, const struct udf_icb *icb, struct udf_pieces *out, struct err *err)
{
	return udf_pieces_watch(d, icb, NULL, NULL, out, err);
}

int udf_pieces_watch(struct udf_disc *d, const struct udf_icb *icb, udf_ad_fn *watch, void *arg,
	struct udf_pieces *out, struct err *err)
{
	struct collecting c = { d, out, icb->info_bytes, 0, watch, arg };
	int r = each_ad(d, icb, collect, &c, err);

	if (r == 0 && c.left > 0)
		r = err_set(err, -EBADMSG, "content of %" PRIu64 " bytes, and extents of %" PRIu64,
			icb->info_bytes, c.bytes);
	return r < 0 ? err_prefix(err, r, "file entry in sector %" PRIu32, icb->lba) : 0;
}

void udf_pieces_free(struct udf_pieces *p)
{
	free(p->at);
	*p = (struct udf_pieces){ 0 };
}

int udf_pieces_claim(struct udf_disc *d, const struct udf_pieces *pieces, struct err *err)
{
	int r = 0;

	for (uint32_t i = 0; i < pieces->n && r == 0; i++) {
		const struct udf_piece *p = &pieces->at[i];

		if (p->lba == SECTION_HOLE)
			return err_set(err, -EBADMSG, "an extent that is not recorded");
		r = udf_disc_claim(d, p->lba, (uint32_t)sectors_for(p->bytes), err);
	}
	return r;
}

int udf_pieces_read(
	const struct udf_disc *d, const struct udf_pieces *pieces, uint8_t *out, struct err *err)
{
	int r = 0;

	for (uint32_t i = 0; i < pieces->n && r == 0; i++) {
		uint32_t nsec = (uint32_t)sectors_for(pieces->at[i].bytes);

		r = source_read(d->src, pieces->at[i].lba, nsec, out, err);
		out += (size_t)nsec * SECTOR;
	}
	return r;
}

int udf_content_load(struct udf_disc *d, const struct udf_icb *icb, uint64_t most,
	struct udf_pieces *pieces, uint8_t **out, struct err *err)
{
	uint64_t room = sectors_for(icb->info_bytes) * SECTOR;
	int r = 0;

	*pieces = (struct udf_pieces){ 0 };
	*out = NULL;
	if (icb->info_bytes > most)
		return err_set(err, -EFBIG, "%" PRIu64 " bytes, more than %" PRIu64,
			icb->info_bytes, most);
	if (icb->ad_kind != UDF_FOUND_EMBEDDED) {
		r = udf_pieces_load(d, icb, pieces, err);
		if (r == 0)
			r = udf_pieces_claim(d, pieces, err);
	}
	if (r == 0)
		*out = malloc(room ? room : 1);
	if (r == 0 && !*out)
		r = err_nomem(err);
	if (r == 0 && icb->ad_kind == UDF_FOUND_EMBEDDED)
		memcpy(*out, icb->ad, icb->info_bytes);
	else if (r == 0)
		r = udf_pieces_read(d, pieces, *out, err);
	if (r < 0) {
		free(*out);
		*out = NULL;
		udf_pieces_free(pieces);
	}
	return r;
}

uint32_t udf_content_block(const struct udf_icb *icb, const struct udf_pieces *pieces, uint64_t off)
{
	uint32_t lo = 0, hi = pieces->n, block = (uint32_t)(off / SECTOR);

	if (icb->ad_kind == UDF_FOUND_EMBEDDED || hi == 0)
		return icb->at.number;
	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (pieces->at[mid].first_block <= block)
			lo = mid;
		else
			hi = mid;
	}
	return pieces->at[lo].block + (block - pieces->at[lo].first_block);
}
