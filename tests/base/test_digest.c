/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/digest.h"
#include "harness/t.h"

#include <string.h>

static void sha256_of(const char *bytes, size_t piece, char out[static DIGEST_TEXT + 1])
{
	struct digester *d = NULL;
	struct digest sum;
	size_t n = strlen(bytes);

	T_EQ(digester_new(&d, NULL), 0);
	/* What was begun before counts for nothing. */
	digester_begin(d);
	digester_add(d, "x", 1);
	digester_begin(d);
	for (size_t at = 0; at < n; at += piece)
		digester_add(d, bytes + at, n - at < piece ? n - at : piece);
	sum = digester_end(d);
	digest_text(&sum, out);
	digester_free(d);
}

/* FIPS 180-2, appendix B. */
static void digests_are_those_of_the_standard(void)
{
	static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	char text[DIGEST_TEXT + 1];

	sha256_of("abc", 3, text);
	T_STR(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	for (size_t piece = 1; piece < 60; piece += 7) {
		sha256_of(two_blocks, piece, text);
		T_STR(text, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	}
	sha256_of("", 1, text);
	T_STR(text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int main(void)
{
	T_RUN(digests_are_those_of_the_standard);
	return t_end();
}
