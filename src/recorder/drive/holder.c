/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who else uses a device: what a refusal has to name (proc(5)). */
#include "holder.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

bool holder_mount(dev_t rdev, char out[static HOLDER_SIZE])
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	unsigned major, minor;
	bool found = false;
	char *line = NULL;
	size_t cap = 0;

	_Static_assert(HOLDER_SIZE == 256, "the width below");
	while (file && !found && getline(&line, &cap, file) > 0)
		found = sscanf(line, "%*d %*d %u:%u %*s %255s", &major, &minor, out) == 3 &&
			makedev(major, minor) == rdev;
	free(line);
	if (file)
		fclose(file);
	return found;
}

static bool has_open(int proc_fd, const char *pid, dev_t rdev)
{
	char path[64];
	struct dirent *e;
	bool found = false;
	struct stat st;
	int fd;
	DIR *dir;

	snprintf(path, sizeof(path), "%.16s/fd", pid);
	fd = openat(proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (!found && (e = readdir(dir)))
		found = isdigit((unsigned char)e->d_name[0]) &&
			fstatat(dirfd(dir), e->d_name, &st, 0) == 0 && S_ISBLK(st.st_mode) &&
			st.st_rdev == rdev;
	closedir(dir);
	return found;
}

static void name_process(const char *pid, char out[static HOLDER_SIZE])
{
	char path[64], name[64] = "a program";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%.16s/comm", pid);
	file = fopen(path, "re");
	if (file) {
		if (fgets(name, sizeof(name), file))
			name[strcspn(name, "\n")] = '\0';
		fclose(file);
	}
	snprintf(out, HOLDER_SIZE, "%s (process %.16s)", name, pid);
}

bool holder_process(dev_t rdev, char out[static HOLDER_SIZE])
{
	DIR *proc = opendir("/proc");
	bool found = false;
	struct dirent *e;
	char self[16];

	snprintf(self, sizeof(self), "%d", (int)getpid());
	while (proc && !found && (e = readdir(proc))) {
		if (!isdigit((unsigned char)e->d_name[0]) || strcmp(e->d_name, self) == 0)
			continue;
		found = has_open(dirfd(proc), e->d_name, rdev);
		if (found)
			name_process(e->d_name, out);
	}
	if (proc)
		closedir(proc);
	return found;
}
