/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Joliet tree: directories and regular files alone. */
#include "joliet/names.h"

#include "iso9660/dirrec.h"

#include <sys/stat.h>

static bool shows(const struct measure_entry *e)
{
	return S_ISDIR(e->mode) || S_ISREG(e->mode);
}

struct name_space namespace_joliet(const struct image_opts *opts)
{
	(void)opts;
	return (struct name_space){
		.name = "Joliet directories",
		.dot_bytes = ISO_ROOT_BYTES,
		.dotdot_bytes = ISO_ROOT_BYTES,
		.shows = shows,
		.key = joliet_name_key,
		.rank = joliet_name_ident,
		.ident = joliet_name_ident,
	};
}
