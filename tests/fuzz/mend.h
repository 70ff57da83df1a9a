/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums made right again, so that what they guard is looked at. */
#ifndef DISCFS_TESTS_FUZZ_MEND_H
#define DISCFS_TESTS_FUZZ_MEND_H

#include <stddef.h>
#include <stdint.h>

/* ECMA-167 3/7.2: the tag at @p, with up to @n bytes of descriptor, at least 16. */
void mend_tag(uint8_t *p, size_t n);

#endif
