/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The primary tree: identifiers of ISO 9660 with the attributes of Rock Ridge. */
#include "susp/rrip.h"

#include "iso9660/dirrec.h"
#include "iso9660/names.h"

static bool shows_all(uint32_t mode)
{
	(void)mode;
	return true;
}

const struct namespace_ops namespace_iso9660 = {
	.name = "directories",
	.dot_bytes = ISO_ROOT_BYTES + RRIP_DOT_BYTES + RRIP_DOT_BYTES % 2,
	.dotdot_bytes = ISO_ROOT_BYTES + RRIP_DOTDOT_BYTES,
	.shows = shows_all,
	.key = iso_name_key,
	.rank = iso_name_key,
	.ident = iso_name_ident,
	.fields = rrip_fields,
	.dot_fields = rrip_dot_fields,
	.dotdot_fields = rrip_dotdot_fields,
};
