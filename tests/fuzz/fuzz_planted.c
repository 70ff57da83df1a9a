/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No parser of ours: one with a fault, which driver and campaign must find. */
#include "fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t at = 0; at + 1 < size;) {
		size_t length = data[at] + 1u;

		/* The fault: nobody looked whether it ends here. */
		FUZZ_MUST(at + length <= size);
		at += length;
	}
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out)
{
	static const uint8_t records[] = { 2, 'a', 'b', 0, 3, 'c', 'd', 'e' };

	memcpy(out, records, sizeof(records));
	return i == 0 ? sizeof(records) : 0;
}
