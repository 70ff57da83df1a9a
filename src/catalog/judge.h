/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a file is a sound catalog, found out without changing it. */
#ifndef DISCFS_CATALOG_JUDGE_H
#define DISCFS_CATALOG_JUDGE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct file_facts {
	uint64_t size_bytes;
	int version;  /* of its tables, as the file without its log has it */
	bool has_wal; /* with anything in it */
};

/*
 * 0, or -EBADMSG, -EOPNOTSUPP for a newer schema, -ELOOP for a symlink, or what reading it gave.
 * -ENOENT when there is neither the file nor a log beside it: a new catalog may be made.
 */
int check_file(const char *path, struct err *err);

/* The parts of it. The header alone, read plainly: whether it may be a catalog at all. */
int check_header(const char *path, struct file_facts *facts, struct err *err);
/* Whether the tables are those of a version up to this program's: it in @version (NULL allowed). */
int check_schema(sqlite3 *db, const char *path, int *version, struct err *err);
/* file:PATH with every byte escaped that a URI could take for something else. */
int check_uri(const char *path, bool immutable, char *out, size_t cap, struct err *err);

#endif
