/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of UDF one by one: file identifiers, file entries, link targets, device numbers. */
#include "base/bytes.h"
#include "base/err.h"
#include "base/sector.h"
#include "fuzz.h"
#include "mend.h"
#include "udf/tag.h"
#include "udfread/fidread.h"
#include "udfread/icbread.h"
#include "udfread/inoderead.h"
#include "udfread/tagread.h"

#include <string.h>

static void identifier(uint8_t *p, size_t n)
{
	static char name[UDF_NAME_MAX];
	struct udf_fid_found fid;
	int len;

	if (n >= 16)
		mend_tag(p, n);
	if (udf_fid_decode(p, n, get_u32le(p + 12), &fid, NULL) < 0)
		return;
	FUZZ_MUST(fid.bytes <= n && fid.use >= p && fid.use + fid.use_bytes <= p + n);
	FUZZ_MUST(fid.ident >= p && fid.ident + fid.ident_bytes <= p + n);
	len = udf_fid_name(&fid, name, NULL);
	FUZZ_MUST(len < 0 || (size_t)len < sizeof(name));
}

static void entry(const uint8_t *p, size_t n)
{
	struct udf_icb *icb = calloc(1, sizeof(*icb));
	dev_t device;

	FUZZ_MUST(icb != NULL);
	memcpy(icb->raw, p, n < SECTOR ? n : SECTOR);
	icb->at.number = get_u32le(icb->raw + 12);
	mend_tag(icb->raw, SECTOR);
	if (udf_icb_decode(icb, NULL) == 0) {
		FUZZ_MUST(icb->ea >= icb->raw && icb->ea + icb->ea_bytes <= icb->raw + SECTOR);
		FUZZ_MUST(icb->ad >= icb->raw && icb->ad + icb->ad_bytes <= icb->raw + SECTOR);
		udf_device_read(icb, &device, NULL);
	}
	free(icb);
}

/* Attributes alone, with nothing behind them. */
static void attributes(uint8_t *p, size_t n)
{
	struct udf_icb *icb = calloc(1, sizeof(*icb));
	dev_t device;

	FUZZ_MUST(icb != NULL);
	icb->ea = p;
	icb->ea_bytes = (uint32_t)n;
	if (n >= 16) {
		mend_tag(p, n);
		icb->at.number = get_u32le(p + 12);
	}
	udf_device_read(icb, &device, NULL);
	free(icb);
}

#define TARGET_MAX 4096u

static void path(const uint8_t *p, size_t n)
{
	char *target = malloc(TARGET_MAX);
	int len;

	FUZZ_MUST(target != NULL);
	len = udf_path_read(p, n, target, TARGET_MAX, NULL);
	FUZZ_MUST(len <= (int)TARGET_MAX);
	free(target);
}

/* The text of the stream that holds ACLs. */
static void acls(const uint8_t *p, size_t n)
{
	struct tree_xattr found[2];
	struct arena arena;

	arena_init(&arena);
	FUZZ_MUST(udf_acl_read(p, n, &arena, found) <= 2);
	arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_bytes b = { data, size };
	uint8_t which = fuzz_u8(&b) % 5;
	size_t n;
	uint8_t *p = fuzz_rest(&b, &n);

	if (which == 0 && n >= 16)
		identifier(p, n);
	else if (which == 1)
		entry(p, n);
	else if (which == 2)
		attributes(p, n);
	else if (which == 3)
		path(p, n);
	else if (which == 4)
		acls(p, n);
	free(p);
	return 0;
}

/* 4/14.4, 14.9, 14.10.7 and 14.16, written by hand: lengths are where the standard has them. */
size_t fuzz_seed(unsigned i, uint8_t *out)
{
	static const uint8_t components[] = { 3, 2, 0, 0, 0, 5, 3, 0, 0, 8, 'a', 'b', 4, 0, 0, 0, 5,
		5, 0, 0, 16, 0, 'c', 0, 'd' };
	uint8_t *p = out + 1;

	static const char acl[] = "user::rwx\nuser:1234:r-x\ngroup::r--\nmask::rwx\nother::---\n"
				  "default:user::rwx\n";

	if (i > 5)
		return 0;
	memset(out, 0, FUZZ_INPUT_MAX);
	out[0] = (uint8_t)(i == 5 ? 4 : i == 4 ? 1 : i);
	if (i == 5) {
		memcpy(p, acl, sizeof(acl) - 1);
		return sizeof(acl);
	}
	put_u16le(p + 2, 2);
	if (i == 3) {
		memcpy(p, components, sizeof(components));
		return 1 + sizeof(components);
	}
	if (i == 0 || i == 4) {
		put_u16le(p, i == 0 ? 257 : 261);
		put_u16le(p + 10, i == 0 ? 26 : 160);
		put_u16le(p + 16, 1);
		p[19] = 4;
		p[38] = 8;
		memcpy(p + 39, "nam", 3);
		return 1 + 44;
	}
	put_u16le(p, i == 1 ? 261 : 262);
	put_u16le(p + 10, i == 1 ? 160 : 8);
	if (i == 1) {
		put_u16le(p + 20, 4);
		p[27] = 5;
		put_u32le(p + 172, 8);
		return 1 + 300;
	}
	put_u32le(p + 24, 12);
	p[28] = 1;
	put_u32le(p + 32, 24);
	put_u32le(p + 40, 8);
	put_u32le(p + 44, 17);
	return 1 + 56;
}
