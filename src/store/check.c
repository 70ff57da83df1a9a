/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims in the order of the disk, so that each file is looked at once. */
#include "store/check.h"

#include "base/auto.h"
#include "base/err.h"
#include "base/file.h"
#include "checking.h"
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BYTES (1024u * 1024)
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

static int spare(struct store_check *k, const struct store_loc *loc)
{
	const struct keep one = { .id = loc->id };

	if (loc->kind == STORE_SEGMENT)
		return keep_add(&k->spared_segments, &one);
	return loc->kind == STORE_OBJECT ? keep_add(&k->spared_objects, &one) : 0;
}

int store_check_spare(struct store_check *k, struct store_loc loc, struct err *err)
{
	return spare(k, &loc) < 0 ? err_nomem(err) : 0;
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

/* What was dying at this moment, and where everything that comes later begins. */
static int spare_dying(struct store_check *k, struct store *s)
{
	int r = 0;

	pthread_mutex_lock(&s->lock);
	k->newest_segment = s->tail_id;
	k->next_object = s->next_object;
	for (size_t i = 0; r == 0 && i < s->dead_count; i++)
		r = spare(k, &s->dead[s->dead_head + i].loc);
	pthread_mutex_unlock(&s->lock);
	return r;
}

int store_check_begin_open(struct store *s, struct store_check **out, struct err *err)
{
	struct store_check *k = new_check();
	int r;

	if (!k)
		return err_nomem(err);
	k->open = true;
	k->segments_fd = s->segments_fd;
	k->objects_fd = s->objects_fd;
	r = spare_dying(k, s);
	if (r < 0) {
		store_check_free(k);
		return err_nomem(err);
	}
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
	keep_fini(&k->spared_segments);
	keep_fini(&k->spared_objects);
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

void check_sort(struct store_check *k)
{
	if (k->sorted)
		return;
	keep_sort(&k->segments);
	keep_sort(&k->objects);
	keep_sort(&k->spared_segments);
	keep_sort(&k->spared_objects);
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

int check_look_at(const struct store_check *k, enum store_kind kind, uint64_t id, struct stat *out,
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
			there = check_look_at(j->k, kind, c->id, &st, j->err);
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

	check_sort(k);
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

int check_open(
	const struct store_check *k, enum store_kind kind, uint64_t id, int *out, struct err *err)
{
	char name[CONTAINER_NAME];
	struct stat st;
	int there = check_look_at(k, kind, id, &st, err);

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
			r = check_open(j->k, kind, c->id, &fd, j->err);
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

	check_sort(k);
	r = read_list(&j, STORE_SEGMENT, &k->segments);
	return r < 0 ? r : read_list(&j, STORE_OBJECT, &k->objects);
}
