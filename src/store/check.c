/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims in the order of the disk, so that each file is looked at once. */
#include "store/check.h"

#include "base/auto.h"
#include "base/err.h"
#include "base/file.h"
#include "inventory.h"
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BYTES (1024u * 1024)
/*
 * What dies is freed in whole pages, so that pages which small contents shared stay. A segment of
 * which no more than this is left is no leak.
 */
#define WASTE_BYTES (64u * 1024)

struct store_check {
	int segments_fd, objects_fd; /* -1: the folder is not there */
	bool open; /* another's store: its folders, and nothing unnamed is judged */
	struct keep_list segments, objects;
	struct keep_list impossible; /* id: the index in impossible_loc */
	struct store_loc *impossible_loc;
	bool sorted;
};

/* A judgement at work. */
struct judging {
	struct store_check *k;
	store_finding_fn *fn;
	void *arg;
	enum store_unnamed what;
	uint64_t newest; /* segment */
	struct store_tally tally;
	struct err *err;
};

static int open_folder(const char *dir, const char *name, int *out, struct err *err)
{
	char path[4096];

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return err_set(err, -ENAMETOOLONG, "%s: the path is too long", dir);
	*out = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*out < 0 && errno != ENOENT)
		return err_sys(err, errno, "opening the folder %s of the staging store", name);
	return 0;
}

static struct store_check *new_check(void)
{
	struct store_check *k = calloc(1, sizeof(*k));

	if (k)
		*k = (struct store_check){ .segments_fd = -1, .objects_fd = -1 };
	return k;
}

int store_check_begin(const char *dir, struct store_check **out, struct err *err)
{
	struct store_check *k = new_check();
	int r = k ? open_folder(dir, "segments", &k->segments_fd, err) : err_nomem(err);

	if (r == 0)
		r = open_folder(dir, "objects", &k->objects_fd, err);
	if (r < 0) {
		store_check_free(k);
		return r;
	}
	*out = k;
	return 0;
}

int store_check_begin_open(struct store *s, struct store_check **out, struct err *err)
{
	struct store_check *k = new_check();

	if (!k)
		return err_nomem(err);
	k->open = true;
	k->segments_fd = s->segments_fd;
	k->objects_fd = s->objects_fd;
	*out = k;
	return 0;
}

void store_check_free(struct store_check *k)
{
	if (!k)
		return;
	if (!k->open && k->segments_fd >= 0)
		close(k->segments_fd);
	if (!k->open && k->objects_fd >= 0)
		close(k->objects_fd);
	keep_fini(&k->segments);
	keep_fini(&k->objects);
	keep_fini(&k->impossible);
	free(k->impossible_loc);
	free(k);
}

static int claim_impossible(struct store_check *k, const struct keep *claim, struct store_loc loc)
{
	struct store_loc *all =
		reallocarray(k->impossible_loc, k->impossible.count + 1, sizeof(*all));

	if (!all)
		return -ENOMEM;
	k->impossible_loc = all;
	all[k->impossible.count] = loc;
	return keep_add(&k->impossible, claim);
}

int store_check_claim(struct store_check *k, uint64_t owner, struct store_loc loc,
	uint64_t size_bytes, struct err *err)
{
	const struct keep claim = { loc.id, loc.off_bytes, loc.cap_bytes, size_bytes, owner };
	int r = 0; /* what lies elsewhere, or nowhere, is none of the store's */

	if (loc_check(&loc, size_bytes, NULL) < 0)
		r = claim_impossible(k, &claim, loc);
	else if (loc.kind == STORE_SEGMENT)
		r = keep_add(&k->segments, &claim);
	else if (loc.kind == STORE_OBJECT)
		r = keep_add(&k->objects, &claim);
	return r < 0 ? err_nomem(err) : 0;
}

static void sort_claims(struct store_check *k)
{
	if (k->sorted)
		return;
	keep_sort(&k->segments);
	keep_sort(&k->objects);
	k->sorted = true;
}

static struct store_loc loc_of(enum store_kind kind, const struct keep *c)
{
	return (struct store_loc){
		.kind = kind, .id = c->id, .off_bytes = c->off_bytes, .cap_bytes = c->cap_bytes
	};
}

static int folder_of(const struct store_check *k, enum store_kind kind)
{
	return kind == STORE_SEGMENT ? k->segments_fd : k->objects_fd;
}

/* 1: there with its @out bytes, 0: not there, or no regular file. */
static int look_at(const struct store_check *k, enum store_kind kind, uint64_t id, struct stat *out,
	struct err *err)
{
	char name[CONTAINER_NAME];
	int dir = folder_of(k, kind);

	container_path(kind, id, name);
	if (dir < 0)
		return 0;
	if (fstatat(dir, name, out, AT_SYMLINK_NOFOLLOW) == 0)
		return S_ISREG(out->st_mode);
	return errno == ENOENT || errno == ENOTDIR
		       ? 0
		       : err_sys(err, errno, "%s of the staging store", name);
}

/* One claim of a file that is @there (or not) with @length bytes. */
static int judge_claim(
	struct judging *j, enum store_kind kind, const struct keep *c, bool there, uint64_t length)
{
	uint64_t after = length > c->off_bytes ? length - c->off_bytes : 0;
	struct store_finding f = {
		.fault = there ? STORE_FAULT_SHORT : STORE_FAULT_MISSING,
		.owner = c->owner,
		.loc = loc_of(kind, c),
		.expected = c->size_bytes,
		.found = after,
	};

	return there && after >= c->size_bytes ? 0 : j->fn(j->arg, &f);
}

static int judge_overlap(
	struct judging *j, enum store_kind kind, const struct keep *before, const struct keep *c)
{
	struct store_finding f = {
		.fault = STORE_FAULT_OVERLAP,
		.owner = c->owner,
		.other = before->owner,
		.loc = loc_of(kind, c),
		.expected = before->off_bytes + before->cap_bytes,
		.found = c->off_bytes,
	};

	return j->fn(j->arg, &f);
}

static bool overlaps(enum store_kind kind, const struct keep *before, const struct keep *c)
{
	if (before->id != c->id)
		return false;
	return kind == STORE_OBJECT || c->off_bytes < before->off_bytes + before->cap_bytes;
}

static int judge_list(struct judging *j, enum store_kind kind, const struct keep_list *l)
{
	const struct keep *furthest = NULL;
	struct stat st = { 0 };
	int there = 0;

	for (size_t i = 0; i < l->count; i++) {
		const struct keep *c = &l->all[i];
		int r = 0;

		if (i == 0 || c->id != l->all[i - 1].id)
			there = look_at(j->k, kind, c->id, &st, j->err);
		if (there < 0)
			return there;
		r = judge_claim(j, kind, c, there > 0, (uint64_t)st.st_size);
		/* Rows of no room take none away. */
		if (r == 0 && furthest && overlaps(kind, furthest, c) &&
			(kind == STORE_OBJECT || c->cap_bytes > 0))
			r = judge_overlap(j, kind, furthest, c);
		if (r < 0)
			return r;
		if (!furthest || furthest->id != c->id ||
			c->off_bytes + c->cap_bytes > furthest->off_bytes + furthest->cap_bytes)
			furthest = c;
	}
	return 0;
}

int store_check_places(struct store_check *k, store_finding_fn *fn, void *arg, struct err *err)
{
	struct judging j = { .k = k, .fn = fn, .arg = arg, .err = err };
	int r = 0;

	sort_claims(k);
	for (size_t i = 0; r == 0 && i < k->impossible.count; i++)
		r = fn(arg, &(struct store_finding){ .fault = STORE_FAULT_PLACE,
				    .owner = k->impossible.all[i].owner,
				    .loc = k->impossible_loc[i],
				    .expected = k->impossible.all[i].size_bytes });
	if (r == 0)
		r = judge_list(&j, STORE_SEGMENT, &k->segments);
	return r < 0 ? r : judge_list(&j, STORE_OBJECT, &k->objects);
}

/* Reads one content in an open file; what cannot be read is told once. */
static int read_claim(
	struct judging *j, enum store_kind kind, const struct keep *c, int fd, uint8_t *bytes)
{
	for (uint64_t at = 0; at < c->size_bytes; at += READ_BYTES) {
		uint64_t left = c->size_bytes - at;
		ssize_t got = file_pread_most(fd, bytes,
			left < READ_BYTES ? (size_t)left : READ_BYTES, c->off_bytes + at);

		if (got < 0)
			return j->fn(
				j->arg, &(struct store_finding){ .fault = STORE_FAULT_UNREADABLE,
						.owner = c->owner,
						.loc = loc_of(kind, c),
						.expected = c->size_bytes,
						.found = at,
						.error = (int)-got });
	}
	return 0;
}

/* 0 with a descriptor, or -1 in its place for what is not there or is no regular file. */
static int open_container(
	const struct store_check *k, enum store_kind kind, uint64_t id, int *out, struct err *err)
{
	char name[CONTAINER_NAME];
	struct stat st;
	int there = look_at(k, kind, id, &st, err);

	*out = -1;
	if (there <= 0)
		return there;
	container_path(kind, id, name);
	*out = openat(folder_of(k, kind), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return *out < 0 ? err_sys(err, errno, "opening %s of the staging store", name) : 0;
}

static int read_list(struct judging *j, enum store_kind kind, const struct keep_list *l)
{
	AUTO_FREE uint8_t *bytes = malloc(READ_BYTES);
	int fd = -1, r = bytes ? 0 : err_nomem(j->err);

	for (size_t i = 0; r == 0 && i < l->count; i++) {
		const struct keep *c = &l->all[i];

		if (i == 0 || c->id != l->all[i - 1].id) {
			if (fd >= 0)
				close(fd);
			r = open_container(j->k, kind, c->id, &fd, j->err);
		}
		if (r == 0 && fd >= 0)
			r = read_claim(j, kind, c, fd, bytes);
	}
	if (fd >= 0)
		close(fd);
	return r;
}

int store_check_content(struct store_check *k, store_finding_fn *fn, void *arg, struct err *err)
{
	struct judging j = { .k = k, .fn = fn, .arg = arg, .err = err };
	int r;

	sort_claims(k);
	r = read_list(&j, STORE_SEGMENT, &k->segments);
	return r < 0 ? r : read_list(&j, STORE_OBJECT, &k->objects);
}

static int unnamed_object(void *arg, uint64_t id, struct err *err)
{
	struct judging *j = arg;
	struct stat st;
	int there = look_at(j->k, STORE_OBJECT, id, &st, err);

	if (there <= 0)
		return there;
	j->tally.objects++;
	if (keep_has(&j->k->objects, id))
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
	if (id > j->newest)
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
	int r = open_container(j->k, STORE_SEGMENT, id, &fd, err);

	if (fd < 0)
		return r;
	r = judge_gaps(j, fd, id, &dead);
	j->tally.dead_bytes += dead;
	if (r < 0 || j->what == STORE_UNNAMED_BYTES || id == j->newest || dead <= WASTE_BYTES ||
		keep_has(&j->k->segments, id))
		return r;
	return j->fn(j->arg, &(struct store_finding){ .fault = STORE_FAULT_SEGMENT,
				     .loc = { .kind = STORE_SEGMENT, .id = id },
				     .found = dead });
}

int store_check_unnamed(struct store_check *k, enum store_unnamed what, store_finding_fn *fn,
	void *arg, struct store_tally *out, struct err *err)
{
	struct judging j = { .k = k, .fn = fn, .arg = arg, .what = what, .err = err };
	int r = 0;

	sort_claims(k);
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
