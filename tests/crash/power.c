/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file system below a project is cut off at some moment (EXT4_IOC_SHUTDOWN: what was not
 * synced is gone, as after a power failure), and all that fsync answered for has to be there.
 */
#include "daemon.h"
#include "ledger.h"
#include "model.h"
#include "view.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EXT4_IOC_SHUTDOWN	    _IOR('X', 125, __u32)
#define EXT4_GOING_FLAGS_NOLOGFLUSH 2
#define WORKERS			    3

static struct {
	uint64_t seed;
	long cycles;
	const char *preload;
	char base[128], disk[160], below[160], project[192], mnt[160];
	struct ledger ledger[WORKERS];
	pid_t daemon;
	long done, synced, faults;
} run = { .seed = 1, .cycles = 10 };

static atomic_bool cut;

static void skip(const char *why)
{
	printf("skipped: %s\n", why);
	remove_tree(run.base);
	exit(77);
}

/* The exit status of a program without a shell between. */
static int command(const char *const argv[])
{
	pid_t pid = fork();
	int status = 1;

	if (pid == 0) {
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return status;
}

static bool mount_below(void)
{
	return command((const char *const[]){ "mount", "-o", "loop", run.disk, run.below, NULL }) ==
	       0;
}

static bool umount_below(void)
{
	/* The killed daemon's descriptors are closed, but maybe not this very moment. */
	for (int i = 0; i < 1000; i++) {
		if (umount2(run.below, 0) == 0)
			return true;
		usleep(2000);
	}
	perror("umount of the file system below");
	return false;
}

static void power_off(void)
{
	__u32 how = EXT4_GOING_FLAGS_NOLOGFLUSH;
	int fd = open(run.below, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* An fsync that runs now may be answered by the kernel as if it had been done. */
	atomic_store(&cut, true);
	if (fd < 0 || ioctl(fd, EXT4_IOC_SHUTDOWN, &how) < 0) {
		perror("EXT4_IOC_SHUTDOWN");
		run.faults++;
	}
	if (fd >= 0)
		close(fd);
}

static void make_disk(void)
{
	int fd;

	snprintf(run.base, sizeof(run.base), "/tmp/discfs-power.XXXXXX");
	if (!mkdtemp(run.base))
		exit(2);
	snprintf(run.disk, sizeof(run.disk), "%s/disk", run.base);
	snprintf(run.below, sizeof(run.below), "%s/below", run.base);
	snprintf(run.mnt, sizeof(run.mnt), "%s/mnt", run.base);
	snprintf(run.project, sizeof(run.project), "%s/project", run.below);
	mkdir(run.below, 0755);
	mkdir(run.mnt, 0755);
	fd = open(run.disk, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, 1ll << 30) < 0)
		exit(2);
	close(fd);
	if (command((const char *const[]){ "mkfs.ext4", "-q", run.disk, NULL }) != 0)
		skip("mkfs.ext4 is missing");
	if (!mount_below())
		skip("a loop device cannot be mounted");
}

static bool start(void)
{
	run.daemon = daemon_start(run.project, run.mnt, run.preload);
	if (run.daemon)
		return true;
	fprintf(stderr, "discfs does not mount\n");
	run.faults++;
	return false;
}

static void *work(void *arg)
{
	int r = ledger_work(arg);

	if (r != -ENOTCONN && r != -ECONNABORTED && r != -EIO && r != -EROFS)
		fprintf(stderr, "a worker ended with: %s\n", strerror(-r));
	return NULL;
}

static void work_and_cut(uint64_t *rng)
{
	struct timespec t = { 0, 1000000 * (long)(5 + draw(rng, draw(rng, 3) ? 300 : 990)) };
	pthread_t thread[WORKERS];
	char dir[256];

	atomic_store(&cut, false);
	for (int i = 0; i < WORKERS; i++) {
		snprintf(dir, sizeof(dir), "%s/c%ld_%d", run.mnt, run.done, i);
		ledger_init(&run.ledger[i], dir, draw(rng, 1u << 30), &cut);
		pthread_create(&thread[i], NULL, work, &run.ledger[i]);
	}
	nanosleep(&t, NULL);
	power_off();
	/* Time to answer wrongly. */
	usleep(1000 * (unsigned)draw(rng, 20));
	daemon_kill(run.daemon);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(thread[i], NULL);
	daemon_detach(run.mnt);
}

/* Every byte of the image, as a burn would read it. */
static int read_image(void)
{
	static char bytes[1 << 20];
	char path[300];
	ssize_t r = 1;
	int fd;

	snprintf(path, sizeof(path), "%s/.discfs/image.iso", run.mnt);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && r > 0)
		r = read(fd, bytes, sizeof(bytes));
	if (fd < 0 || r < 0) {
		perror("reading image.iso");
		run.faults++;
	}
	if (fd >= 0)
		close(fd);
	return 0;
}

static void check_space(const char *when)
{
	struct view_mount v;
	uint64_t projected = 0, image = 1;
	int r;

	view_mount_init(&v, run.mnt, "");
	r = v.view.ops->space(&v.view, &projected, &image);
	if (r == 0 && projected == image)
		return;
	fprintf(stderr, "space %s: %s, projected %llu, image %llu\n", when, strerror(-r),
		(unsigned long long)projected, (unsigned long long)image);
	run.faults++;
}

static void clear_mount(void)
{
	for (int i = 0; i < WORKERS; i++)
		remove_tree(run.ledger[i].dir);
}

/* The daemon runs when it begins and when it ends. */
static bool cycle(uint64_t *rng)
{
	long before = run.faults;

	work_and_cut(rng);
	if (!umount_below() || !mount_below() || !start())
		return false;
	for (int i = 0; i < WORKERS; i++) {
		run.faults += ledger_check(&run.ledger[i]);
		run.synced += run.ledger[i].synced;
	}
	read_image();
	check_space("after the recovery");
	if (!daemon_stop(run.daemon, run.mnt))
		run.faults++;
	run.faults += project_check(run.project) + project_forget_costs(run.project);
	run.daemon = 0;
	if (run.faults > before || !start())
		return false;
	check_space("counted anew");
	clear_mount();
	return run.faults == before;
}

int main(int argc, char **argv)
{
	uint64_t rng;
	int c;

	while ((c = getopt(argc, argv, "s:n:p:")) != -1) {
		if (c == 's')
			run.seed = strtoull(optarg, NULL, 10);
		else if (c == 'n')
			run.cycles = strtol(optarg, NULL, 10);
		else if (c == 'p')
			run.preload = optarg;
		else
			return 2;
	}
	daemon_need_fuse();
	make_disk();
	rng = run.seed;
	if (start())
		while (run.done < run.cycles && cycle(&rng))
			run.done++;
	if (run.daemon) {
		daemon_kill(run.daemon);
		daemon_detach(run.mnt);
	}
	umount_below();
	remove_tree(run.base);
	printf("power: seed %llu, %ld cycles, %ld syncs answered, %ld failures\n",
		(unsigned long long)run.seed, run.done, run.synced, run.faults);
	return run.faults > 0 || run.done < run.cycles;
}
