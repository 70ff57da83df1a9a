/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Going to the background. */
#include "daemonize.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void wait_and_exit(int fd, pid_t child)
{
	int status = 0;
	char byte;
	ssize_t n;

	do
		n = read(fd, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n == 1)
		_exit(0);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	_exit(WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) : 1);
}

int daemonize_begin(void)
{
	int pipe_fd[2];
	pid_t child;

	if (pipe2(pipe_fd, O_CLOEXEC) < 0)
		return -1;
	child = fork();
	if (child < 0) {
		close(pipe_fd[0]);
		close(pipe_fd[1]);
		return -1;
	}
	if (child > 0) {
		close(pipe_fd[1]);
		wait_and_exit(pipe_fd[0], child);
	}
	close(pipe_fd[0]);
	setsid();
	return pipe_fd[1];
}

void daemonize_ready(int fd)
{
	int null = open("/dev/null", O_RDWR);

	if (chdir("/") < 0 || null < 0)
		_exit(1);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
	if (write(fd, "1", 1) != 1)
		_exit(1);
	close(fd);
}
