/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Path tables, ECMA-119 6.9 and 9.4: type L, type M, and the directories they list. */
#include "base/err.h"
#include "base/text.h"
#include "iso9660/field.h"
#include "iso9660/pathtable.h"
#include "sectors.h"
#include "validate/volume.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_BYTES_MAX (64u << 20)

struct table {
	struct report *report;
	struct volume *v;
	const char *what; /* "path table L" */
	enum iso_byte_order order;
	uint32_t lba;
	const uint8_t *bytes;
};

static struct place place_at(const struct table *t, size_t at)
{
	return (struct place){
		.lba = t->lba + (uint32_t)(at / SECTOR),
		.sector = t->bytes + at / SECTOR * SECTOR,
		.where = t->what,
	};
}

static void check_record(struct table *t, size_t at, uint32_t number, const struct iso_pathrec *rec)
{
	const struct vdir *d = &t->v->dir[number];
	const struct vname *n = number ? &t->v->name[d->name] : NULL;
	const uint8_t *p = t->bytes + at, *id = n ? n->id : (const uint8_t *)"";
	const size_t id_len = n ? n->id_len : 1;
	const struct place in = place_at(t, at);
	/* A parent beyond the 16 bits of the field cannot be named: ECMA-119 9.4.4. */
	const uint32_t parent = (d->parent + 1) & 0xffff;
	char expected[160], found[160];

	check_zero(t->report, &in,
		&(struct field){ "ECMA-119 9.4.2", "extended attribute record length", p + 1 }, 1);
	report_number(t->report, &in,
		&(struct field){ "ECMA-119 9.4.3", "location of extent", p + 2 }, d->lba, rec->lba);
	report_number(t->report, &in,
		&(struct field){ "ECMA-119 9.4.4", "parent directory number", p + 6 }, parent,
		rec->parent);
	if (rec->id_len != id_len || memcmp(rec->id, id, id_len) != 0)
		report_text(t->report, FINDING_ERROR, &in,
			&(struct field){ "ECMA-119 9.4.5", "directory identifier", p + 8 },
			text_quoted(expected, sizeof(expected), (const char *)id, id_len), "%s",
			text_quoted(found, sizeof(found), (const char *)rec->id, rec->id_len));
	if (rec->id_len % 2)
		check_zero(t->report, &in,
			&(struct field){ "ECMA-119 9.4.6", "padding field", p + 8 + rec->id_len },
			1);
}

static void check_records(struct table *t)
{
	size_t at = 0, all = t->v->path_table_bytes;
	uint32_t number = 0;

	while (at < all && number < t->v->ndir) {
		struct iso_pathrec rec;
		const struct place in = place_at(t, at);
		int len = iso_pathrec_decode(t->bytes + at, all - at, t->order, &rec, NULL);

		if (len < 0) {
			report_text(t->report, FINDING_ERROR, &in,
				&(struct field){
					"ECMA-119 9.4.1", "length of identifier", t->bytes + at },
				"a record within the table", "%u", t->bytes[at]);
			return;
		}
		check_record(t, at, number, &rec);
		at += (size_t)len;
		number++;
	}
	report_number(t->report, &(struct place){ .lba = t->v->lba, .where = t->what },
		&(struct field){ "ECMA-119 6.9.1", "number of records", NULL }, t->v->ndir, number);
	report_number(t->report, &(struct place){ .lba = t->v->lba, .where = t->what },
		&(struct field){ "ECMA-119 8.4.13", "path table size", NULL }, at, all);
}

static void check_rest(struct table *t, uint64_t nsec)
{
	size_t all = t->v->path_table_bytes;

	if (all < nsec * SECTOR) {
		const struct place in = place_at(t, all);

		check_zero(t->report, &in,
			&(struct field){ "ECMA-119 6.9", "bytes after the table", t->bytes + all },
			(size_t)(nsec * SECTOR) - all);
	}
}

static int check_table(struct table *t, struct err *err)
{
	uint64_t nsec = sectors_for(t->v->path_table_bytes);
	uint8_t *bytes;
	int r;

	bytes = malloc((size_t)nsec * SECTOR + 1);
	if (!bytes)
		return err_nomem(err);
	t->bytes = bytes;
	r = source_read(t->report->src, t->lba, (uint32_t)nsec, bytes, err);
	if (r == 0) {
		check_records(t);
		check_rest(t, nsec);
		r = volume_add_extent(t->v,
			&(struct vextent){ t->lba, (uint32_t)nsec, EXTENT_TABLE, t->what }, err);
	}
	free(bytes);
	return r;
}

static bool readable(struct report *r, const struct volume *v, uint32_t lba, const struct field *f)
{
	uint64_t nsec = sectors_for(v->path_table_bytes);
	const struct place in = { .lba = v->lba, .sector = v->desc, .where = v->title };

	if (v->path_table_bytes > 0 && v->path_table_bytes <= TABLE_BYTES_MAX &&
		lba < r->src->nsec && nsec <= r->src->nsec - lba)
		return true;
	report_text(r, FINDING_ERROR, &in, f, "a table within the volume",
		"%" PRIu32 " bytes from sector %" PRIu32, v->path_table_bytes, lba);
	return false;
}

int validate_path_tables(struct report *r, struct volume *v, struct err *err)
{
	static const struct {
		const char *clause, *what;
		uint8_t at;
		enum iso_byte_order order;
		bool optional;
	} all[] = {
		{ "ECMA-119 8.4.14", "path table L", BP(141), ISO_ORDER_L, false },
		{ "ECMA-119 8.4.15", "optional path table L", BP(145), ISO_ORDER_L, true },
		{ "ECMA-119 8.4.16", "path table M", BP(149), ISO_ORDER_M, false },
		{ "ECMA-119 8.4.17", "optional path table M", BP(153), ISO_ORDER_M, true },
	};
	int code = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && code == 0; i++) {
		const uint8_t *at = v->desc + all[i].at;
		const struct field f = { all[i].clause, all[i].what, at };
		struct table t = { r, v, all[i].what, all[i].order,
			.lba = all[i].order == ISO_ORDER_L ? get_u32le(at) : get_u32be(at) };

		if (all[i].optional && t.lba == 0)
			continue;
		if (readable(r, v, t.lba, &f))
			code = check_table(&t, err);
	}
	return code;
}
