/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 (FIPS 180-4) of content that comes in pieces. */
#ifndef DISCFS_BASE_DIGEST_H
#define DISCFS_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct err;

#define DIGEST_BYTES 32u
#define DIGEST_TEXT  (2 * DIGEST_BYTES) /* hexadecimal digits */

struct digest {
	uint8_t bytes[DIGEST_BYTES];
};

/* One thread's; makes one digest after the other. */
struct digester;
int digester_new(struct digester **out, struct err *err); /* 0 or -ENOMEM */
void digester_free(struct digester *d);			  /* NULL is fine */
/* Starts anew, whatever was added before. */
void digester_begin(struct digester *d);
void digester_add(struct digester *d, const void *bytes, size_t n);
struct digest digester_end(struct digester *d);

/* Lower-case digits and a NUL, as sha256sum writes them. */
void digest_text(const struct digest *d, char out[static DIGEST_TEXT + 1]);

#endif
