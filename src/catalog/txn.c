/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One transaction gathers changes; a savepoint in it guards each operation. */
#include "txn.h"

#include "base/err.h"
#include "catalog/catalog.h"
#include "fact.h"
#include "stmt.h"

#include <assert.h>

int txn_prepare(struct catalog *c, struct err *err)
{
	static const enum sql_id id[] = { SQL_OP_BEGIN, SQL_OP_RELEASE, SQL_OP_ROLLBACK };
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(id) / sizeof(id[0]); i++)
		r = stmt_prepare(c, id[i], err);
	return r;
}

int catalog_op_begin(struct catalog *c, struct err *err)
{
	assert(!c->in_op);
	if (c->lost)
		return query_do(c, SQL_OP_BEGIN, err); /* which tells why */
	c->in_op = true;
	redo_op_begin(&c->redo);
	return 0;
}

/* A half operation that cannot be taken back must not be committed with what comes after it. */
static int take_back(struct catalog *c, struct err *err)
{
	int r = query_do(c, SQL_OP_ROLLBACK, err);

	if (r == 0)
		r = query_do(c, SQL_OP_RELEASE, err);
	if (r < 0 && !c->lost)
		c->lost = r;
	return r;
}

int catalog_op_end(struct catalog *c, bool ok, struct err *err)
{
	bool changed = c->guarded || c->lost; /* SQLite then tells why */
	int r = 0;

	assert(c->in_op || c->lost);
	if (changed && ok) {
		r = query_do(c, SQL_OP_RELEASE, err);
		if (r < 0)
			take_back(c, NULL);
	} else if (changed) {
		r = take_back(c, err);
	}
	if (r == 0 && ok)
		c->pending++;
	redo_op_end(&c->redo, r == 0 && ok);
	c->in_op = c->guarded = false;
	return r;
}

/* The counter goes with the inodes it counted, in the same transaction. */
static int save_max_ino(struct catalog *c, struct err *err)
{
	int r;

	if (c->max_ino == c->saved_max_ino)
		return 0;
	r = fact_set(c, "max_ino", c->max_ino, err);
	if (r == 0)
		c->saved_max_ino = c->max_ino;
	return r;
}

int catalog_commit(struct catalog *c, struct err *err)
{
	int r;

	assert(!c->in_op);
	if (!c->in_txn && !c->lost) {
		c->pending = 0; /* notes whose rows turned out as they were */
		return 0;
	}
	r = save_max_ino(c, err);
	if (r == 0)
		r = fact_set(c, "redo", c->redo.generation + 1, err);
	if (r == 0)
		r = query_do(c, SQL_COMMIT, err);
	if (r < 0)
		return r;
	c->in_txn = false;
	c->pending = 0;
	redo_restart(&c->redo, c->redo.generation + 1);
	return 0;
}

uint64_t catalog_commits(const struct catalog *c)
{
	return c->redo.generation;
}

uint32_t catalog_pending(const struct catalog *c)
{
	return c->pending;
}

bool catalog_wants_commit(const struct catalog *c)
{
	return redo_wants_commit(&c->redo);
}
