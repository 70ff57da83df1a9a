/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread that hashes what is staged, with time that nobody else wants. */
#include "hasher.h"

#include "base/err.h"
#include "base/log.h"
#include "stage/digest.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

struct hasher {
	pthread_t thread;
	struct stage *stage;
};

#define LOWEST_PRIORITY 19

static void *hasher_main(void *arg)
{
	const struct hasher *h = arg;
	const struct sched_param none = { 0 };

	/* Of this thread alone, as Linux has it; without it hashing only takes more from others. */
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), LOWEST_PRIORITY);
	(void)pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
	while (stage_digest_await(h->stage)) {
		struct err err = { 0 };

		/* Who needs a digest that is missing makes it, and is told why it cannot be. */
		if (stage_digest_run(h->stage, &err) < 0)
			log_line(LOG_LEVEL_WARNING, "hashing", "%s", err.msg);
	}
	return NULL;
}

int hasher_start(struct stage *stage, struct hasher **out, struct err *err)
{
	struct hasher *h = calloc(1, sizeof(*h));
	int r;

	if (!h)
		return err_nomem(err);
	h->stage = stage;
	r = pthread_create(&h->thread, NULL, hasher_main, h);
	if (r != 0) {
		free(h);
		return err_sys(err, r, "starting a thread");
	}
	*out = h;
	return 0;
}

void hasher_stop(struct hasher *h)
{
	if (!h)
		return;
	stage_digest_end(h->stage);
	pthread_join(h->thread, NULL);
	free(h);
}
