/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form of UDF that the settings ask for. */
#include "udf/opts.h"

/*
 * Without a wish: 1.02, which every reader of the last 25 years knows, beside ISO 9660, as IMAPI
 * and all makers of bridges have it. Alone, where old readers are not the reason to write UDF,
 * 2.01: the last revision that Linux also writes, with streams for extended attributes.
 */
static enum udf_revision revision_of(const struct image_opts *opts)
{
	static const enum udf_revision revisions[] = {
		[IMAGE_UDF_102] = UDF_1_02,
		[IMAGE_UDF_150] = UDF_1_50,
		[IMAGE_UDF_200] = UDF_2_00,
		[IMAGE_UDF_201] = UDF_2_01,
		[IMAGE_UDF_250] = UDF_2_50,
		[IMAGE_UDF_260] = UDF_2_60,
	};

	if (opts->udf_revision != IMAGE_UDF_AUTO)
		return revisions[opts->udf_revision];
	return image_spaces(opts) & IMAGE_ISO9660 ? UDF_1_02 : UDF_2_01;
}

struct udf_form udf_form_of(const struct image_opts *opts)
{
	static const enum udf_access accesses[] = {
		[IMAGE_ACCESS_READ_ONLY] = UDF_READ_ONLY,
		[IMAGE_ACCESS_WRITE_ONCE] = UDF_WRITE_ONCE,
		[IMAGE_ACCESS_REWRITABLE] = UDF_REWRITABLE,
		[IMAGE_ACCESS_OVERWRITABLE] = UDF_OVERWRITABLE,
	};
	bool alone = !(image_spaces(opts) & IMAGE_ISO9660);

	return (struct udf_form){
		.revision = revision_of(opts),
		.access = accesses[opts->udf_access],
		.embedding = alone ? UDF_EMBED_SMALL : UDF_EMBED_NOTHING,
		.mirror = opts->udf_mirror == IMAGE_MIRROR_OFF ? UDF_MIRROR_SHARED
							       : UDF_MIRROR_DUPLICATE,
	};
}
