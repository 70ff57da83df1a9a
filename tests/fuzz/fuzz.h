/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a fuzz target has: the parser behind the entry point that libFuzzer calls, and a first
 * corpus made by code. With clang libFuzzer drives it; else driver.c does, over the corpus, the
 * findings in data/ and changes of both.
 */
#ifndef DISCFS_TESTS_FUZZ_H
#define DISCFS_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FUZZ_INPUT_MAX 4096u

/* Of the target: */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Seed number @i into @out of FUZZ_INPUT_MAX bytes; its length, 0 after the last. */
size_t fuzz_seed(unsigned i, uint8_t *out);

/* Called once before the first input. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* What must hold whatever the bytes are. */
#define FUZZ_MUST(x)                                                                               \
	do {                                                                                       \
		if (!(x)) {                                                                        \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #x);            \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/*
 * A directory of one's own, gone at the end; borrowed. In DISCFS_FUZZ_DIR if that is set, else in
 * memory: it is written to all the time.
 */
const char *fuzz_dir(void);

/* Takes values from the front of an input; zeros after its end. */
struct fuzz_bytes {
	const uint8_t *p;
	size_t n;
};

static inline uint8_t fuzz_u8(struct fuzz_bytes *b)
{
	if (b->n == 0)
		return 0;
	b->n--;
	return *b->p++;
}

static inline uint16_t fuzz_u16(struct fuzz_bytes *b)
{
	uint16_t low = fuzz_u8(b);

	return (uint16_t)(low | fuzz_u8(b) << 8);
}

static inline uint32_t fuzz_u32(struct fuzz_bytes *b)
{
	uint32_t low = fuzz_u16(b);

	return low | (uint32_t)fuzz_u16(b) << 16;
}

/* A copy of exactly the rest, so that a byte beyond it is seen; free() it. */
uint8_t *fuzz_rest(struct fuzz_bytes *b, size_t *n);

#endif
