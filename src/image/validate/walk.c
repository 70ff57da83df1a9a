/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Visits every directory of a volume once, breadth first. */
#include "base/buf.h"
#include "base/err.h"
#include "base/grow.h"
#include "base/text.h"
#include "iso9660/dirrec.h"
#include "iso9660/field.h"
#include "sectors.h"
#include "isoread/entry.h"
#include "validate/volume.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX  8u /* ECMA-119 6.8.2.1 */
#define PATH_SHOWN 1024u

struct walk {
	struct report *report;
	struct volume *v;
	struct susp_reader susp;
	uint8_t *met; /* a bit for each sector: it belongs to a directory */
	uint32_t dir; /* being read */
	uint32_t nrecord;
	bool goes_on;
	uint8_t sector[SECTOR];
};

/* Whether none of the sectors was met in this volume before; they are from now on. */
static bool claim(struct walk *w, uint32_t lba, uint64_t nsec)
{
	uint32_t total = w->report->src->nsec;

	if (nsec == 0 || lba >= total || nsec > total - lba)
		return false;
	for (uint32_t i = lba; i < lba + nsec; i++) {
		if (w->met[i / 8] & 1u << i % 8)
			return false;
		w->met[i / 8] |= (uint8_t)(1u << i % 8);
	}
	return true;
}

static const char *path_of(struct volume *v, uint32_t parent, const struct vname *n)
{
	char text[VNAME_TEXT_MAX];
	struct buf b;
	const char *path;

	buf_init(&b, PATH_SHOWN);
	if (v->dir[parent].path[1])
		buf_puts(&b, v->dir[parent].path);
	buf_puts(&b, "/");
	buf_puts(&b, vname_text(v, n, text));
	path = b.failed ? v->dir[parent].path : arena_dup(&v->arena, buf_str(&b), b.len);
	buf_fini(&b);
	return path;
}

static int add_dir(struct walk *w, const struct vdir *d, const struct place *in, struct err *err)
{
	struct volume *v = w->v;
	const struct field f = { "ECMA-119 6.8.1", "extent of a directory", NULL };
	uint64_t nsec = sectors_for(d->size_bytes);
	int r;

	if (!d->path)
		return err_nomem(err);
	if (d->size_bytes % SECTOR)
		report_text(w->report, FINDING_ERROR, in, &f, "whole sectors", "%" PRIu32 " bytes",
			d->size_bytes);
	if (!claim(w, d->lba, nsec)) {
		report_text(w->report, FINDING_ERROR, in, &f,
			"sectors of the volume that no other directory has",
			"%" PRIu64 " from %" PRIu32, nsec, d->lba);
		return 0;
	}
	if (d->depth == DEPTH_MAX + 1)
		report_text(w->report, FINDING_NOTE, in,
			&(struct field){ "ECMA-119 6.8.2.1", "levels of directories", NULL },
			"at most 8", "%" PRIu32, d->depth);
	r = volume_add_extent(
		v, &(struct vextent){ d->lba, (uint32_t)nsec, EXTENT_DIRECTORY, d->path }, err);
	if (r == 0 && v->ndir == v->dir_cap)
		r = array_grow((void **)&v->dir, &v->dir_cap, sizeof(*v->dir), err);
	if (r == 0)
		v->dir[v->ndir++] = *d;
	return r;
}

/* The root's is in the volume descriptor, 8.4.18. */
static const uint8_t *date_of(const struct volume *v, const struct vdir *d)
{
	return d->name == UINT32_MAX ? v->desc + BP(157) + BP(19) : v->name[d->name].date;
}

/* "." says the same as the record that led here, ".." as the parent's "."; ECMA-119 6.8.2.2. */
static int check_dots(struct walk *w, const struct place *in, const uint8_t *rec, struct err *err)
{
	struct volume *v = w->v;
	const struct vdir *d = &v->dir[w->dir], *parent = &v->dir[d->parent];
	const struct vdir *is = rec[BP(34)] == 0 ? d : parent;
	struct field_walk fields = { w->report, &w->susp, v, .dot = true,
		.root = w->dir == 0 && rec[BP(34)] == 0 };
	struct vname dot = { .dir = w->dir };
	int r;

	report_number(w->report, in,
		&(struct field){ "ECMA-119 6.8.2.2", "place among the records", rec }, rec[BP(34)],
		w->nrecord);
	report_number(w->report, in,
		&(struct field){ "ECMA-119 6.8.2.2", "location of extent", rec + BP(3) }, is->lba,
		get_u32le(rec + BP(3)));
	report_number(w->report, in,
		&(struct field){ "ECMA-119 6.8.2.2", "data length", rec + BP(11) }, is->size_bytes,
		get_u32le(rec + BP(11)));
	if (memcmp(rec + BP(19), date_of(v, is), ISO_DATE7) != 0)
		report_text(w->report, FINDING_WARNING, in,
			&(struct field){ "ECMA-119 6.8.2.2", "recording date", rec + BP(19) },
			"that of the directory's own record", "another");
	report_number(w->report, in,
		&(struct field){ "ECMA-119 6.8.2.2", "file flags", rec + BP(26) }, ISO_FLAG_DIR,
		rec[BP(26)] & ~1u);
	r = validate_fields(&fields, in, rec, &dot, err);
	v->dir[w->dir].parent_lba = rec[BP(34)] == 1 ? dot.parent_lba : 0;
	return r;
}

static int add_section(struct walk *w, const struct vname *n, const struct place *in,
	uint32_t size_bytes, struct err *err)
{
	const char *what = in->where;

	return volume_add_extent(w->v,
		&(struct vextent){ n->lba, (uint32_t)sectors_for(size_bytes), EXTENT_FILE, what },
		err);
}

/* A further section: the same identifier, right behind; ECMA-119 9.1.6. */
static int take_section(struct walk *w, const struct vname *n, const struct place *in,
	const uint8_t *rec, struct err *err)
{
	struct vname *last = &w->v->name[w->v->nname - 1];
	uint32_t size = get_u32le(rec + BP(11));

	if (n->id_len != last->id_len || memcmp(n->id, last->id, n->id_len) != 0)
		report_text(w->report, FINDING_ERROR, in,
			&(struct field){ "ECMA-119 9.1.6", "file flags", rec + BP(26) },
			"a further record of the file before", "another file");
	if (last->size_bytes % SECTOR)
		report_text(w->report, FINDING_ERROR, in,
			&(struct field){ "ECMA-119 6.5.1", "data length", rec + BP(11) },
			"whole sectors in all sections but the last", "%" PRIu64 " bytes before",
			last->size_bytes);
	last->size_bytes += size;
	last->nsection++;
	return add_section(w, n, in, size, err);
}

static int take_dir(struct walk *w, const struct vname *n, uint32_t name, const struct place *in,
	struct err *err)
{
	struct vdir d = {
		.lba = n->lba,
		.size_bytes = (uint32_t)n->size_bytes,
		.parent = w->dir,
		.depth = w->v->dir[w->dir].depth + 1,
		.name = name,
		.path = path_of(w->v, w->dir, n),
	};

	return add_dir(w, &d, in, err);
}

static int take_name(struct walk *w, struct place *in, const uint8_t *rec, struct err *err)
{
	struct volume *v = w->v;
	struct field_walk fields = { w->report, &w->susp, v, .dot = false };
	struct vname n = {
		.id = (const uint8_t *)arena_dup(&v->arena, rec + BP(34), rec[BP(33)]),
		.id_len = rec[BP(33)],
		.lba = get_u32le(rec + BP(3)),
		.size_bytes = get_u32le(rec + BP(11)),
		.dir = w->dir,
		.rec_lba = in->lba,
		.rec_byte = (uint16_t)(rec - in->sector),
		.nsection = 1,
		.flags = rec[BP(26)],
	};
	bool goes_on = w->goes_on;
	int r;

	if (!n.id)
		return err_nomem(err);
	memcpy(n.date, rec + BP(19), sizeof(n.date));
	in->where = path_of(v, w->dir, &n);
	validate_record(w->report, in, rec);
	r = validate_fields(&fields, in, rec, &n, err);
	validate_identifier(w->report, v, in, rec, &n);
	in->where = path_of(v, w->dir, &n);
	if (r < 0 || !in->where)
		return r < 0 ? r : err_nomem(err);
	w->goes_on = n.flags & ISO_FLAG_EXTENT;
	if (goes_on)
		return take_section(w, &n, in, rec, err);
	if (v->nname >= READER_NAMES_MAX)
		return err_set(err, -EFBIG, "more than %u names", READER_NAMES_MAX);
	if (v->nname == v->name_cap)
		r = array_grow((void **)&v->name, &v->name_cap, sizeof(*v->name), err);
	if (r < 0)
		return r;
	v->name[v->nname++] = n;
	v->dir[w->dir].n++;
	if (v->dir[w->dir].n > 1)
		validate_order(w->report, v, &v->name[v->nname - 2], &v->name[v->nname - 1]);
	if (n.flags & ISO_FLAG_DIR)
		return take_dir(w, &n, v->nname - 1, in, err);
	return add_section(w, &n, in, (uint32_t)n.size_bytes, err);
}

/* Whether the record can be looked at; its length is then within the sector. */
static bool sound(struct walk *w, const struct place *in, const uint8_t *rec, size_t left)
{
	const struct field len = { "ECMA-119 9.1.1", "length of directory record", rec };

	if (rec[0] < ISO_ROOT_BYTES || rec[0] > left) {
		report_text(w->report, FINDING_ERROR, in, &len,
			"33 bytes and a name, in its sector", "%u with %zu left", rec[0], left);
		return false;
	}
	if (rec[BP(33)] == 0 || iso_dirrec_base(rec[BP(33)]) > rec[0]) {
		report_text(w->report, FINDING_ERROR, in,
			&(struct field){
				"ECMA-119 9.1.10", "length of file identifier", rec + BP(33) },
			"what the record has room for", "%u of %u", rec[BP(33)], rec[0]);
		return false;
	}
	return true;
}

static int read_sector(struct walk *w, uint32_t lba, struct err *err)
{
	struct place in = { .lba = lba, .sector = w->sector };
	size_t at = 0;
	int r = source_read(w->report->src, lba, 1, w->sector, err);

	while (r == 0 && at < SECTOR && w->sector[at]) {
		const uint8_t *rec = w->sector + at;

		in.where = w->v->dir[w->dir].path;
		if (!sound(w, &in, rec, SECTOR - at))
			return 0;
		if (rec[BP(33)] == 1 && rec[BP(34)] <= 1) {
			validate_record(w->report, &in, rec);
			r = check_dots(w, &in, rec, err);
		} else {
			r = take_name(w, &in, rec, err);
		}
		w->nrecord++;
		at += rec[0];
	}
	in.where = w->v->dir[w->dir].path;
	if (r == 0 && at < SECTOR)
		check_zero(w->report, &in,
			&(struct field){ "ECMA-119 6.8.1.1", "unused bytes after the last record",
				w->sector + at },
			SECTOR - at);
	return r;
}

static int read_dir(struct walk *w, struct err *err)
{
	struct volume *v = w->v;
	const struct vdir d = v->dir[w->dir];
	const struct place in = { .lba = d.lba, .where = d.path };
	int r = 0;

	v->dir[w->dir].first = v->nname;
	w->nrecord = 0;
	w->goes_on = false;
	for (uint32_t i = 0; i < sectors_for(d.size_bytes) && r == 0; i++)
		r = read_sector(w, d.lba + i, err);
	if (r == 0 && w->nrecord < 2)
		report_text(w->report, FINDING_ERROR, &in,
			&(struct field){ "ECMA-119 6.8.2.2", "records", NULL }, "\".\" and \"..\"",
			"%" PRIu32 " records", w->nrecord);
	if (r == 0 && w->goes_on)
		report_text(w->report, FINDING_ERROR, &in,
			&(struct field){ "ECMA-119 9.1.6", "file flags", NULL },
			"a last record of the last file", "none");
	return r;
}

#define SP_BYTES 7u

/* Whether there is what looks like a field of Rock Ridge where the one behind SP would be. */
static bool fields_without_start(const struct iso_dirrec *dot)
{
	const uint8_t *p = dot->su + SP_BYTES;

	return dot->su_len >= SP_BYTES + 4 && p[0] >= 'A' && p[0] <= 'Z' && p[1] >= 'A' &&
	       p[1] <= 'Z' && p[2] >= 4 && p[3] == 1;
}

/* What the root's "." says of SUSP holds for the whole volume. */
static int look_for_susp(struct walk *w, struct err *err)
{
	struct iso_dirrec dot;
	int r = source_read(w->report->src, w->v->root_lba, 1, w->sector, err);

	if (r < 0)
		return r;
	if (w->v->kind != VOLUME_PRIMARY || iso_dirrec_decode(w->sector, SECTOR, &dot, NULL) <= 0)
		return 0;
	w->v->rockridge = entry_susp_begins(&dot, &w->v->susp_skip);
	if (!w->v->rockridge && fields_without_start(&dot))
		report_text(w->report, FINDING_ERROR,
			&(struct place){ w->v->root_lba, w->sector, "/" },
			&(struct field){ "SUSP 5.3", "system use of the root's \".\"", dot.su },
			"an SP field before all others", "others alone");
	return 0;
}

int validate_directories(struct report *r, struct volume *v, struct err *err)
{
	struct walk *w = calloc(1, sizeof(*w));
	const struct place in = { .lba = v->lba, .where = v->title };
	const struct vdir root = { .lba = v->root_lba,
		.size_bytes = v->root_bytes,
		.depth = 1,
		.name = UINT32_MAX,
		.path = "/" };
	int code;

	if (!w)
		return err_nomem(err);
	w->report = r;
	w->v = v;
	w->susp = (struct susp_reader){ .src = r->src, .entered = volume_add_area, .arg = v };
	w->met = calloc((size_t)r->src->nsec / 8 + 1, 1);
	code = w->met ? add_dir(w, &root, &in, err) : err_nomem(err);
	if (code == 0 && v->ndir > 0)
		code = look_for_susp(w, err);
	for (w->dir = 0; code == 0 && w->dir < v->ndir; w->dir++)
		code = read_dir(w, err);
	if (code == 0)
		code = validate_continuations(r, v, err);
	free(w->met);
	free(w);
	return code;
}
