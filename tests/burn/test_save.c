/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"
#include "base/file.h"
#include "harness/t.h"
#include "rig_burn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[256];
static bool verify = true;

static int target(int flags)
{
	snprintf(path, sizeof(path), "%s/image.iso", t_tmpdir());
	return open(path, flags | O_CREAT | O_CLOEXEC, 0600);
}

static void save(
	struct rig *rig, uint32_t nsec, uint32_t unreadable_from, int fd, struct job_status *out)
{
	const struct save_request req = { .fd = fd, .path = path, .verify = verify };

	T_MUST(fd >= 0);
	T_EQ(burner_save(rig->burner, rig_image(nsec, unreadable_from), &req, 3, &rig->job, NULL),
		0);
	rig_wait(rig, out);
}

/* The file at path. */
static void holds_sectors(uint32_t nsec)
{
	uint8_t want[2048], got[2048];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	for (uint32_t i = 0; i < nsec; i++) {
		rig_image_sector(i, want);
		T_MUST(file_pread_full(fd, got, sizeof(got), (uint64_t)i * 2048) == 0);
		T_MEM(got, want, sizeof(got));
	}
	close(fd);
}

static void an_image_is_saved_without_any_medium_and_read_back(void)
{
	struct job_status s;
	struct stat st;
	struct rig rig;
	int fd;

	rig_open(&rig, NULL, NULL);
	fd = target(O_RDWR);
	T_EQ(ftruncate(fd, 9000000), 0); /* an older, longer file */
	save(&rig, 1300, UINT32_MAX, fd, &s);
	T_EQ(s.state, JOB_DONE);
	T_EQ(s.kind, JOB_SAVE_IMAGE);
	T_TRUE(s.verified);
	T_HAS(s.outcome, "saved 1300 blocks to ");
	T_EQ(stat(path, &st), 0);
	T_EQ(st.st_size, 1300 * 2048);
	holds_sectors(1300);
	rig_close(&rig);
	T_EQ(rig_images_alive(), 0);
}

static void a_large_file_between_others_is_saved_whole(void)
{
	struct job_status s;
	struct rig rig;

	verify = false;
	rig_open(&rig, NULL, NULL);
	save(&rig, 40000, UINT32_MAX, target(O_RDWR | O_TRUNC), &s);
	T_EQ(s.state, JOB_DONE);
	T_HAS(s.outcome, "saved 40000 blocks to ");
	holds_sectors(40000);
	rig_close(&rig);
	rig_open(&rig, NULL, NULL);
	save(&rig, 40000, 30000, target(O_RDWR), &s);
	T_EQ(s.state, JOB_FAILED);
	rig_close(&rig);
	verify = true;
}

static void a_write_only_descriptor_is_saved_to_but_not_verified(void)
{
	struct job_status s;
	struct rig rig;

	rig_open(&rig, NULL, NULL);
	save(&rig, 40, UINT32_MAX, target(O_WRONLY), &s);
	T_EQ(s.state, JOB_DONE);
	T_TRUE(!s.verified);
	T_HAS(s.outcome, "not verified");
	rig_close(&rig);
}

static void without_verification_nothing_is_claimed(void)
{
	struct job_status s;
	struct rig rig;

	rig_open(&rig, NULL, NULL);
	verify = false;
	save(&rig, 40, UINT32_MAX, target(O_RDWR), &s);
	verify = true;
	T_EQ(s.state, JOB_DONE);
	T_TRUE(!s.verified);
	T_HAS(s.outcome, "not verified");
	rig_close(&rig);
}

static void what_cannot_be_read_fails_and_says_how_far_it_got(void)
{
	struct job_status s;
	struct rig rig;

	rig_open(&rig, NULL, NULL);
	save(&rig, 5000, 4500, target(O_RDWR), &s);
	T_EQ(s.state, JOB_FAILED);
	T_EQ(s.err.code, -EIO);
	T_HAS(s.err.msg, "/files/45 cannot be read");
	T_HAS(s.outcome, "is left with 4096 of 5000 blocks");
	rig_close(&rig);
}

static void a_file_that_may_not_grow_is_reported_with_its_path(void)
{
	struct rlimit old, small;
	struct job_status s;
	struct rig rig;

	rig_open(&rig, NULL, NULL);
	signal(SIGXFSZ, SIG_IGN);
	T_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 1500000;
	T_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
	save(&rig, 1300, UINT32_MAX, target(O_RDWR), &s);
	T_EQ(setrlimit(RLIMIT_FSIZE, &old), 0);
	T_EQ(s.state, JOB_FAILED);
	T_EQ(s.err.code, -EFBIG);
	T_HAS(s.err.msg, path);
	rig_close(&rig);
}

static void what_is_no_ordinary_file_is_refused(void)
{
	struct job_status s;
	struct rig rig;

	rig_open(&rig, NULL, NULL);
	snprintf(path, sizeof(path), "/dev/full");
	save(&rig, 40, UINT32_MAX, open(path, O_RDWR | O_CLOEXEC), &s);
	T_EQ(s.state, JOB_FAILED);
	T_EQ(s.err.code, -EINVAL);
	T_HAS(s.err.msg, "/dev/full");
	rig_close(&rig);
}

int main(void)
{
	T_RUN(an_image_is_saved_without_any_medium_and_read_back);
	T_RUN(a_large_file_between_others_is_saved_whole);
	T_RUN(a_write_only_descriptor_is_saved_to_but_not_verified);
	T_RUN(without_verification_nothing_is_claimed);
	T_RUN(what_cannot_be_read_fails_and_says_how_far_it_got);
	T_RUN(a_file_that_may_not_grow_is_reported_with_its_path);
	T_RUN(what_is_no_ordinary_file_is_refused);
	return t_end();
}
