/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The harness of the unit tests. */
#include "harness/t.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned failures, tests;
static uint64_t state = 1;
static char dirs[256][64];
static unsigned ndirs;

void t_run(const char *name, void (*fn)(void))
{
	unsigned before = failures;

	t_seed(1);
	fn();
	tests++;
	printf("%s %s\n", failures == before ? "ok  " : "FAIL", name);
	fflush(stdout);
}

int t_end(void)
{
	printf("%u tests, %u failed asserts\n", tests, failures);
	return failures ? 1 : 0;
}

void t_skip(const char *why)
{
	printf("skipped: %s\n", why);
	fflush(stdout);
	exit(77);
}

void t_abort(void)
{
	printf("FAIL: cannot go on\n");
	fflush(stdout);
	exit(1);
}

static void failed(const char *file, int line, const char *text)
{
	failures++;
	printf("%s:%d: %s\n", file, line, text);
}

bool t_true(bool ok, const char *text, const char *file, int line)
{
	if (!ok)
		failed(file, line, text);
	return ok;
}

bool t_eq(int64_t got, int64_t want, const char *text, const char *file, int line)
{
	if (got == want)
		return true;
	failed(file, line, text);
	printf("  got %" PRId64 ", wanted %" PRId64 "\n", got, want);
	return false;
}

bool t_str(const char *got, const char *want, const char *text, const char *file, int line)
{
	if (got && strcmp(got, want) == 0)
		return true;
	failed(file, line, text);
	printf("  got    \"%s\"\n  wanted \"%s\"\n", got ? got : "(null)", want);
	return false;
}

bool t_has(const char *got, const char *part, const char *text, const char *file, int line)
{
	if (got && strstr(got, part))
		return true;
	failed(file, line, text);
	printf("  \"%s\"\n  does not contain \"%s\"\n", got ? got : "(null)", part);
	return false;
}

bool t_mem(
	const void *got, const void *want, size_t n, const char *text, const char *file, int line)
{
	const unsigned char *g = got, *w = want;
	size_t i = 0;

	while (i < n && g[i] == w[i])
		i++;
	if (i == n)
		return true;
	failed(file, line, text);
	printf("  at byte %zu of %zu: got %02x, wanted %02x\n", i, n, g[i], w[i]);
	return false;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_dirs(void)
{
	for (unsigned i = 0; i < ndirs; i++)
		nftw(dirs[i], remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *t_tmpdir(void)
{
	char *d = dirs[ndirs];

	if (ndirs == 0)
		atexit(remove_dirs);
	if (ndirs == sizeof(dirs) / sizeof(dirs[0]))
		t_abort();
	snprintf(d, sizeof(dirs[0]), "/tmp/discfs-test-XXXXXX");
	if (!mkdtemp(d))
		t_abort();
	ndirs++;
	return d;
}

void t_seed(uint64_t seed)
{
	state = seed * 0x9e3779b97f4a7c15ull + 1;
}

/* splitmix64 */
uint64_t t_random(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

uint64_t t_below(uint64_t below)
{
	return t_random() % below;
}
