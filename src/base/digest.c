/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 by libcrypto, which knows the instructions of this processor. */
#include "base/digest.h"

#include "base/err.h"

#include <openssl/evp.h>
#include <stdlib.h>

struct digester {
	EVP_MD *sha256; /* fetched once: looking it up costs more than a small file */
	EVP_MD_CTX *ctx;
};

int digester_new(struct digester **out, struct err *err)
{
	struct digester *d = calloc(1, sizeof(*d));

	if (!d)
		return err_nomem(err);
	d->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	d->ctx = EVP_MD_CTX_new();
	if (!d->sha256 || !d->ctx) {
		digester_free(d);
		return err_nomem(err);
	}
	*out = d;
	return 0;
}

void digester_free(struct digester *d)
{
	if (!d)
		return;
	EVP_MD_CTX_free(d->ctx);
	EVP_MD_free(d->sha256);
	free(d);
}

int digester_begin(struct digester *d, struct err *err)
{
	return EVP_DigestInit_ex2(d->ctx, d->sha256, NULL) == 1 ? 0 : err_nomem(err);
}

int digester_add(struct digester *d, const void *bytes, size_t n, struct err *err)
{
	return EVP_DigestUpdate(d->ctx, bytes, n) == 1 ? 0 : err_nomem(err);
}

int digester_end(struct digester *d, struct digest *out, struct err *err)
{
	return EVP_DigestFinal_ex(d->ctx, out->bytes, NULL) == 1 ? 0 : err_nomem(err);
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
