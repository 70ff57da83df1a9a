/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SQLite's codes become, and the table of statements. */
#include "base/err.h"
#include "catalog/stmt.h"
#include "harness/t.h"

#include <errno.h>

static void codes_of_sqlite_become_errnos(void)
{
	static const struct {
		int rc, sys, want;
	} row[] = {
		{ SQLITE_FULL, 0, -ENOSPC },
		{ SQLITE_IOERR_WRITE, EIO, -EIO },
		{ SQLITE_IOERR_WRITE, ENOSPC, -ENOSPC },
		{ SQLITE_IOERR_FSYNC, EDQUOT, -ENOSPC },
		{ SQLITE_IOERR_READ, 0, -EIO },
		{ SQLITE_IOERR_NOMEM, ENOSPC, -ENOMEM },
		{ SQLITE_IOERR_CORRUPTFS, 0, -EBADMSG },
		{ SQLITE_CORRUPT, ENOSPC, -EBADMSG },
		{ SQLITE_CORRUPT_INDEX, 0, -EBADMSG },
		{ SQLITE_NOTADB, 0, -EBADMSG },
		{ SQLITE_NOMEM, 0, -ENOMEM },
		{ SQLITE_CONSTRAINT_UNIQUE, 0, -EEXIST },
		{ SQLITE_BUSY_SNAPSHOT, 0, -EBUSY },
		{ SQLITE_READONLY_DIRECTORY, 0, -EROFS },
		{ SQLITE_CANTOPEN, EACCES, -EACCES },
		{ SQLITE_CANTOPEN_SYMLINK, 0, -ELOOP },
		{ SQLITE_ERROR, 0, -EIO },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		T_EQ(stmt_errno(row[i].rc, row[i].sys), row[i].want);
}

static void every_statement_has_a_text(void)
{
	for (int i = 0; i < SQL_COUNT; i++)
		T_MUST(sql_text[i]);
}

static void damage_names_the_file_and_the_remedy(void)
{
	struct err err = { 0 };

	T_EQ(stmt_damaged("/p/catalog.sqlite", "it is odd", &err), -EBADMSG);
	T_HAS(err.msg, "/p/catalog.sqlite");
	T_HAS(err.msg, "it is odd");
	T_HAS(err.msg, "restore a copy");
	T_HAS(err.msg, "start afresh");
}

int main(void)
{
	T_RUN(codes_of_sqlite_become_errnos);
	T_RUN(every_statement_has_a_text);
	T_RUN(damage_names_the_file_and_the_remedy);
	return t_end();
}
