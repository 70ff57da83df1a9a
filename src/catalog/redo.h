/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The redo journal: what was answered since the last commit outlives a killed process. */
#ifndef DISCFS_CATALOG_REDO_H
#define DISCFS_CATALOG_REDO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

/*
 * Each changed row is appended, as its statement's code and parameters, to a small file that is
 * mapped and shared: stores into it are in the page cache at once and survive SIGKILL, for the
 * price of a memcpy. A commit makes them superfluous and starts the next generation, whose number
 * is a fact of the same transaction. At opening, records of the catalog's own generation are run
 * again. After another boot or another mount of the file system below, where pages may be
 * missing, nothing is: what fsync promised is in SQLite.
 *
 * Not locked: part of the catalog.
 */
#define REDO_PLACE_BYTES 24u

struct redo {
	uint8_t place[REDO_PLACE_BYTES]; /* this boot and this mount of the file system below */
	bool same_place;		 /* as when the journal was written */
	uint8_t *map; /* NULL: there is no journal, each operation has to be committed */
	size_t bytes; /* of the map */
	size_t end;   /* of the last complete record */
	size_t at;    /* while a record is written: its end so far */
	size_t op;    /* end when the operation began */
	uint64_t generation;
	bool overflow; /* what did not fit is not in the journal: only a commit keeps it */
};

/* One parameter of a record, borrowed from the journal. */
struct redo_param {
	enum { REDO_INT = 'i', REDO_BLOB = 'b', REDO_TEXT = 't' } kind;
	int64_t number;
	const char *bytes;
	size_t n;
};
#define REDO_PARAMS_MAX 32

/* Makes or maps PATH-redo. A file system without room for it is no failure: map stays NULL. */
int redo_open(struct redo *j, const char *path, struct err *err);
/* Maps what is there for reading: for redo_pending and redo_replay only. None: map stays NULL. */
int redo_look(struct redo *j, const char *path, struct err *err);
/* Whether a replay may find any record. */
bool redo_pending(const struct redo *j);
void redo_close(struct redo *j);

/* A record: begun with the statement's code, parameters in order, then sealed. */
void redo_begin(struct redo *j, char code);
void redo_number(struct redo *j, int64_t v);
void redo_bytes(struct redo *j, char kind, const void *bytes, size_t n);
/* Valid from here on; of an operation only together with its end. */
void redo_seal(struct redo *j, bool in_op);

void redo_op_begin(struct redo *j);
void redo_op_end(struct redo *j, bool ok);
/* Starts @generation, empty. */
void redo_restart(struct redo *j, uint64_t generation);
/* More than half full, or overflown: time for a commit. */
bool redo_wants_commit(const struct redo *j);

/* Whether it follows a commit later than @generation: commits are durable before it restarts. */
bool redo_is_ahead(const struct redo *j, uint64_t generation);

/*
 * Hands the records of @generation, complete operations only, to @fn in order; stops at the first
 * that is not whole. The count of records, or what @fn returned below 0.
 */
typedef int redo_fn(
	void *arg, char code, const struct redo_param *param, int nparam, struct err *err);
int redo_replay(const struct redo *j, uint64_t generation, redo_fn *fn, void *arg, struct err *err);

#endif
