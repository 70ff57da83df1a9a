/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors by value. */
#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_fill(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;

	assert(code < 0);
	if (!e)
		return code;
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	return code;
}

int err_fill_prefix(struct err *e, int code, const char *fmt, ...)
{
	char below[sizeof(e->msg)];
	va_list ap;
	size_t n;

	assert(code < 0);
	if (!e)
		return code;
	memcpy(below, e->msg, sizeof(below));
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", below);
	e->code = code;
	return code;
}

int err_fill_sys(struct err *e, int errnum, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	assert(errnum > 0);
	if (!e)
		return -errnum;
	e->code = -errnum;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	errno = errnum;
	snprintf(e->msg + n, sizeof(e->msg) - n, ": %m");
	return -errnum;
}

const char *err_name(int code)
{
	const char *name = strerrorname_np(code < 0 ? -code : code);

	return name ? name : "EUNKNOWN";
}
