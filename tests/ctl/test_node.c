/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/t.h"

#include "ctl/settings.h"
#include "rig_ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static struct rig rig;
static struct err err;

static void every_entry_can_be_looked_up(void)
{
	struct ctl_attr settings, listed, found;
	const char *name;
	unsigned n = 0, files = 0;

	rig_init(&rig);
	T_EQ(ctl_lookup(rig.ctl, CTL_ROOT, "settings", &settings), 0);
	for (; ctl_entry(rig.ctl, CTL_ROOT, n, &name, &listed) == 0; n++) {
		T_EQ(ctl_lookup(rig.ctl, CTL_ROOT, name, &found), 0);
		T_EQ(listed.node, found.node);
	}
	T_EQ(n, 17);
	for (; ctl_entry(rig.ctl, settings.node, files, &name, &listed) == 0; files++) {
		T_EQ(ctl_lookup(rig.ctl, settings.node, name, &found), 0);
		T_EQ(listed.node, found.node);
		T_TRUE(S_ISREG(listed.mode));
	}
	T_EQ(files, 2 * SETTING_COUNT);
	rig_fini(&rig);
}

static void what_is_not_there_is_not_found(void)
{
	struct ctl_attr a;

	rig_init(&rig);
	T_EQ(ctl_lookup(rig.ctl, CTL_ROOT, "nosuch", &a), -ENOENT);
	T_EQ(ctl_lookup(rig.ctl, CTL_ROOT, "verify", &a), -ENOENT);
	T_EQ(ctl_lookup(rig.ctl, CTL_ROOT, "", &a), -ENOENT);
	T_EQ(ctl_lookup(rig.ctl, rig_node(&rig, "control"), "x", &a), -ENOENT);
	T_EQ(ctl_getattr(rig.ctl, 9999, &a), -ENOENT);
	rig_fini(&rig);
}

static void sizes_are_what_a_read_gives(void)
{
	static const char *const names[] = { "control", "status", "status.json", "space", "plan",
		"error", "help", "settings/verify", "settings/close.allowed" };
	struct ctl_attr a;
	struct ctl_handle *h;
	char byte;

	rig_init(&rig);
	rig_put(&rig, "file", 5000);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		T_EQ(ctl_getattr(rig.ctl, rig_node(&rig, names[i]), &a), 0);
		T_EQ(a.size_bytes, strlen(rig_read(&rig, names[i])));
		T_TRUE(a.size_bytes > 0);
	}
	T_EQ(ctl_getattr(rig.ctl, rig_node(&rig, "image.iso"), &a), 0);
	h = rig_open(&rig, "image.iso", O_RDONLY);
	T_EQ(ctl_read(h, a.size_bytes - 1, &byte, 1, &err), 1);
	T_EQ(ctl_read(h, a.size_bytes, &byte, 1, &err), 0);
	ctl_release(h);
	T_EQ(ctl_getattr(rig.ctl, rig_node(&rig, "progress"), &a), 0);
	T_EQ(a.size_bytes, 0);
	rig_fini(&rig);
}

static void modes_tell_what_may_be_written(void)
{
	const struct ctl_caller who = { 0 };
	struct ctl_handle *h = NULL;
	struct ctl_attr a;

	rig_init(&rig);
	T_EQ(ctl_getattr(rig.ctl, rig_node(&rig, "control"), &a), 0);
	T_EQ(a.mode, S_IFREG | 0600);
	T_EQ(ctl_getattr(rig.ctl, rig_node(&rig, "space"), &a), 0);
	T_EQ(a.mode, S_IFREG | 0444);
	T_EQ(ctl_getattr(rig.ctl, rig_node(&rig, "status"), &a), 0);
	T_EQ(a.mode, S_IFREG | 0400);
	T_EQ(ctl_getattr(rig.ctl, rig_node(&rig, "image.iso"), &a), 0);
	T_EQ(a.mode, S_IFREG | 0400);
	T_EQ(ctl_getattr(rig.ctl, CTL_ROOT, &a), 0);
	T_TRUE(S_ISDIR(a.mode));
	T_EQ(a.nlink, 4);
	T_EQ(ctl_open(rig.ctl, rig_node(&rig, "status"), O_WRONLY, &who, &h, &err), -EACCES);
	T_EQ(ctl_open(rig.ctl, CTL_ROOT, O_RDONLY, &who, &h, &err), -EISDIR);
	T_EQ(ctl_open(rig.ctl, 9999, O_RDONLY, &who, &h, &err), -ENOENT);
	rig_fini(&rig);
}

static void an_open_image_sees_one_frozen_state(void)
{
	static char before[2048 * 400], after[2048 * 400];
	struct ctl_handle *h;
	ssize_t n;

	rig_init(&rig);
	rig_put(&rig, "file", 5000);
	h = rig_open(&rig, "image.iso", O_RDONLY);
	n = ctl_read(h, 0, before, sizeof(before), &err);
	T_MUST(n > 0);
	rig_put(&rig, "other", 5000);
	T_EQ(rig_command(&rig, "clear", &err), 0);
	T_EQ(ctl_read(h, 0, after, sizeof(after), &err), n);
	T_MEM(after, before, (size_t)n);
	ctl_release(h);
	rig_fini(&rig);
}

static void help_lists_files_and_commands(void)
{
	rig_init(&rig);
	T_HAS(rig_read(&rig, "help"), "status.json");
	T_HAS(rig_read(&rig, "help"), "burn [close=");
	T_STR(rig_read(&rig, "error"), "no error\n");
	T_STR(rig_read(&rig, "control"), "ok\n");
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(every_entry_can_be_looked_up);
	T_RUN(what_is_not_there_is_not_found);
	T_RUN(sizes_are_what_a_read_gives);
	T_RUN(modes_tell_what_may_be_written);
	T_RUN(an_open_image_sees_one_frozen_state);
	T_RUN(help_lists_files_and_commands);
	return t_end();
}
