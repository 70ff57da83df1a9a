/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The primary tree: identifiers of ISO 9660 with the attributes of Rock Ridge. */
#include "susp/rrip.h"

#include "iso9660/dirrec.h"
#include "iso9660/names.h"

static bool shows(const struct measure_entry *e)
{
	(void)e;
	return true;
}

struct name_space namespace_iso9660(const struct image_opts *opts)
{
	(void)opts;
	return (struct name_space){
		.name = "directories",
		.dot_bytes = ISO_ROOT_BYTES + RRIP_DOT_BYTES + RRIP_DOT_BYTES % 2,
		.dotdot_bytes = ISO_ROOT_BYTES + RRIP_DOTDOT_BYTES,
		.shows = shows,
		.key = iso_name_key,
		.rank = iso_name_key,
		.ident = iso_name_ident,
		.fields = rrip_fields,
		.dot_fields = rrip_dot_fields,
		.dotdot_fields = rrip_dotdot_fields,
	};
}
