/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the callbacks of one mount share. */
#ifndef DISCFS_MOUNT_SESSION_H
#define DISCFS_MOUNT_SESSION_H

#define FUSE_USE_VERSION 314
#include <fuse_lowlevel.h>

#include "ctl/ctl.h"
#include "greeting.h"
#include "mount/mount.h"
#include "pending.h"
#include "stage/keeper.h"
#include "stage/area.h"
#include "stage/stage.h"

/*
 * Inode numbers: those of the staged tree are stage's own (1 is the root for both sides), those
 * of control files lie above CONTROL_BASE. The kernel may keep what it knows of staged files for
 * ever: it is told of the few changes that are not its own (forget.c); control files are asked for
 * each time.
 */
#define CONTROL_BASE   (1ull << 62)
#define CONTROL_NAME   ".discfs"
#define FOREVER_S      86400.0
#define TRANSFER_BYTES (1024u * 1024)

struct outside;
struct workers;
struct watch;

/*
 * What the kernel checks before a request reaches us. Without allow_other nobody but the owner
 * gets as far as that (fuse_allow_current_process), to whom no ACL gives or takes what the mode
 * does not; and if the owner is root, modes neither. Each check that is not needed saves a request
 * for nearly every call: attributes of the directory after each change in it, ACLs of each file.
 */
enum guard { GUARD_NOTHING, GUARD_MODES, GUARD_MODES_AND_ACLS };

struct mount {
	struct fuse_session *session;
	struct stage *stage;
	struct ctl *ctl;
	struct workers *workers;
	struct outside *outside;
	struct watch *watch;
	struct pending pending;
	char *mountpoint;
	enum guard guard;	       /* constant */
	uint32_t owner_uid, owner_gid; /* of the control files */
	bool control_visible;
	bool mounted;
	bool greeted; /* the first request was read; of the loop thread only, as is greeting */
	struct greeting greeting;
	uint8_t *transfer; /* TRANSFER_BYTES; of the loop thread only */
};

static inline bool is_control(fuse_ino_t ino)
{
	return ino >= CONTROL_BASE;
}

static inline uint32_t control_node(fuse_ino_t ino)
{
	return (uint32_t)(ino - CONTROL_BASE);
}

static inline struct mount *mount_of(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

/* forget.c: for struct stage_keeper; @mount is a struct mount */
int forget_inode(void *mount, uint64_t ino);
void forget_name(void *mount, uint64_t parent, const char *name);

/* attr.c */
void attr_to_stat(const struct stage_attr *a, struct stat *st);
void attr_to_entry(const struct stage_attr *a, struct fuse_entry_param *e);
void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_setattr(
	fuse_req_t req, fuse_ino_t ino, struct stat *st, int to_set, struct fuse_file_info *fi);
void op_access(fuse_req_t req, fuse_ino_t ino, int mask);
void op_statfs(fuse_req_t req, fuse_ino_t ino);

/* control.c: the same requests where the inode is a control file */
/* Also of an area, whose directory is a staged one. */
int control_fill(struct mount *m, const struct ctl_attr *a, struct fuse_entry_param *e);
/* Whether the caller may do what is the owner's alone, also in a mount that others may use. */
bool control_allowed(fuse_req_t req);
int control_lookup(
	struct mount *m, fuse_ino_t parent, const char *name, struct fuse_entry_param *e);
int control_stat(struct mount *m, fuse_ino_t ino, struct stat *st);
void control_getattr(fuse_req_t req, fuse_ino_t ino);
void control_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void control_read(fuse_req_t req, size_t size, off_t off, struct fuse_file_info *fi);
void control_write(fuse_req_t req, const char *buf, size_t size, struct fuse_file_info *fi);
void control_release(fuse_req_t req, struct fuse_file_info *fi);
void op_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_poll(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi, struct fuse_pollhandle *ph);

/* area.c */
/* A request for @name in the directory @ino was refused: of an area that is told in `error`. */
void area_refused(
	fuse_req_t req, fuse_ino_t ino, const char *name, int code, const struct err *err);
/* Whether the caller may change the attribute @name of any file. */
bool area_may_describe(fuse_req_t req, const char *name);
/* Whether the caller may give @ino this attribute, and it can be. */
int area_check_xattr(fuse_req_t req, fuse_ino_t ino, const char *name, struct stage_bytes value,
	struct err *err);

/* names.c */
void op_forget(fuse_req_t req, fuse_ino_t ino, uint64_t nlookup);
void op_forget_multi(fuse_req_t req, size_t n, struct fuse_forget_data *all);
void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name);
void op_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t rdev);
void op_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode);
void op_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
	struct fuse_file_info *fi);
void op_symlink(fuse_req_t req, const char *target, fuse_ino_t parent, const char *name);
void op_readlink(fuse_req_t req, fuse_ino_t ino);
void op_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent, const char *name);
void op_unlink(fuse_req_t req, fuse_ino_t parent, const char *name);
void op_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name);
void op_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
	const char *new_name, unsigned flags);

/* content.c */
void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi);
void op_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size, off_t off,
	struct fuse_file_info *fi);
void op_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi);
/*
 * Before content changes: set-user-ID ends unless the caller may keep it. Asked of everybody
 * but root, because libfuse does not pass on who else has CAP_FSETID.
 */
int content_drop_suid(fuse_req_t req, fuse_ino_t ino, struct err *err);
/* How the kernel is to cache a file opened with @flags. */
void content_caching(struct fuse_file_info *fi);

/* range.c */
void op_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t off, off_t length,
	struct fuse_file_info *fi);
void op_lseek(fuse_req_t req, fuse_ino_t ino, off_t off, int whence, struct fuse_file_info *fi);
void op_copy_file_range(fuse_req_t req, fuse_ino_t from, off_t from_off,
	struct fuse_file_info *from_fi, fuse_ino_t to, off_t to_off, struct fuse_file_info *to_fi,
	size_t n, int flags);

/* xattr.c */
void op_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name, const char *value, size_t size,
	int flags);
void op_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size);
void op_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size);
void op_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name);

/* dir.c */
void op_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi);
void op_readdirplus(
	fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi);

#endif
