/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stage in a directory of its own, and the few calls that every test of it makes. */
#ifndef DISCFS_TESTS_STAGE_RIG_STAGE_H
#define DISCFS_TESTS_STAGE_RIG_STAGE_H

#include "base/err.h"
#include "rig_measure.h"
#include "stage/stage.h"

#include <sys/stat.h>

#define ROOT STAGE_ROOT_INO

struct rig {
	const char *dir;
	const struct measure *measure;
	struct stage *s;
	struct err err;
};

void rig_init(struct rig *rig);
void rig_init_with(struct rig *rig, const struct measure *measure);
void rig_fini(struct rig *rig);
/* Closes and opens again. */
void rig_reopen(struct rig *rig);
/* The same, with all costs of directories forgotten between: they are recomputed from scratch. */
void rig_reopen_recounted(struct rig *rig);
/* Opens what another process left; the rig must have no stage open. */
void rig_open(struct rig *rig);
void rig_close(struct rig *rig);
/* A medium of @nsec sectors. */
void rig_room(struct rig *rig, uint64_t nsec);
uint64_t rig_image(struct rig *rig);

/* The new inode's number; a failure ends the test program. */
uint64_t rig_mkdir(struct rig *rig, uint64_t parent, const char *name);
uint64_t rig_create(struct rig *rig, uint64_t parent, const char *name);
/* With @n bytes of content made of the number. */
uint64_t rig_file(struct rig *rig, uint64_t parent, const char *name, size_t n);
/* Outcomes as they are. */
int rig_make(struct rig *rig, uint64_t parent, const char *name, uint32_t mode);
ssize_t rig_write(struct rig *rig, uint64_t ino, uint64_t off, size_t n);
int rig_truncate(struct rig *rig, uint64_t ino, uint64_t size);
int rig_unlink(struct rig *rig, uint64_t parent, const char *name);
int rig_rename(struct rig *rig, uint64_t from, const char *name, uint64_t to, const char *new_name);
int rig_rename_how(struct rig *rig, uint64_t from, const char *name, uint64_t to,
	const char *new_name, enum stage_rename how);
/* 0 when there is no such name. */
uint64_t rig_lookup(struct rig *rig, uint64_t parent, const char *name);
struct stage_attr rig_attr(struct rig *rig, uint64_t ino);

/* Bytes that tell their inode and their offset. */
void rig_fill(uint64_t ino, uint64_t off, uint8_t *out, size_t n);
bool rig_is_filled(uint64_t ino, uint64_t off, const uint8_t *bytes, size_t n);
/* Whether the content of @ino is rig_fill's, @n bytes. */
bool rig_content_is(struct rig *rig, uint64_t ino, uint64_t size);

#endif
