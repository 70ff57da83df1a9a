/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The redo journal of a killed process: records whose sums are right and whose sense is not. */
#include "base/err.h"
#include "catalog/catalog.h"
#include "catalog/redo.h"
#include "recover.h"
#include "sample.h"

#include <string.h>

enum step { BEGIN, NUMBER, SMALL, BLOB, TEXT, ODD, SEAL, SEAL_IN_OP, OP_BEGIN, OP_END, STEPS };

static uint64_t generation_of(const struct sample *s)
{
	static uint64_t generation;
	struct redo j;

	if (generation == 0) {
		FUZZ_MUST(redo_look(&j, s->path, NULL) == 0 && j.map);
		generation = j.generation;
		redo_close(&j);
	}
	return generation;
}

/* A code that some statement has, mostly. */
static char code_of(uint8_t n)
{
	unsigned known = 0;

	for (unsigned i = 0; i < SQL_COUNT; i++)
		known += recover_code[i] != 0;
	n = (uint8_t)(n % (known + 1));
	for (unsigned i = 0; i < SQL_COUNT; i++)
		if (recover_code[i] && n-- == 0)
			return recover_code[i];
	return '?';
}

static void put_bytes(struct redo *j, struct fuzz_bytes *b, char kind)
{
	size_t n = fuzz_u8(b) % 64;

	if (n > b->n)
		n = b->n;
	redo_bytes(j, kind, b->p, n);
	b->p += n;
	b->n -= n;
}

/* @begun: a record is being written. */
static void step(struct redo *j, struct fuzz_bytes *b, bool *begun)
{
	enum step what = (enum step)(fuzz_u8(b) % STEPS);

	if (!*begun && what < OP_BEGIN) {
		redo_begin(j, code_of(fuzz_u8(b)));
		*begun = true;
	}
	if (what >= SEAL)
		*begun = false;
	switch (what) {
	case BEGIN:
		break;
	case NUMBER:
		redo_number(j, (int64_t)((uint64_t)fuzz_u32(b) << 32 | fuzz_u32(b)));
		break;
	case SMALL:
		redo_number(j, fuzz_u8(b));
		break;
	case BLOB:
		put_bytes(j, b, REDO_BLOB);
		break;
	case TEXT:
		put_bytes(j, b, REDO_TEXT);
		break;
	case ODD:
		put_bytes(j, b, (char)fuzz_u8(b));
		break;
	case SEAL:
		redo_seal(j, false);
		break;
	case SEAL_IN_OP:
		redo_seal(j, true);
		break;
	case OP_BEGIN:
		redo_op_begin(j);
		break;
	case OP_END:
	case STEPS:
		redo_op_end(j, true);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sample *s = sample_get();
	struct fuzz_bytes b = { data, size };
	const uint64_t generation = generation_of(s);
	struct catalog *c = NULL;
	struct err err = { 0 };
	bool clean, begun = false;
	struct redo j;

	sample_restore(s, s->bytes);
	FUZZ_MUST(redo_open(&j, s->path, &err) == 0 && j.map);
	redo_restart(&j, generation);
	while (b.n > 0)
		step(&j, &b, &begun);
	redo_close(&j);
	if (catalog_open(s->path, &c, &clean, &err) < 0)
		FUZZ_MUST(err.code < 0 && err.msg[0] != '\0' && !c);
	else
		catalog_close(c, &err);
	return 0;
}

/* Each statement with numbers and a name for its parameters. */
size_t fuzz_seed(unsigned i, uint8_t *out)
{
	size_t n = 0;

	if (i >= 2 * SQL_COUNT || i > 60)
		return 0;
	out[n++] = BEGIN;
	out[n++] = (uint8_t)(i / 2);
	for (uint8_t k = 0; k < 3 + i % 2 * 12; k++) {
		out[n++] = SMALL;
		out[n++] = (uint8_t)(k + 1);
		if (k % 4 == 1) {
			out[n++] = k % 8 == 1 ? BLOB : TEXT;
			out[n++] = 3;
			memcpy(out + n, "abc", 3);
			n += 3;
		}
	}
	out[n++] = i % 3 ? SEAL : SEAL_IN_OP;
	out[n++] = OP_END;
	return n;
}
