/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real clock. */
#include "base/clock.h"

#include <errno.h>

static uint64_t real_now_ms(void *arg)
{
	struct timespec t;

	(void)arg;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void real_sleep_ms(void *arg, uint32_t ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	(void)arg;
	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &t, &t) == EINTR)
		;
}

static const struct clock_ops real_ops = { .now_ms = real_now_ms, .sleep_ms = real_sleep_ms };

const struct clock clock_real = { .ops = &real_ops };

struct timespec clock_wall(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t;
}
