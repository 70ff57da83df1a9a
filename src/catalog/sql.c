/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of SQL statements: constants all; values come in as parameters only. */
#include "sql.h"

/* inode_bind and inode_read (inode.c) go through these in this order. */
#define INODE_COLUMNS                                                                              \
	"i.ino, i.mode, i.uid, i.gid, i.nlink, i.size_bytes, i.rdev, "                             \
	"i.mtime_sec, i.mtime_nsec, i.atime_sec, i.atime_nsec, i.ctime_sec, i.ctime_nsec, "        \
	"i.loc_kind, i.loc_id, i.loc_off_bytes, i.loc_cap_bytes, i.version"

/* Journals of before version 7 of the tables have no version of the content. */
#define INSERT_INODE                                                                               \
	"INSERT INTO inode VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "                            \
	"?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ifnull(?18, 0))"
#define UPDATE_INODE                                                                               \
	"UPDATE inode SET mode = ?2, uid = ?3, gid = ?4, nlink = ?5, "                             \
	"size_bytes = ?6, rdev = ?7, mtime_sec = ?8, mtime_nsec = ?9, "                            \
	"atime_sec = ?10, atime_nsec = ?11, ctime_sec = ?12, "                                     \
	"ctime_nsec = ?13, loc_kind = ?14, loc_id = ?15, "                                         \
	"loc_off_bytes = ?16, loc_cap_bytes = ?17, version = ifnull(?18, 0) WHERE ino = ?1"

/* The condition of the partial index inode_dir, word for word, so that it is used. */
#define IS_DIR "(mode & 61440) = 16384 AND nlink > 0"

/* The tree and not an area beside it: CATALOG_AREA_SHIFT. */
#define IN_TREE "ino < 281474976710656"

const char *const sql_text[SQL_COUNT] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_OP_BEGIN] = "SAVEPOINT op",
	[SQL_OP_RELEASE] = "RELEASE op",
	[SQL_OP_ROLLBACK] = "ROLLBACK TO op",

	[SQL_FACT_GET] = "SELECT value FROM fact WHERE name = ?1",
	[SQL_FACT_SET] = "REPLACE INTO fact(name, value) VALUES(?1, ?2)",

	[SQL_INODE_GET] = "SELECT " INODE_COLUMNS " FROM inode i WHERE ino = ?1",
	[SQL_INODE_INSERT] = INSERT_INODE,
	[SQL_INODE_UPDATE] = UPDATE_INODE,
	/* Not in the journal: it has them as the notes that are paid here. */
	[SQL_INODE_PAY_INSERT] = INSERT_INODE,
	[SQL_INODE_PAY_UPDATE] = UPDATE_INODE,
	[SQL_INODE_DELETE] = "DELETE FROM inode WHERE ino = ?1",
	[SQL_INODES] = "SELECT " INODE_COLUMNS " FROM inode i WHERE ino > ?1 ORDER BY ino LIMIT ?2",
	[SQL_INODE_MAX] = "SELECT max("
			  "coalesce((SELECT max(ino) FROM inode WHERE " IN_TREE "), 0), "
			  "coalesce((SELECT max(ino & 281474976710655) FROM inode "
			  "WHERE NOT " IN_TREE "), 0))",

	[SQL_SYMLINK_SET] = "REPLACE INTO symlink(ino, target) VALUES(?1, ?2)",
	[SQL_SYMLINK_GET] = "SELECT target FROM symlink WHERE ino = ?1",
	[SQL_SYMLINK_DELETE] = "DELETE FROM symlink WHERE ino = ?1",

	[SQL_REFERENCE_SET] = "REPLACE INTO reference(ino, path, dev, source_ino, size_bytes, "
			      "mtime_sec, mtime_nsec) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[SQL_REFERENCE_DROP] = "DELETE FROM reference WHERE ino = ?1",
	[SQL_REFERENCES] = "SELECT ino, dev, source_ino, size_bytes, mtime_sec, mtime_nsec, path "
			   "FROM reference ORDER BY ino",
	[SQL_REFERENCE_ANY] = "SELECT EXISTS(SELECT 1 FROM reference)",

	[SQL_DIGEST_SET] =
		"REPLACE INTO digest(ino, version, sha256, alike) VALUES(?1, ?2, ?3, ?4)",
	[SQL_DIGEST_GET] = "SELECT version, sha256, alike FROM digest WHERE ino = ?1",
	[SQL_DIGEST_DROP] = "DELETE FROM digest WHERE ino = ?1",
	[SQL_DIGEST_CLEAR] = "DELETE FROM digest",
	[SQL_DIGEST_ANY] = "SELECT EXISTS(SELECT 1 FROM digest)",
	[SQL_DIGESTS] =
		"SELECT ino, version, sha256, alike FROM digest WHERE ino > ?1 ORDER BY ino "
		"LIMIT ?2",
	[SQL_DIGESTS_MISSING] = "SELECT ino FROM inode i WHERE ino > ?1 AND ino <= ?2 "
				"AND (mode & 61440) = 32768 AND size_bytes > 0 AND nlink > 0 "
				"AND NOT EXISTS(SELECT 1 FROM digest d WHERE d.ino = i.ino "
				"AND d.version = i.version) ORDER BY ino LIMIT ?3",
	/* The term of the index digest_content, word for word, so that it is used. */
	[SQL_DIGEST_EQUAL] = "SELECT 1 FROM digest WHERE substr(sha256, 1, 8) = substr(?1, 1, 8) "
			     "AND alike IS NOT NULL AND sha256 = ?1 AND ino <> ?2 LIMIT 1",
	[SQL_DIGEST_ALIKE] = "SELECT 1 FROM digest WHERE substr(sha256, 1, 8) = substr(?1, 1, 8) "
			     "AND alike = ?3 AND sha256 = ?1 AND ino <> ?2 LIMIT 1",
	/* The term of the index inode_large, word for word, so that it is used. */
	[SQL_SIZE_OTHERS] = "SELECT 1 FROM inode WHERE size_bytes = ?1 AND size_bytes >= 1048576 "
			    "AND ino <> ?2 AND (mode & 61440) = 32768 LIMIT 1",
	[SQL_DIGEST_TWINS] = "SELECT d.ino, d.version, d.sha256, d.alike FROM (SELECT "
			     "substr(sha256, 1, 8) AS start "
			     "FROM digest WHERE alike IS NOT NULL GROUP BY 1 HAVING count(*) > 1) "
			     "JOIN digest d ON substr(d.sha256, 1, 8) = start "
			     "AND d.alike IS NOT NULL ORDER BY d.sha256, d.alike, d.ino",

	[SQL_XATTR_SET] = "REPLACE INTO xattr(ino, name, value) VALUES(?1, ?2, ?3)",
	[SQL_XATTR_GET] = "SELECT value FROM xattr WHERE ino = ?1 AND name = ?2",
	[SQL_XATTR_DELETE] = "DELETE FROM xattr WHERE ino = ?1 AND name = ?2",
	[SQL_XATTR_DROP] = "DELETE FROM xattr WHERE ino = ?1",
	[SQL_XATTRS] = "SELECT name, length(value) FROM xattr WHERE ino = ?1 ORDER BY name",
	[SQL_XATTR_ROWS] = "SELECT name, value FROM xattr WHERE ino = ?1 ORDER BY name",
	[SQL_XATTR_ANY] = "SELECT EXISTS(SELECT 1 FROM xattr)",
	[SQL_XATTR_NAMED] = "SELECT EXISTS(SELECT 1 FROM xattr WHERE name = ?1)",
	/* The terms of the index xattr_boot, word for word, so that it is used. Entries say what
	 * has a name: link counts may be newer in the owner's memory. */
	[SQL_BOOT_MARKED] = "SELECT DISTINCT x.ino FROM xattr x JOIN inode i ON i.ino = x.ino "
			    "WHERE x.name >= x'757365722e6469736366732e626f6f742e' "
			    "AND x.name < x'757365722e6469736366732e626f6f742f' "
			    "AND (i.mode & 61440) = 32768 "
			    "AND EXISTS (SELECT 1 FROM entry e WHERE e.ino = x.ino) "
			    "AND i.ino < 281474976710656 ORDER BY x.ino LIMIT ?1",
	[SQL_XATTR_OWNERS] = "SELECT count(DISTINCT ino) FROM xattr "
			     "WHERE name < x'757365722e6469736366732e' "
			     "OR name >= x'757365722e6469736366732f'",

	[SQL_ENTRY_GET] = "SELECT ino FROM entry WHERE parent = ?1 AND name = ?2",
	[SQL_ENTRY_INSERT] = "INSERT INTO entry(seq, parent, name, ino) VALUES(?1, ?2, ?3, ?4)",
	[SQL_ENTRY_DELETE] = "DELETE FROM entry WHERE parent = ?1 AND name = ?2",
	[SQL_ENTRY_ANY] = "SELECT 1 FROM entry WHERE parent = ?1 LIMIT 1",
	[SQL_ENTRY_COUNT] = "SELECT count(*) FROM entry",
	[SQL_ENTRY_MAX_SEQ] = "SELECT coalesce(max(seq), 0) FROM entry",
	/* LEFT JOIN: an entry without its inode is owed, or damage to report; no row to leave out.
	 */
	[SQL_ENTRIES_BY_SEQ] = "SELECT " INODE_COLUMNS ", e.name, e.seq, e.ino FROM entry e "
			       "LEFT JOIN inode i ON i.ino = e.ino "
			       "WHERE e.parent = ?1 AND e.seq > ?2 ORDER BY e.seq",
	/* No search for the target of what is known to be no symbolic link. */
	[SQL_ENTRIES_BY_NAME] =
		"SELECT " INODE_COLUMNS ", e.name, e.seq, e.ino, "
		"CASE WHEN i.mode IS NULL OR (i.mode & 61440) = 40960 "
		"THEN (SELECT target FROM symlink WHERE ino = e.ino) END FROM entry e "
		"LEFT JOIN inode i ON i.ino = e.ino "
		"WHERE e.parent = ?1 ORDER BY e.name",
	/* The plus keeps it from walking the directory by name until the inode comes. */
	[SQL_ENTRY_NAME] = "SELECT name FROM entry WHERE ino = ?1 AND parent = ?2 "
			   "ORDER BY +name LIMIT 1",
	[SQL_NAMES_OF] = "SELECT parent, name FROM entry WHERE ino = ?1",
	[SQL_PARENTS] = "SELECT DISTINCT parent FROM entry WHERE ino = ?1 ORDER BY parent LIMIT ?2",
	[SQL_TOTALS] = "SELECT (SELECT count(*) FROM inode WHERE " IS_DIR " AND " IN_TREE "), "
		       "(SELECT count(*) FROM entry)",
	[SQL_SIZES] = "SELECT ino, mode, size_bytes FROM inode WHERE nlink > 0",

	[SQL_COST_SET] = "REPLACE INTO cost VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[SQL_COST_GET] = "SELECT iso_nsec, joliet_nsec, iso_path_bytes, joliet_path_bytes, "
			 "udf_nsec, moved_bytes FROM cost WHERE ino = ?1",
	[SQL_COST_DROP] = "DELETE FROM cost WHERE ino = ?1",
	[SQL_COST_CLEAR] = "DELETE FROM cost",
	[SQL_COST_SUM] = "SELECT coalesce(sum(iso_nsec), 0), coalesce(sum(joliet_nsec), 0), "
			 "coalesce(sum(iso_path_bytes), 0), coalesce(sum(joliet_path_bytes), 0), "
			 "coalesce(sum(udf_nsec), 0), coalesce(sum(moved_bytes), 0) FROM cost",
	[SQL_COST_MISSING] = "SELECT ino FROM inode WHERE " IS_DIR " AND " IN_TREE
			     " AND ino NOT IN (SELECT ino FROM cost) ORDER BY ino LIMIT ?1",

	[SQL_SETTING_GET] = "SELECT value FROM setting WHERE name = ?1",
	[SQL_SETTING_SET] = "REPLACE INTO setting(name, value) VALUES(?1, ?2)",
	[SQL_SETTING_CLEAR] = "DELETE FROM setting WHERE name = ?1",

	[SQL_JOB_BEGIN] = "INSERT INTO job(begun_sec, ended_sec, code, request, outcome) "
			  "VALUES(?1, ?2, ?3, ?4, ?5)",
	[SQL_JOB_END] = "UPDATE job SET begun_sec = ?1, ended_sec = ?2, code = ?3, request = ?4, "
			"outcome = ?5 WHERE id = ?6",
	[SQL_JOB_LAST] = "SELECT begun_sec, ended_sec, code, request, outcome, id FROM job "
			 "ORDER BY id DESC LIMIT 1",
};
