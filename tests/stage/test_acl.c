/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ACLs as values. */
#include "stage/acl.h"

#include "base/err.h"
#include "harness/t.h"

#include <errno.h>
#include <string.h>

/* u::rw- u:5:rwx g::r-- g:9:-w- m::rw- o::--- */
static const struct acl rich = { .n = 6,
	.entry = { { ACL_TAG_USER_OBJ, 6, 0 }, { ACL_TAG_USER, 7, 5 }, { ACL_TAG_GROUP_OBJ, 4, 0 },
		{ ACL_TAG_GROUP, 2, 9 }, { ACL_TAG_MASK, 6, 0 }, { ACL_TAG_OTHER, 0, 0 } } };
static const struct acl plain = { .n = 3,
	.entry = { { ACL_TAG_USER_OBJ, 7, 0 }, { ACL_TAG_GROUP_OBJ, 5, 0 },
		{ ACL_TAG_OTHER, 1, 0 } } };

static void what_was_encoded_is_decoded(void)
{
	uint8_t bytes[ACL_BYTES_MAX];
	struct err err = { 0 };
	struct acl got;

	T_EQ(acl_encode(&rich, bytes), 4 + 6 * 8);
	T_EQ(acl_decode(bytes, 52, &got, &err), 0);
	T_EQ(got.n, 6);
	T_EQ(got.entry[1].id, 5);
	T_EQ(got.entry[3].perm, 2);
	T_EQ(got.entry[5].tag, ACL_TAG_OTHER);
}

static int decode_with(size_t at, uint8_t value)
{
	uint8_t bytes[ACL_BYTES_MAX];
	size_t n = acl_encode(&rich, bytes);
	struct acl got;

	bytes[at] = value;
	return acl_decode(bytes, n, &got, NULL);
}

static void nonsense_is_refused(void)
{
	struct acl got, many = plain;
	uint8_t bytes[ACL_BYTES_MAX];

	acl_encode(&rich, bytes);
	T_EQ(acl_decode(bytes, 0, &got, NULL), -EINVAL);
	T_EQ(acl_decode(bytes, 4, &got, NULL), -EINVAL);
	T_EQ(acl_decode(bytes, 51, &got, NULL), -EINVAL);
	T_EQ(acl_decode(bytes, 44, &got, NULL), -EINVAL);
	T_EQ(decode_with(0, 3), -EOPNOTSUPP);
	T_EQ(decode_with(4, ACL_TAG_OTHER), -EINVAL);
	T_EQ(decode_with(4, 3), -EINVAL);
	T_EQ(decode_with(6, 8), -EINVAL);
	T_EQ(decode_with(4 + 4 * 8, ACL_TAG_GROUP), -EINVAL);
	many.entry[1].tag = ACL_TAG_USER;
	T_EQ(acl_decode(bytes, acl_encode(&many, bytes), &got, NULL), -EINVAL);
}

static void any_bytes_are_decoded_or_refused(void)
{
	uint8_t bytes[ACL_BYTES_MAX];
	struct acl got;

	t_seed(7);
	for (unsigned i = 0; i < 20000; i++) {
		size_t n = acl_encode(&rich, bytes);

		for (unsigned k = 0; k < 2; k++)
			bytes[t_below(n)] = (uint8_t)t_below(40);
		if (acl_decode(bytes, n, &got, NULL) == 0)
			T_EQ(acl_encode(&got, bytes), n);
	}
}

static void the_mask_stands_for_the_group(void)
{
	uint32_t mode = 0102777;

	T_TRUE(!acl_to_mode(&rich, &mode));
	T_EQ(mode, 0102660);
	T_TRUE(acl_to_mode(&plain, &mode));
	T_EQ(mode, 0102751);
}

static void chmod_changes_the_mask_and_not_the_group(void)
{
	struct acl acl = rich, small = plain;

	acl_chmod(&acl, 0714);
	T_EQ(acl.entry[0].perm, 7);
	T_EQ(acl.entry[2].perm, 4);
	T_EQ(acl.entry[4].perm, 1);
	T_EQ(acl.entry[5].perm, 4);
	acl_chmod(&small, 0620);
	T_EQ(small.entry[1].perm, 2);
}

static void inheriting_takes_from_both_sides(void)
{
	struct acl acl = rich, small = plain;
	uint32_t mode = 0100755;

	T_TRUE(!acl_inherit(&acl, &mode));
	T_EQ(mode, 0100640);
	T_EQ(acl.entry[0].perm, 6);
	T_EQ(acl.entry[1].perm, 7);
	T_EQ(acl.entry[2].perm, 4);
	T_EQ(acl.entry[4].perm, 4);
	mode = 0100666;
	T_TRUE(acl_inherit(&small, &mode));
	T_EQ(mode, 0100640);
}

int main(void)
{
	T_RUN(what_was_encoded_is_decoded);
	T_RUN(nonsense_is_refused);
	T_RUN(any_bytes_are_decoded_or_refused);
	T_RUN(the_mask_stands_for_the_group);
	T_RUN(chmod_changes_the_mask_and_not_the_group);
	T_RUN(inheriting_takes_from_both_sides);
	return t_end();
}
