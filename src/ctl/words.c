/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lexer of the control file: sh's double quotes and backslashes, nothing else of sh. */
#include "words.h"

#include "base/err.h"
#include "base/text.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

struct lexer {
	const char *p, *end;
	size_t used; /* of out->text */
	struct words *out;
};

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t';
}

static int check_bytes(const char *line, size_t n, struct err *err)
{
	if (n > WORDS_LINE_MAX)
		return err_set(err, -EINVAL, "the line has %zu bytes; a command has at most %u", n,
			WORDS_LINE_MAX);
	if (memchr(line, '\0', n))
		return err_set(err, -EINVAL, "the line contains a NUL byte");
	if (!utf8_valid(line, n))
		return err_set(err, -EINVAL, "the line is not valid UTF-8");
	return 0;
}

/* Inside double quotes a backslash is one of the characters unless before these (sh, 2.2.3). */
static bool escapes_in_quotes(char next)
{
	return next == '"' || next == '\\' || next == '$' || next == '`';
}

static int take_quoted(struct lexer *l, struct err *err)
{
	l->p++;
	while (l->p < l->end && *l->p != '"') {
		if (*l->p == '\\' && l->p + 1 < l->end && escapes_in_quotes(l->p[1]))
			l->p++;
		l->out->text[l->used++] = *l->p++;
	}
	if (l->p == l->end)
		return err_set(err, -EINVAL, "a double quote is opened and not closed");
	l->p++;
	return 0;
}

static int take_word(struct lexer *l, struct err *err)
{
	struct words *w = l->out;

	if (w->n == WORDS_MAX)
		return err_set(err, -EINVAL, "the line has more than %u words", WORDS_MAX);
	w->at[w->n++] = (uint16_t)l->used;
	while (l->p < l->end && !is_blank(*l->p)) {
		if (*l->p == '"') {
			int r = take_quoted(l, err);

			if (r < 0)
				return r;
			continue;
		}
		if (*l->p == '\\' && ++l->p == l->end)
			return err_set(err, -EINVAL, "the line ends in a backslash");
		w->text[l->used++] = *l->p++;
	}
	/* A word is followed by a blank or the end, so the NULs fit where the blanks were. */
	w->text[l->used++] = '\0';
	return 0;
}

int words_split(const char *line, size_t n, struct words *out, struct err *err)
{
	struct lexer l = { .p = line, .end = line + n, .out = out };
	int r = check_bytes(line, n, err);

	out->n = 0;
	if (r < 0)
		return r;
	for (;;) {
		while (l.p < l.end && is_blank(*l.p))
			l.p++;
		if (l.p == l.end || *l.p == '#')
			return 0;
		r = take_word(&l, err);
		if (r < 0)
			return r;
	}
}
