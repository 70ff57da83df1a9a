/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens many files at once and appends 4 KiB to each in turn, as a server's logs grow. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES_MAX 1000

int main(int argc, char **argv)
{
	static char bytes[4096];
	int fd[FILES_MAX];
	long files = argc == 4 ? strtol(argv[2], NULL, 10) : 0;
	long appends = argc == 4 ? strtol(argv[3], NULL, 10) : 0;

	if (files < 1 || files > FILES_MAX || chdir(argv[1]) < 0) {
		fprintf(stderr, "usage: append DIRECTORY FILES APPENDS\n");
		return 2;
	}
	memset(bytes, 'a', sizeof(bytes));
	for (long i = 0; i < files; i++) {
		char name[16];

		snprintf(name, sizeof(name), "a%03ld", i);
		fd[i] = open(name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0644);
		if (fd[i] < 0)
			return perror(name), 1;
	}
	for (long n = 0; n < appends; n++)
		for (long i = 0; i < files; i++)
			if (write(fd[i], bytes, sizeof(bytes)) != sizeof(bytes))
				return perror("write"), 1;
	return 0;
}
