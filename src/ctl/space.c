/* SPDX-License-Identifier: GPL-3.0-or-later */
/* space: what the layout takes, a key a line. */
#include "render.h"

#include "state.h"

#include "base/buf.h"
#include "stage/stage.h"

#include <inttypes.h>
#include <stddef.h>

struct space_row {
	const char *key;
	size_t offset; /* of the uint64_t in struct stage_space */
};

#define ROW(key, member)                                                                           \
	{                                                                                          \
		key, offsetof(struct stage_space, member)                                          \
	}

static const struct space_row rows[] = {
	ROW("capacity_blocks", room.capacity_nsec),
	ROW("image_blocks", image_nsec),
	ROW("overhead_blocks", overhead_nsec),
	ROW("used_blocks", used_nsec),
	ROW("free_blocks", free_nsec),
	ROW("entries", entries),
	ROW("directories", cost.ndir),
	ROW("boot_blocks", cost.inodes.boot_nsec),
	ROW("data_blocks", cost.inodes.data_nsec),
	ROW("iso9660_directory_blocks", cost.dirs.iso_nsec),
	ROW("iso9660_path_table_bytes", cost.dirs.iso_path_bytes),
	ROW("joliet_directory_blocks", cost.dirs.joliet_nsec),
	ROW("joliet_path_table_bytes", cost.dirs.joliet_path_bytes),
};

int render_space(struct ctl *c, const struct node *n, struct buf *out, struct err *err)
{
	struct stage_space space;
	int r = stage_space(c->stage, &space, err);

	(void)n;
	if (r < 0)
		return r;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *at = (const char *)&space + rows[i].offset;

		buf_printf(out, "%s=%" PRIu64 "\n", rows[i].key, *(const uint64_t *)at);
	}
	return 0;
}
