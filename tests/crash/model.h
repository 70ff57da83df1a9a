/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a directory has to hold: a file system in memory, changed by steps. */
#ifndef DISCFS_TESTS_CRASH_MODEL_H
#define DISCFS_TESTS_CRASH_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define MODEL_NODES	  160
#define MODEL_NAMES	  120
#define MODEL_SLOTS	  4
#define MODEL_PATH	  96
#define MODEL_PART	  24
#define MODEL_FILE	  (3u << 20)
#define MODEL_XATTR	  "user.crash"
#define MODEL_XATTR_BYTES 100 /* of a value */

enum step_kind {
	STEP_CREATE, /* opens the new file at slot */
	STEP_OPEN,   /* trunc: O_TRUNC */
	STEP_WRITE,  /* through slot, n bytes at off */
	STEP_APPEND,
	STEP_SHORTEN, /* ftruncate of slot to off */
	STEP_CLOSE,
	STEP_FSYNC,
	STEP_TRUNCATE, /* by path */
	STEP_RENAME,
	STEP_EXCHANGE,
	STEP_LINK,
	STEP_UNLINK,
	STEP_MKDIR,
	STEP_RMDIR,
	STEP_SYMLINK,
	STEP_CHMOD,
	STEP_CHOWN,
	STEP_UTIMES,
	STEP_XATTR,  /* the one attribute that the model knows; n 0: removed */
	STEP_PUNCH,  /* n bytes at off of slot become a hole */
	STEP_SYNC,   /* everything */
	STEP_FREEZE, /* an image is opened, or the open one closed */
	STEP_KINDS
};

struct step {
	enum step_kind kind;
	bool trunc;
	int slot;
	char path[MODEL_PATH], to[MODEL_PATH]; /* below the root, without a leading slash */
	uint64_t off, seed;
	size_t n;
	uint32_t mode, uid, gid;
	struct timespec mtime;
};

/* Inode: nlink counts names (of a directory: 2 and its subdirectories). */
struct node {
	bool used, touched; /* touched: mtime is whatever it is now */
	uint32_t mode, uid, gid, nlink, opens;
	struct timespec mtime;
	uint64_t size;
	uint8_t *bytes;
	char target[MODEL_PATH];
	uint64_t xattr; /* seed of the attribute's value; 0: none */
	/* A write that may be there in part: what stood there before. */
	bool partial;
	uint64_t old_size;
	uint8_t *old_bytes;
};

struct name {
	bool used;
	int parent, node;
	char text[MODEL_PART];
};

#define MODEL_ROOT 0

struct model {
	struct node node[MODEL_NODES];
	struct name name[MODEL_NAMES];
	int slot[MODEL_SLOTS]; /* node, or -1 */
	bool frozen;
	uint32_t uid, gid; /* of what is made */
};

void model_init(struct model *m, uint32_t uid, uint32_t gid);
void model_fini(struct model *m);
void model_copy(struct model *to, const struct model *from);
/* The process that had files open is gone. */
void model_close_all(struct model *m);

/* Index into name, or -1. The root has no name: see model_node. */
int model_find(const struct model *m, int parent, const char *text);
/* The node of @path ("" is the root), or -1. */
int model_node(const struct model *m, const char *path);
void model_path(const struct model *m, int name, char out[static MODEL_PATH]);
/* Some path of the node; false when it has no name. */
bool model_path_of(const struct model *m, int node, char out[static MODEL_PATH]);

/* Does what @st says; the step must be one that succeeds. */
void model_apply(struct model *m, const struct step *st);
/* The bytes that a write with this seed writes. */
void model_fill(uint64_t seed, uint8_t *out, size_t n);

/* A step that will succeed on @m, drawn from *@rng. */
void model_draw(const struct model *m, uint64_t *rng, struct step *out);
const char *step_text(const struct step *st, char *out, size_t cap);
uint64_t draw(uint64_t *rng, uint64_t below);

#endif
