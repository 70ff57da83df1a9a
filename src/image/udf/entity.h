/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entity identifiers, ECMA-167 1/7.4, UDF 2.1.5. */
#ifndef DISCFS_IMAGE_UDF_ENTITY_H
#define DISCFS_IMAGE_UDF_ENTITY_H

#include "form.h"

#include <stdint.h>

#define UDF_ENTITY_BYTES 32u

/* 2.1.5.3: "*OSTA UDF Compliant" with the domain suffix */
void udf_entity_domain(uint8_t *out, enum udf_revision r);
/* 2.1.5.3: an identifier that UDF defines, with the UDF suffix */
void udf_entity_udf(uint8_t *out, const char *id, enum udf_revision r);
/* 2.1.5.3: this implementation */
void udf_entity_self(uint8_t *out);
/* Without suffix: "+NSR02" */
void udf_entity_plain(uint8_t *out, const char *id);

#endif
