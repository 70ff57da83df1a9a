/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The harness of the unit tests: asserts that print both values, a directory of one's own. */
#ifndef DISCFS_TESTS_HARNESS_T_H
#define DISCFS_TESTS_HARNESS_T_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A test is a function named as a sentence: static void dirrec_never_crosses_a_sector(void).
 * main: T_RUN(...) each, then return t_end(). A failed assert is reported and counted; the test
 * goes on, so an assert that later lines rely on is written T_MUST.
 */
#define T_RUN(fn) t_run(#fn, fn)

#define T_AT __FILE__, __LINE__

#define T_TRUE(x) t_true((x), #x, T_AT)
/* Integers of any type, as signed 64 bit. */
#define T_EQ(got, want)	 t_eq((int64_t)(got), (int64_t)(want), #got " == " #want, T_AT)
#define T_STR(got, want) t_str((got), (want), #got, T_AT)
/* @got contains @part. */
#define T_HAS(got, part)    t_has((got), (part), #got, T_AT)
#define T_MEM(got, want, n) t_mem((got), (want), (n), #got, T_AT)
#define T_MUST(x)                                                                                  \
	do {                                                                                       \
		if (!T_TRUE(x))                                                                    \
			t_abort();                                                                 \
	} while (0)

void t_run(const char *name, void (*fn)(void));
/* The exit status: 0 if all passed. */
int t_end(void);
/* Ends the program as skipped (77). */
void t_skip(const char *why) __attribute__((noreturn));
void t_abort(void) __attribute__((noreturn));

bool t_true(bool ok, const char *text, const char *file, int line);
bool t_eq(int64_t got, int64_t want, const char *text, const char *file, int line);
bool t_str(const char *got, const char *want, const char *text, const char *file, int line);
bool t_has(const char *got, const char *part, const char *text, const char *file, int line);
bool t_mem(
	const void *got, const void *want, size_t n, const char *text, const char *file, int line);

/* A fresh directory, removed when the program ends; borrowed. Each call makes another. */
const char *t_tmpdir(void);
/* A deterministic generator for property tests; seed it once per test. */
void t_seed(uint64_t seed);
uint64_t t_random(void);
/* 0 .. below - 1 */
uint64_t t_below(uint64_t below);

#endif
