/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/t.h"

#include "rig_ctl.h"

#include "base/bytes.h"
#include "burn/burner.h"
#include "catalog/catalog.h"
#include "stage/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct rig rig;
static struct err err;

static struct catalog_job last_job(void)
{
	struct catalog_job row = { 0 };

	T_EQ(stage_job_last(rig.stage, &row, NULL), 0);
	return row;
}

static void a_burn_that_waits_returns_with_a_closed_verified_disc(void)
{
	rig_init(&rig);
	rig_put(&rig, "file", 100000);
	T_EQ(rig_command(&rig, "load medium=dvd+r\n", &err), 0);
	T_EQ(rig_command(&rig, "burn close=disc wait\n", &err), 0);
	T_STR(rig_read(&rig, "control"), "ok job=1\n");
	T_EQ(last_job().code, 0);
	T_TRUE(last_job().ended_sec > 0);
	T_STR(last_job().request, "burn close=disc wait");
	T_TRUE(last_job().outcome[0] != '\0');
	T_HAS(rig_read(&rig, "status.json"), "\"verified\": true");
	T_HAS(rig_read(&rig, "status"), "closed");
	T_EQ(rig_command(&rig, "burn\n", &err), -EROFS);
	T_HAS(rig_read(&rig, "error"), "error    EROFS");
	T_HAS(rig_read(&rig, "error"), "next     insert a blank medium");
	rig_fini(&rig);
}

static void a_burn_is_refused_before_it_begins(void)
{
	struct catalog_job row;

	rig_init(&rig);
	T_EQ(rig_command(&rig, "burn", &err), -EINVAL);
	rig_put(&rig, "file", 1);
	T_EQ(rig_command(&rig, "burn", &err), -ENOMEDIUM);
	T_HAS(rig_read(&rig, "plan"), "refused: ENOMEDIUM");
	T_EQ(rig_command(&rig, "load medium=dvd+r", &err), 0);
	T_EQ(rig_command(&rig, "burn simulate", &err), -EOPNOTSUPP);
	T_HAS(rig_read(&rig, "plan"), "now      ready");
	T_EQ(rig_command(&rig, "load medium=dvd-rom", &err), -EOPNOTSUPP);
	T_EQ(rig_command(&rig, "load medium=floppy\n", &err), -EINVAL);
	T_EQ(stage_job_last(rig.stage, &row, NULL), -ENOENT);
	rig_fini(&rig);
}

static void what_does_not_fit_is_refused_with_need_and_have(void)
{
	const uint64_t size = 800ull << 20;
	struct stage_attr a;
	char wanted[32];

	rig_init(&rig);
	T_EQ(rig_write(&rig, "settings/overcommit", "on\n"), 0);
	T_EQ(rig_command(&rig, "load medium=cd-r", &err), 0);
	T_TRUE(rig_space(&rig, "capacity_blocks") < 360000);
	rig_put(&rig, "file", 1);
	T_MUST(stage_lookup(rig.stage, STAGE_ROOT_INO, "file", &a, &err) == 0);
	T_EQ(stage_setattr(
		     rig.stage, a.ino, &(struct stage_change){ .size_bytes = &size }, &a, &err),
		0);
	T_EQ(rig_command(&rig, "burn", &err), -ENOSPC);
	snprintf(
		wanted, sizeof(wanted), "%llu", (unsigned long long)rig_space(&rig, "used_blocks"));
	T_HAS(err.msg, wanted);
	T_HAS(rig_read(&rig, "control"), "error ENOSPC: ");
	T_HAS(rig_read(&rig, "status"), "DOES NOT FIT");
	T_EQ(rig_space(&rig, "free_blocks"), 0);
	rig_fini(&rig);
}

static void the_room_follows_the_medium(void)
{
	rig_init(&rig);
	T_EQ(rig_space(&rig, "capacity_blocks"), 2295104);
	T_EQ(rig_command(&rig, "load medium=cd-r", &err), 0);
	T_TRUE(rig_space(&rig, "capacity_blocks") < 360000);
	T_EQ(rig_command(&rig, "load medium=dvd+r", &err), 0);
	T_EQ(rig_space(&rig, "capacity_blocks"), 2295104);
	rig_fini(&rig);
}

/* What fits must not change because the disc was burned or put out. */
static void a_layout_stays_planned_for_the_last_blank_medium(void)
{
	rig_init(&rig);
	rig_put(&rig, "file", 10);
	T_EQ(rig_command(&rig, "load medium=bd-r", &err), 0);
	T_EQ(rig_space(&rig, "capacity_blocks"), 12219392);
	T_EQ(rig_command(&rig, "burn wait", &err), 0);
	T_HAS(rig_read(&rig, "status"), "planned for a blank BD-R");
	T_EQ(rig_space(&rig, "capacity_blocks"), 12219392);
	T_EQ(rig_command(&rig, "eject", &err), 0);
	T_EQ(rig_space(&rig, "capacity_blocks"), 12219392);
	T_EQ(rig_command(&rig, "load", &err), 0);
	T_HAS(rig_read(&rig, "status"), "BD-R, blank");
	rig_fini(&rig);
}

static void an_image_is_the_same_as_image_iso(void)
{
	char command[300], path[200];
	static char saved[1 << 20];
	size_t n;
	FILE *f;

	rig_init(&rig);
	rig_put(&rig, "file", 70001);
	snprintf(path, sizeof(path), "%s/a b.iso", rig.dir);
	snprintf(command, sizeof(command), "image \"%s\" wait\n", path);
	T_EQ(rig_command(&rig, command, &err), 0);
	T_HAS(rig_read(&rig, "status"), "not verified");
	snprintf(command, sizeof(command), "image \"%s\" verify=full wait\n", path);
	T_EQ(rig_command(&rig, command, &err), 0);
	T_HAS(rig_read(&rig, "status"), "read back equal");
	f = fopen(path, "re");
	T_MUST(f != NULL);
	n = fread(saved, 1, sizeof(saved), f);
	fclose(f);
	T_EQ(n, rig_space(&rig, "image_blocks") * 2048);
	for (size_t off = 0; off < n;) {
		static uint8_t part[9000];
		struct ctl_handle *h = rig_open(&rig, "image.iso", O_RDONLY);
		ssize_t got = ctl_read(h, off, part, 1 + t_below(sizeof(part)), &err);

		T_MUST(got > 0);
		T_MEM(part, saved + off, (size_t)got);
		off += (size_t)got;
		ctl_release(h);
	}
	rig_fini(&rig);
}

/* UDF 1.50 2.2.10: the table is the last block that was recorded. */
static void a_virtual_table_is_refused_where_it_cannot_be_the_end(void)
{
	static const struct {
		const char *load, *why;
	} media[] = {
		{ "load medium=cd-r", "150 blocks have to follow it on a CD-R" },
		{ "load medium=dvd+r", NULL },
		{ "load medium=bd-r", NULL },
	};

	rig_init(&rig);
	rig_put(&rig, "file", 70001);
	T_EQ(rig_write(&rig, "settings/udf_revision", "1.50\n"), 0);
	T_EQ(rig_write(&rig, "settings/udf_access", "write-once\n"), 0);
	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
		T_EQ(rig_command(&rig, media[i].load, &err), 0);
		if (!media[i].why) {
			T_EQ(rig_command(&rig, "burn wait", &err), 0);
			continue;
		}
		T_HAS(rig_read(&rig, "plan"), media[i].why);
		T_EQ(rig_command(&rig, "burn wait", &err), -EMEDIUMTYPE);
		T_HAS(err.msg, media[i].why);
		T_HAS(err.msg, "set udf_access read-only");
		T_EQ(rig_write(&rig, "settings/udf_access", "read-only\n"), 0);
		T_HAS(rig_read(&rig, "plan"), "now      ready");
		T_EQ(rig_write(&rig, "settings/udf_access", "write-once\n"), 0);
	}
	rig_fini(&rig);
}

static uint32_t next_lba(struct rig *r)
{
	struct medium m;

	burner_medium(r->burner, &m);
	T_TRUE(m.next_lba > 0);
	return m.next_lba;
}

/* Where the disc in the recorder goes on, there the next session would begin. */
static void a_session_begins_where_the_disc_goes_on(void)
{
	static uint8_t bytes[20 * 2048];
	struct ctl_attr a;
	struct ctl_handle *h;

	rig_init(&rig);
	rig_put(&rig, "file", 70001);
	T_EQ(rig_command(&rig, "load medium=dvd+r", &err), 0);
	T_EQ(ctl_lookup(rig.ctl, CTL_ROOT, "session.bin", &a), -ENOENT);
	T_EQ(rig_command(&rig, "burn close=appendable wait", &err), 0);
	T_EQ(ctl_lookup(rig.ctl, CTL_ROOT, "session.bin", &a), 0);
	T_EQ(a.size_bytes, rig_space(&rig, "image_blocks") * 2048);
	h = rig_open(&rig, "session.bin", O_RDONLY);
	T_EQ(ctl_read(h, 0, bytes, sizeof(bytes), &err), (ssize_t)sizeof(bytes));
	T_MEM(bytes + 16 * 2048 + 1, "CD001", 5);
	/* 8.4.8: up to the end of the new session; 8.4.18: the root is within it. */
	T_EQ(get_u32le(bytes + 16 * 2048 + 80), next_lba(&rig) + a.size_bytes / 2048);
	T_TRUE(get_u32le(bytes + 16 * 2048 + 158) > next_lba(&rig));
	ctl_release(h);
	T_EQ(rig_command(&rig, "eject", &err), 0);
	T_EQ(ctl_lookup(rig.ctl, CTL_ROOT, "session.bin", &a), -ENOENT);
	rig_fini(&rig);
}

static int image_to(const char *path)
{
	char command[300];

	snprintf(command, sizeof(command), "image %s wait", path);
	return rig_command(&rig, command, &err);
}

static void an_image_goes_to_regular_files_only(void)
{
	char path[200], keep[8] = "";
	int fd;

	rig_init(&rig);
	T_EQ(image_to("/dev/null"), -EINVAL);
	T_EQ(image_to("/"), -EINVAL);
	T_EQ(image_to("/nowhere/at/all.iso"), -ENOENT);
	T_HAS(err.msg, "/nowhere/at/all.iso");
	T_EQ(rig_command(&rig, "load", &err), 0);
	/* A refused command leaves the file as it was. */
	snprintf(path, sizeof(path), "%s/catalogue", rig.dir);
	fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	T_EQ(write(fd, "keep me", 7), 7);
	T_EQ(rig_command(&rig, "image catalogue", &err), -EINVAL);
	T_EQ(pread(fd, keep, 7, 0), 7);
	T_STR(keep, "keep me");
	T_EQ(image_to(path), 0); /* an empty layout has an image, too */
	T_EQ(lseek(fd, 0, SEEK_END), (off_t)(rig_space(&rig, "image_blocks") * 2048));
	close(fd);
	rig_fini(&rig);
}

static void an_image_is_opened_with_the_callers_rights(void)
{
	struct ctl_caller who = { .uid = 65534, .gid = 65534 };
	struct ctl_handle *h = NULL;
	char command[200], path[160];
	struct stat st;

	if (geteuid() != 0)
		return;
	rig_init(&rig);
	snprintf(path, sizeof(path), "%s/theirs.iso", rig.dir);
	snprintf(command, sizeof(command), "image %s wait\n", path);
	T_EQ(chmod(rig.dir, 0755), 0);
	T_EQ(ctl_open(rig.ctl, rig_node(&rig, "control"), O_WRONLY, &who, &h, &err), 0);
	T_EQ(ctl_write(h, command, strlen(command), &err), -EACCES);
	T_EQ(chmod(rig.dir, 0777), 0);
	T_EQ(ctl_write(h, command, strlen(command), &err), (ssize_t)strlen(command));
	T_EQ(stat(path, &st), 0);
	T_EQ(st.st_uid, 65534);
	ctl_release(h);
	rig_fini(&rig);
}

static void only_one_job_runs(void)
{
	rig_init(&rig);
	rig_put(&rig, "file", 200000);
	T_EQ(rig_command(&rig, "load", &err), 0);
	T_EQ(rig_command(&rig, "cancel", &err), -EINVAL);
	rig_gate_close(&rig);
	T_EQ(rig_command(&rig, "burn", &err), 0);
	rig_gate_reached(&rig);
	T_EQ(rig_command(&rig, "burn", &err), -EBUSY);
	T_HAS(err.msg, "job 1");
	T_EQ(rig_command(&rig, "load", &err), -EBUSY);
	T_EQ(rig_command(&rig, "eject", &err), -EBUSY);
	T_EQ(image_to("/tmp/never.iso"), -EBUSY);
	T_EQ(rig_command(&rig, "cancel", &err), 0);
	T_STR(rig_read(&rig, "control"), "ok job=1\n");
	rig_gate_open(&rig);
	T_HAS(rig_read(&rig, "progress"), "state=cancelled");
	rig_reopen(&rig);
	T_EQ(last_job().code, -ECANCELED);
	rig_fini(&rig);
}

static void *wait_for_burn(void *arg)
{
	struct ctl_handle *h = arg;
	ssize_t *got = malloc(sizeof(*got));

	T_MUST(got != NULL);
	*got = ctl_write(h, "burn wait\n", 10, NULL);
	return got;
}

/* The result of `burn wait` on a thread of its own, while @meanwhile happens to its handle. */
static ssize_t burn_meanwhile(void (*meanwhile)(struct ctl_handle *h))
{
	struct ctl_handle *h = rig_open(&rig, "control", O_WRONLY);
	pthread_t thread;
	ssize_t *result = NULL, got;

	rig_gate_close(&rig);
	T_MUST(pthread_create(&thread, NULL, wait_for_burn, h) == 0);
	rig_gate_reached(&rig);
	meanwhile(h);
	pthread_join(thread, (void **)&result);
	got = *result;
	free(result);
	ctl_release(h);
	return got;
}

static void interrupt(struct ctl_handle *h)
{
	ctl_interrupt(h);
}

static void cancel_and_open(struct ctl_handle *h)
{
	(void)h;
	T_EQ(rig_command(&rig, "cancel", &err), 0);
	rig_gate_open(&rig);
}

static void an_interrupt_ends_the_waiting_and_not_the_job(void)
{
	rig_init(&rig);
	rig_put(&rig, "file", 200000);
	T_EQ(rig_command(&rig, "load", &err), 0);
	T_EQ(burn_meanwhile(interrupt), -EINTR);
	T_STR(rig_read(&rig, "control"), "ok job=1\n");
	rig_gate_open(&rig);
	T_HAS(rig_read(&rig, "progress"), "state=done");
	rig_fini(&rig);
}

static void a_job_that_is_cancelled_fails_the_waiting_write(void)
{
	rig_init(&rig);
	rig_put(&rig, "file", 200000);
	T_EQ(rig_command(&rig, "load", &err), 0);
	T_EQ(burn_meanwhile(cancel_and_open), -ECANCELED);
	T_HAS(rig_read(&rig, "control"), "error ECANCELED: ");
	T_EQ(last_job().code, -ECANCELED);
	rig_fini(&rig);
}

static void a_rewritable_medium_is_burned_refused_and_overwritten(void)
{
	rig_init(&rig);
	rig_put(&rig, "file", 5000);
	T_EQ(rig_command(&rig, "load medium=dvd+rw", &err), 0);
	T_HAS(rig_read(&rig, "plan"), "format   formatted first");
	T_HAS(rig_read(&rig, "plan"), "mode     overwrite");
	T_EQ(rig_command(&rig, "burn wait", &err), 0);
	T_HAS(rig_read(&rig, "status"), "DVD+RW, overwritable");
	T_EQ(rig_space(&rig, "capacity_blocks"), 2295104);
	T_EQ(rig_command(&rig, "verify wait", &err), 0);
	T_EQ(rig_command(&rig, "burn", &err), -EEXIST);
	T_HAS(err.msg, "say overwrite");
	rig_put(&rig, "other", 5000);
	T_EQ(rig_command(&rig, "verify wait", &err), -EIO);
	T_EQ(rig_command(&rig, "burn overwrite wait", &err), 0);
	T_EQ(rig_command(&rig, "verify wait", &err), 0);
	T_EQ(rig_command(&rig, "close", &err), -EMEDIUMTYPE);
	T_EQ(rig_command(&rig, "erase quick wait", &err), 0);
	T_HAS(rig_read(&rig, "status"), "DVD+RW, blank");
	T_EQ(rig_command(&rig, "format spare=none", &err), -EOPNOTSUPP);
	T_EQ(rig_command(&rig, "erase quick full", &err), -EINVAL);
	rig_fini(&rig);
}

static void sessions_are_appended_until_the_disc_is_closed(void)
{
	uint64_t room;

	rig_init(&rig);
	rig_put(&rig, "file", 5000);
	T_EQ(rig_command(&rig, "load medium=dvd+r", &err), 0);
	T_EQ(rig_command(&rig, "close", &err), -EINVAL);
	T_EQ(rig_command(&rig, "erase", &err), -EMEDIUMTYPE);
	T_EQ(rig_command(&rig, "format", &err), -EMEDIUMTYPE);
	T_EQ(rig_command(&rig, "burn close=appendable wait", &err), 0);
	room = rig_space(&rig, "capacity_blocks");
	T_TRUE(room < 2295104 - 2048 && room > 2290000);
	T_HAS(rig_read(&rig, "plan"), "session  2, from block ");
	T_HAS(rig_read(&rig, "plan"), "keep the disc appendable (auto)");
	T_HAS(rig_read(&rig, "plan"), "now      ready");
	rig_put(&rig, "more", 5000);
	T_EQ(rig_command(&rig, "burn wait", &err), 0);
	T_EQ(rig_command(&rig, "verify wait", &err), 0);
	T_HAS(rig_read(&rig, "status"), "appendable");
	T_TRUE(rig_space(&rig, "capacity_blocks") < room);
	T_EQ(rig_command(&rig, "close wait", &err), 0);
	T_HAS(rig_read(&rig, "status"), "closed");
	T_EQ(rig_command(&rig, "close", &err), -EROFS);
	T_EQ(rig_command(&rig, "burn", &err), -EROFS);
	rig_fini(&rig);
}

static void spare_areas_are_told_by_df(void)
{
	rig_init(&rig);
	T_EQ(rig_command(&rig, "load medium=bd-re", &err), 0);
	T_EQ(rig_space(&rig, "capacity_blocks"), 11826176);
	T_EQ(rig_command(&rig, "format spare=none wait", &err), 0);
	T_EQ(rig_space(&rig, "capacity_blocks"), 12219392);
	T_EQ(rig_command(&rig, "format spare=max wait", &err), 0);
	T_EQ(rig_space(&rig, "capacity_blocks"), 11564032);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_burn_that_waits_returns_with_a_closed_verified_disc);
	T_RUN(a_burn_is_refused_before_it_begins);
	T_RUN(what_does_not_fit_is_refused_with_need_and_have);
	T_RUN(the_room_follows_the_medium);
	T_RUN(a_layout_stays_planned_for_the_last_blank_medium);
	T_RUN(an_image_is_the_same_as_image_iso);
	T_RUN(a_virtual_table_is_refused_where_it_cannot_be_the_end);
	T_RUN(a_session_begins_where_the_disc_goes_on);
	T_RUN(an_image_goes_to_regular_files_only);
	T_RUN(an_image_is_opened_with_the_callers_rights);
	T_RUN(only_one_job_runs);
	T_RUN(an_interrupt_ends_the_waiting_and_not_the_job);
	T_RUN(a_job_that_is_cancelled_fails_the_waiting_write);
	T_RUN(a_rewritable_medium_is_burned_refused_and_overwritten);
	T_RUN(sessions_are_appended_until_the_disc_is_closed);
	T_RUN(spare_areas_are_told_by_df);
	return t_end();
}
