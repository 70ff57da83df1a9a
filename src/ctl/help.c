/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help: made of the tables that do the work, so that it lists exactly what works. */
#include "render.h"

#include "command.h"
#include "node.h"

#include "base/buf.h"

int render_help(struct ctl *c, const struct node *n, struct buf *out, struct err *err)
{
	(void)c;
	(void)n;
	(void)err;
	buf_puts(out, "Files:\n");
	node_help(out);
	buf_puts(out, "\nCommands, one a line, written to control:\n");
	command_help(out);
	buf_puts(out, "\nBlanks part words; double quotes and backslashes work as in sh.\n"
		      "With wait, the write returns at the end of the job, with its outcome.\n");
	return 0;
}
