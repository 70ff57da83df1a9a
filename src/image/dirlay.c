/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layout of one directory in one name space: which record lies where. */
#include "dirlay.h"

#include "iso9660/pathtable.h"
#include "naming.h"

#include <stdlib.h>
#include <sys/stat.h>

static uint32_t sections_of(uint64_t size_bytes)
{
	uint64_t n = size_bytes / SECTION_BYTES + (size_bytes % SECTION_BYTES != 0);

	if (size_bytes <= UINT32_MAX)
		return 1;
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

void rec_shape_of(const struct name_space *ns, const struct numbered *who,
	const struct attributes *a, uint64_t ce_off, struct rec_shape *out)
{
	size_t room;

	out->id_len = (uint8_t)ns->ident(who, out->id);
	room = ISO_DIRREC_MAX - iso_dirrec_base(out->id_len);
	if (ns->fields)
		ns->fields(who->entry, a, &out->fields);
	else
		susp_fields_init(&out->fields);
	susp_spread(&out->fields, room, ce_off, &out->areas);
	out->len = (uint32_t)iso_dirrec_len(out->id_len, susp_area_bytes(&out->areas, 0));
	out->nsections = sections_of(who->entry->size_bytes);
}

uint64_t rec_fit(uint64_t pos, uint32_t len)
{
	return len <= SECTOR - pos % SECTOR ? pos : sectors_for(pos) * SECTOR;
}

uint64_t rec_section_pos(uint64_t first, uint32_t len, uint32_t i)
{
	uint32_t here = (uint32_t)(SECTOR - first % SECTOR) / len, each = SECTOR / len;

	if (i < here)
		return first + (uint64_t)i * len;
	i -= here;
	return (first / SECTOR + 1 + i / each) * SECTOR + (uint64_t)(i % each) * len;
}

static uint64_t seat(struct dirlay_guest *guest, uint64_t pos)
{
	guest->rec_off = (uint32_t)rec_fit(pos, guest->len);
	return (uint64_t)guest->rec_off + guest->len;
}

void dirlay_seat(const struct name_space *ns, const struct measure_entry *e, size_t n,
	struct dirlay_slots *slots, struct dirlay_guest *guest, struct dirlay_sizes *out)
{
	const struct attributes none = { 0 };
	uint64_t pos = ns->dot_bytes + ns->dotdot_bytes, ce_off = 0;
	uint32_t width = naming_width(n);
	struct rec_shape s;

	out->path_bytes = 0;
	for (uint32_t k = 0; k < out->shown; k++) {
		const struct measure_entry *entry = &e[slots->order[k]];
		struct numbered who = { entry, slots->num[slots->order[k]], width, ns };

		if (guest && guest->rank == k)
			pos = seat(guest, pos);
		rec_shape_of(ns, &who, &none, ce_off, &s);
		pos = rec_fit(pos, s.len);
		slots->rec_off[k] = (uint32_t)pos;
		if (slots->ce_off)
			slots->ce_off[k] = (uint32_t)ce_off;
		pos = rec_section_pos(pos, s.len, s.nsections - 1) + s.len;
		ce_off = susp_areas_end(&s.areas, ce_off);
		if (S_ISDIR(entry->mode))
			out->path_bytes += iso_pathrec_len(s.id_len);
	}
	if (guest && guest->rank == out->shown)
		pos = seat(guest, pos);
	out->ext_nsec = sectors_for(pos);
	out->ce_nsec = sectors_for(ce_off);
}

int dirlay_build(const struct name_space *ns, const struct measure_entry *e, size_t n,
	struct dirlay_slots *slots, struct dirlay_sizes *out, struct err *err)
{
	int r;

	*out = (struct dirlay_sizes){ 0 };
	r = naming_assign(ns, e, n, slots->num, slots->order, &out->shown, err);
	if (r < 0)
		return r;
	dirlay_seat(ns, e, n, slots, NULL, out);
	return 0;
}

int dirlay_measure(const struct image_opts *opts, const struct name_space *ns,
	const struct measure_entry *e, size_t n, struct dir_sums *out, struct err *err)
{
	uint32_t *words = calloc(n ? n : 1, 4 * sizeof(*words));
	struct dirlay_slots slots;
	struct dirlay_sizes sizes;
	int r;

	(void)opts;
	if (!words)
		return err_nomem(err);
	slots = (struct dirlay_slots){ words, words + n, words + 2 * n, words + 3 * n };
	r = dirlay_build(ns, e, n, &slots, &sizes, err);
	free(words);
	if (r < 0)
		return r;
	*out = (struct dir_sums){
		.ext_nsec = sizes.ext_nsec,
		.ce_nsec = sizes.ce_nsec,
		.path_bytes = sizes.path_bytes,
	};
	return 0;
}

/* Of more sections than two sectors hold, those beyond fill sectors, wherever the first begins. */
static void weigh_records(const struct rec_shape *s, struct name_weight *out)
{
	uint32_t each = SECTOR / s->len, times = s->nsections;

	if (times > 2 * each) {
		out->more_nsec = (times - each - 1) / each;
		times -= out->more_nsec * each;
	}
	out->record = (struct pack_item){ .need = (uint16_t)s->len,
		.end = (uint16_t)s->len,
		.begins = 1,
		.times = (uint8_t)times };
}

static void weigh_areas(const struct rec_shape *s, struct name_weight *out)
{
	uint64_t end = susp_areas_end(&s->areas, 0), begins = sectors_for(end);

	if (s->areas.n == 1)
		return;
	out->area =
		(struct pack_item){ .need = (uint16_t)(s->fields.cur.pos - s->areas.area[0].end),
			.end = (uint16_t)(end - (begins - 1) * SECTOR),
			.begins = (uint8_t)begins,
			.times = 1 };
}

void dirlay_weigh(const struct image_opts *opts, const struct name_space *ns,
	const struct measure_entry *e, struct name_weight *out)
{
	const struct attributes none = { 0 };
	const struct numbered plain = { e, 0, 0, ns };
	struct rec_shape s;

	(void)opts;
	rec_shape_of(ns, &plain, &none, 0, &s);
	*out = (struct name_weight){ .path_bytes = 0 };
	weigh_records(&s, out);
	weigh_areas(&s, out);
	if (S_ISDIR(e->mode))
		out->path_bytes = (uint32_t)iso_pathrec_len(s.id_len);
}

struct pack_pos dirlay_start(const struct name_space *ns)
{
	return (struct pack_pos){ 1, ns->dot_bytes + ns->dotdot_bytes };
}
