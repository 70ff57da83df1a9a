/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/t.h"

#include "rig_ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static struct rig rig;
static struct err err;

static void without_a_job_progress_is_one_idle_line(void)
{
	rig_init(&rig);
	T_STR(rig_read(&rig, "progress"),
		"job=0 state=idle percent=0 lba=0 rate=0 eta=0 file=\"\" buffer=0 "
		"drive_buffer=0\n");
	rig_fini(&rig);
}

static void start_burn(const char *name, size_t size)
{
	rig_put(&rig, name, size);
	T_MUST(rig_command(&rig, "load", &err) == 0);
	T_MUST(rig_command(&rig, "burn", &err) == 0);
}

static void progress_is_read_to_the_end_of_its_job(void)
{
	char line[600] = "", last[600] = "";
	struct ctl_handle *h;
	ssize_t got;
	unsigned lines = 0;

	rig_init(&rig);
	rig_gate_close(&rig);
	start_burn("file", 300000);
	rig_gate_reached(&rig);
	h = rig_open(&rig, "progress", O_RDONLY);
	T_TRUE(ctl_readable(h));
	while ((got = ctl_read(h, 0, line, sizeof(line) - 1, &err)) > 0) {
		line[got] = '\0';
		if (lines++ == 0)
			T_HAS(line, "job=1 state=write ");
		T_TRUE(line[got - 1] == '\n' && strncmp(line, "job=1 ", 6) == 0);
		snprintf(last, sizeof(last), "%s", line);
		rig_gate_open(&rig);
	}
	T_EQ(got, 0);
	T_HAS(last, "state=done percent=100 ");
	T_HAS(last, "outcome=\"");
	T_TRUE(lines >= 2);
	ctl_release(h);
	T_STR(rig_read(&rig, "progress"), last);
	rig_fini(&rig);
}

static void a_line_is_read_in_any_pieces(void)
{
	struct ctl_handle *h;
	char text[300] = "";
	size_t n = 0;
	ssize_t got;

	rig_init(&rig);
	h = rig_open(&rig, "progress", O_RDONLY);
	while ((got = ctl_read(h, n, text + n, 7, &err)) > 0)
		n += (size_t)got;
	T_STR(text, rig_read(&rig, "progress"));
	ctl_release(h);
	rig_fini(&rig);
}

static void nonblocking_reads_say_again(void)
{
	struct ctl_handle *h;
	char line[600];

	rig_init(&rig);
	h = rig_open(&rig, "events", O_RDONLY | O_NONBLOCK);
	T_TRUE(!ctl_readable(h));
	T_EQ(ctl_read(h, 0, line, sizeof(line), &err), -EAGAIN);
	T_EQ(rig_command(&rig, "load medium=bd-r", &err), 0);
	T_TRUE(ctl_readable(h));
	memset(line, 0, sizeof(line));
	T_TRUE(ctl_read(h, 0, line, sizeof(line) - 1, &err) > 0);
	T_HAS(line, "event=medium state=blank type=bd-r");
	ctl_release(h);
	rig_fini(&rig);
}

static void events_tell_of_jobs(void)
{
	static char text[8192];
	struct ctl_handle *h;
	ssize_t got;

	rig_init(&rig);
	h = rig_open(&rig, "events", O_RDONLY);
	start_burn("file", 10);
	memset(text, 0, sizeof(text));
	for (size_t n = 0; !strstr(text, "state=done"); n += (size_t)got) {
		got = ctl_read(h, n, text + n, sizeof(text) - 1 - n, &err);
		T_MUST(got > 0);
	}
	T_HAS(text, "event=job job=1 state=write");
	T_HAS(text, "outcome=\"");
	ctl_release(h);
	rig_fini(&rig);
}

static void a_slow_reader_is_told_what_it_lost(void)
{
	static char text[65536];
	struct ctl_handle *h;

	rig_init(&rig);
	h = rig_open(&rig, "events", O_RDONLY);
	for (int i = 0; i < 40; i++) {
		T_EQ(rig_command(&rig, "load", &err), 0);
		T_EQ(rig_command(&rig, "eject", &err), 0);
	}
	memset(text, 0, sizeof(text));
	T_TRUE(ctl_read(h, 0, text, sizeof(text) - 1, &err) > 0);
	T_HAS(text, "event=lost lines=");
	ctl_release(h);
	rig_fini(&rig);
}

static void *read_one(void *arg)
{
	char line[600];

	T_EQ(ctl_read(arg, 0, line, sizeof(line), NULL), -EINTR);
	return NULL;
}

/* Early or late, the interrupt ends the one read that is under way or comes next. */
static void an_interrupt_ends_a_blocked_read(void)
{
	static const char *const names[] = { "events", "progress" };

	rig_init(&rig);
	rig_gate_close(&rig);
	start_burn("file", 300000);
	rig_gate_reached(&rig);
	for (unsigned i = 0; i < 20; i++) {
		struct ctl_handle *h = rig_open(&rig, names[i % 2], O_RDONLY);
		char line[600];
		pthread_t thread;

		if (i % 2)
			T_TRUE(ctl_read(h, 0, line, sizeof(line), &err) > 0);
		T_MUST(pthread_create(&thread, NULL, read_one, h) == 0);
		ctl_interrupt(h);
		pthread_join(thread, NULL);
		ctl_release(h);
	}
	rig_fini(&rig);
}

static void hostile_names_forge_no_line(void)
{
	static const char name[] = "a\nb\x1b[2J\"\xff";
	static const char shown[] = "/a\\nb\\x1b[2J\\\"\\xff";
	struct ctl_handle *h;
	char line[600] = "";

	rig_init(&rig);
	rig_gate_close_after(&rig, 20);
	start_burn(name, 4 << 20);
	rig_gate_reached(&rig);
	h = rig_open(&rig, "progress", O_RDONLY);
	T_TRUE(ctl_read(h, 0, line, sizeof(line) - 1, &err) > 0);
	T_HAS(line, shown);
	T_EQ(strchr(line, '\n') - line, strlen(line) - 1);
	T_HAS(rig_read(&rig, "status"), shown);
	T_TRUE(!strchr(rig_read(&rig, "status"), '\x1b'));
	T_TRUE(!strchr(rig_read(&rig, "status.json"), '\x1b'));
	ctl_release(h);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(without_a_job_progress_is_one_idle_line);
	T_RUN(progress_is_read_to_the_end_of_its_job);
	T_RUN(a_line_is_read_in_any_pieces);
	T_RUN(nonblocking_reads_say_again);
	T_RUN(events_tell_of_jobs);
	T_RUN(a_slow_reader_is_told_what_it_lost);
	T_RUN(an_interrupt_ends_a_blocked_read);
	T_RUN(hostile_names_forge_no_line);
	return t_end();
}
