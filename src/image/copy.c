/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The image into a file: what is rendered is written, what lies in files is copied. */
#include "base/auto.h"
#include "base/err.h"
#include "base/file.h"
#include "format.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define RENDERED_NSEC 512u /* at a time */

static int render(const struct plan_segment *s, uint32_t first, uint32_t nsec, int fd,
	uint64_t to_bytes, struct err *err)
{
	AUTO_FREE uint8_t *bytes = malloc((size_t)RENDERED_NSEC * SECTOR);

	if (!bytes)
		return err_nomem(err);
	while (nsec > 0) {
		uint32_t n = nsec < RENDERED_NSEC ? nsec : RENDERED_NSEC;
		int r = s->read(s->arg, first, n, bytes, err);

		if (r < 0)
			return r;
		r = file_pwrite_full(fd, bytes, (size_t)n * SECTOR, to_bytes);
		if (r < 0)
			return err_sys(err, -r, "writing");
		first += n;
		nsec -= n;
		to_bytes += (uint64_t)n * SECTOR;
	}
	return 0;
}

int image_copy(const struct image *img, uint32_t lba, uint32_t nsec, int fd, struct err *err)
{
	assert(lba <= img->plan.nsec && nsec <= img->plan.nsec - lba);
	while (nsec > 0) {
		const struct plan_segment *s = plan_find(&img->plan, lba);
		uint32_t left = s->lba + s->nsec - lba;
		uint32_t n = nsec < left ? nsec : left;
		uint64_t to_bytes = (uint64_t)lba * SECTOR;
		int r = -EOPNOTSUPP;

		if (s->copy)
			r = s->copy(s->arg, lba - s->lba, n, fd, to_bytes, err);
		if (r == -EOPNOTSUPP)
			r = render(s, lba - s->lba, n, fd, to_bytes, err);
		if (r < 0)
			return err_prefix(err, r, "%s, sector %" PRIu32, s->name, lba);
		lba += n;
		nsec -= n;
	}
	return 0;
}
