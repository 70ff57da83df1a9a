/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loop thread: reads without blocking for a moment, then sleeps. */
#define FUSE_USE_VERSION 314
#include <fuse_lowlevel.h>

#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/* Longer than a client takes from one answer to its next request, far shorter than a time slice. */
#define SPIN_NS 50000u
/* So many looks in vain, and one in RETRY_EACH only is tried until one succeeds again. */
#define PATIENCE   8u
#define RETRY_EACH 32u

/* Of the process, as signals are: set by the handler, read by the loop. */
static volatile sig_atomic_t caught;
static int wake_fd = -1;

static void on_signal(int number)
{
	uint64_t one = 1;

	caught = number;
	(void)!write(wake_fd, &one, sizeof(one));
}

/* The signal may reach any thread: an eventfd brings it to the one that polls. */
static int catch_signals(void)
{
	static const int ending[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction act = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (wake_fd < 0)
		return -errno;
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		if (sigaction(ending[i], &act, NULL) < 0)
			return -errno;
	/* Writing to the kernel after an unmount is an errno, no death. */
	act.sa_handler = SIG_IGN;
	return sigaction(SIGPIPE, &act, NULL) < 0 ? -errno : 0;
}

struct spinner {
	bool worthwhile; /* there is another CPU for the client */
	unsigned vain;	 /* looks in a row that found nothing */
	unsigned skipped;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static bool may_spin(struct spinner *s)
{
	if (!s->worthwhile)
		return false;
	if (s->vain < PATIENCE)
		return true;
	s->skipped = (s->skipped + 1) % RETRY_EACH;
	return s->skipped == 0;
}

/* The next request, or -EAGAIN when none came while it was worth looking. */
static int receive_soon(struct fuse_session *session, struct fuse_buf *buf, struct spinner *s)
{
	int r = fuse_session_receive_buf(session, buf);
	uint64_t until;

	if (r != -EAGAIN || !may_spin(s))
		return r;
	until = now_ns() + SPIN_NS;
	do
		r = fuse_session_receive_buf(session, buf);
	while (r == -EAGAIN && now_ns() < until);
	s->vain = r == -EAGAIN ? s->vain + 1 : 0;
	return r;
}

/* After a signal there is still something to serve for: looked at so often. */
#define BUSY_EACH_MS 50

static bool ended(struct fuse_session *session, const struct loop_busy *busy)
{
	return fuse_session_exited(session) || (caught && !busy->is(busy->arg));
}

static int receive(struct fuse_session *session, struct fuse_buf *buf, struct spinner *s,
	const struct loop_busy *busy)
{
	struct pollfd fd[] = {
		{ .fd = fuse_session_fd(session), .events = POLLIN },
		{ .fd = wake_fd, .events = POLLIN },
	};
	int r = receive_soon(session, buf, s);

	while (r == -EAGAIN || r == -EINTR) {
		if (ended(session, busy))
			return 0;
		/* The eventfd stays readable: the signal is known by then. */
		if (poll(fd, caught ? 1 : 2, caught ? BUSY_EACH_MS : -1) < 0 && errno != EINTR)
			return -errno;
		r = fuse_session_receive_buf(session, buf);
	}
	return r;
}

/* On the only CPU the client could not run while we look for what it sends. */
static bool several_cpus(void)
{
	cpu_set_t mine;

	return sched_getaffinity(0, sizeof(mine), &mine) == 0 && CPU_COUNT(&mine) > 1;
}

int loop_run(struct fuse_session *session, const struct loop_busy *busy)
{
	struct spinner spinner = { .worthwhile = several_cpus() };
	struct fuse_buf buf = { .mem = NULL };
	int fd = fuse_session_fd(session);
	int r = catch_signals();

	if (r == 0 && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
		r = -errno;
	while (r >= 0 && !ended(session, busy)) {
		r = receive(session, &buf, &spinner, busy);
		if (r > 0)
			fuse_session_process_buf(session, &buf);
	}
	free(buf.mem);
	return r < 0 ? r : caught;
}
