/* SPDX-License-Identifier: GPL-3.0-or-later */
/* .discfs/: text in, text out; one table of control files. */
#ifndef DISCFS_CTL_CTL_H
#define DISCFS_CTL_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct ctl;
struct ctl_handle;
struct stage;
struct burner;
struct job_status;
struct medium;
struct err;

/* What only the assembler of the recorder can do; members may be NULL: -EOPNOTSUPP then. */
struct ctl_host {
	/* Puts a medium in (see virtual_load); runs on the recorder's thread. */
	int (*load)(void *arg, const char *type, const char *file, struct err *err);
	/*
	 * Where the medium's bytes lie, for status: "/path/disc-0001.iso", "" if unknown. Called
	 * on the recorder's thread, and once by ctl_new; the text is copied at once.
	 */
	const char *(*medium_file)(void *arg);
	/* The recorder's id as in --recorder: "virtual". */
	const char *recorder_id;
	/* --medium: the type planned for while nothing is in the recorder. */
	const char *planned_type;
	/* Where all this is mounted; NULL when it is not. Borrowed until ctl_free. */
	const char *mountpoint;
	/* Where the staged files lie; NULL when nobody can find it. Borrowed likewise. */
	const char *project_dir;
	void *arg;
};

/* Borrows stage and burner; copies @host. Applies the project's settings to the stage. */
int ctl_new(struct stage *stage, struct burner *burner, const struct ctl_host *host,
	struct ctl **out, struct err *err);
/*
 * All handles must be released and the burner be freed already (its last events are recorded
 * here); the stage is closed after. NULL is fine.
 */
void ctl_free(struct ctl *c);

/*
 * For struct burner_events: the assembler passes on each call of the burner. They record how a job
 * ended, plan for the new medium and feed `events`. Called on the burner's thread.
 */
void ctl_job_changed(struct ctl *c, const struct job_status *status);
void ctl_medium_changed(struct ctl *c, const struct medium *medium);

/*
 * Attributes of staged files that are told and not set: user.discfs.lba, .blocks, .name.*. Their
 * text is in @out, its length returned; -ENODATA where there is none. Makes an image: not on a
 * thread that answers requests.
 */
#define CTL_FACT_SIZE 1024u
bool ctl_knows_fact(const char *name);
int ctl_fact(struct ctl *c, uint64_t ino, const char *name, char out[static CTL_FACT_SIZE],
	struct err *err);

/*
 * Nodes are small numbers, the same as long as the daemon lives; node 0 is .discfs itself.
 * -ENOENT for what is not there.
 */
#define CTL_ROOT 0u

struct ctl_attr {
	uint32_t node;
	uint32_t mode; /* S_IFMT and permissions: 0600 what may be written, 0400 or 0444 else */
	uint32_t nlink;
	uint64_t staged_ino; /* of a directory that is staged (an area of stage.h); 0: it is not */
	uint64_t size_bytes; /* true: what a read right now would give */
	struct timespec mtime;
};

int ctl_lookup(struct ctl *c, uint32_t parent, const char *name, struct ctl_attr *out);
int ctl_getattr(struct ctl *c, uint32_t node, struct ctl_attr *out);
/*
 * Whether @node tells the size of an image, which is less when equal content is known. finish makes
 * it known, which may take as long as reading all that was staged last; opening does, too.
 */
bool ctl_waits(uint32_t node);
void ctl_finish(struct ctl *c);

/* Entry @index of directory @node: its name (static) and attributes; -ENOENT past the last. */
int ctl_entry(
	struct ctl *c, uint32_t node, unsigned index, const char **name, struct ctl_attr *out);

/*
 * What a staged file may not be given: 0, or the reason (-EINVAL, -ERANGE) for a value that an
 * attribute user.discfs.* cannot have. Others are none of discfs's business.
 */
int ctl_check_xattr(const char *name, const void *value, size_t n, struct err *err);
/* Tells in `error` what was refused outside of the control files; @request: "boot/01-a.img". */
void ctl_refused(struct ctl *c, const struct err *why, const char *request);

/* Who opened: files named in commands are opened with this user's rights. */
struct ctl_caller {
	uint32_t uid, gid;
	int32_t pid;
};

/*
 * Takes a snapshot of the text, so that several reads agree. -EACCES for writing a file that
 * cannot be written. May take long (image.iso freezes the layout): not on a thread that answers
 * requests. @flags as of open(2).
 */
int ctl_open(struct ctl *c, uint32_t node, int flags, const struct ctl_caller *who,
	struct ctl_handle **out, struct err *err);
void ctl_release(struct ctl_handle *h); /* runs what was written without a newline; NULL is fine */
/* close(2) of one descriptor: the errno of text that is no command. */
int ctl_flush(struct ctl_handle *h, struct err *err);

/*
 * Count or negative errno; 0 at the end. Blocks on a stream until there is more; -EAGAIN when
 * opened O_NONBLOCK. ctl_interrupt, from any thread, ends a blocked read or write with -EINTR.
 */
ssize_t ctl_read(struct ctl_handle *h, uint64_t off_bytes, void *out, size_t n, struct err *err);
/* Offsets do not matter: a handle's bytes are one text. All @n or a negative errno. */
ssize_t ctl_write(struct ctl_handle *h, const void *bytes, size_t n, struct err *err);
void ctl_interrupt(struct ctl_handle *h);
/* Whether a read would give something now. */
bool ctl_readable(struct ctl_handle *h);

#endif
