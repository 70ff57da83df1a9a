/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file system's idea of the user is changed for one thread alone (raw system calls: the
 * library's wrappers would change all threads), and only when the daemon is root.
 */
#include "base/rights.h"

#include "base/err.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

static int set_groups(int n, const gid_t *groups)
{
	return syscall(SYS_setgroups, (size_t)n, groups) < 0 ? -errno : 0;
}

/* None when they cannot be told: that only takes rights. */
static int groups_of(int32_t pid, gid_t *out)
{
	char path[64], line[2048];
	int n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%" PRId32 "/status", pid);
	f = pid > 0 ? fopen(path, "re") : NULL;
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f)) {
		char *at = line + 7, *next;

		if (strncmp(line, "Groups:", 7) != 0)
			continue;
		for (; n < RIGHTS_GROUPS_MAX; at = next) {
			unsigned long gid = strtoul(at, &next, 10);

			if (next == at)
				break;
			out[n++] = (gid_t)gid;
		}
	}
	fclose(f);
	return n;
}

void rights_of(uint32_t uid, uint32_t gid, int32_t pid, struct rights *out)
{
	out->uid = uid;
	out->gid = gid;
	out->ngroups = groups_of(pid, out->groups);
}

bool rights_in_group(const struct rights *who, uint32_t gid)
{
	for (int i = 0; i < who->ngroups; i++)
		if (who->groups[i] == gid)
			return true;
	return who->gid == gid;
}

void rights_restore(struct rights_own *old)
{
	if (!old->changed)
		return;
	syscall(SYS_setfsuid, geteuid());
	syscall(SYS_setfsgid, getegid());
	/* Root may always set the groups that it had. */
	if (set_groups(old->ngroups, old->groups) < 0)
		abort();
	old->changed = false;
}

int rights_take(const struct rights *who, struct rights_own *old, struct err *err)
{
	int r;

	old->changed = false;
	if (geteuid() != 0 || who->uid == 0)
		return 0;
	old->ngroups = getgroups(RIGHTS_GROUPS_MAX, old->groups);
	if (old->ngroups < 0)
		return err_sys(err, errno, "taking the rights of user %" PRIu32, who->uid);
	r = set_groups(who->ngroups, who->groups);
	if (r < 0)
		return err_sys(err, -r, "taking the rights of user %" PRIu32, who->uid);
	old->changed = true;
	syscall(SYS_setfsgid, who->gid);
	syscall(SYS_setfsuid, who->uid);
	/* The call never fails aloud: asking again tells what is in force. */
	if ((uid_t)syscall(SYS_setfsuid, -1) != who->uid) {
		rights_restore(old);
		return err_set(err, -EPERM, "cannot take the rights of user %" PRIu32, who->uid);
	}
	return 0;
}
