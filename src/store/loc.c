/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places as the catalog tells them: not trusted. */
#include "private.h"

#include "base/err.h"

#include <errno.h>
#include <inttypes.h>

int loc_check(const struct store_loc *loc, uint64_t size_bytes, struct err *err)
{
	bool fine = false;

	if (loc->kind == STORE_NONE)
		fine = true;
	else if (loc->kind == STORE_OBJECT)
		fine = loc->id > 0 && loc->id < OBJECT_ID_MAX && loc->off_bytes == 0;
	else if (loc->kind == STORE_REFERENCE)
		fine = loc->id > 0 && loc->id < OBJECT_ID_MAX && loc->off_bytes == 0 &&
		       loc->cap_bytes == 0;
	else if (loc->kind == STORE_SEGMENT)
		fine = loc->id > 0 && loc->id < OBJECT_ID_MAX && loc->off_bytes % SECTOR == 0 &&
		       loc->cap_bytes % SECTOR == 0 && loc->off_bytes <= STORE_SEGMENT_BYTES &&
		       loc->cap_bytes <= STORE_SEGMENT_BYTES - loc->off_bytes &&
		       size_bytes <= loc->cap_bytes;
	if (fine && size_bytes <= INT64_MAX)
		return 0;
	return err_set(err, -EBADMSG,
		"the catalog names a place that cannot be: kind %d, id %" PRIu64 ", offset %" PRIu64
		", %" PRIu64 " bytes of %" PRIu64 " reserved",
		(int)loc->kind, loc->id, loc->off_bytes, size_bytes, loc->cap_bytes);
}
