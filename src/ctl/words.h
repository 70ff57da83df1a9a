/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts a command line into words. */
#ifndef DISCFS_CTL_WORDS_H
#define DISCFS_CTL_WORDS_H

#include <stddef.h>
#include <stdint.h>

struct err;

#define WORDS_LINE_MAX 4096u
#define WORDS_MAX      32u

/* Words lie one after the other in text, each with a NUL after it; at[i] is where word i begins. */
struct words {
	unsigned n;
	uint16_t at[WORDS_MAX];
	char text[WORDS_LINE_MAX + 1];
};

/*
 * Blanks part words; double quotes and backslashes work as in sh, single quotes are plain
 * characters; # at the start of a word begins a comment. -EINVAL for a line over WORDS_LINE_MAX,
 * NUL, invalid UTF-8, an open quote, a backslash at the end or too many words.
 */
int words_split(const char *line, size_t n, struct words *out, struct err *err);

static inline const char *words_at(const struct words *w, unsigned i)
{
	return w->text + w->at[i];
}

#endif
