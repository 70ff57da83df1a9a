/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies in the folders and no claim names. */
#include "base/auto.h"
#include "checking.h"
#include "private.h"
#include "store/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * What dies is freed in whole pages, so that pages which small contents shared stay. A segment of
 * which no more than this is left is no leak.
 */
#define WASTE_BYTES (64u * 1024)

static int unnamed_object(void *arg, uint64_t id, struct err *err)
{
	struct judging *j = arg;
	struct stat st;
	int there = check_look_at(j->k, STORE_OBJECT, id, &st, err);

	if (there <= 0)
		return there;
	j->tally.objects++;
	if (keep_has(&j->k->objects, id) || keep_has(&j->k->spared_objects, id) ||
		(j->k->open && id >= j->k->next_object))
		return 0;
	return j->fn(j->arg, &(struct store_finding){ .fault = STORE_FAULT_OBJECT,
				     .loc = { .kind = STORE_OBJECT, .id = id },
				     .found = (uint64_t)st.st_size });
}

static int unnamed_in_shard(void *arg, uint64_t shard, struct err *err)
{
	struct judging *j = arg;
	char name[CONTAINER_NAME];

	snprintf(name, sizeof(name), "%04" PRIx64, shard);
	return inventory_walk(j->k->objects_fd, name, object_parse, unnamed_object, j, err);
}

static int note_newest(void *arg, uint64_t id, struct err *err)
{
	struct judging *j = arg;

	(void)err;
	j->tally.segments++;
	if (id > j->newest && !j->k->open)
		j->newest = id;
	return 0;
}

/* What the gap @from .. @end of a segment holds besides holes. */
static int judge_gap(
	struct judging *j, int fd, uint64_t id, uint64_t from, uint64_t end, uint64_t *dead)
{
	while (from < end) {
		off_t data = lseek(fd, (off_t)from, SEEK_DATA), hole;
		struct store_finding f = { .fault = STORE_FAULT_EXTENT };
		int r;

		if (data < 0 || (uint64_t)data >= end)
			return 0;
		hole = lseek(fd, data, SEEK_HOLE);
		if (hole < 0 || (uint64_t)hole > end)
			hole = (off_t)end;
		f.loc = (struct store_loc){ .kind = STORE_SEGMENT,
			.id = id,
			.off_bytes = (uint64_t)data / SECTOR * SECTOR };
		f.loc.cap_bytes = sectors_for((uint64_t)hole - f.loc.off_bytes) * SECTOR;
		f.found = (uint64_t)(hole - data);
		*dead += f.found;
		r = j->what == STORE_UNNAMED_BYTES ? j->fn(j->arg, &f) : 0;
		if (r < 0)
			return r;
		from = (uint64_t)hole;
	}
	return 0;
}

static int judge_gaps(struct judging *j, int fd, uint64_t id, uint64_t *dead)
{
	const struct keep_list *l = &j->k->segments;
	uint64_t from = 0;
	int r = 0;

	for (size_t at = keep_first(l, id); r == 0 && at < l->count && l->all[at].id == id; at++) {
		const struct keep *c = &l->all[at];

		if (c->off_bytes > from)
			r = judge_gap(j, fd, id, from, c->off_bytes, dead);
		if (c->off_bytes + c->cap_bytes > from)
			from = c->off_bytes + c->cap_bytes;
	}
	return r < 0 ? r : judge_gap(j, fd, id, from, STORE_SEGMENT_BYTES, dead);
}

static int unnamed_in_segment(void *arg, uint64_t id, struct err *err)
{
	struct judging *j = arg;
	uint64_t dead = 0;
	AUTO_FD int fd = -1;
	int r = check_open(j->k, STORE_SEGMENT, id, &fd, err);

	if (fd < 0)
		return r;
	r = judge_gaps(j, fd, id, &dead);
	j->tally.dead_bytes += dead;
	if (r < 0 || j->what == STORE_UNNAMED_BYTES || id >= j->newest || dead <= WASTE_BYTES ||
		keep_has(&j->k->segments, id) || keep_has(&j->k->spared_segments, id))
		return r;
	return j->fn(j->arg, &(struct store_finding){ .fault = STORE_FAULT_SEGMENT,
				     .loc = { .kind = STORE_SEGMENT, .id = id },
				     .found = dead });
}

int store_check_unnamed(struct store_check *k, enum store_unnamed what, store_finding_fn *fn,
	void *arg, struct store_tally *out, struct err *err)
{
	struct judging j = {
		.k = k, .fn = fn, .arg = arg, .what = what, .newest = k->newest_segment, .err = err
	};
	int r = 0;

	check_sort(k);
	if (k->objects_fd >= 0)
		r = inventory_walk(k->objects_fd, ".", object_parse, unnamed_in_shard, &j, err);
	if (r == 0 && k->segments_fd >= 0)
		r = inventory_walk(k->segments_fd, ".", segment_parse, note_newest, &j, err);
	if (r == 0 && k->segments_fd >= 0)
		r = inventory_walk(k->segments_fd, ".", segment_parse, unnamed_in_segment, &j, err);
	if (r == 0 && out)
		*out = j.tally;
	return r;
}
