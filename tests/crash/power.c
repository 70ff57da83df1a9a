/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file system below a project is cut off at some moment (EXT4_IOC_SHUTDOWN: what was not
 * synced is gone, as after a power failure), and all that fsync answered for has to be there.
 */
#include "campaign.h"
#include "daemon.h"
#include "ledger.h"
#include "model.h"
#include "taker.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EXT4_IOC_SHUTDOWN	    _IOR('X', 125, __u32)
#define EXT4_GOING_FLAGS_NOLOGFLUSH 2
#define WORKERS			    3

static struct campaign run = { .seed = 1, .cycles = 10 };
static char disk[160], below[160];
static struct ledger ledgers[WORKERS];
static struct taker taker;
static long synced;

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
	return command((const char *const[]){ "mount", "-o", "loop", disk, below, NULL }) == 0;
}

static bool umount_below(void)
{
	/* The killed daemon's descriptors are closed, but maybe not this very moment. */
	for (int i = 0; i < 1000; i++) {
		if (umount2(below, 0) == 0)
			return true;
		usleep(2000);
	}
	perror("umount of the file system below");
	return false;
}

static void power_off(void)
{
	__u32 how = EXT4_GOING_FLAGS_NOLOGFLUSH;
	int fd = open(below, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

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

	snprintf(disk, sizeof(disk), "%s/disk", run.base);
	snprintf(below, sizeof(below), "%s/below", run.base);
	snprintf(run.project, sizeof(run.project), "%s/project", below);
	mkdir(below, 0755);
	fd = open(disk, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, 1ll << 30) < 0)
		exit(2);
	close(fd);
	if (command((const char *const[]){ "mkfs.ext4", "-q", disk, NULL }) != 0)
		skip("mkfs.ext4 is missing");
	if (!mount_below())
		skip("a loop device cannot be mounted");
}

static void *work(void *arg)
{
	int r = ledger_work(arg);

	if (r != -ENOTCONN && r != -ECONNABORTED && r != -EIO && r != -EROFS)
		fprintf(stderr, "a worker ended with: %s\n", strerror(-r));
	return NULL;
}

static void *take_in(void *arg)
{
	int r = taker_work(arg);

	if (r != -ENOTCONN && r != -ECONNABORTED && r != -EIO && r != -EROFS)
		fprintf(stderr, "taking in ended with: %s\n", strerror(-r));
	return NULL;
}

static void work_and_cut(uint64_t *rng)
{
	struct timespec t = { 0, 1000000 * (long)(5 + draw(rng, draw(rng, 3) ? 300 : 990)) };
	pthread_t thread[WORKERS], taking;
	char dir[256];

	atomic_store(&cut, false);
	for (int i = 0; i < WORKERS; i++) {
		snprintf(dir, sizeof(dir), "%s/c%ld_%d", run.mnt, run.done, i);
		ledger_init(&ledgers[i], dir, draw(rng, 1u << 30), &cut);
		pthread_create(&thread[i], NULL, work, &ledgers[i]);
	}
	pthread_create(&taking, NULL, take_in, &taker);
	nanosleep(&t, NULL);
	power_off();
	/* Time to answer wrongly. */
	usleep(1000 * (unsigned)draw(rng, 20));
	daemon_kill(run.daemon);
	run.daemon = 0;
	for (int i = 0; i < WORKERS; i++)
		pthread_join(thread[i], NULL);
	pthread_join(taking, NULL);
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

static void clear_mount(void)
{
	for (int i = 0; i < WORKERS; i++)
		remove_tree(ledgers[i].dir);
}

/* The daemon runs when it begins and when it ends. */
static bool cycle(uint64_t *rng)
{
	long before = run.faults;

	work_and_cut(rng);
	if (!umount_below() || !mount_below() || !campaign_start(&run, NULL))
		return false;
	for (int i = 0; i < WORKERS; i++) {
		run.faults += ledger_check(&ledgers[i]);
		synced += ledgers[i].synced;
	}
	run.faults += taker_judge(&taker);
	read_image();
	campaign_check_space(&run, "after the recovery");
	campaign_stop(&run);
	if (run.faults > before || !campaign_start(&run, run.preload))
		return false;
	campaign_check_space(&run, "counted anew");
	clear_mount();
	return run.faults == before;
}

int main(int argc, char **argv)
{
	char source[256];

	campaign_init(&run, argc, argv, "power");
	make_disk();
	snprintf(source, sizeof(source), "%s/source", run.base);
	taker_init(&taker, run.mnt, source, &cut);
	if (campaign_start(&run, run.preload))
		campaign_run(&run, cycle);
	umount_below();
	printf("power: seed %llu, %ld cycles, %ld syncs answered, %ld trees taken in, "
	       "%ld failures\n",
		(unsigned long long)run.seed, run.done, synced, taker.answered, run.faults);
	return campaign_end(&run);
}
