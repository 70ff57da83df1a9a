/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entity identifiers, ECMA-167 1/7.4, UDF 2.1.5. */
#include "udf/entity.h"

#include "base/bytes.h"

#include <assert.h>
#include <string.h>

#define OS_CLASS_UNIX 4u /* UDF 6.3.1 */
#define OS_ID_LINUX   5u /* UDF 6.3.2 */

void udf_entity_plain(uint8_t *out, const char *id)
{
	assert(strlen(id) <= 23);
	memset(out, 0, UDF_ENTITY_BYTES); /* 7.4.1 flags: none */
	memcpy(out + 1, id, strlen(id));  /* 7.4.2 identifier */
}

void udf_entity_domain(uint8_t *out, enum udf_revision r)
{
	udf_entity_plain(out, "*OSTA UDF Compliant");
	put_u16le(out + 24, (uint16_t)r); /* revision */
	out[26] = 0;			  /* domain flags: no write protection */
}

void udf_entity_udf(uint8_t *out, const char *id, enum udf_revision r)
{
	udf_entity_plain(out, id);
	put_u16le(out + 24, (uint16_t)r); /* revision */
	out[26] = OS_CLASS_UNIX;	  /* operating system class */
	out[27] = OS_ID_LINUX;		  /* operating system identifier */
}

void udf_entity_self(uint8_t *out)
{
	udf_entity_plain(out, "*discfs");
	out[24] = OS_CLASS_UNIX; /* operating system class */
	out[25] = OS_ID_LINUX;	 /* operating system identifier */
}
