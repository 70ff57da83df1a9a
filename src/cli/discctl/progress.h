/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of .discfs/progress, taken apart. */
#ifndef DISCFS_DISCCTL_PROGRESS_H
#define DISCFS_DISCCTL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Copies the value of @key in @line (`key=value`, or `key="value"` with escapes left as they are)
 * into @out, cut to @cap; false and "" when the line has no such key.
 */
bool progress_field(const char *line, const char *key, char *out, size_t cap);
/* One line of at most @columns columns for a terminal; @out holds at least 4 * columns bytes. */
void progress_bar(const char *line, size_t columns, char *out, size_t cap);

#endif
