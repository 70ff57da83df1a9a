/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The primary tree: identifiers of ISO 9660 with the attributes of Rock Ridge. */
#include "susp/rrip.h"

#include "iso9660/dirrec.h"
#include "iso9660/names.h"
#include "moved.h"

#include <sys/stat.h>

static bool shows_all(const struct measure_entry *e)
{
	return !(e->marks.excluded & TREE_ISO9660);
}

/* Without Rock Ridge there is nothing to record other files with. */
static bool shows_files(const struct measure_entry *e)
{
	return shows_all(e) && (S_ISDIR(e->mode) || S_ISREG(e->mode));
}

static void take_rock_ridge(struct name_space *ns)
{
	ns->dot_bytes = ISO_ROOT_BYTES + RRIP_DOT_BYTES + RRIP_DOT_BYTES % 2;
	ns->dotdot_bytes = ISO_ROOT_BYTES + RRIP_DOTDOT_BYTES;
	ns->shows = shows_all;
	ns->fields = rrip_fields;
	ns->dot_fields = rrip_dot_fields;
	ns->dotdot_fields = rrip_dotdot_fields;
	if (!ns->relocates)
		return;
	ns->dotdot_bytes += RRIP_LINK_BYTES;
	ns->fields = rrip_linked_fields;
	ns->dotdot_fields = rrip_linked_dotdot_fields;
}

struct name_space namespace_iso9660(const struct image_opts *opts)
{
	bool free_form = opts->iso_level == IMAGE_LEVEL_1999;
	struct name_space ns = {
		.name = "directories",
		.space = TREE_ISO9660,
		.unit_bytes = 1,
		.dotfiles_hidden = opts->dotfiles_hidden,
		.ownership = opts->ownership,
		.relocates = moved_wanted(opts),
		.rules = iso_name_rules(opts),
		.dot_bytes = ISO_ROOT_BYTES,
		.dotdot_bytes = ISO_ROOT_BYTES,
		.shows = shows_files,
		.key = free_form ? iso_long_key : iso_name_key,
		.rank = free_form ? iso_long_ident : iso_name_key,
		.ident = free_form ? iso_long_ident : iso_name_ident,
	};

	if (image_spaces(opts) & IMAGE_ROCKRIDGE)
		take_rock_ridge(&ns);
	return ns;
}
