/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The image into a file, as cp would; if wanted, made durable, read back and compared. */
#include "save.h"

#include "base/auto.h"
#include "base/err.h"
#include "base/file.h"
#include "base/sector.h"
#include "copying.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define CHUNK_NSEC  512u
#define CHUNK_BYTES ((size_t)CHUNK_NSEC * SECTOR)

static uint32_t chunk_at(const struct save *s, uint32_t lba)
{
	uint32_t left = image_nsec(s->run.image) - lba;

	return left < CHUNK_NSEC ? left : CHUNK_NSEC;
}

/*
 * image_copy wants zeros to lie there; what was there before is gone. A file that is empty stays as
 * it is: ext4 writes what was once cut to nothing to the disk when it is closed.
 */
static int empty(struct save *s, struct err *err)
{
	off_t size = (off_t)image_nsec(s->run.image) * SECTOR;
	struct stat st;

	if (fstat(s->fd, &st) < 0 || (st.st_size > 0 && ftruncate(s->fd, 0) < 0) ||
		ftruncate(s->fd, size) < 0)
		return err_sys(err, errno, "making %.200s as long as the image", s->path);
	return 0;
}

/* Durable before it is called equal: fsync tells of what the cache hid so far. */
static int settle(struct save *s, struct err *err)
{
	if (fsync(s->fd) < 0)
		return err_sys(err, errno, "making %.200s durable", s->path);
	/* So that what is read back comes from the disk, as far as the kernel follows. */
	posix_fadvise(s->fd, 0, 0, POSIX_FADV_DONTNEED);
	return 0;
}

static int compare_all(struct save *s, uint8_t *chunks, struct err *err)
{
	uint32_t total = image_nsec(s->run.image);
	struct progress progress;
	int r;

	progress_begin(&progress, &s->run, JOB_VERIFY, total);
	for (uint32_t lba = 0, n; lba < total; lba += n) {
		size_t bytes = (size_t)(n = chunk_at(s, lba)) * SECTOR;

		if (job_cancel_due(s->run.job))
			return err_set(err, -ECANCELED, "cancelled");
		r = image_read(s->run.image, lba, n, chunks, err);
		if (r < 0)
			return r;
		r = file_pread_full(s->fd, chunks + CHUNK_BYTES, bytes, (uint64_t)lba * SECTOR);
		if (r < 0)
			return err_sys(err, -r, "reading %.200s back at block %u", s->path, lba);
		if (memcmp(chunks, chunks + CHUNK_BYTES, bytes) != 0)
			return err_set(err, -EIO,
				"%.200s differs from the image within %u blocks from %u", s->path,
				n, lba);
		s->compared_nsec += n;
		progress_at(&progress, s->compared_nsec, lba, lba);
	}
	return 0;
}

/* A descriptor that was opened for writing alone cannot be verified; the outcome says so. */
static bool readable(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) == O_RDWR;
}

static int compare(struct save *s, struct err *err)
{
	AUTO_FREE uint8_t *chunks = malloc(2 * CHUNK_BYTES);
	int r;

	if (!chunks)
		return err_nomem(err);
	r = settle(s, err);
	return r < 0 ? r : compare_all(s, chunks, err);
}

static int carry_out(struct save *s, struct err *err)
{
	int r = empty(s, err);

	if (r == 0)
		r = copying_run(s, err);
	if (r == 0 && s->verify && readable(s->fd))
		r = compare(s, err);
	return r;
}

static void words(const struct save *s, int r, struct job_end *end)
{
	uint32_t total = image_nsec(s->run.image);
	unsigned long long written = s->written_nsec, compared = s->compared_nsec;

	if (r == 0 && end->verified)
		snprintf(end->outcome, sizeof(end->outcome),
			"saved %llu blocks to %.120s, verified: %llu blocks read back equal",
			written, s->path, compared);
	else if (r == 0)
		snprintf(end->outcome, sizeof(end->outcome),
			"saved %llu blocks to %.120s, not verified", written, s->path);
	else
		snprintf(end->outcome, sizeof(end->outcome),
			"%s: %.120s is left with %llu of %u blocks%s",
			r == -ECANCELED ? "cancelled" : "saving failed", s->path, written, total,
			written == total ? ", not verified" : "");
}

void save_run(struct save *s, struct job_end *end)
{
	int r;

	memset(end, 0, sizeof(*end));
	r = carry_out(s, &end->err);
	end->state = r == 0 ? JOB_DONE : r == -ECANCELED ? JOB_CANCELLED : JOB_FAILED;
	end->verified = r == 0 && s->compared_nsec > 0;
	words(s, r, end);
	if (r == -ECANCELED)
		snprintf(end->err.msg, sizeof(end->err.msg), "%s", end->outcome);
	end->err.code = r;
}
