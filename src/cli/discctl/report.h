/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a command's outcome is told. */
#ifndef DISCFS_DISCCTL_REPORT_H
#define DISCFS_DISCCTL_REPORT_H

struct discctl;
struct err;
struct follow_result;

#define EXIT_USAGE 2
/* Of check, as of fsck(8). */
#define EXIT_CHECK_LEFT	  4
#define EXIT_CHECK_FAILED 8

/*
 * @r: 0, or the negative errno whose sentence stands in @err. @res: the job followed, or NULL.
 * @reply: what control said. The exit status: 0 only for success.
 */
int report(const struct discctl *d, const struct follow_result *res, const char *reply, int r,
	const struct err *err);

#endif
