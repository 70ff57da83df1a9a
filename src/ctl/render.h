/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts of the files that are read. */
#ifndef DISCFS_CTL_RENDER_H
#define DISCFS_CTL_RENDER_H

struct buf;
struct ctl;
struct err;
struct node;

int render_status(struct ctl *c, const struct node *n, struct buf *out, struct err *err);
int render_status_json(struct ctl *c, const struct node *n, struct buf *out, struct err *err);
int render_space(struct ctl *c, const struct node *n, struct buf *out, struct err *err);
int render_plan(struct ctl *c, const struct node *n, struct buf *out, struct err *err);
int render_check(struct ctl *c, const struct node *n, struct buf *out, struct err *err);
int render_check_json(struct ctl *c, const struct node *n, struct buf *out, struct err *err);
int render_help(struct ctl *c, const struct node *n, struct buf *out, struct err *err);

#endif
