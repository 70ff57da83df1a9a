/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of ISO 9660 and of UDF are the same: the same content, in the same sectors. */
#include "base/err.h"
#include "iso9660/dirrec.h"
#include "udfcheck/check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The content of a file, of either. */
struct content {
	uint32_t lba, entry_lba;
	uint64_t bytes;
	const char *where;
};

static int by_place(const void *a, const void *b)
{
	const struct content *x = a, *y = b;

	if (x->lba != y->lba)
		return x->lba < y->lba ? -1 : 1;
	return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

static uint32_t of_iso(const struct volume *v, struct content *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < v->nname; i++) {
		const struct vname *name = &v->name[i];

		if (name->flags & ISO_FLAG_DIR || name->size_bytes == 0 ||
			(name->mode && !S_ISREG(name->mode)))
			continue;
		out[n++] = (struct content){ name->lba, name->rec_lba, name->size_bytes,
			v->dir[name->dir].path };
	}
	return n;
}

static uint32_t of_udf(const struct udf_check *c, struct content *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < c->nentry; i++) {
		const struct uentry *e = &c->entry[i];

		if (e->first_lba && (e->type == UDF_FILE_REGULAR || e->type == UDF_FILE_REALTIME))
			out[n++] = (struct content){ e->first_lba, e->lba, e->info_bytes, e->path };
	}
	return n;
}

static void only_in(struct udf_check *c, const struct content *x, const char *expected)
{
	report_text(c->report, FINDING_WARNING,
		&(struct place){ .lba = x->entry_lba, .where = x->where },
		&(struct field){ "UDF 6.9", "content", NULL }, expected,
		"%" PRIu64 " bytes from sector %" PRIu32, x->bytes, x->lba);
}

static void compare(struct udf_check *c, const struct content *a, uint32_t an,
	const struct content *b, uint32_t bn)
{
	uint32_t i = 0, k = 0;

	while (i < an || k < bn) {
		int order = i == an ? 1 : k == bn ? -1 : by_place(&a[i], &b[k]);
		struct content x;

		if (order < 0) {
			only_in(c, &a[i++], "a file of UDF with the same content");
			continue;
		}
		if (order > 0) {
			only_in(c, &b[k++], "a file of ISO 9660 with the same content");
			continue;
		}
		/* Links and equal files: as often as they are, it is one content. */
		for (x = a[i]; i < an && by_place(&a[i], &x) == 0;)
			i++;
		while (k < bn && by_place(&b[k], &x) == 0)
			k++;
	}
}

/* What describes ISO 9660 lies over nothing of UDF. */
static int check_structures(struct udf_check *c, const struct volume *v, struct err *err)
{
	int r = 0;

	for (uint32_t i = 0; i < v->nextent && r == 0; i++)
		if (v->extent[i].kind != EXTENT_FILE)
			r = udf_check_claim(c, &v->extent[i], err);
	return r;
}

int udf_check_bridge(struct udf_check *c, const struct volume *primary, struct err *err)
{
	struct content *a = calloc(primary->nname + 1u, sizeof(*a)),
		       *b = calloc(c->nentry + 1u, sizeof(*b));
	int r = a && b ? 0 : err_nomem(err);

	if (r == 0) {
		uint32_t an = of_iso(primary, a), bn = of_udf(c, b);

		qsort(a, an, sizeof(*a), by_place);
		qsort(b, bn, sizeof(*b), by_place);
		compare(c, a, an, b, bn);
		r = check_structures(c, primary, err);
	}
	free(a);
	free(b);
	return r;
}
