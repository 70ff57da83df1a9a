/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contiguous content and its allocation descriptors. */
#include "udf/run.h"

#include "udf/aed.h"

static uint64_t divide_up(uint64_t a, uint64_t b)
{
	return a / b + (a % b != 0);
}

uint64_t udf_run_count(uint64_t bytes, uint32_t most)
{
	return divide_up(bytes, most);
}

/* Descriptors that a block of a level has room for. */
static uint64_t capacity(enum udf_ad_kind kind, enum udf_revision r, uint32_t level)
{
	uint32_t room = level == 0 ? udf_fe_room(r) : SECTOR - UDF_AED_HEAD_BYTES;

	return room / udf_ad_bytes(kind);
}

uint64_t udf_run_aed_count(uint64_t bytes, enum udf_ad_kind kind, enum udf_revision r)
{
	uint64_t n = udf_run_count(bytes, UDF_EXTENT_MAX), most = capacity(kind, r, 1);

	if (n <= capacity(kind, r, 0))
		return 0;
	n -= capacity(kind, r, 0) - 1;
	return n <= most ? 1 : 1 + divide_up(n - most, most - 1);
}

static void put_ad(enum udf_ad_kind kind, uint32_t length, struct udf_block at, uint8_t *out)
{
	if (kind == UDF_AD_LONG)
		udf_long_ad_put(out, length, at, 0);
	else
		udf_short_ad_put(out, length, at.number);
}

uint32_t udf_run_put(const struct udf_run *run, enum udf_revision r, uint32_t level,
	struct udf_block next, uint8_t *out)
{
	uint64_t total = udf_run_count(run->bytes, run->most), cap = capacity(run->kind, r, level);
	uint64_t k = level ? capacity(run->kind, r, 0) - 1 + (level - 1) * (cap - 1) : 0;
	uint64_t n = total - k <= cap ? total - k : cap - 1;
	uint32_t size = udf_ad_bytes(run->kind), at = 0;

	for (uint64_t end = k + n; k < end; k++, at += size) {
		uint64_t left = run->bytes - k * run->most;
		struct udf_block b = run->first;

		b.number += (uint32_t)(k * (run->most / SECTOR));
		put_ad(run->kind, left < run->most ? (uint32_t)left : run->most, b, out + at);
	}
	if (k == total)
		return at;
	put_ad(run->kind, UDF_EXTENT_CONTINUES | SECTOR, next, out + at);
	return at + size;
}
