/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's pass-through as libcdio has it: no residuals, sense only where the device spoke. */
#include "recorder/drive.h"

#include "holder.h"

#include "base/err.h"
#include "base/sector.h"
#include "scsi/transport.h"

#include <cdio/cdio.h>
#include <cdio/logging.h>
#include <cdio/mmc.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bridges of USB drives fail on more, whatever the queue promises. */
#define COMMAND_BYTES_MAX (64u * 1024u)

struct drive {
	struct transport base; /* first: a struct transport * is this struct */
	/*
	 * Open while in use only, both or none: the kernel locks the door of a disc that it mounts,
	 * and unlocks it when the last opener has gone.
	 */
	CdIo_t *cdio;
	int lock_fd; /* ours beside libcdio's: for flock(2) and fstat(2) */
	dev_t rdev;
	bool claimed;
	char node[DRIVE_NODE_SIZE];
};

const char *drive_library(void)
{
	return cdio_version_string;
}

/* libcdio warns on stderr of what blank media have not got; what matters we ask ourselves. */
static void swallow(cdio_log_level_t level, const char *message)
{
	(void)level;
	(void)message;
}

static const char *group_name(gid_t gid, char spare[static 16])
{
	const struct group *g = getgrgid(gid);

	snprintf(spare, 16, "%u", (unsigned)gid);
	return g ? g->gr_name : spare;
}

static int no_permission(const char *node, struct err *err)
{
	struct stat st = { 0 };
	char spare[16];

	if (stat(node, &st) < 0)
		return err_sys(err, errno, "%s", node);
	return err_set(err, -EACCES,
		"%s may not be written: it belongs to group %s, mode %03o; become a member of that "
		"group (usermod -aG), or log in at this machine",
		node, group_name(st.st_gid, spare), st.st_mode & 0777u);
}

static int open_node(struct drive *d, struct err *err)
{
	struct stat st;

	d->lock_fd = open(d->node, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (d->lock_fd < 0 && (errno == EACCES || errno == EPERM || errno == EROFS))
		return no_permission(d->node, err);
	if (d->lock_fd < 0)
		return err_set(err, -ENODEV, "%s cannot be opened: %s; is the drive plugged in?",
			d->node, strerror(errno));
	if (fstat(d->lock_fd, &st) < 0 || !S_ISBLK(st.st_mode))
		return err_set(err, -ENODEV, "%s is no block device; name a drive such as /dev/sr0",
			d->node);
	d->rdev = st.st_rdev;
	return 0;
}

static int open_cdio(struct drive *d, const char *access, struct err *err)
{
	d->cdio = cdio_open_am(d->node, DRIVER_DEVICE, access);
	return d->cdio ? 0 : err_set(err, -ENODEV, "%s does not open as an optical drive", d->node);
}

static void leave(struct drive *d)
{
	if (d->cdio)
		cdio_destroy(d->cdio);
	if (d->lock_fd >= 0)
		close(d->lock_fd);
	d->cdio = NULL;
	d->lock_fd = -1;
	d->claimed = false;
}

/* Shared with others, if it is not ours already. */
static int enter(struct drive *d, struct err *err)
{
	int r = d->lock_fd < 0 ? open_node(d, err) : 0;

	if (r == 0 && !d->cdio)
		r = open_cdio(d, "MMC_RDWR", err);
	if (r < 0)
		leave(d);
	return r;
}

static cdio_mmc_direction_t direction(const struct scsi_cmd *cmd)
{
	if (cmd->dir == SCSI_NONE || cmd->data_bytes == 0)
		return SCSI_MMC_DATA_NONE;
	return cmd->dir == SCSI_IN ? SCSI_MMC_DATA_READ : SCSI_MMC_DATA_WRITE;
}

/* False: the device said nothing, so the command did not reach it. */
static bool take_sense(struct drive *d, struct scsi_cmd *cmd)
{
	cdio_mmc_request_sense_t *sense = NULL;
	int n = mmc_last_cmd_sense(d->cdio, &sense);

	if (n > 0)
		scsi_sense_decode((const uint8_t *)sense, (size_t)n, &cmd->sense);
	cdio_free(sense);
	return cmd->sense.valid;
}

static int path_failed(const struct drive *d, int code, struct err *err)
{
	struct stat st;

	if (stat(d->node, &st) < 0 || st.st_rdev != d->rdev)
		return err_set(err, -ENODEV, "the drive %s is gone", d->node);
	if (code == DRIVER_OP_NOT_PERMITTED)
		return err_set(err, -EACCES,
			"the kernel lets this user not send such a command to %s", d->node);
	return err_set(err, -EPROTO,
		"the command did not reach the drive %s (libcdio says %d); see the kernel's log",
		d->node, code);
}

static int drive_exec(struct transport *base, struct scsi_cmd *cmd, struct err *err)
{
	struct drive *d = (struct drive *)base;
	mmc_cdb_t cdb = { { 0 } };
	int code, r = enter(d, err);

	cmd->moved_bytes = 0;
	cmd->status = SCSI_GOOD;
	cmd->sense = (struct scsi_sense){ .valid = false };
	if (r < 0)
		return r == -EACCES ? r : -ENODEV;
	memcpy(cdb.field, cmd->cdb, cmd->cdb_len);
	code = mmc_run_cmd_len(d->cdio, cmd->timeout_ms, &cdb, cmd->cdb_len, direction(cmd),
		(unsigned)cmd->data_bytes, cmd->data);
	if (code == DRIVER_OP_SUCCESS) {
		cmd->moved_bytes = cmd->data_bytes;
		return 0;
	}
	if (!take_sense(d, cmd))
		return path_failed(d, code, err);
	cmd->status = SCSI_CHECK_CONDITION;
	return -EIO;
}

static int in_use(const struct drive *d, struct err *err)
{
	char who[HOLDER_SIZE];

	if (holder_mount(d->rdev, who))
		return err_set(err, -EBUSY, "the disc in %s is mounted at %s; unmount it first",
			d->node, who);
	if (holder_process(d->rdev, who))
		return err_set(err, -EBUSY, "%s is in use by %s; wait for its end", d->node, who);
	return err_set(err, -EBUSY, "%s is in use by another program; wait for its end", d->node);
}

/*
 * The kernel's O_EXCL keeps out mounts and those who ask for it, too; flock(2) those who look.
 * Plain openers (a desktop that reads the disc) remain: they harm nothing but time.
 */
static int drive_claim(struct transport *base, struct err *err)
{
	struct drive *d = (struct drive *)base;
	char who[HOLDER_SIZE];
	int r = enter(d, err);

	if (r < 0 || d->claimed)
		return r;
	if (holder_mount(d->rdev, who) || flock(d->lock_fd, LOCK_EX | LOCK_NB) < 0)
		return in_use(d, err);
	cdio_destroy(d->cdio);
	if (open_cdio(d, "MMC_RDWR_EXCL", NULL) < 0) {
		flock(d->lock_fd, LOCK_UN);
		return in_use(d, err);
	}
	d->claimed = true;
	return 0;
}

static void drive_release(struct transport *base)
{
	leave((struct drive *)base);
}

/*
 * The kernel looks at a disc anew when it is opened after a change was seen; the view of who has
 * it open meanwhile follows.
 */
static int drive_refresh(struct transport *base, uint64_t nsec)
{
	struct drive *d = (struct drive *)base;
	int fd = open(d->node, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	uint64_t size_bytes = 0;
	int r;

	if (fd < 0)
		return -ENODEV;
	r = ioctl(fd, BLKGETSIZE64, &size_bytes) < 0 ? -errno : 0;
	close(fd);
	if (r < 0)
		return r;
	return size_bytes / SECTOR >= nsec ? 0 : -ESTALE;
}

static void drive_close(struct transport *base)
{
	struct drive *d = (struct drive *)base;

	leave(d);
	free(d);
}

static const struct transport_ops drive_ops = {
	.exec = drive_exec,
	.claim = drive_claim,
	.release = drive_release,
	.refresh = drive_refresh,
	.close = drive_close,
};

int drive_open(const char *node, struct transport **out, struct err *err)
{
	struct drive *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return err_nomem(err);
	cdio_log_set_handler(swallow);
	d->base = (struct transport){ .ops = &drive_ops, .max_bytes = COMMAND_BYTES_MAX };
	d->lock_fd = -1;
	r = snprintf(d->node, sizeof(d->node), "%s", node) < (int)sizeof(d->node)
		    ? enter(d, err)
		    : err_set(err, -ENODEV, "%.80s...: no name of a drive", node);
	if (r < 0) {
		drive_close(&d->base);
		return r;
	}
	*out = &d->base;
	return 0;
}

size_t drive_list(char (*out)[DRIVE_NODE_SIZE], size_t cap)
{
	char **nodes;
	size_t n = 0;

	cdio_log_set_handler(swallow);
	nodes = cdio_get_devices(DRIVER_DEVICE);
	for (size_t i = 0; nodes && nodes[i] && n < cap; i++)
		if (snprintf(out[n], DRIVE_NODE_SIZE, "%s", nodes[i]) < (int)DRIVE_NODE_SIZE)
			n++;
	if (nodes)
		cdio_free_device_list(nodes);
	return n;
}
