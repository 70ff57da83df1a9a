/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Directories that hang elsewhere for their depth, RRIP 4.1.5: what a file stands for (CL), where a
 * directory would hang (PL) and that it does not hang where it is (RE) have to say the same.
 */
#include "base/err.h"
#include "iso9660/dirrec.h"
#include "validate/volume.h"

#include <inttypes.h>
#include <stdlib.h>

struct moved {
	struct report *report;
	const struct volume *v;
	uint32_t *by_lba; /* directories */
	uint8_t *linked;  /* by directory: how many CL point to it, 2 stands for more */
};

static int by_lba(const void *a, const void *b, void *arg)
{
	const struct volume *v = arg;
	uint32_t x = v->dir[*(const uint32_t *)a].lba, y = v->dir[*(const uint32_t *)b].lba;

	return x < y ? -1 : x > y;
}

/* The directory at @lba, or UINT32_MAX. */
static uint32_t dir_at(const struct moved *m, uint32_t lba)
{
	uint32_t lo = 0, hi = m->v->ndir;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2, at = m->v->dir[m->by_lba[mid]].lba;

		if (at == lba)
			return m->by_lba[mid];
		if (at < lba)
			lo = mid + 1;
		else
			hi = mid;
	}
	return UINT32_MAX;
}

static bool says_moved(const struct volume *v, uint32_t dir)
{
	return v->dir[dir].name != UINT32_MAX && v->name[v->dir[dir].name].relocated;
}

static void check_child_link(struct moved *m, const struct vname *n)
{
	const struct volume *v = m->v;
	const struct place in = { .lba = n->rec_lba, .where = v->dir[n->dir].path };
	uint32_t dir = dir_at(m, n->child_lba);

	if (dir == UINT32_MAX || !says_moved(v, dir)) {
		report_text(m->report, FINDING_ERROR, &in,
			&(struct field){ "RRIP 4.1.5.1", "CL", NULL },
			"the place of a directory whose record has RE", "sector %" PRIu32,
			n->child_lba);
		return;
	}
	m->linked[dir] = m->linked[dir] ? 2 : 1;
	if (v->dir[dir].parent_lba != v->dir[n->dir].lba)
		report_text(m->report, FINDING_ERROR,
			&(struct place){ .lba = v->dir[dir].lba, .where = v->dir[dir].path },
			&(struct field){ "RRIP 4.1.5.2", "PL", NULL },
			"the directory with the CL that points here", "sector %" PRIu32,
			v->dir[dir].parent_lba);
}

static void check_links(struct moved *m, uint32_t dir)
{
	const struct vdir *d = &m->v->dir[dir];
	const struct place in = { .lba = d->lba, .where = d->path };

	if (d->parent_lba && m->linked[dir] != 1)
		report_text(m->report, FINDING_ERROR, &in,
			&(struct field){ "RRIP 4.1.5.1", "CL", NULL }, "one that points here", "%s",
			m->linked[dir] ? "several" : "none");
}

int validate_moved(struct report *r, struct volume *v, struct err *err)
{
	struct moved m = { .report = r, .v = v };
	int code = 0;

	m.by_lba = calloc((size_t)v->ndir + 1, sizeof(*m.by_lba));
	m.linked = calloc((size_t)v->ndir + 1, 1);
	if (!m.by_lba || !m.linked)
		code = err_nomem(err);
	for (uint32_t i = 0; code == 0 && i < v->ndir; i++)
		m.by_lba[i] = i;
	if (code == 0)
		qsort_r(m.by_lba, v->ndir, sizeof(*m.by_lba), by_lba, v);
	for (uint32_t i = 0; code == 0 && i < v->nname; i++)
		if (v->name[i].child_lba)
			check_child_link(&m, &v->name[i]);
	for (uint32_t i = 0; code == 0 && i < v->ndir; i++)
		check_links(&m, i);
	free(m.by_lba);
	free(m.linked);
	return code;
}
