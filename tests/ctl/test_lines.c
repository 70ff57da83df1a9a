/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/t.h"

#include "rig_ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static struct rig rig;
static struct err err;

static ssize_t put(struct ctl_handle *h, const char *text)
{
	err = (struct err){ 0 };
	return ctl_write(h, text, strlen(text), &err);
}

/* eject without a medium is refused or not, but clear always works on an empty layout. */
static void a_line_is_run_in_the_write_that_completes_it(void)
{
	struct ctl_handle *h;

	rig_init(&rig);
	h = rig_open(&rig, "control", O_WRONLY);
	T_EQ(put(h, "nons"), -EINVAL);
	T_EQ(put(h, "bur"), 3);
	T_EQ(put(h, "n"), 1);
	T_STR(rig_read(&rig, "control"), "error EINVAL: unknown command \"nons\"; see "
					 ".discfs/help\n");
	T_EQ(put(h, "\n"), -EINVAL);
	T_HAS(rig_read(&rig, "control"), "nothing is staged");
	ctl_release(h);
	rig_fini(&rig);
}

static void a_command_comes_one_byte_at_a_time(void)
{
	static const char text[] = "# first\n\nclear\nburn\n";
	struct ctl_handle *h;
	ssize_t last = 0;

	rig_init(&rig);
	rig_put(&rig, "file", 1);
	h = rig_open(&rig, "control", O_WRONLY);
	for (size_t i = 0; text[i]; i++) {
		last = ctl_write(h, text + i, 1, &err);
		T_EQ(last, text[i + 1] ? 1 : -EINVAL);
	}
	T_HAS(err.msg, "nothing is staged");
	T_EQ(rig_space(&rig, "entries"), 0);
	ctl_release(h);
	rig_fini(&rig);
}

static void lines_before_a_refused_one_stay_done_and_later_ones_are_not_run(void)
{
	rig_init(&rig);
	rig_put(&rig, "file", 1);
	T_EQ(rig_command(&rig, "clear\nbrun\nload\n", &err), -EINVAL);
	T_HAS(err.msg, "brun");
	T_EQ(rig_space(&rig, "entries"), 0);
	T_HAS(rig_read(&rig, "status.json"), "\"state\": \"none\"");
	rig_fini(&rig);
}

static void a_whole_write_without_newline_is_a_command(void)
{
	rig_init(&rig);
	T_EQ(rig_command(&rig, "burn", &err), -EINVAL);
	T_HAS(err.msg, "nothing is staged");
	T_EQ(rig_command(&rig, "snapshot x", &err), -EOPNOTSUPP);
	T_EQ(rig_command(&rig, "clear", &err), 0);
	T_STR(rig_read(&rig, "control"), "ok\n");
	rig_fini(&rig);
}

static void a_write_that_ends_in_a_blank_waits_for_more_words(void)
{
	const struct ctl_caller who = { 0 };
	struct ctl_handle *h = NULL;

	rig_init(&rig);
	rig_put(&rig, "file", 10);
	T_EQ(rig_command(&rig, "load medium=cd-r", &err), 0);
	T_EQ(ctl_open(rig.ctl, rig_node(&rig, "control"), O_WRONLY, &who, &h, &err), 0);
	T_EQ(ctl_write(h, "burn ", 5, &err), 5);
	T_EQ(ctl_write(h, "simulate wait\n", 14, &err), 14);
	ctl_release(h);
	T_HAS(rig_read(&rig, "status"), "CD-R, blank");
	rig_fini(&rig);
}

static void flush_tells_of_text_that_is_no_command_and_runs_nothing(void)
{
	struct ctl_handle *h;

	rig_init(&rig);
	rig_put(&rig, "file", 1);
	h = rig_open(&rig, "control", O_WRONLY);
	T_EQ(ctl_flush(h, &err), 0);
	T_EQ(put(h, "cle"), 3);
	T_EQ(ctl_flush(h, &err), -EINVAL);
	T_EQ(put(h, "ar"), 2);
	T_EQ(ctl_flush(h, &err), 0);
	T_EQ(rig_space(&rig, "entries"), 1);
	ctl_release(h);
	T_EQ(rig_space(&rig, "entries"), 0);
	h = rig_open(&rig, "control", O_WRONLY);
	T_EQ(put(h, "burn cl"), 7);
	ctl_release(h);
	T_HAS(rig_read(&rig, "error"), "request  \"burn cl\"");
	rig_fini(&rig);
}

static void the_rest_of_a_line_that_is_too_long_is_dropped(void)
{
	static char text[5000];
	struct ctl_handle *h;

	rig_init(&rig);
	rig_put(&rig, "file", 1);
	memset(text, 'b', sizeof(text));
	h = rig_open(&rig, "control", O_WRONLY);
	T_EQ(put(h, "b"), 1);
	T_EQ(ctl_write(h, text, sizeof(text), &err), -EINVAL);
	T_HAS(err.msg, "4096");
	T_EQ(put(h, " \nclear\n"), 8);
	T_EQ(rig_space(&rig, "entries"), 0);
	T_EQ(ctl_write(h, text, 4096, &err), 4096);
	T_EQ(put(h, "b\n"), -EINVAL);
	T_HAS(err.msg, "4096");
	memcpy(text + 4990, "\nclear\n", 7);
	rig_put(&rig, "file", 1);
	T_EQ(ctl_write(h, text, 4997, &err), -EINVAL);
	T_EQ(rig_space(&rig, "entries"), 1);
	ctl_release(h);
	rig_fini(&rig);
}

static void nul_and_invalid_utf8_are_refused(void)
{
	struct ctl_handle *h;

	rig_init(&rig);
	h = rig_open(&rig, "control", O_WRONLY);
	T_EQ(ctl_write(h, "clear\0\n", 7, &err), -EINVAL);
	T_HAS(err.msg, "NUL");
	T_EQ(put(h, "clear \xff\n"), -EINVAL);
	T_HAS(err.msg, "UTF-8");
	ctl_release(h);
	rig_fini(&rig);
}

static void a_handle_that_wrote_reads_its_own_reply(void)
{
	struct ctl_handle *h;
	char reply[200] = "";

	rig_init(&rig);
	h = rig_open(&rig, "control", O_RDWR);
	T_EQ(put(h, "frob\n"), -EINVAL);
	T_TRUE(ctl_read(h, 0, reply, sizeof(reply) - 1, &err) > 0);
	T_HAS(reply, "error EINVAL: unknown command \"frob\"");
	ctl_release(h);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_line_is_run_in_the_write_that_completes_it);
	T_RUN(a_command_comes_one_byte_at_a_time);
	T_RUN(lines_before_a_refused_one_stay_done_and_later_ones_are_not_run);
	T_RUN(a_whole_write_without_newline_is_a_command);
	T_RUN(a_write_that_ends_in_a_blank_waits_for_more_words);
	T_RUN(flush_tells_of_text_that_is_no_command_and_runs_nothing);
	T_RUN(the_rest_of_a_line_that_is_too_long_is_dropped);
	T_RUN(nul_and_invalid_utf8_are_refused);
	T_RUN(a_handle_that_wrote_reads_its_own_reply);
	return t_end();
}
