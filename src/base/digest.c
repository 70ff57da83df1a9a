/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SHA-256 by libcrypto, which knows the instructions of this processor. Its older calls: those of
 * EVP look the algorithm up, keep state of each thread and cost more than a small file.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/digest.h"

#include "base/err.h"

#include <openssl/sha.h>
#include <stdlib.h>

struct digester {
	SHA256_CTX ctx;
};

int digester_new(struct digester **out, struct err *err)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : err_nomem(err);
}

void digester_free(struct digester *d)
{
	free(d);
}

void digester_begin(struct digester *d)
{
	SHA256_Init(&d->ctx);
}

void digester_add(struct digester *d, const void *bytes, size_t n)
{
	SHA256_Update(&d->ctx, bytes, n);
}

struct digest digester_end(struct digester *d)
{
	struct digest out;

	SHA256_Final(out.bytes, &d->ctx);
	return out;
}

void digest_text(const struct digest *d, char out[static DIGEST_TEXT + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (unsigned i = 0; i < DIGEST_BYTES; i++) {
		out[2 * i] = digits[d->bytes[i] >> 4];
		out[2 * i + 1] = digits[d->bytes[i] & 15];
	}
	out[DIGEST_TEXT] = '\0';
}
