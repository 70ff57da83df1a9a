/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads key=value lines and draws the bar. */
#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The end of the word at @p: blanks inside double quotes do not end it. */
static const char *word_end(const char *p)
{
	bool quoted = false;

	for (; *p && *p != '\n'; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (*p == ' ' && !quoted)
			break;
	}
	return p;
}

bool progress_field(const char *line, const char *key, char *out, size_t cap)
{
	size_t n = strlen(key);

	out[0] = '\0';
	while (*line && *line != '\n') {
		const char *end = word_end(line);

		if (strncmp(line, key, n) == 0 && line[n] == '=') {
			const char *value = line + n + 1;
			int len = (int)(end - value);

			if (len >= 2 && value[0] == '"' && end[-1] == '"') {
				value++;
				len -= 2;
			}
			snprintf(out, cap, "%.*s", len, value);
			return true;
		}
		line = *end == ' ' ? end + 1 : end;
	}
	return false;
}

static void draw(char *out, size_t width, unsigned percent)
{
	size_t full = width * (percent > 100 ? 100 : percent) / 100;

	memset(out, '#', full);
	memset(out + full, '-', width - full);
	out[width] = '\0';
}

void progress_bar(const char *line, size_t columns, char *out, size_t cap)
{
	char state[24], percent[8], rate[24], eta[24], file[256], bar[33];
	int n;

	progress_field(line, "state", state, sizeof(state));
	progress_field(line, "percent", percent, sizeof(percent));
	progress_field(line, "rate", rate, sizeof(rate));
	progress_field(line, "eta", eta, sizeof(eta));
	progress_field(line, "file", file, sizeof(file));
	draw(bar, columns >= 80 ? 32 : 10, (unsigned)strtoul(percent, NULL, 10));
	n = snprintf(out, cap, "%-7s [%s] %3s%%  %s kB/s  %s s left  %s", state, bar, percent,
		*rate ? rate : "0", *eta ? eta : "?", file);
	if (n > 0 && (size_t)n >= columns && columns < cap)
		out[columns - 1] = '\0';
	/* The names come quoted; a byte that drives a terminal is not let through all the same. */
	for (; *out; out++)
		if ((unsigned char)*out < 0x20 || *out == 0x7f)
			*out = '?';
}
