/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A catalog with something of everything, to damage. */
#ifndef DISCFS_TESTS_FUZZ_SAMPLE_H
#define DISCFS_TESTS_FUZZ_SAMPLE_H

#include "fuzz.h"

struct sample {
	char path[512];
	uint8_t *bytes; /* of the closed database */
	size_t n;
};

/* Made once. */
const struct sample *sample_get(void);
/* The database as it was, with a small journal beside it and nothing else. */
void sample_restore(const struct sample *s, const uint8_t *bytes);

#endif
