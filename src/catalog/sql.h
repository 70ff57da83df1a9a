/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every SQL statement of the running catalog by name. */
#ifndef DISCFS_CATALOG_SQL_H
#define DISCFS_CATALOG_SQL_H

#include <stdbool.h>

enum sql_id {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_OP_BEGIN,
	SQL_OP_RELEASE,
	SQL_OP_ROLLBACK,
	SQL_FACT_GET,
	SQL_FACT_SET,
	SQL_INODE_GET,
	SQL_INODE_INSERT,
	SQL_INODE_UPDATE,
	SQL_INODE_DELETE,
	SQL_INODES,
	SQL_INODE_MAX,
	SQL_SYMLINK_SET,
	SQL_SYMLINK_GET,
	SQL_SYMLINK_DELETE,
	SQL_ENTRY_GET,
	SQL_ENTRY_INSERT,
	SQL_ENTRY_DELETE,
	SQL_ENTRY_ANY,
	SQL_ENTRY_COUNT,
	SQL_ENTRY_MAX_SEQ,
	SQL_ENTRIES_BY_SEQ,
	SQL_ENTRIES_BY_NAME,
	SQL_PARENTS,
	SQL_TOTALS,
	SQL_COST_SET,
	SQL_COST_GET,
	SQL_COST_DROP,
	SQL_COST_SUM,
	SQL_COST_MISSING,
	SQL_SETTING_GET,
	SQL_SETTING_SET,
	SQL_SETTING_CLEAR,
	SQL_JOB_BEGIN,
	SQL_JOB_END,
	SQL_JOB_LAST,
	SQL_COUNT
};

struct sql_row {
	const char *text;
	bool changes; /* rows: a transaction has to be open before it runs */
	char redo;    /* its code in the redo journal, never to change; 0: not recorded there */
};

extern const struct sql_row sql_table[SQL_COUNT];

#endif
