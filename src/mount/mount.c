/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The FUSE session: its options, its loop, its end. */
#include "session.h"

#include "base/buf.h"
#include "base/err.h"
#include "loop.h"
#include "outside.h"
#include "watch.h"
#include "workers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Writers that `wait` and readers of streams hold a worker each. */
#define WORKERS_MAX	  256
#define INTERRUPT_EACH_MS 50u

static void op_init(void *userdata, struct fuse_conn_info *conn)
{
	const struct mount *m = userdata;

	/* O_TRUNC comes with the open: one request less, and echo > control truncates nothing. */
	conn->want |= conn->capable & FUSE_CAP_ATOMIC_O_TRUNC;
	/* What new files inherit of ACLs, and the umask with it, is stage's. */
	conn->want |= conn->capable & FUSE_CAP_DONT_MASK;
	if (m->guard == GUARD_MODES_AND_ACLS)
		conn->want |= conn->capable & FUSE_CAP_POSIX_ACL;
	/* Write-back would take writes that do not fit and tell nobody. Splicing is slower. */
	conn->want &= ~(unsigned)(FUSE_CAP_WRITEBACK_CACHE | FUSE_CAP_SPLICE_READ |
				  FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE |
				  FUSE_CAP_AUTO_INVAL_DATA);
	conn->max_write = TRANSFER_BYTES;
	conn->max_readahead = TRANSFER_BYTES;
	conn->time_gran = 1;
}

static const struct fuse_lowlevel_ops operations = {
	.init = op_init,
	.lookup = op_lookup,
	.forget = op_forget,
	.forget_multi = op_forget_multi,
	.getattr = op_getattr,
	.access = op_access,
	.setattr = op_setattr,
	.readlink = op_readlink,
	.mknod = op_mknod,
	.mkdir = op_mkdir,
	.unlink = op_unlink,
	.rmdir = op_rmdir,
	.symlink = op_symlink,
	.rename = op_rename,
	.link = op_link,
	.create = op_create,
	.open = op_open,
	.read = op_read,
	.write = op_write,
	.flush = op_flush,
	.release = op_release,
	.fsync = op_fsync,
	.fsyncdir = op_fsync,
	.opendir = op_opendir,
	.readdir = op_readdir,
	.readdirplus = op_readdirplus,
	.statfs = op_statfs,
	.fallocate = op_fallocate,
	.lseek = op_lseek,
	.copy_file_range = op_copy_file_range,
	.setxattr = op_setxattr,
	.getxattr = op_getxattr,
	.listxattr = op_listxattr,
	.removexattr = op_removexattr,
	.poll = op_poll,
};

const char *mount_library_version(void)
{
	return fuse_pkgversion();
}

static int make_session(struct mount *m, const struct mount_opts *opts, struct err *err)
{
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	struct buf o;
	int r = 0;

	buf_init(&o, 4096);
	buf_puts(&o, "-ofsname=discfs,subtype=discfs,nosuid,nodev");
	if (m->guard != GUARD_NOTHING)
		buf_puts(&o, ",default_permissions");
	if (opts->allow_other)
		buf_puts(&o, ",allow_other");
	if (opts->fs_options && opts->fs_options[0])
		buf_printf(&o, ",%s", opts->fs_options);
	if (o.failed || fuse_opt_add_arg(&args, "discfs") || fuse_opt_add_arg(&args, buf_str(&o)))
		r = err_nomem(err);
	else
		m->session = fuse_session_new(&args, &operations, sizeof(operations), m);
	if (r == 0 && !m->session)
		r = err_set(err, -EINVAL, "libfuse does not take the mount options \"%s\"",
			opts->fs_options ? opts->fs_options : "");
	fuse_opt_free_args(&args);
	buf_fini(&o);
	return r;
}

static enum guard choose_guard(const struct mount_opts *opts)
{
	if (opts->allow_other)
		return GUARD_MODES_AND_ACLS;
	return geteuid() == 0 ? GUARD_NOTHING : GUARD_MODES;
}

int mount_start(const struct mount_opts *opts, struct stage *stage, struct ctl *ctl,
	struct mount **out, struct err *err)
{
	struct mount *m = calloc(1, sizeof(*m));
	int r;

	if (!m)
		return err_nomem(err);
	m->stage = stage;
	stage_set_remember(stage, true);
	m->ctl = ctl;
	m->guard = choose_guard(opts);
	m->owner_uid = geteuid();
	m->owner_gid = getegid();
	m->control_visible = opts->control_visible;
	m->mountpoint = strdup(opts->mountpoint);
	m->transfer = malloc(TRANSFER_BYTES);
	m->workers = workers_new(WORKERS_MAX);
	m->watch = watch_new();
	m->outside = outside_new(m);
	pending_init(&m->pending, m->workers);
	r = m->mountpoint && m->transfer && m->workers && m->watch && m->outside ? 0
										 : err_nomem(err);
	if (r == 0)
		r = make_session(m, opts, err);
	if (r == 0 && fuse_session_mount(m->session, m->mountpoint) != 0)
		r = err_set(err, -EIO,
			"mounting at %s failed; libfuse's reason stands above. Is /dev/fuse there, "
			"is "
			"fusermount3 installed, and is the directory yours?",
			m->mountpoint);
	if (r < 0) {
		mount_stop(m);
		return r;
	}
	m->mounted = true;
	stage_set_keeper(stage, &(struct stage_keeper){ forget_inode, forget_name, m });
	/* Without it all works, with a request more for each write through the cache. */
	(void)greeting_install(m->session, fuse_session_fd(m->session));
	*out = m;
	return 0;
}

int mount_run(struct mount *m, bool (*busy)(void *arg), void *arg, struct err *err)
{
	int r;

	/* One reader: several wake each other and cost more than they win. */
	r = loop_run(m->session, &(struct loop_busy){ busy, arg });
	if (r < 0)
		return err_sys(err, -r, "reading requests for %s", m->mountpoint);
	return r;
}

void mount_stop(struct mount *m)
{
	if (!m)
		return;
	/* Who still waits gets EINTR while the session can carry it. */
	pending_end_all(&m->pending);
	while (m->workers && !workers_idle_within(m->workers, INTERRUPT_EACH_MS))
		pending_end_all(&m->pending);
	outside_close(m->outside);
	workers_free(m->workers);
	if (m->stage)
		stage_set_keeper(m->stage, NULL);
	if (m->mounted)
		fuse_session_unmount(m->session);
	watch_free(m->watch);
	if (m->session)
		fuse_session_destroy(m->session);
	pending_fini(&m->pending);
	free(m->transfer);
	free(m->mountpoint);
	free(m);
}
