/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POSIX ACLs as users set them, through stage's decoder and the texts that discs hold. */
#include "base/bytes.h"
#include "base/err.h"
#include "base/wcur.h"
#include "fuzz.h"
#include "stage/acl.h"
#include "udf/acl.h"

#include <string.h>

static void take(struct acl *acl, const uint8_t *p, size_t n)
{
	static uint8_t again[ACL_BYTES_MAX], text[1u << 16];
	const struct tree_xattr x = { ACL_ACCESS, p, (uint32_t)n };
	struct wcur c = { .base = text, .cap = sizeof(text) };
	uint32_t mode = 0640;
	size_t len;

	FUZZ_MUST(acl->n >= 3 && acl->n <= ACL_MAX);
	len = acl_encode(acl, again);
	FUZZ_MUST(len == n);
	udf_acl_put(&c, &x);
	acl_to_mode(acl, &mode);
	FUZZ_MUST(mode <= 0777);
	acl_chmod(acl, 0751);
	acl_inherit(acl, &mode);
	len = acl_encode(acl, again);
	FUZZ_MUST(acl_decode(again, len, acl, NULL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_bytes b = { data, size };
	struct acl *acl = calloc(1, sizeof(*acl));
	struct err err = { 0 };
	size_t n;
	uint8_t *p = fuzz_rest(&b, &n);

	FUZZ_MUST(acl != NULL);
	if (acl_decode(p, n, acl, &err) < 0)
		FUZZ_MUST(err.msg[0] != '\0');
	else
		take(acl, p, n);
	free(acl);
	free(p);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out)
{
	static const struct acl_entry all[] = { { ACL_TAG_USER_OBJ, 7, UINT32_MAX },
		{ ACL_TAG_USER, 4, 1234 }, { ACL_TAG_USER, 6, 1235 },
		{ ACL_TAG_GROUP_OBJ, 5, UINT32_MAX }, { ACL_TAG_GROUP, 1, 7 },
		{ ACL_TAG_MASK, 5, UINT32_MAX }, { ACL_TAG_OTHER, 0, UINT32_MAX } };
	struct acl acl = { 0 };

	if (i > 1)
		return 0;
	for (unsigned k = 0; k < 7; k++)
		if (i == 1 || all[k].tag == ACL_TAG_USER_OBJ || all[k].tag == ACL_TAG_GROUP_OBJ ||
			all[k].tag == ACL_TAG_OTHER)
			acl.entry[acl.n++] = all[k];
	return acl_encode(&acl, out);
}
