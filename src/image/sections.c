/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads bytes out of the sections of a file. */
#include "sections.h"

#include "base/err.h"
#include "base/sector.h"
#include "sectors.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct sections *sections_new(const struct sector_source *src, struct err *err)
{
	struct sections *s = calloc(1, sizeof(*s));

	if (s)
		s->src = *src;
	else
		(void)err_nomem(err);
	return s;
}

void sections_free(struct sections *s)
{
	if (!s)
		return;
	free(s->at);
	free(s);
}

int sections_add(struct sections *s, const struct section *section, struct err *err)
{
	uint64_t end =
		section->lba + sectors_for((uint64_t)section->skip_bytes + section->size_bytes);

	if (section->lba != SECTION_HOLE && section->size_bytes > 0 && end > s->src.nsec)
		return err_set(err, -EBADMSG,
			"content up to sector %" PRIu64 ", and there are %" PRIu32, end,
			s->src.nsec);
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 1024;
		struct section *at = realloc(s->at, cap * sizeof(*at));

		if (!at)
			return err_nomem(err);
		s->at = at;
		s->cap = cap;
	}
	s->at[s->n++] = *section;
	return 0;
}

/* Bytes at @off of one section: whole sectors straight to @out, the ragged ends by way of one. */
static int read_section(const struct sections *s, const struct section *at, uint32_t off,
	uint8_t *out, uint32_t n, struct err *err)
{
	uint8_t sector[SECTOR];
	int r = 0;

	if (at->lba == SECTION_HOLE) {
		memset(out, 0, n);
		return 0;
	}
	off += at->skip_bytes;
	while (n > 0 && r == 0) {
		uint32_t lba = at->lba + off / SECTOR, skip = off % SECTOR, take = n;

		if (skip == 0 && n >= SECTOR) {
			take = n - n % SECTOR;
			r = source_read(&s->src, lba, take / SECTOR, out, err);
		} else {
			if (take > SECTOR - skip)
				take = SECTOR - skip;
			r = source_read(&s->src, lba, 1, sector, err);
			if (r == 0)
				memcpy(out, sector + skip, take);
		}
		out += take;
		off += take;
		n -= take;
	}
	return r;
}

static int sections_read(void *source, struct tree_where where, uint64_t off_bytes, void *out,
	size_t n, struct err *err)
{
	const struct sections *s = source;
	uint8_t *p = out;

	for (uint64_t i = 0; i < where.b && n > 0; i++) {
		const struct section *at = &s->at[where.a + i];
		uint64_t left;
		uint32_t take;
		int r;

		if (off_bytes >= at->size_bytes) {
			off_bytes -= at->size_bytes;
			continue;
		}
		left = at->size_bytes - off_bytes;
		take = (uint32_t)(n < left ? n : left);
		r = read_section(s, at, (uint32_t)off_bytes, p, take, err);
		if (r < 0)
			return r;
		p += take;
		n -= take;
		off_bytes = 0;
	}
	return n == 0 ? 0 : err_set(err, -EIO, "bytes past the end of a file on the disc");
}

static void sections_release(void *source)
{
	struct sections *s = source;

	if (s->owns_source && s->src.release)
		s->src.release(s->src.arg);
	sections_free(s);
}

const struct tree_source_ops sections_ops = { .read = sections_read, .release = sections_release };
