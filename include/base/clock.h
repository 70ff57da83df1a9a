/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time as a dependency, so that no test waits. */
#ifndef DISCFS_BASE_CLOCK_H
#define DISCFS_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

struct clock_ops {
	uint64_t (*now_ms)(void *arg); /* monotonic */
	void (*sleep_ms)(void *arg, uint32_t ms);
};

struct clock {
	const struct clock_ops *ops;
	void *arg;
};

extern const struct clock clock_real;

static inline uint64_t clock_now_ms(const struct clock *c)
{
	return c->ops->now_ms(c->arg);
}

static inline void clock_sleep_ms(const struct clock *c, uint32_t ms)
{
	c->ops->sleep_ms(c->arg, ms);
}

/* CLOCK_REALTIME, for time stamps of staged files and jobs. */
struct timespec clock_wall(void);

#endif
