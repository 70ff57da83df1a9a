/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content through every door: descriptors, maps, direct I/O, ranges; and who waits for whom. */
#include "harness/t.h"
#include "rig_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096u

/* A sum of the bytes and where they are, so that different contents differ. */
static void say_content(const char *path)
{
	unsigned long sum = 0, n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char part[PAGE];
	ssize_t r;

	while ((r = read(fd, part, sizeof(part))) > 0)
		for (ssize_t i = 0; i < r; i++, n++)
			sum = sum * 31 + part[i];
	close(fd);
	say("%s: %lu bytes, %lx", path, n, sum);
}

static void append_lines(char id)
{
	int fd = open("log", O_WRONLY | O_APPEND | O_CLOEXEC);
	char line[40];

	for (int i = 0; i < 300; i++) {
		int n = snprintf(
			line, sizeof(line), "%c %d %.*s\n", id, i, i % 20, "xxxxxxxxxxxxxxxxxxxx");

		if (write(fd, line, (size_t)n) != n)
			_exit(1);
	}
	_exit(0);
}

/* Every line whole, each writer's in order. */
static void appended_by_several(void)
{
	int next[4] = { 0 }, status, i;
	char line[64], id;
	FILE *f;

	put_file("log", 0);
	for (i = 0; i < 4; i++)
		if (fork() == 0)
			append_lines((char)('a' + i));
	for (i = 0; i < 4; i++)
		say("%d", wait(&status) > 0 ? status : -1);
	f = fopen("log", "re");
	T_MUST(f);
	while (fgets(line, sizeof(line), f)) {
		int at = -1, end = 0;

		if (sscanf(line, "%c %d %n", &id, &at, &end) != 2 || id < 'a' || id > 'd' ||
			next[id - 'a']++ != at)
			say("torn: %s", line);
	}
	fclose(f);
	say("%d %d %d %d", next[0], next[1], next[2], next[3]);
}

static void maps_and_descriptors(void)
{
	char byte[4] = { 0 };
	int rw, wr, rd;
	char *map;

	put_file("f", 3 * PAGE);
	rw = open("f", O_RDWR | O_CLOEXEC);
	wr = open("f", O_WRONLY | O_CLOEXEC);
	rd = open("f", O_RDONLY | O_CLOEXEC);
	map = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, rw, 0);
	T_MUST(map != MAP_FAILED);
	say("%c%c", map[0], map[PAGE]);
	DID(pwrite(wr, "WR", 2, 0));
	say("map %c%c", map[0], map[1]);
	DID(pwrite(rw, "RW", 2, PAGE));
	say("map %c%c", map[PAGE], map[PAGE + 1]);
	map[5] = 'M';
	map[2 * PAGE] = 'N';
	DID(pread(rd, byte, 2, 4));
	say("read %.2s", byte);
	DID(pwrite(wr, "D", 1, 2 * PAGE + 1));
	DID(pread(rw, byte, 3, 2 * PAGE));
	say("read %.3s map %.3s", byte, map + 2 * PAGE);
	DID(ftruncate(wr, PAGE + 1));
	DID(ftruncate(wr, 2 * PAGE));
	say("map %d %d", map[PAGE] == 'R', map[PAGE + 1]);
	map[PAGE + 5] = 'Z';
	DID(msync(map, 2 * PAGE, MS_SYNC));
	munmap(map, 3 * PAGE);
	close(rw);
	close(wr);
	close(rd);
	say_content("f");
}

static void direct_io(void)
{
	int fd = open("f", O_RDWR | O_CREAT | O_DIRECT | O_CLOEXEC, 0644);
	int cached = open("f", O_RDWR | O_CLOEXEC);
	char *block = aligned_alloc(PAGE, 2 * PAGE), small[8];

	T_MUST(block && fd >= 0);
	memset(block, 'd', 2 * PAGE);
	DID(pwrite(fd, block, 2 * PAGE, 0));
	DID(pwrite(cached, "cached", 6, 100));
	DID(pread(fd, block, PAGE, 0));
	say("%.8s", block + 99);
	memset(block, 'e', PAGE);
	DID(pwrite(fd, block, PAGE, PAGE));
	DID(pread(cached, small, 8, PAGE - 4));
	say("%.8s", small);
	DID(pread(fd, block, 2 * PAGE, 2 * PAGE));
	close(fd);
	close(cached);
	free(block);
	say_content("f");
}

static void too_large(void)
{
	struct rlimit limit = { 6000, 6000 };
	char bytes[5000] = { 0 };
	int fd = open("f", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	signal(SIGXFSZ, SIG_IGN);
	T_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
	DID(write(fd, bytes, sizeof(bytes)));
	DID(write(fd, bytes, sizeof(bytes)));
	DID(write(fd, bytes, sizeof(bytes)));
	DID(ftruncate(fd, 6001));
	DID(fallocate(fd, 0, 0, 7000));
	close(fd);
	say_stat("f");
	_exit(0);
}

static void limited_sizes(void)
{
	pid_t pid = fork();

	if (pid == 0)
		too_large();
	T_EQ(waitpid(pid, NULL, 0), pid);
}

static void allocate(const char *what, int fd, int mode, off_t off, off_t n)
{
	did(what, fallocate(fd, mode, off, n));
	say_stat("f");
	say_content("f");
}

static void ranges(void)
{
	int fd, ro;

	put_file("f", 3 * PAGE);
	fd = open("f", O_RDWR | O_CLOEXEC);
	ro = open("f", O_RDONLY | O_CLOEXEC);
	allocate("grow", fd, 0, PAGE, 4 * PAGE);
	allocate("keep", fd, FALLOC_FL_KEEP_SIZE, 0, 100 * PAGE);
	allocate("punch", fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 100, 2 * PAGE);
	allocate("punch past the end", fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, PAGE,
		100 * PAGE);
	allocate("punch without keep", fd, FALLOC_FL_PUNCH_HOLE, 0, PAGE);
	put_file("f", 3 * PAGE);
	allocate("zero", fd, FALLOC_FL_ZERO_RANGE, 3 * PAGE - 10, 100);
	allocate("zero keep", fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 10, 100 * PAGE);
	allocate("nothing", fd, 0, 0, 0);
	allocate("negative", fd, 0, -1, 10);
	allocate("read only", ro, 0, 0, 10);
	DID(posix_fallocate(fd, 0, 5 * PAGE));
	say_stat("f");
	close(fd);
	close(ro);
}

/* Where holes are is the file system's affair; that they read as zeros and data is found is not. */
static void holes(void)
{
	int fd = open("f", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	off_t hole;

	DID(lseek(fd, 0, SEEK_DATA));
	DID(lseek(fd, 0, SEEK_HOLE));
	DID(pwrite(fd, "data", 4, 64 << 20));
	hole = lseek(fd, 0, SEEK_HOLE);
	say("a hole: %d", hole >= 0 && hole <= (64 << 20) + 4);
	hole = lseek(fd, 0, SEEK_DATA);
	say("data: %d", hole >= 0 && hole <= 64 << 20);
	DID(lseek(fd, (64 << 20) + 1, SEEK_DATA));
	DID(lseek(fd, (64 << 20) + 1, SEEK_HOLE));
	DID(lseek(fd, (64 << 20) + 4, SEEK_DATA));
	DID(lseek(fd, (64 << 20) + 4, SEEK_HOLE));
	DID(lseek(fd, -1, SEEK_DATA));
	DID(ftruncate(fd, 65 << 20));
	DID(lseek(fd, 0, SEEK_END));
	say_stat("f");
	close(fd);
}

static void copies(void)
{
	off_t from = 1000, to = 50;
	int a, b, c;

	put_file("a", 100000);
	put_file("b", 500);
	a = open("a", O_RDWR | O_CLOEXEC);
	b = open("b", O_RDWR | O_CLOEXEC);
	c = open("b", O_WRONLY | O_APPEND | O_CLOEXEC);
	DID(copy_file_range(a, &from, b, &to, 60000, 0));
	say("%lld %lld", (long long)from, (long long)to);
	from = 90000;
	DID(copy_file_range(a, &from, b, &to, 60000, 0));
	DID(copy_file_range(a, &from, b, &to, 60000, 0));
	say("%lld %lld", (long long)from, (long long)to);
	from = 0;
	to = 5000;
	DID(copy_file_range(a, &from, a, &to, 5000, 0));
	DID(copy_file_range(a, &from, a, &to, 6000, 0));
	DID(copy_file_range(a, NULL, c, NULL, 10, 0));
	say_content("a");
	say_content("b");
	say_stat("b");
	close(a);
	close(b);
	close(c);
}

static void locks(void)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd, other, status;

	put_file("f", 10);
	fd = open("f", O_RDWR | O_CLOEXEC);
	other = open("f", O_RDWR | O_CLOEXEC);
	DID(flock(fd, LOCK_EX));
	DID(flock(other, LOCK_SH | LOCK_NB));
	DID(flock(fd, LOCK_UN));
	DID(flock(other, LOCK_SH | LOCK_NB));
	DID(fcntl(fd, F_SETLK, &whole));
	if (fork() == 0) {
		DID(fcntl(other, F_SETLK, &whole));
		DID(fcntl(other, F_GETLK, &whole));
		say("%d", whole.l_type == F_WRLCK && whole.l_pid == getppid());
		_exit(0);
	}
	wait(&status);
	whole.l_type = F_WRLCK;
	DID(fcntl(other, F_OFD_SETLK, &whole) < 0);
	close(fd);
	close(other);
}

int main(void)
{
	rig_start();
	RIG_SAME(appended_by_several);
	RIG_SAME(maps_and_descriptors);
	RIG_SAME(direct_io);
	RIG_SAME(limited_sizes);
	RIG_SAME(ranges);
	RIG_SAME(holes);
	RIG_SAME(copies);
	RIG_SAME(locks);
	rig_stop();
	return t_end();
}
