/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Staged bytes stop a little before the disk is full: removing files takes some room as well. */
#include "private.h"

#include "base/err.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/statvfs.h>

/* What the catalog's log may need until the next checkpoint; of a small file system an eighth. */
#define RESERVE_BYTES (16ull << 20)
/* Asking the file system again after at most this much keeps the price per write at nothing. */
#define BUDGET_BYTES (64ull << 20)

static int ask(struct store *s, uint64_t *left, struct err *err)
{
	struct statvfs st;
	uint64_t total, free_bytes, reserve;

	if (fstatvfs(s->segments_fd, &st) < 0)
		return err_sys(err, errno, "asking how full the staging store is");
	total = (uint64_t)st.f_blocks * st.f_frsize;
	free_bytes = (uint64_t)st.f_bavail * st.f_frsize;
	reserve = total / 8 < RESERVE_BYTES ? total / 8 : RESERVE_BYTES;
	*left = free_bytes > reserve ? free_bytes - reserve : 0;
	return 0;
}

/* Takes @n from the budget if there is so much. */
static bool take(struct store *s, uint64_t n)
{
	bool taken;

	pthread_mutex_lock(&s->lock);
	taken = n <= s->budget_bytes;
	if (taken)
		s->budget_bytes -= n;
	pthread_mutex_unlock(&s->lock);
	return taken;
}

int reserve_take(struct store *s, uint64_t n, struct err *err)
{
	uint64_t left = 0;
	int r;

	if (take(s, n))
		return 0;
	r = ask(s, &left, err);
	if (r < 0)
		return r;
	if (left < n)
		return err_set(err, -ENOSPC,
			"the file system of the project is nearly full: %" PRIu64
			" bytes are wanted, %" PRIu64 " are left for staged files; free some space "
			"there, or use a project on another disk",
			n, left);
	/* Others write to the file system too: half of what is left, before it is asked again. */
	pthread_mutex_lock(&s->lock);
	s->budget_bytes = left / 2 < BUDGET_BYTES ? left / 2 : BUDGET_BYTES;
	s->budget_bytes -= n < s->budget_bytes ? n : s->budget_bytes;
	pthread_mutex_unlock(&s->lock);
	return 0;
}
