/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Joliet tree: directories and regular files alone. */
#include "joliet/names.h"

#include "iso9660/dirrec.h"

#include <sys/stat.h>

static bool joliet_shows(uint32_t mode)
{
	return S_ISDIR(mode) || S_ISREG(mode);
}

const struct namespace_ops namespace_joliet = {
	.name = "Joliet directories",
	.dot_bytes = ISO_ROOT_BYTES,
	.dotdot_bytes = ISO_ROOT_BYTES,
	.shows = joliet_shows,
	.key = joliet_name_key,
	.rank = joliet_name_ident,
	.ident = joliet_name_ident,
};
