/* SPDX-License-Identifier: GPL-3.0-or-later */
/* P3: a project's rows and files agree with each other. */
#include "view.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <unistd.h>

#define SEGMENT_BYTES (256ll * 1024 * 1024)

/* The number without its area; 0 is the root of an area beside the tree. */
#define IN_ITS_AREA "(ino & 281474976710655)"

/* Each gives a row for each fault. */
static const struct {
	const char *what, *sql;
} relations[] = {
	{ "an entry without its inode", "SELECT e.seq FROM entry e LEFT JOIN inode i ON i.ino = "
					"e.ino WHERE i.ino IS NULL" },
	{ "an entry below no directory",
		"SELECT e.seq FROM entry e LEFT JOIN inode i ON i.ino = e.parent "
		"WHERE i.ino IS NULL OR (i.mode & 61440) <> 16384 OR i.nlink = 0" },
	{ "an inode without a name",
		"SELECT ino FROM inode WHERE ino <> 1 AND " IN_ITS_AREA " <> 0 AND "
		"ino NOT IN (SELECT ino FROM entry)" },
	{ "an inode with no link count", "SELECT ino FROM inode WHERE nlink < 1" },
	{ "a file whose link count is not that of its names",
		"SELECT ino FROM inode i WHERE (mode & 61440) <> 16384 AND nlink <> "
		"(SELECT count(*) FROM entry e WHERE e.ino = i.ino)" },
	{ "a directory whose link count is not 2 and its subdirectories",
		"SELECT ino FROM inode i WHERE (mode & 61440) = 16384 AND nlink <> 2 + "
		"(SELECT count(*) FROM entry e JOIN inode k ON k.ino = e.ino "
		"WHERE e.parent = i.ino AND (k.mode & 61440) = 16384)" },
	{ "a directory with two names",
		"SELECT ino FROM inode i WHERE (mode & 61440) = 16384 AND 1 < "
		"(SELECT count(*) FROM entry e WHERE e.ino = i.ino)" },
	{ "a directory that the root does not reach",
		"WITH RECURSIVE up(ino) AS (SELECT ino FROM inode WHERE ino = 1 OR " IN_ITS_AREA
		" = 0 UNION SELECT e.ino FROM entry e "
		"JOIN up ON e.parent = up.ino) SELECT ino FROM inode WHERE ino NOT IN up" },
	{ "a symlink's text without its inode",
		"SELECT s.ino FROM symlink s LEFT JOIN inode i ON i.ino = s.ino "
		"WHERE i.ino IS NULL OR (i.mode & 61440) <> 40960" },
	{ "a symlink without its text", "SELECT ino FROM inode WHERE (mode & 61440) = 40960 AND "
					"ino NOT IN (SELECT ino FROM symlink)" },
	{ "an attribute of no inode",
		"SELECT ino FROM xattr WHERE ino NOT IN (SELECT ino FROM inode)" },
	{ "a cost of no directory", "SELECT c.ino FROM cost c LEFT JOIN inode i ON i.ino = c.ino "
				    "WHERE i.ino IS NULL OR (i.mode & 61440) <> 16384" },
	{ "contents that overlap in a segment",
		"SELECT a.ino FROM inode a JOIN inode b ON a.loc_kind = 1 AND b.loc_kind = 1 "
		"AND a.ino < b.ino AND a.loc_id = b.loc_id "
		"AND a.loc_off_bytes < b.loc_off_bytes + b.loc_cap_bytes "
		"AND b.loc_off_bytes < a.loc_off_bytes + a.loc_cap_bytes" },
	{ "two inodes with one object",
		"SELECT a.ino FROM inode a JOIN inode b ON a.loc_kind = 2 AND b.loc_kind = 2 "
		"AND a.ino < b.ino AND a.loc_id = b.loc_id" },
	{ "a reference without its source",
		"SELECT ino FROM inode WHERE loc_kind = 3 AND NOT EXISTS(SELECT 1 FROM reference r "
		"WHERE r.ino = inode.ino AND r.ino = loc_id AND r.size_bytes = inode.size_bytes)" },
	{ "a source of no reference",
		"SELECT ino FROM reference WHERE ino NOT IN (SELECT ino FROM inode)" },
	{ "a content longer than its room",
		"SELECT ino FROM inode WHERE loc_kind = 1 AND size_bytes > loc_cap_bytes" },
	{ "a number beyond the greatest", "SELECT ino FROM inode WHERE " IN_ITS_AREA " > "
					  "(SELECT value FROM fact WHERE name = 'max_ino')" },
	{ "a job without an end", "SELECT id FROM job WHERE ended_sec = 0" },
	{ "a catalog that is not clean", "SELECT 1 FROM fact WHERE name = 'clean' AND value <> 1" },
	{ "an integrity_check that is not ok", "SELECT integrity_check FROM pragma_integrity_check "
					       "WHERE integrity_check <> 'ok'" },
};

static int report(const char *dir, const char *what, const char *which)
{
	fprintf(stderr, "%s has %s: %s\n", dir, what, which);
	return 1;
}

static int check_relations(sqlite3 *db, const char *dir)
{
	int faults = 0;

	for (size_t i = 0; i < sizeof(relations) / sizeof(relations[0]); i++) {
		sqlite3_stmt *stmt = NULL;
		int rc = sqlite3_prepare_v2(db, relations[i].sql, -1, &stmt, NULL);

		if (rc == SQLITE_OK)
			rc = sqlite3_step(stmt);
		if (rc == SQLITE_ROW)
			faults += report(
				dir, relations[i].what, (const char *)sqlite3_column_text(stmt, 0));
		else if (rc != SQLITE_DONE)
			faults += report(dir, "a catalog that cannot be asked", sqlite3_errmsg(db));
		sqlite3_finalize(stmt);
	}
	return faults;
}

/* Bytes of @name's pages in @from .. @end that hold something. */
static long long data_in(int fd, long long from, long long end)
{
	long long sum = 0;

	from = (from + 4095) / 4096 * 4096;
	end = end / 4096 * 4096;
	while (from < end) {
		off_t data = lseek(fd, from, SEEK_DATA), hole;

		if (data < 0 || data >= end)
			break;
		hole = lseek(fd, data, SEEK_HOLE);
		sum += (hole < end ? hole : end) - data;
		from = hole;
	}
	return sum;
}

static int open_container(const char *dir, long long kind, long long id)
{
	char path[512];

	if (kind == 1)
		snprintf(path, sizeof(path), "%s/segments/%06lld.seg", dir, id);
	else
		snprintf(path, sizeof(path), "%s/objects/%04llx/%llx", dir,
			(unsigned long long)id >> 10, (unsigned long long)id);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* Each content lies in a file that reaches so far. */
static int check_places(sqlite3 *db, const char *dir)
{
	sqlite3_stmt *stmt = NULL;
	int faults = 0;

	sqlite3_prepare_v2(db,
		"SELECT ino, loc_kind, loc_id, loc_off_bytes + size_bytes, size_bytes FROM inode "
		"WHERE loc_kind IN (1, 2) AND (mode & 61440) = 32768",
		-1, &stmt, NULL);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		int fd = open_container(
			dir, sqlite3_column_int64(stmt, 1), sqlite3_column_int64(stmt, 2));
		const char *which = (const char *)sqlite3_column_text(stmt, 0);
		struct stat st;

		if (fd < 0 || fstat(fd, &st) < 0)
			faults += report(dir, "a content without its file, of inode", which);
		else if (sqlite3_column_int64(stmt, 4) > 0 &&
			 st.st_size < sqlite3_column_int64(stmt, 3))
			faults +=
				report(dir, "a content past the end of its file, of inode", which);
		if (fd >= 0)
			close(fd);
	}
	sqlite3_finalize(stmt);
	return faults;
}

/*
 * Between living contents a segment holds next to no data: neighbours that die one after the other
 * leave the page that they share.
 */
#define WASTE_BYTES (64 * 1024)
static int check_gaps(sqlite3 *db, const char *dir, long long id)
{
	sqlite3_stmt *stmt = NULL;
	long long at = 0, waste = 0;
	int fd = open_container(dir, 1, id);
	char which[64];

	if (fd < 0)
		return 0;
	sqlite3_prepare_v2(db,
		"SELECT loc_off_bytes, loc_cap_bytes FROM inode WHERE loc_kind = 1 AND "
		"loc_id = ?1 ORDER BY loc_off_bytes",
		-1, &stmt, NULL);
	sqlite3_bind_int64(stmt, 1, id);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		waste += data_in(fd, at, sqlite3_column_int64(stmt, 0));
		at = sqlite3_column_int64(stmt, 0) + sqlite3_column_int64(stmt, 1);
	}
	waste += data_in(fd, at, SEGMENT_BYTES);
	sqlite3_finalize(stmt);
	close(fd);
	if (waste <= WASTE_BYTES)
		return 0;
	snprintf(which, sizeof(which), "%lld bytes in segment %lld", waste, id);
	return report(dir, "space that nothing names", which);
}

static int check_segments(sqlite3 *db, const char *dir)
{
	char path[512];
	struct dirent *e;
	int faults = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/segments", dir);
	d = opendir(path);
	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			faults += check_gaps(db, dir, strtoll(e->d_name, NULL, 10));
	if (d)
		closedir(d);
	return faults;
}

static int check_shard(sqlite3 *db, const char *dir, const char *shard)
{
	sqlite3_stmt *stmt = NULL;
	char path[1024];
	struct dirent *e;
	int faults = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/objects/%s", dir, shard);
	d = opendir(path);
	sqlite3_prepare_v2(
		db, "SELECT 1 FROM inode WHERE loc_kind = 2 AND loc_id = ?1", -1, &stmt, NULL);
	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		sqlite3_bind_int64(stmt, 1, strtoll(e->d_name, NULL, 16));
		if (sqlite3_step(stmt) != SQLITE_ROW)
			faults += report(dir, "an object that nothing names", e->d_name);
		sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
	if (d)
		closedir(d);
	return faults;
}

static int check_objects(sqlite3 *db, const char *dir)
{
	char path[512];
	struct dirent *e;
	int faults = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/objects", dir);
	d = opendir(path);
	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			faults += check_shard(db, dir, e->d_name);
	if (d)
		closedir(d);
	return faults;
}

static sqlite3 *open_catalog(const char *dir)
{
	char path[512];
	sqlite3 *db = NULL;

	snprintf(path, sizeof(path), "%s/catalog.sqlite", dir);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, "unix") != SQLITE_OK) {
		report(dir, "a catalog that cannot be opened", sqlite3_errmsg(db));
		sqlite3_close(db);
		return NULL;
	}
	return db;
}

int project_check(const char *dir)
{
	sqlite3 *db = open_catalog(dir);
	int faults;

	if (!db)
		return 1;
	faults = check_relations(db, dir) + check_places(db, dir) + check_segments(db, dir) +
		 check_objects(db, dir);
	sqlite3_close(db);
	return faults;
}

int project_forget_costs(const char *dir)
{
	sqlite3 *db = open_catalog(dir);
	int rc;

	if (!db)
		return 1;
	rc = sqlite3_exec(db, "DELETE FROM cost", NULL, NULL, NULL);
	sqlite3_close(db);
	return rc == SQLITE_OK ? 0 : 1;
}
