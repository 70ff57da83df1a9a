/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which pending signals end the waiting of whom. */
#include "mount/caller.h"

#include "harness/t.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

struct sets {
	uint64_t own, shared, blocked, ignored, caught;
};

#define SIG(n) (1ull << ((n)-1))

static bool ends(struct sets s, enum caller_end how)
{
	char status[600];

	snprintf(status, sizeof(status),
		"Name:\tsh\nThreads:\t1\nSigQ:\t0/95000\nSigPnd:\t%016llx\nShdPnd:\t%016llx\n"
		"SigBlk:\t%016llx\nSigIgn:\t%016llx\nSigCgt:\t%016llx\nCapInh:\t0\n",
		(unsigned long long)s.own, (unsigned long long)s.shared,
		(unsigned long long)s.blocked, (unsigned long long)s.ignored,
		(unsigned long long)s.caught);
	return caller_status_ends(status, how);
}

static void what_ends_it_ends_its_waiting(void)
{
	for (int how = CALLER_DIES; how <= CALLER_ASKED; how++) {
		T_TRUE(!ends((struct sets){ .own = 0 }, how));
		T_TRUE(ends((struct sets){ .own = SIG(SIGKILL) }, how));
		T_TRUE(ends((struct sets){ .shared = SIG(SIGINT) }, how));
		T_TRUE(ends((struct sets){ .shared = SIG(SIGUSR1) }, how));
		T_TRUE(ends((struct sets){ .shared = SIG(SIGCHLD) | SIG(SIGTERM) }, how));
		T_TRUE(ends((struct sets){ .own = SIG(40) }, how)); /* a real-time signal */
	}
}

static void what_has_nothing_to_do_with_it_does_not(void)
{
	static const int harmless[] = { SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGSTOP, SIGTTIN };

	for (int how = CALLER_DIES; how <= CALLER_ASKED; how++) {
		for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
			T_TRUE(!ends((struct sets){ .shared = SIG(harmless[i]) }, how));
		T_TRUE(!ends((struct sets){ .own = SIG(SIGUSR1), .caught = SIG(SIGUSR1) }, how));
		T_TRUE(!ends((struct sets){ .own = SIG(SIGINT), .blocked = SIG(SIGINT) }, how));
		T_TRUE(!ends((struct sets){ .own = SIG(SIGINT), .ignored = SIG(SIGINT) }, how));
	}
}

/* A shell catches Ctrl-C: it wants its prompt back, and a reader of a file its bytes. */
static void who_catches_a_request_to_end_is_asked_only(void)
{
	static const int asking[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP };

	for (size_t i = 0; i < sizeof(asking) / sizeof(asking[0]); i++) {
		const struct sets s = { .shared = SIG(asking[i]), .caught = SIG(asking[i]) };

		T_TRUE(ends(s, CALLER_ASKED));
		T_TRUE(!ends(s, CALLER_DIES));
	}
}

static void what_cannot_be_known_ends_it(void)
{
	T_TRUE(caller_status_ends("Name:\tsh\n", CALLER_DIES));
	T_TRUE(caller_ends(0, CALLER_DIES));
	T_TRUE(caller_ends(-1, CALLER_ASKED));
}

static void a_living_thread_is_read(void)
{
	sigset_t set, old;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	T_EQ(pthread_sigmask(SIG_BLOCK, &set, &old), 0);
	T_EQ(raise(SIGUSR2), 0);
	T_TRUE(!caller_ends(gettid(), CALLER_ASKED)); /* pending, and blocked */
	signal(SIGUSR2, SIG_IGN);		      /* takes it back */
	T_EQ(pthread_sigmask(SIG_SETMASK, &old, NULL), 0);
	T_TRUE(!caller_ends(gettid(), CALLER_ASKED));
}

int main(void)
{
	T_RUN(what_ends_it_ends_its_waiting);
	T_RUN(what_has_nothing_to_do_with_it_does_not);
	T_RUN(who_catches_a_request_to_end_is_asked_only);
	T_RUN(what_cannot_be_known_ends_it);
	T_RUN(a_living_thread_is_read);
	return t_end();
}
