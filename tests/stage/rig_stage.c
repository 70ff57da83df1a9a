/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stage in a directory of its own. */
#include "rig_stage.h"

#include "catalog/catalog.h"
#include "harness/t.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const struct stage_owner owner = { 1000, 1000 };

void rig_open(struct rig *rig)
{
	int r = stage_open(rig->dir, rig->measure, &rig->s, &rig->err);

	if (r < 0)
		fprintf(stderr, "stage_open: %s\n", rig->err.msg);
	T_MUST(r == 0);
}

void rig_close(struct rig *rig)
{
	T_EQ(stage_close(rig->s, &rig->err), 0);
	rig->s = NULL;
}

void rig_init_with(struct rig *rig, const struct measure *measure)
{
	*rig = (struct rig){ .dir = t_tmpdir(), .measure = measure };
	rig_open(rig);
}

void rig_init(struct rig *rig)
{
	rig_init_with(rig, &rig_measure);
}

void rig_fini(struct rig *rig)
{
	if (rig->s)
		rig_close(rig);
}

void rig_reopen(struct rig *rig)
{
	rig_close(rig);
	rig_open(rig);
}

struct dirs {
	uint64_t ino[4096];
	size_t n;
};

static int note_dir(void *arg, const struct catalog_inode *row)
{
	struct dirs *d = arg;

	if (S_ISDIR(row->mode) && d->n < 4096)
		d->ino[d->n++] = row->ino;
	return 0;
}

void rig_reopen_recounted(struct rig *rig)
{
	static struct dirs d;
	struct catalog *c;
	char path[512];
	bool clean;

	rig_close(rig);
	snprintf(path, sizeof(path), "%s/catalog.sqlite", rig->dir);
	T_MUST(catalog_open(path, &c, &clean, &rig->err) == 0);
	T_TRUE(clean);
	d.n = 0;
	T_EQ(catalog_inodes(c, note_dir, &d, &rig->err), 0);
	for (size_t i = 0; i < d.n; i++)
		T_EQ(catalog_cost_drop(c, d.ino[i], &rig->err), 0);
	T_EQ(catalog_close(c, &rig->err), 0);
	rig_open(rig);
}

void rig_room(struct rig *rig, uint64_t nsec)
{
	stage_set_room(rig->s, &(struct room){ .capacity_nsec = nsec, .unit_nsec = 1 });
}

uint64_t rig_image(struct rig *rig)
{
	struct stage_space space = { 0 };

	T_EQ(stage_space(rig->s, &space, &rig->err), 0);
	return space.image_nsec;
}

int rig_make(struct rig *rig, uint64_t parent, const char *name, uint32_t mode)
{
	struct stage_attr attr;

	return stage_make(
		rig->s, parent, name, (struct stage_kind){ mode, 0 }, owner, &attr, &rig->err);
}

static uint64_t make(struct rig *rig, uint64_t parent, const char *name, uint32_t mode)
{
	struct stage_attr attr = { 0 };
	int r = stage_make(
		rig->s, parent, name, (struct stage_kind){ mode, 0 }, owner, &attr, &rig->err);

	if (r < 0)
		fprintf(stderr, "making %s: %s\n", name, rig->err.msg);
	T_MUST(r == 0);
	return attr.ino;
}

uint64_t rig_mkdir(struct rig *rig, uint64_t parent, const char *name)
{
	return make(rig, parent, name, S_IFDIR | 0755);
}

uint64_t rig_create(struct rig *rig, uint64_t parent, const char *name)
{
	return make(rig, parent, name, S_IFREG | 0644);
}

uint64_t rig_file(struct rig *rig, uint64_t parent, const char *name, size_t n)
{
	uint64_t ino = rig_create(rig, parent, name);

	T_EQ(rig_write(rig, ino, 0, n), n);
	return ino;
}

void rig_fill(uint64_t ino, uint64_t off, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)((off + i) * 31 + ((off + i) >> 11) + ino * 7 + 1);
}

bool rig_is_filled(uint64_t ino, uint64_t off, const uint8_t *bytes, size_t n)
{
	uint8_t want;

	for (size_t i = 0; i < n; i++) {
		rig_fill(ino, off + i, &want, 1);
		if (bytes[i] != want)
			return false;
	}
	return true;
}

ssize_t rig_write(struct rig *rig, uint64_t ino, uint64_t off, size_t n)
{
	uint8_t *bytes = malloc(n ? n : 1);
	ssize_t r;

	T_MUST(bytes != NULL);
	rig_fill(ino, off, bytes, n);
	r = stage_hold(rig->s, ino, false, &rig->err);
	if (r == 0) {
		r = stage_write(rig->s, ino, off, false, bytes, n, &rig->err);
		stage_release(rig->s, ino);
	}
	free(bytes);
	return r;
}

bool rig_content_is(struct rig *rig, uint64_t ino, uint64_t size)
{
	uint8_t *bytes = malloc(size + 1);
	ssize_t got = 0, r = 1;
	bool same;

	T_MUST(bytes != NULL);
	while (r > 0 && (uint64_t)got <= size) {
		r = stage_read(
			rig->s, ino, (uint64_t)got, bytes + got, size + 1 - (size_t)got, &rig->err);
		got += r > 0 ? r : 0;
	}
	same = r == 0 && (uint64_t)got == size && rig_is_filled(ino, 0, bytes, size);
	free(bytes);
	return same;
}

int rig_truncate(struct rig *rig, uint64_t ino, uint64_t size)
{
	struct stage_attr attr;

	return stage_setattr(
		rig->s, ino, &(struct stage_change){ .size_bytes = &size }, &attr, &rig->err);
}

int rig_unlink(struct rig *rig, uint64_t parent, const char *name)
{
	return stage_unlink(rig->s, parent, name, &rig->err);
}

int rig_rename_how(struct rig *rig, uint64_t from, const char *name, uint64_t to,
	const char *new_name, enum stage_rename how)
{
	return stage_rename(rig->s, from, name, to, new_name, how, &rig->err);
}

int rig_rename(struct rig *rig, uint64_t from, const char *name, uint64_t to, const char *new_name)
{
	return rig_rename_how(rig, from, name, to, new_name, STAGE_RENAME_REPLACE);
}

uint64_t rig_lookup(struct rig *rig, uint64_t parent, const char *name)
{
	struct stage_attr attr = { 0 };
	int r = stage_lookup(rig->s, parent, name, &attr, &rig->err);

	T_TRUE(r == 0 || r == -ENOENT);
	return r == 0 ? attr.ino : 0;
}

struct stage_attr rig_attr(struct rig *rig, uint64_t ino)
{
	struct stage_attr attr = { 0 };

	T_EQ(stage_getattr(rig->s, ino, &attr, &rig->err), 0);
	return attr;
}
