/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept of a tree of directory records. */
#include "validate/volume.h"

#include "base/err.h"
#include "base/grow.h"
#include "base/text.h"
#include "isoread/entry.h"

#include <stdlib.h>

void volume_fini(struct volume *v)
{
	arena_fini(&v->arena);
	free(v->dir);
	free(v->name);
	free(v->extent);
	free(v->area);
}

int volume_add_extent(struct volume *v, const struct vextent *e, struct err *err)
{
	if (e->nsec == 0)
		return 0;
	if (v->nextent == v->extent_cap) {
		int r = array_grow((void **)&v->extent, &v->extent_cap, sizeof(*v->extent), err);

		if (r < 0)
			return r;
	}
	v->extent[v->nextent++] = *e;
	return 0;
}

int volume_add_area(void *volume, const struct susp_area_at *area, struct err *err)
{
	struct volume *v = volume;
	int r = 0;

	if (v->narea == v->area_cap)
		r = array_grow((void **)&v->area, &v->area_cap, sizeof(*v->area), err);
	if (r == 0)
		v->area[v->narea++] = *area;
	return r;
}

const char *vname_text(
	const struct volume *v, const struct vname *n, char out[static VNAME_TEXT_MAX])
{
	char utf8[ENTRY_NAME_MAX];

	if (n->nm)
		return text_quoted(out, VNAME_TEXT_MAX, n->nm, n->nm_len);
	if (v->kind != VOLUME_JOLIET)
		return text_quoted(out, VNAME_TEXT_MAX, (const char *)n->id, n->id_len);
	return text_quoted(out, VNAME_TEXT_MAX, utf8, entry_joliet_utf8(n->id, n->id_len, utf8));
}
