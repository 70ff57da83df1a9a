/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Has a mount take trees in, by `copy` and `add`, and knows what was answered. */
#ifndef DISCFS_TESTS_CRASH_TAKER_H
#define DISCFS_TESTS_CRASH_TAKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define TAKER_KEPT 3

struct taken {
	long number; /* staged as tNUMBER; 0: nothing */
	bool by_reference;
	bool durable; /* fsync answered for it */
};

struct taker {
	char mnt[192], source[256];
	uint64_t rng;
	/*
	 * NULL: what is answered counts at once. Else what an fsync answered for while it was
	 * false: then the power is being cut.
	 */
	const atomic_bool *cut;
	struct taken kept[TAKER_KEPT]; /* the newest at number % TAKER_KEPT */
	struct taken in_flight;
	long number, answered;
};

/* Makes the @source. */
void taker_init(struct taker *t, const char *mnt, const char *source, const atomic_bool *cut);
/* Takes in until a call fails; that errno. */
int taker_work(struct taker *t);
/* After the recovery: the number of broken promises, told on stderr. */
int taker_judge(struct taker *t);

#endif
