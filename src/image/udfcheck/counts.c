/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only shows when all was met: links, numbers, counts, and what lies over what. */
#include "base/bytes.h"
#include "base/err.h"
#include "udfcheck/check.h"

#include <inttypes.h>
#include <stdlib.h>

static void check_links(struct udf_check *c)
{
	for (uint32_t i = 0; i < c->nentry; i++) {
		const struct uentry *e = &c->entry[i];
		const struct place in = { .lba = e->lba, .where = e->path };
		uint32_t names = e->names < UINT16_MAX ? e->names : UINT16_MAX;

		if (e->nlink != names)
			report_text(c->report, FINDING_ERROR, &in,
				&(struct field){ "ECMA-167 4/14.9.6", "file link count", NULL },
				"the identifiers that lead to it", "%" PRIu32 " of %" PRIu32,
				e->nlink, e->names);
		if (c->revision >= 0x0200 && !e->matched && i > 0)
			report_text(c->report, FINDING_WARNING, &in,
				&(struct field){ "UDF 2.3.4.3", "UDF unique id", NULL },
				"an identifier with the number of the file entry",
				"%" PRIu64 " in none", e->unique);
	}
}

static int by_unique(const void *a, const void *b)
{
	const struct uentry *x = *(const struct uentry *const *)a;
	const struct uentry *y = *(const struct uentry *const *)b;

	if (x->unique != y->unique)
		return x->unique < y->unique ? -1 : 1;
	return (x->lba > y->lba) - (x->lba < y->lba);
}

static int check_entry_numbers(struct udf_check *c, struct err *err)
{
	const struct uentry **all = calloc(c->nentry + 1u, sizeof(*all));

	if (!all)
		return err_nomem(err);
	for (uint32_t i = 0; i < c->nentry; i++)
		all[i] = &c->entry[i];
	qsort(all, c->nentry, sizeof(*all), by_unique);
	for (uint32_t i = 1; i < c->nentry; i++)
		if (all[i]->unique == all[i - 1]->unique)
			report_text(c->report, FINDING_ERROR,
				&(struct place){ .lba = all[i]->lba, .where = all[i]->path },
				&(struct field){ "UDF 3.2.1.1", "unique id", NULL },
				"one that no other file has", "%" PRIu64 ", that of %s",
				all[i]->unique, all[i - 1]->path);
	free(all);
	return 0;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void check_fid_numbers(struct udf_check *c)
{
	if (c->nunique > 0)
		qsort(c->unique, c->nunique, sizeof(*c->unique), by_number);
	for (uint32_t i = 1; i < c->nunique; i++)
		if (c->unique[i] == c->unique[i - 1])
			report_text(c->report, FINDING_ERROR,
				&(struct place){
					.lba = c->disc.anchor.lba, .where = "directories" },
				&(struct field){ "UDF 2.3.4.3", "UDF unique id", NULL },
				"of one identifier", "%" PRIu32 " of two", c->unique[i]);
}

static void check_said(struct udf_check *c)
{
	const struct place in = { .lba = c->disc.anchor.lba,
		.where = "logical volume integrity descriptor" };

	if (!c->counts_said)
		return;
	report_number(c->report, &in, &(struct field){ "UDF 2.2.6.4", "number of files", NULL },
		c->nfile, c->said_nfile);
	report_number(c->report, &in,
		&(struct field){ "UDF 2.2.6.4", "number of directories", NULL }, c->ndir,
		c->said_ndir);
}

int udf_check_counts(struct udf_check *c, struct err *err)
{
	check_links(c);
	check_fid_numbers(c);
	check_said(c);
	c->report->sum.directories += c->ndir;
	for (uint32_t i = 1; i < c->nentry; i++)
		c->report->sum.names += c->entry[i].names;
	return check_entry_numbers(c, err);
}

void udf_check_overlaps(struct udf_check *c)
{
	report_overlaps(c->report, c->extent, c->nextent, "ECMA-167 4/8.7");
}
