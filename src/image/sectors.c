/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading from a sector source that may be asked for anything. */
#include "sectors.h"

#include "base/err.h"

#include <inttypes.h>

int source_read(
	const struct sector_source *src, uint32_t lba, uint32_t nsec, void *out, struct err *err)
{
	int r;

	if (lba >= src->nsec || nsec > src->nsec - lba)
		return err_set(err, -EBADMSG,
			"sectors %" PRIu32 " to %" PRIu64 " are wanted, and there are %" PRIu32,
			lba, (uint64_t)lba + nsec - 1, src->nsec);
	r = src->read(src->arg, lba, nsec, out, err);
	return r < 0 ? err_prefix(err, r, "sector %" PRIu32, lba) : 0;
}
