/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attributes user.discfs.* of staged files: which values they may have. */
#include "ctl/ctl.h"

#include "base/err.h"
#include "image/boot.h"
#include "state.h"

#include <string.h>

int ctl_check_xattr(const char *name, const void *value, size_t n, struct err *err)
{
	const size_t prefix = sizeof(BOOT_XATTR) - 1;
	struct boot_options options = boot_options_default();

	if (strncmp(name, BOOT_XATTR, prefix) != 0)
		return 0;
	return boot_options_set(&options, name + prefix, value, n, err);
}

void ctl_refused(struct ctl *c, const struct err *why, const char *request)
{
	report_failure(&c->report, why, 0, request);
}
