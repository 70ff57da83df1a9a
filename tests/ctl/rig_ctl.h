/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A control directory over a real stage and the virtual recorder, as the daemon assembles them. */
#ifndef DISCFS_TESTS_CTL_RIG_CTL_H
#define DISCFS_TESTS_CTL_RIG_CTL_H

#include "base/buf.h"
#include "base/err.h"
#include "ctl/ctl.h"

#include <stdbool.h>
#include <stddef.h>

struct stage;

struct rig {
	char dir[128]; /* the project */
	struct stage *stage;
	struct burner *burner;
	struct ctl *ctl;
	struct transport *recorder; /* the virtual one; the burner owns it */
	struct rig_gate *gate;	    /* lies above it */
};

/* An empty layout, nothing in the recorder. */
void rig_init(struct rig *r);
void rig_fini(struct rig *r);
/* The same project opened anew, as after a remount. */
void rig_reopen(struct rig *r);

/* A closed gate holds each WRITE(10) back until it is opened. */
void rig_gate_close(struct rig *r);
/* ... after @passes of them went through. */
void rig_gate_close_after(struct rig *r, unsigned passes);
void rig_gate_open(struct rig *r);
/* Waits until a write stands before the gate. */
void rig_gate_reached(struct rig *r);

/* Stages a file of @n bytes of a pattern. */
void rig_put(struct rig *r, const char *name, size_t n);

/* "control" or "settings/verify" */
uint32_t rig_node(struct rig *r, const char *path);
struct ctl_handle *rig_open(struct rig *r, const char *path, int flags);
/* open, one write of @text, flush, release; the result of the write. */
int rig_write(struct rig *r, const char *path, const char *text);
/* rig_write to control; the sentence in @err. */
int rig_command(struct rig *r, const char *text, struct err *err);
/* All that the file says now; borrowed until the next call. */
const char *rig_read(struct rig *r, const char *path);
/* The value of @key in space. */
uint64_t rig_space(struct rig *r, const char *key);

#endif
