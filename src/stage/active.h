/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inodes that are held, or whose rows are newer than the catalog's. All under the stage's lock. */
#ifndef DISCFS_STAGE_ACTIVE_H
#define DISCFS_STAGE_ACTIVE_H

#include "catalog/catalog.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

struct err;
struct stage;

/* An inode that is held, or whose row is newer than the catalog's. Under the stage's lock. */
struct active {
	struct catalog_inode row; /* the truth while the inode is active */
	struct store_file *file;  /* NULL until content needs it; row's loc follows it */
	uint32_t holds;
	uint32_t syncs; /* threads in store_file_sync without the lock: file must not change */
	bool dirty;	/* row is newer than the catalog's */
	bool owed;	/* the catalog has no row yet; implies dirty */
	bool rowless;	/* without names and holds: the catalog has deleted it, memory has not */
	bool forgotten; /* stage_forget came after its last name went */
	bool sealed;	/* the catalog may have a digest of the content */
	bool unhashed;	/* the content changed, and nobody wanted its digest since */
};

struct active *active_find(const struct stage *s, uint64_t ino);
/* The row as it is now: of the active inode, else of the catalog. */
int inode_get(struct stage *s, uint64_t ino, struct catalog_inode *out, struct err *err);
/* Puts @row, which is not active, into memory; NULL without memory. */
struct active *active_add(struct stage *s, const struct catalog_inode *row);
/* Takes @a, which has no content open, out of memory as if it had never been there. */
void active_remove(struct stage *s, struct active *a);
int active_hold(struct stage *s, uint64_t ino, struct active **out, struct err *err);
/* Gives up one hold; the last one writes the row, or deletes an inode without names. */
void active_drop(struct stage *s, struct active *a);
/* @row, noted in the journal already, is the truth from here on. */
void active_take(struct stage *s, struct active *a, const struct catalog_inode *row);
/* The catalog's row of @ino, for what asks the catalog itself. */
int active_pay(struct stage *s, uint64_t ino, struct err *err);
/* Deletes @row in the catalog, where @a (NULL: not active) may still owe it. */
int active_delete(
	struct stage *s, const struct active *a, const struct catalog_inode *row, struct err *err);
/* A catalog_owed_fn; @arg is the stage. */
bool active_owed(void *arg, uint64_t ino, struct catalog_inode *out);
/* @row lost its last name and is deleted in the catalog: it, or its content only, goes now. */
void active_bury(struct stage *s, const struct catalog_inode *row);
/* Opens the content. */
int active_file(struct stage *s, struct active *a, struct err *err);
/* Closes it if it is open; the row says where it lies. */
void active_close(struct active *a);
/* Waits until @a's content may change. */
void active_calm(struct stage *s, const struct active *a);
/* The row is final: a killed process must not lose it, so that it is noted in the journal. */
void active_mark(struct stage *s, struct active *a);
/* Writes all dirty rows; an inode of which the last hold is gone leaves the table. */
int active_flush(struct stage *s, struct err *err);
void active_fini(struct stage *s);

struct store_loc loc_of(const struct catalog_inode *row);
void loc_set(struct catalog_inode *row, struct store_loc loc);
/* The content has no name any more. It is freed after the commit that says so (store_mark). */
void content_delete(struct stage *s, struct store_loc loc);

#endif
