/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file identifiers of a directory: numbers and sizes. */
#include "udf/fids.h"

#include "naming.h"

#include <stdlib.h>

const struct name_space *udf_name_space(enum udf_revision r)
{
	return udf_has_surrogates(r) ? &namespace_udf_utf16 : &namespace_udf_ucs2;
}

bool udf_fids_exact(const struct measure_entry *e, size_t n, enum udf_revision r)
{
	for (size_t i = 0; i < n; i++)
		if (!udf_name_exact(e[i].name, e[i].name_len, r) && udf_shows(&e[i]))
			return false;
	return true;
}

int udf_fids_number(const struct measure_entry *e, size_t n, enum udf_revision r, uint32_t *num,
	struct err *err)
{
	uint32_t *order = calloc(n ? n : 1, sizeof(*order)), shown;
	int ret;

	if (!order)
		return err_nomem(err);
	ret = naming_assign(udf_name_space(r), e, n, num, order, &shown, err);
	free(order);
	return ret;
}

uint8_t udf_fid_ident(const struct measure_entry *e, size_t n, uint32_t num, enum udf_revision r,
	uint8_t out[static UDF_IDENT_MAX])
{
	const struct numbered who = { e, num, naming_width(n), udf_name_space(r) };

	if (num == 0)
		return udf_name_ident(e->name, e->name_len, r, out);
	return (uint8_t)udf_name_space(r)->ident(&who, out);
}

uint32_t udf_fid_measure(const struct measure_entry *e, size_t n, uint32_t num, enum udf_revision r)
{
	struct wcur c = wcur_counting();
	uint8_t ident[UDF_IDENT_MAX];
	struct udf_fid d = { .ident = ident };

	d.ident_len = udf_fid_ident(e, n, num, r, ident);
	udf_fid_put(&c, &d, r, 0);
	return (uint32_t)c.pos;
}

static uint64_t sum_of(
	const struct measure_entry *e, size_t n, const uint32_t *num, enum udf_revision r)
{
	uint64_t bytes = UDF_PARENT_FID_BYTES;

	for (size_t i = 0; i < n; i++)
		if (udf_shows(&e[i]))
			bytes += udf_fid_measure(&e[i], n, num ? num[i] : 0, r);
	return bytes;
}

int udf_fids_measure(const struct measure_entry *e, size_t n, enum udf_revision r,
	uint64_t *out_bytes, struct err *err)
{
	uint32_t *num;
	int ret;

	if (udf_fids_exact(e, n, r)) {
		*out_bytes = sum_of(e, n, NULL, r);
		return 0;
	}
	num = calloc(n, sizeof(*num));
	if (!num)
		return err_nomem(err);
	ret = udf_fids_number(e, n, r, num, err);
	if (ret == 0)
		*out_bytes = sum_of(e, n, num, r);
	free(num);
	return ret;
}
