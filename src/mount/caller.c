/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pending signals, as proc(5) shows them. */
#include "caller.h"

#include "base/auto.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATUS_BYTES 4096

static uint64_t bit(int signal_number)
{
	return 1ull << (signal_number - 1);
}

/* A line of hexadecimal digits, a bit for each signal. */
static bool read_set(const char *status, const char *name, uint64_t *out)
{
	const char *line = strstr(status, name);

	if (!line)
		return false;
	*out = strtoull(line + strlen(name), NULL, 16);
	return true;
}

/* signal(7): those that by default do not end a process. */
static uint64_t harmless(void)
{
	return bit(SIGCHLD) | bit(SIGCONT) | bit(SIGURG) | bit(SIGWINCH) | bit(SIGSTOP) |
	       bit(SIGTSTP) | bit(SIGTTIN) | bit(SIGTTOU);
}

static uint64_t asking(void)
{
	return bit(SIGINT) | bit(SIGQUIT) | bit(SIGTERM) | bit(SIGHUP) | bit(SIGTSTP);
}

bool caller_status_ends(const char *status, enum caller_end how)
{
	uint64_t own, shared, blocked, ignored, caught, pending;

	if (!read_set(status, "\nSigPnd:", &own) || !read_set(status, "\nShdPnd:", &shared) ||
		!read_set(status, "\nSigBlk:", &blocked) ||
		!read_set(status, "\nSigIgn:", &ignored) || !read_set(status, "\nSigCgt:", &caught))
		return true;
	pending = (own | shared) & ~blocked & ~ignored;
	if (pending & ~caught & ~harmless())
		return true;
	return how == CALLER_ASKED && (pending & asking());
}

bool caller_ends(pid_t tid, enum caller_end how)
{
	char path[64], status[STATUS_BYTES];
	AUTO_FD int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	fd = tid > 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	n = fd < 0 ? -1 : read(fd, status, sizeof(status) - 1);
	if (n <= 0)
		return true;
	status[n] = '\0';
	return caller_status_ends(status, how);
}
