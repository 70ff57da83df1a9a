/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of control files. */
#ifndef DISCFS_CTL_NODE_H
#define DISCFS_CTL_NODE_H

#include "settings.h"

#include "stage/area.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;
struct ctl;
struct ctl_handle;
struct err;

/* What a kind of file does; a NULL member means the plain thing: text taken at open. */
struct node_ops {
	int (*open)(struct ctl_handle *h, struct err *err);
	ssize_t (*read)(
		struct ctl_handle *h, uint64_t off_bytes, void *out, size_t n, struct err *err);
	int (*write)(struct ctl_handle *h, const char *bytes, size_t n, struct err *err);
	int (*flush)(struct ctl_handle *h, struct err *err);
	void (*finish)(struct ctl_handle *h); /* runs what was written and not yet run */
	bool (*readable)(struct ctl_handle *h);
	int (*size)(struct ctl *c, uint64_t *out, struct err *err);
};

struct node {
	const char *name;
	uint32_t parent;
	uint32_t mode;
	bool final;	      /* tells what equal content saves: ctl_finish comes before it */
	bool fixed;	      /* says the same as long as the daemon lives */
	enum setting setting; /* of the files in settings/ */
	enum stage_area area; /* of a directory that is staged, else the tree */
	const struct node_ops *ops;
	/* Whether it is there now; NULL: always. An open handle outlives it. */
	bool (*present)(struct ctl *c);
	/* The text as it is now; NULL for streams, image.iso and directories. */
	int (*render)(struct ctl *c, const struct node *node, struct buf *out, struct err *err);
	const char *help;
};

/* NULL for a number that is none. */
const struct node *node_at(uint32_t number);
/* Appends a line for each file with help. */
void node_help(struct buf *out);

extern const struct node_ops lines_ops;	   /* control */
extern const struct node_ops values_ops;   /* settings/NAME */
extern const struct node_ops progress_ops; /* progress */
extern const struct node_ops events_ops;   /* events */
extern const struct node_ops preview_ops;  /* image.iso */
extern const struct node_ops session_ops;  /* session.bin */
extern const struct node_ops names_ops;	   /* names.tsv */
extern const struct node_ops layout_ops;   /* layout.tsv */
extern const struct node_ops svg_ops;	   /* layout.svg */

#endif
