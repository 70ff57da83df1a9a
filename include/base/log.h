/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Log lines, written only where an error is finally handled. */
#ifndef DISCFS_BASE_LOG_H
#define DISCFS_BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* To standard error while in the foreground, to syslog afterwards. Thread-safe. */
void log_to_syslog(const char *ident);
void log_set_level(enum log_level level);
/* One line; @module is the file-level name of the caller's module. */
void log_line(enum log_level level, const char *module, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
