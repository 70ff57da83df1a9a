/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The areas beside the tree: files like all others, but the owner's alone, and refusals told. */
#include "session.h"

#include "base/err.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DISCFS_XATTR "user.discfs."

void area_refused(fuse_req_t req, fuse_ino_t ino, const char *name, int code, const struct err *err)
{
	static const char *const folder[STAGE_AREA_COUNT] = { [STAGE_AREA_BOOT] = "boot/" };
	const enum stage_area area = stage_area_of(ino);
	char request[STAGE_NAME_MAX + 16], shown[STAGE_NAME_MAX + 1];

	if (area == STAGE_AREA_TREE || !(code == -EPERM || code == -ENOSPC || code == -EXDEV))
		return;
	snprintf(request, sizeof(request), "%s%s", folder[area],
		text_quoted(shown, sizeof(shown), name, strlen(name)));
	ctl_refused(mount_of(req)->ctl, err, request);
}

bool area_may_describe(fuse_req_t req, const char *name)
{
	return strncmp(name, STAGE_BOOT_XATTR, sizeof(STAGE_BOOT_XATTR) - 1) != 0 ||
	       control_allowed(req);
}

int area_check_xattr(
	fuse_req_t req, fuse_ino_t ino, const char *name, struct stage_bytes value, struct err *err)
{
	char shown[STAGE_NAME_MAX + 1];
	int r;

	/* An access control list could let others in. */
	if (stage_is_root(ino) && stage_area_of(ino) != STAGE_AREA_TREE)
		return err_set(err, -EOPNOTSUPP, "this directory has no attributes");
	if (strncmp(name, DISCFS_XATTR, sizeof(DISCFS_XATTR) - 1) != 0)
		return 0;
	if (!area_may_describe(req, name))
		return err_set(err, -EACCES, "%s is for the owner of the mount to set", name);
	r = ctl_check_xattr(name, value.at, value.n, err);
	if (r < 0)
		ctl_refused(mount_of(req)->ctl, err,
			text_quoted(shown, sizeof(shown), name, strlen(name)));
	return r;
}
