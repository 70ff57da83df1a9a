/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Log lines to standard error or syslog. */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <syslog.h>

static atomic_bool use_syslog;
static atomic_int max_level = LOG_LEVEL_INFO;

void log_to_syslog(const char *ident)
{
	openlog(ident, LOG_PID, LOG_USER);
	atomic_store(&use_syslog, true);
}

void log_set_level(enum log_level level)
{
	atomic_store(&max_level, (int)level);
}

void log_line(enum log_level level, const char *module, const char *fmt, ...)
{
	static const int priority[] = { LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG };
	char line[1024];
	va_list ap;

	if ((int)level > atomic_load(&max_level))
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (atomic_load(&use_syslog))
		syslog(priority[level], "%s: %s", module, line);
	else
		fprintf(stderr, "discfs: %s: %s\n", module, line);
}
