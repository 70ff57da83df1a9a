/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A store in a directory of its own, and shorthands for the tests of the store. */
#ifndef DISCFS_TESTS_STORE_RIG_H
#define DISCFS_TESTS_STORE_RIG_H

#include "store/store.h"

struct rig {
	const char *dir;
	struct store *store;
	uint64_t segment_bytes;
};

void rig_init(struct rig *r);
/* With segments of @segment_bytes. */
void rig_init_limited(struct rig *r, uint64_t segment_bytes);
/* As after a crash: a new store on what the former one left. */
void rig_reopen(struct rig *r);
void rig_fini(struct rig *r);

/* An active content of @size_bytes at @loc; ends the program on failure. */
struct store_file *rig_open(struct rig *r, struct store_loc loc, uint64_t size_bytes);
/* A new one. */
struct store_file *rig_new(struct rig *r);
/* A closed one of @n bytes from rig_byte(@seed, offset). */
struct store_loc rig_stage(struct rig *r, uint64_t seed, size_t n);
uint8_t rig_byte(uint64_t seed, uint64_t off_bytes);
void rig_fill(uint8_t *out, uint64_t seed, uint64_t off_bytes, size_t n);
/* Writes such bytes; the result of store_file_write. */
int rig_write(struct store_file *f, uint64_t seed, uint64_t off_bytes, size_t n);
/* True when @n bytes at @off_bytes of the content are such. */
bool rig_holds(struct rig *r, struct store_loc loc, uint64_t seed, uint64_t off_bytes, size_t n);
/* The path below the store's directory; of a static buffer. */
const char *rig_path(const struct rig *r, const char *name);
/* Disk space of all of it. */
uint64_t rig_disk_bytes(const struct rig *r);

#endif
