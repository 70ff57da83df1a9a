/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of an inode, for every statement that answers them first. */
#ifndef DISCFS_CATALOG_INODE_H
#define DISCFS_CATALOG_INODE_H

struct catalog_inode;
struct query;

#define INODE_NCOL 18

/* Columns 0 to INODE_NCOL - 1 of the row. */
void inode_read(const struct query *q, struct catalog_inode *out);

#endif
