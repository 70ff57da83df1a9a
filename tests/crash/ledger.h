/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files whose durable state is known: who writes them notes what fsync has answered for. */
#ifndef DISCFS_TESTS_CRASH_LEDGER_H
#define DISCFS_TESTS_CRASH_LEDGER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define LEDGER_NAMES  6
#define LEDGER_BLOCKS 48
#define LEDGER_FRESH  64
#define LEDGER_GROWN  3

/* Of versions: 0 is "not there"; what is found lies between durable and tried. */
struct range {
	uint32_t durable, tried;
};

struct ledger {
	char dir[256];
	uint64_t rng;
	uint32_t version;
	struct range name[LEDGER_NAMES];   /* replaced by rename */
	struct range block[LEDGER_BLOCKS]; /* of one file, overwritten in place */
	uint64_t log_durable, log_tried;   /* bytes of a file that is appended to */
	struct range fresh[LEDGER_FRESH];  /* made once, synced by their descriptor alone */
	struct range grown[LEDGER_GROWN];  /* synced, then outgrown */
	bool unlinked[LEDGER_FRESH];
	long synced; /* answers of fsync */
	/* The power is being cut: what is answered from now on may be about nothing. */
	const atomic_bool *cut;
};

void ledger_init(struct ledger *l, const char *dir, uint64_t seed, const atomic_bool *cut);
/* Changes things until a call fails; that errno. */
int ledger_work(struct ledger *l);
/* The number of broken promises, told on stderr. */
int ledger_check(const struct ledger *l);

#endif
