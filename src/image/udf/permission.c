/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Permissions, ECMA-167 4/14.9.5, UDF 3.3.3.3. */
#include "udf/permission.h"

#define ATTRIBUTES 8u
#define DELETE	   16u
#define WRITE	   2u

/* Five bits for one class of users out of three. */
static uint32_t class_of(uint32_t rwx)
{
	return rwx | (rwx & WRITE ? DELETE : 0);
}

uint32_t udf_permissions_of(uint32_t mode)
{
	uint32_t other = class_of(mode & 7), group = class_of(mode >> 3 & 7);
	uint32_t owner = class_of(mode >> 6 & 7) | ATTRIBUTES;

	return other | group << 5 | owner << 10;
}
