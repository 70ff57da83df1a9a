/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Joliet tree: directories and regular files alone. */
#include "joliet/names.h"

#include "iso9660/dirrec.h"

#include <sys/stat.h>

static bool shows(const struct measure_entry *e)
{
	return !(e->marks.excluded & TREE_JOLIET) && (S_ISDIR(e->mode) || S_ISREG(e->mode));
}

struct name_space namespace_joliet(const struct image_opts *opts)
{
	bool short_names = opts->strict || opts->joliet_names == IMAGE_JOLIET_64;
	uint32_t most = short_names ? JOLIET_NAME_SPEC : JOLIET_NAME_MAX;

	return (struct name_space){
		.name = "Joliet directories",
		.space = TREE_JOLIET,
		.unit_bytes = 2,
		.dotfiles_hidden = opts->dotfiles_hidden,
		.rules = { .file_max = most, .dir_max = most, .ext_max = 16 },
		.dot_bytes = ISO_ROOT_BYTES,
		.dotdot_bytes = ISO_ROOT_BYTES,
		.shows = shows,
		.key = joliet_name_key,
		.rank = joliet_name_ident,
		.ident = joliet_name_ident,
	};
}
