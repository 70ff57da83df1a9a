/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the records of the redo journal again as the statements that they are. */
#include "recover.h"

#include "base/err.h"
#include "catalog/catalog.h"
#include "fact.h"
#include "stmt.h"

#include <errno.h>

/* These are on disks: a code never changes its meaning. */
const char recover_code[SQL_COUNT] = {
	[SQL_INODE_INSERT] = 'I',
	[SQL_INODE_UPDATE] = 'U',
	[SQL_INODE_DELETE] = 'D',
	[SQL_SYMLINK_SET] = 'S',
	[SQL_SYMLINK_DELETE] = 's',
	[SQL_ENTRY_INSERT] = 'E',
	[SQL_ENTRY_DELETE] = 'e',
	[SQL_COST_SET] = 'K',
	[SQL_COST_DROP] = 'c',
	[SQL_COST_CLEAR] = 'k',
	[SQL_SETTING_SET] = 'T',
	[SQL_SETTING_CLEAR] = 't',
	[SQL_REFERENCE_SET] = 'R',
	[SQL_REFERENCE_DROP] = 'r',
	[SQL_DIGEST_SET] = 'H',
	[SQL_DIGEST_DROP] = 'h',
	[SQL_DIGEST_CLEAR] = 'J',
	[SQL_XATTR_SET] = 'X',
	[SQL_XATTR_DELETE] = 'x',
	[SQL_XATTR_DROP] = 'Y',
};

/* A cost with fewer numbers, of version 2 of the tables: without it the directory is measured anew.
 */
#define CODE_COST_2 'C'

static enum sql_id statement_of(char code)
{
	for (enum sql_id id = 0; id < SQL_COUNT; id++)
		if (recover_code[id] && recover_code[id] == code)
			return id;
	return SQL_COUNT;
}

static void bind(struct query *q, const struct redo_param *p)
{
	if (p->kind == REDO_INT)
		query_i64(q, p->number);
	else if (p->kind == REDO_BLOB)
		query_bytes(q, p->bytes, p->n);
	else
		query_chars(q, p->bytes, p->n);
}

static int run_again(void *arg, char code, const struct redo_param *param, int n, struct err *err)
{
	struct catalog *c = arg;
	enum sql_id id = statement_of(code);
	struct query q;
	int r;

	if (code == CODE_COST_2)
		return 0;
	if (id == SQL_COUNT)
		return err_set(err, -EOPNOTSUPP,
			"the redo journal of %s holds a record of a newer discfs: mount with that",
			c->path);
	r = query_begin(&q, c, id, err);
	if (r < 0)
		return r;
	for (int i = 0; i < n; i++)
		bind(&q, &param[i]);
	r = query_run(&q, err);
	if (r < 0)
		return r;
	/* A note may come after the row's deletion; the numbers ever given are counted all the
	 * same. */
	if (id == SQL_INODE_INSERT && n > 0) {
		uint64_t number = (uint64_t)param[0].number & CATALOG_INO_MASK;

		c->max_ino = number > c->max_ino ? number : c->max_ino;
	}
	if (id == SQL_REFERENCE_SET)
		c->any_reference = true;
	if (id == SQL_DIGEST_SET)
		c->any_digest = true;
	if (id == SQL_XATTR_SET)
		c->any_xattr = true;
	if (id == SQL_ENTRY_INSERT && n > 0 && (uint64_t)param[0].number >= c->next_seq)
		c->next_seq = (uint64_t)param[0].number + 1;
	return 0;
}

static int replay(struct catalog *c, uint64_t generation, struct err *err)
{
	int r;

	c->replaying = true;
	r = redo_replay(&c->redo, generation, run_again, c, err);
	c->replaying = false;
	return r < 0 ? err_prefix(err, r, "recovering what was staged last") : r;
}

int recover(struct catalog *c, struct err *err)
{
	uint64_t generation = 0;
	int r = redo_open(&c->redo, c->path, err);

	if (r == 0)
		r = fact_get(c, "redo", &generation, err);
	/* Mounted all the same, the bytes of all that was lost would be swept away. */
	if (r == 0 && redo_is_ahead(&c->redo, generation))
		r = err_set(err, -EBADMSG,
			"%s lacks its last commits: its log, %s-wal, was damaged or removed; put "
			"the "
			"log or a copy of the catalog back, or move %s-redo away to mount what is "
			"left",
			c->path, c->path, c->path);
	if (r < 0)
		return r;
	r = replay(c, generation, err);
	if (r < 0)
		return r;
	c->redo.generation = generation;
	/* Until this commit the journal stays as it is: a crash in here recovers the same again. */
	if (r > 0)
		return catalog_commit(c, err);
	redo_restart(&c->redo, generation);
	return 0;
}

int recover_look(struct catalog *c, bool *ahead, struct err *err)
{
	uint64_t generation = 0, journal = c->redo.map ? c->redo.generation : 0;
	int r = fact_get(c, "redo", &generation, err);

	*ahead = r == 0 && redo_is_ahead(&c->redo, generation);
	if (r == 0 && !*ahead)
		r = replay(c, generation, err);
	/* A commit goes past both, so that what the journal holds is never taken in again. */
	redo_close(&c->redo);
	c->redo.generation = *ahead ? journal : generation;
	return r;
}
