/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times, ECMA-167 1/7.3. */
#ifndef DISCFS_IMAGE_UDF_TIMESTAMP_H
#define DISCFS_IMAGE_UDF_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define UDF_TIMESTAMP_BYTES 12u

/* In UTC, cut to microseconds; years 1 to 9999, times outside are moved to the nearer end. */
void udf_timestamp_put(uint8_t *out, struct timespec t);
/* False, and 0, for a date that there is not. Without a zone it is taken for UTC. */
bool udf_timestamp_get(const uint8_t *p, struct timespec *out);

#endif
