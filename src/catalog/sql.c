/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of SQL statements: constants all; values come in as parameters only. */
#include "sql.h"

/* inode_bind and inode_read (inode.c) go through these in this order. */
#define INODE_COLUMNS                                                                              \
	"i.ino, i.mode, i.uid, i.gid, i.nlink, i.size_bytes, i.rdev, "                             \
	"i.mtime_sec, i.mtime_nsec, i.atime_sec, i.atime_nsec, i.ctime_sec, i.ctime_nsec, "        \
	"i.loc_kind, i.loc_id, i.loc_off_bytes, i.loc_cap_bytes"

/* The condition of the partial index inode_dir, word for word, so that it is used. */
#define IS_DIR "(mode & 61440) = 16384 AND nlink > 0"

const struct sql_row sql_table[SQL_COUNT] = {
	[SQL_BEGIN] = { .text = "BEGIN IMMEDIATE" },
	[SQL_COMMIT] = { .text = "COMMIT" },
	[SQL_ROLLBACK] = { .text = "ROLLBACK" },
	[SQL_OP_BEGIN] = { .text = "SAVEPOINT op" },
	[SQL_OP_RELEASE] = { .text = "RELEASE op" },
	[SQL_OP_ROLLBACK] = { .text = "ROLLBACK TO op" },

	[SQL_FACT_GET] = { .text = "SELECT value FROM fact WHERE name = ?1" },
	[SQL_FACT_SET] = { .text = "REPLACE INTO fact(name, value) VALUES(?1, ?2)",
		.changes = true },

	[SQL_INODE_GET] = { .text = "SELECT " INODE_COLUMNS " FROM inode i WHERE ino = ?1" },
	[SQL_INODE_INSERT] = { .text = "INSERT INTO inode VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
				       "?9, "
				       "?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
		.changes = true,
		.redo = 'I' },
	[SQL_INODE_UPDATE] = { .text = "UPDATE inode SET mode = ?2, uid = ?3, gid = ?4, nlink = "
				       "?5, "
				       "size_bytes = ?6, rdev = ?7, mtime_sec = ?8, mtime_nsec = "
				       "?9, "
				       "atime_sec = ?10, atime_nsec = ?11, ctime_sec = ?12, "
				       "ctime_nsec = ?13, loc_kind = ?14, loc_id = ?15, "
				       "loc_off_bytes = ?16, loc_cap_bytes = ?17 WHERE ino = ?1",
		.changes = true,
		.redo = 'U' },
	[SQL_INODE_DELETE] = { .text = "DELETE FROM inode WHERE ino = ?1",
		.changes = true,
		.redo = 'D' },
	[SQL_INODES] = { .text = "SELECT " INODE_COLUMNS " FROM inode i ORDER BY ino" },
	[SQL_INODE_MAX] = { .text = "SELECT coalesce(max(ino), 0) FROM inode" },

	[SQL_SYMLINK_SET] = { .text = "REPLACE INTO symlink(ino, target) VALUES(?1, ?2)",
		.changes = true,
		.redo = 'S' },
	[SQL_SYMLINK_GET] = { .text = "SELECT target FROM symlink WHERE ino = ?1" },
	[SQL_SYMLINK_DELETE] = { .text = "DELETE FROM symlink WHERE ino = ?1",
		.changes = true,
		.redo = 's' },

	[SQL_ENTRY_GET] = { .text = "SELECT ino FROM entry WHERE parent = ?1 AND name = ?2" },
	[SQL_ENTRY_INSERT] = { .text = "INSERT INTO entry(seq, parent, name, ino) VALUES(?1, ?2, "
				       "?3, ?4)",
		.changes = true,
		.redo = 'E' },
	[SQL_ENTRY_DELETE] = { .text = "DELETE FROM entry WHERE parent = ?1 AND name = ?2",
		.changes = true,
		.redo = 'e' },
	[SQL_ENTRY_ANY] = { .text = "SELECT 1 FROM entry WHERE parent = ?1 LIMIT 1" },
	[SQL_ENTRY_COUNT] = { .text = "SELECT count(*) FROM entry" },
	[SQL_ENTRY_MAX_SEQ] = { .text = "SELECT coalesce(max(seq), 0) FROM entry" },
	/* LEFT JOIN: an entry without its inode is damage to report, not a row to leave out. */
	[SQL_ENTRIES_BY_SEQ] = { .text = "SELECT " INODE_COLUMNS ", e.name, e.seq FROM entry e "
					 "LEFT JOIN inode i ON i.ino = e.ino "
					 "WHERE e.parent = ?1 AND e.seq > ?2 ORDER BY e.seq" },
	[SQL_ENTRIES_BY_NAME] = { .text = "SELECT " INODE_COLUMNS
					  ", e.name, e.seq, s.target FROM entry e "
					  "LEFT JOIN inode i ON i.ino = e.ino "
					  "LEFT JOIN symlink s ON s.ino = e.ino "
					  "WHERE e.parent = ?1 ORDER BY e.name" },
	[SQL_PARENTS] = { .text = "SELECT DISTINCT parent FROM entry WHERE ino = ?1 ORDER BY "
				  "parent LIMIT ?2" },
	/* Whole sectors and a begun one, in this form because size + 2047 could overflow. */
	[SQL_TOTALS] = { .text = "SELECT (SELECT coalesce(sum(size_bytes / 2048 + "
				 "(size_bytes % 2048 <> 0)), 0) FROM inode "
				 "WHERE (mode & 61440) = 32768 AND nlink > 0), "
				 "(SELECT count(*) FROM inode WHERE " IS_DIR "), "
				 "(SELECT count(*) FROM entry)" },

	[SQL_COST_SET] = { .text = "REPLACE INTO cost VALUES(?1, ?2, ?3, ?4, ?5)",
		.changes = true,
		.redo = 'C' },
	[SQL_COST_GET] = { .text = "SELECT iso_nsec, joliet_nsec, iso_path_bytes, "
				   "joliet_path_bytes "
				   "FROM cost WHERE ino = ?1" },
	[SQL_COST_DROP] = { .text = "DELETE FROM cost WHERE ino = ?1",
		.changes = true,
		.redo = 'c' },
	[SQL_COST_SUM] = { .text = "SELECT coalesce(sum(iso_nsec), 0), coalesce(sum(joliet_nsec), "
				   "0), "
				   "coalesce(sum(iso_path_bytes), 0), "
				   "coalesce(sum(joliet_path_bytes), 0) "
				   "FROM cost" },
	[SQL_COST_MISSING] = { .text = "SELECT ino FROM inode WHERE " IS_DIR
				       " AND ino NOT IN (SELECT ino FROM cost) ORDER BY ino LIMIT "
				       "?1" },

	[SQL_SETTING_GET] = { .text = "SELECT value FROM setting WHERE name = ?1" },
	[SQL_SETTING_SET] = { .text = "REPLACE INTO setting(name, value) VALUES(?1, ?2)",
		.changes = true,
		.redo = 'T' },
	[SQL_SETTING_CLEAR] = { .text = "DELETE FROM setting WHERE name = ?1",
		.changes = true,
		.redo = 't' },

	[SQL_JOB_BEGIN] = { .text = "INSERT INTO job(begun_sec, ended_sec, code, request, outcome) "
				    "VALUES(?1, ?2, ?3, ?4, ?5)",
		.changes = true },
	[SQL_JOB_END] = { .text = "UPDATE job SET begun_sec = ?1, ended_sec = ?2, code = ?3, "
				  "request = ?4, "
				  "outcome = ?5 WHERE id = ?6",
		.changes = true },
	[SQL_JOB_LAST] = { .text = "SELECT begun_sec, ended_sec, code, request, outcome, id FROM "
				   "job "
				   "ORDER BY id DESC LIMIT 1" },
};
