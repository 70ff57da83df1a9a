/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Closing, well or as a crash would. */
#include "catalog/catalog.h"
#include "connection.h"
#include "fact.h"

void catalog_abandon(struct catalog *c)
{
	connection_close(c);
}

int catalog_close(struct catalog *c, struct err *err)
{
	int r;

	if (!c)
		return 0;
	r = fact_set(c, "clean", 1, err);
	if (r == 0)
		r = catalog_commit(c, err);
	connection_close(c);
	return r;
}
