/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of `copy` as a command and a job. */
#include "harness/t.h"

#include "rig_ctl.h"

#include "catalog/catalog.h"
#include "stage/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct rig rig;
static struct err err;
static char src[200];

static void put(const char *name, off_t size)
{
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", src, name);
	fd = open(path, O_WRONLY | O_CREAT, 0644);
	T_MUST(fd >= 0 && ftruncate(fd, size) == 0);
	close(fd);
}

static void begin(void)
{
	rig_init(&rig);
	snprintf(src, sizeof(src), "%s/src", t_tmpdir());
	T_MUST(mkdir(src, 0755) == 0);
}

static int command(const char *rest)
{
	char line[400];

	snprintf(line, sizeof(line), "copy \"%s\" %s\n", src, rest);
	return rig_command(&rig, line, &err);
}

static bool is_staged(const char *name)
{
	struct stage_attr a;

	return stage_lookup(rig.stage, STAGE_ROOT_INO, name, &a, NULL) == 0;
}

static void a_copy_is_a_job(void)
{
	struct catalog_job row;

	begin();
	put("a", 5000);
	T_EQ(command("wait"), 0);
	T_STR(rig_read(&rig, "control"), "ok job=1\n");
	T_TRUE(is_staged("src"));
	T_EQ(stage_job_last(rig.stage, &row, NULL), 0);
	T_EQ(row.code, 0);
	T_HAS(row.outcome, "copied 1 file (4.9 KiB) and 1 directory of ");
	T_HAS(rig_read(&rig, "progress"), "state=done percent=100 ");
	T_HAS(rig_read(&rig, "status"), "(copy) done");
	T_EQ(command("other on-error=skip"), 0);
	T_STR(rig_read(&rig, "control"), "ok job=2\n");
	rig_fini(&rig);
}

static void what_its_sizing_finds_refuses_it(void)
{
	struct catalog_job row;

	begin();
	put("a", (off_t)5 << 30);
	T_EQ(command(""), -ENOSPC);
	T_HAS(rig_read(&rig, "control"), "error ENOSPC: it does not fit: need ");
	T_TRUE(!is_staged("src"));
	T_EQ(stage_job_last(rig.stage, &row, NULL), 0);
	T_EQ(row.code, -ENOSPC);
	T_EQ(rig_command(&rig, "copy /no/such/source\n", &err), -ENOENT);
	rig_fini(&rig);
}

static void its_words_are_checked_first(void)
{
	struct catalog_job row;

	begin();
	T_EQ(command("on-error=maybe"), -EINVAL);
	T_EQ(command("a b"), -EINVAL);
	T_EQ(command("onerror=skip"), -EINVAL);
	T_HAS(err.msg, "on-error");
	T_EQ(command("../a"), -EINVAL);
	T_EQ(command("/no/such"), -ENOENT);
	T_EQ(rig_command(&rig, "copy\n", &err), -EINVAL);
	T_EQ(rig_command(&rig, "copy src\n", &err), -EINVAL);
	T_EQ(stage_job_last(rig.stage, &row, NULL), -ENOENT);
	rig_fini(&rig);
}

static void one_job_runs_at_a_time(void)
{
	begin();
	rig_put(&rig, "file", 100000);
	put("a", 10);
	T_EQ(rig_command(&rig, "load medium=dvd+r\n", &err), 0);
	rig_gate_close(&rig);
	T_EQ(rig_command(&rig, "burn\n", &err), 0);
	rig_gate_reached(&rig);
	T_EQ(command("wait"), -EBUSY);
	T_TRUE(!is_staged("src"));
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_copy_is_a_job);
	T_RUN(what_its_sizing_finds_refuses_it);
	T_RUN(its_words_are_checked_first);
	T_RUN(one_job_runs_at_a_time);
	return t_end();
}
