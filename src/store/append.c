/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many finished contents at once: one run at the tail, one write. */
#include "private.h"

#include "base/err.h"
#include "base/file.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>

static int put_run(struct store *s, const struct store_loc *loc, const void *bytes, size_t n)
{
	struct container *c;
	int r = container_get(s, STORE_SEGMENT, loc->id, &c, NULL);

	if (r < 0)
		return r;
	r = file_pwrite_full(c->fd, bytes, n, loc->off_bytes);
	container_put_written(s, c);
	return r;
}

int store_append(
	struct store *s, const void *bytes, size_t n, struct store_loc *out, struct err *err)
{
	struct store_loc loc;
	int r;

	assert(n > 0 && n % SECTOR == 0 && n <= STORE_APPEND_MAX);
	r = reserve_take(s, n, err);
	if (r < 0)
		return r;
	/* No freeze begins while bytes are on their way: as for any change (write.c). */
	pthread_rwlock_rdlock(&s->gate);
	r = segment_reserve(s, n, &loc, err);
	if (r == 0) {
		r = put_run(s, &loc, bytes, n);
		if (r < 0) {
			segment_give_back(s, &loc, 0);
			err_sys(err, -r, "appending %zu bytes to segment %" PRIu64, n, loc.id);
		}
	}
	pthread_rwlock_unlock(&s->gate);
	if (r == 0)
		*out = loc;
	return r;
}
