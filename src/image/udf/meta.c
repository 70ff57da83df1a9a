/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renders the metadata block by block, and what lies outside of it. */
#include "udf/udf.h"

#include "base/err.h"
#include "udf/dirs.h"
#include "udf/fsd.h"
#include "udf/icb.h"
#include "udf/td.h"

#include <string.h>

static void render_fsd(const struct udf *u, uint8_t *out)
{
	const struct udf_fsd fsd = {
		.volume_id = u->volume_id,
		.recorded = u->recorded,
		.root = udf_icb_at(u, UDF_FIRST_ICB),
	};

	udf_fsd_encode(&fsd, u->form.revision, udf_icb_at(u, 0).number, out);
}

/* The last extra that begins at or before @at, which one of them covers. */
static const struct udf_extra *extra_at(const struct udf *u, uint32_t at)
{
	uint32_t lo = 0, hi = u->nextra;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (u->extra[mid].first <= at)
			lo = mid;
		else
			hi = mid;
	}
	return &u->extra[lo];
}

/* The same by sectors outside of the metadata. */
static const struct udf_extra *extra_data_at(const struct udf *u, uint32_t at)
{
	uint32_t lo = 0, hi = u->nextra;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (u->extra[mid].data_first <= at)
			lo = mid;
		else
			hi = mid;
	}
	return &u->extra[lo];
}

/* The first sectors of directories: those embedded have the mark of the next. */
static const struct udf_dir *dir_at(const struct udf *u, uint32_t sector)
{
	uint32_t lo = 0, hi = u->tree->ndir;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (u->dir[mid].mark <= sector)
			lo = mid;
		else
			hi = mid;
	}
	while (u->dir[lo].first == UDF_NOWHERE)
		lo--;
	return &u->dir[lo];
}

/* Sectors of all directories that are not embedded. */
static uint32_t dirs_nsec(const struct udf *u)
{
	const struct udf_dir *last = &u->dir[u->tree->ndir - 1];

	return last->mark + (uint32_t)udf_dir_nsec(&u->form, last->bytes);
}

static int render(const struct udf *u, uint32_t i, uint8_t *out, struct err *err)
{
	const struct udf_extra *x;
	const struct udf_dir *d;

	if (i == 0) {
		render_fsd(u, out);
		return 0;
	}
	if (i == 1) {
		udf_td_encode(u->form.revision, udf_icb_at(u, 1).number, out);
		return 0;
	}
	if (i < u->extra_first)
		return udf_icb_render(u,
			u->inode_of ? u->inode_of[i - UDF_FIRST_ICB] : i - UDF_FIRST_ICB, out, err);
	if (i < u->dirs_first) {
		x = extra_at(u, i);
		return udf_extra_render(u, x, i - x->first, out) < 0 ? err_nomem(err) : 0;
	}
	i -= u->dirs_first;
	if (i >= dirs_nsec(u)) {
		memset(out, 0, SECTOR); /* alignment */
		return 0;
	}
	d = dir_at(u, i);
	udf_dir_render(u, d, i - d->mark, out);
	return 0;
}

int udf_meta_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct udf *u = arg;

	for (uint32_t i = 0; i < nsec; i++) {
		int r = render(u, first + i, out + (size_t)i * SECTOR, err);

		if (r < 0)
			return r;
	}
	return 0;
}

int udf_data_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct udf *u = arg;

	for (uint32_t i = first; i < first + nsec; i++, out += SECTOR) {
		const struct udf_extra *x = extra_data_at(u, i);

		if (udf_extra_data_render(u, x, i - x->data_first, out) < 0)
			return err_nomem(err);
	}
	return 0;
}
