/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What follows from a revision and a kind of partition. */
#include "udf/form.h"

enum udf_space udf_space_of(const struct udf_form *f)
{
	if (f->access == UDF_WRITE_ONCE && f->revision >= UDF_1_50)
		return UDF_SPACE_VIRTUAL;
	/* UDF 2.50 2.2.10: with one partition that is read-only or overwritable, and only then */
	if (f->revision >= UDF_2_50 &&
		(f->access == UDF_READ_ONLY || f->access == UDF_OVERWRITABLE))
		return UDF_SPACE_METADATA;
	return UDF_SPACE_DIRECT;
}

uint16_t udf_tag_version(enum udf_revision r)
{
	return r >= UDF_2_00 ? 3 : 2;
}

bool udf_has_streams(enum udf_revision r)
{
	return r >= UDF_2_00;
}

bool udf_has_surrogates(enum udf_revision r)
{
	return r >= UDF_2_50;
}

enum udf_revision udf_min_read(enum udf_revision r)
{
	return r == UDF_2_60 ? UDF_2_50 : r;
}

uint16_t udf_part_icb(const struct udf_form *f)
{
	return udf_space_of(f) == UDF_SPACE_DIRECT ? 0 : 1;
}
