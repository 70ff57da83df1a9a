/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks system use fields through their continuation areas. */
#include "isoread/suspread.h"

#include "base/err.h"
#include "iso9660/field.h"
#include "isoread/descriptors.h"
#include "sectors.h"
#include "susp/susp.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define FIELD_MIN 4u

struct continuation {
	bool there;
	struct susp_area_at at;
};

static bool is(const uint8_t *field, const char letters[static 2])
{
	return field[0] == (uint8_t)letters[0] && field[1] == (uint8_t)letters[1];
}

static int take_ce(const uint8_t *p, uint8_t n, struct continuation *next, struct err *err)
{
	if (n != SUSP_CE_BYTES || next->there)
		return err_set(err, -EBADMSG,
			next->there ? "two CE fields in one area"
				    : "a CE field of %u bytes, not 28",
			n);
	if (!get_both32(p + BP(5), &next->at.lba) || !get_both32(p + BP(13), &next->at.off) ||
		!get_both32(p + BP(21), &next->at.n))
		return err_set(err, -EBADMSG, "a CE field whose byte orders do not agree");
	if (next->at.off > SECTOR || next->at.n > SECTOR - next->at.off)
		return err_set(err, -EBADMSG,
			"a continuation area of %" PRIu32 " bytes from byte %" PRIu32
			" of a sector",
			next->at.n, next->at.off);
	next->there = true;
	return 0;
}

static int walk_area(const uint8_t *p, size_t n, susp_field_fn *fn, void *arg,
	struct continuation *next, struct err *err)
{
	next->there = false;
	while (n >= FIELD_MIN && p[2] != 0) {
		uint8_t len = p[2];
		int r = 0;

		if (len < FIELD_MIN || len > n)
			return err_set(err, -EBADMSG,
				"a system use field of %u bytes where %zu are left", len, n);
		if (is(p, "ST"))
			return 0;
		if (is(p, "CE"))
			r = take_ce(p, len, next, err);
		else if (!is(p, "PD"))
			r = fn(arg, p, len, err);
		if (r != 0)
			return r;
		p += len;
		n -= len;
	}
	return 0;
}

int susp_read_fields(struct susp_reader *s, const uint8_t *area, size_t n, susp_field_fn *fn,
	void *arg, struct err *err)
{
	struct continuation next;
	int r = walk_area(area, n, fn, arg, &next, err);

	for (unsigned hops = 0; r == 0 && next.there; hops++) {
		const struct susp_area_at at = next.at;

		if (hops == SUSP_CHAIN_MAX)
			return err_set(err, -EBADMSG,
				"a chain of more than %u continuation areas: a loop",
				SUSP_CHAIN_MAX);
		if (!s->cached || s->lba != at.lba) {
			s->cached = false;
			r = source_read(s->src, at.lba, 1, s->sector, err);
			if (r < 0)
				return err_prefix(err, r, "continuation area");
			s->cached = true;
			s->lba = at.lba;
		}
		r = s->entered ? s->entered(s->arg, &at, err) : 0;
		if (r < 0)
			return r;
		r = walk_area(s->sector + at.off, at.n, fn, arg, &next, err);
	}
	return r;
}
