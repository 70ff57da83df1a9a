/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Points at which a process can be made to die, and calls that can be made to fail: what catalog
 * and store ask of the system, wrapped by the linker, and what SQLite asks of it, by a VFS.
 */
#ifndef DISCFS_TESTS_CRASH_HOOK_H
#define DISCFS_TESTS_CRASH_HOOK_H

#include <stdbool.h>
#include <stdint.h>

enum hook_mode { HOOK_COUNT, HOOK_CRASH, HOOK_FAIL_ONCE, HOOK_FAIL_EVER };
enum hook_plant {
	PLANT_NONE,
	PLANT_SEAL,   /* the journal is never sealed */
	PLANT_HALF,   /* each record of an operation counts alone */
	PLANT_RENAME, /* a rename is answered and not made */
	PLANT_BLIND,  /* compaction finds nothing to move */
	PLANT_ERROR,  /* a failure is told to nobody */
};

enum hook_what { HOOK_CALLS, HOOK_MEMORY };

struct hook {
	enum hook_what what; /* fails */
	enum hook_mode mode;
	enum hook_plant plant;	/* a fault that must be noticed */
	long at;		/* 1: the first */
	long count;		/* points passed, or calls that could have failed */
	int error;		/* errno of a failure */
	uint64_t segment_bytes; /* of the store's segments; 0: as they are */
};
extern struct hook hook;

/* A point: the process may end here. */
void hook_point(void);
/* True: the call that comes has to fail, errno is set. */
bool hook_fails(void);
/* The same of an allocation. */
bool hook_no_memory(void);
/* The wait status of a child that runs @fn with its hooks set so. */
int in_child(void (*fn)(void), enum hook_mode mode, long at);
bool killed(int status);
/* Has SQLite allocate through here: before it is used. */
void hook_sqlite_memory(void);
/* Makes the VFS that goes through here SQLite's default. */
void hook_vfs(void);

#endif
