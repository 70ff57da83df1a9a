/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rig_forms.h"

#define ALONE  IMAGE_UDF
#define BRIDGE (IMAGE_ISO9660 | IMAGE_JOLIET | IMAGE_ROCKRIDGE | IMAGE_UDF)

/* clang-format off */
const struct rig_form rig_forms[] = {
	{ 0x102, { .spaces = BRIDGE } },
	{ 0x102, { .spaces = BRIDGE, .hybrid = IMAGE_HYBRID_GPT } },
	{ 0x201, { .spaces = ALONE } },
	{ 0x102, { .spaces = ALONE, .udf_revision = IMAGE_UDF_102 } },
	{ 0x150, { .spaces = BRIDGE, .udf_revision = IMAGE_UDF_150 } },
	{ 0x150, { .spaces = ALONE, .udf_revision = IMAGE_UDF_150,
		.udf_access = IMAGE_ACCESS_WRITE_ONCE } },
	{ 0x200, { .spaces = BRIDGE, .udf_revision = IMAGE_UDF_200 } },
	{ 0x200, { .spaces = ALONE, .udf_revision = IMAGE_UDF_200,
		.udf_access = IMAGE_ACCESS_WRITE_ONCE } },
	{ 0x201, { .spaces = BRIDGE, .udf_revision = IMAGE_UDF_201,
		.udf_access = IMAGE_ACCESS_REWRITABLE } },
	{ 0x201, { .spaces = ALONE, .udf_revision = IMAGE_UDF_201,
		.udf_access = IMAGE_ACCESS_OVERWRITABLE } },
	{ 0x250, { .spaces = BRIDGE, .udf_revision = IMAGE_UDF_250 } },
	{ 0x250, { .spaces = ALONE, .udf_revision = IMAGE_UDF_250,
		.udf_mirror = IMAGE_MIRROR_OFF } },
	{ 0x250, { .spaces = ALONE, .udf_revision = IMAGE_UDF_250,
		.udf_access = IMAGE_ACCESS_OVERWRITABLE } },
	{ 0x260, { .spaces = BRIDGE, .udf_revision = IMAGE_UDF_260,
		.udf_mirror = IMAGE_MIRROR_OFF } },
	{ 0x260, { .spaces = ALONE, .udf_revision = IMAGE_UDF_260 } },
	{ 0x260, { .spaces = ALONE, .udf_revision = IMAGE_UDF_260,
		.udf_access = IMAGE_ACCESS_WRITE_ONCE } },
};
/* clang-format on */
const size_t rig_nform = sizeof(rig_forms) / sizeof(rig_forms[0]);
