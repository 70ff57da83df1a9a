/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A medium as two files: making, opening, and what a crash left. */
#include "disc.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/sector.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int state_path(const char *path, char out[static PATH_MAX], struct err *err)
{
	if (snprintf(out, PATH_MAX, "%s.state", path) >= PATH_MAX - 8)
		return err_set(err, -ENAMETOOLONG, "%s: the path is too long for a medium", path);
	return 0;
}

int disc_save(const struct disc *d, struct err *err)
{
	char path[PATH_MAX];
	struct buf text;
	int r = state_path(d->path, path, err);

	if (r < 0)
		return r;
	buf_init(&text, DISC_STATE_MAX_BYTES);
	disc_state_put(d, &text);
	if (text.failed)
		r = err_nomem(err);
	else
		r = file_replace(path, text.data, text.len, err);
	buf_fini(&text);
	return r;
}

void disc_close(struct disc *d)
{
	if (d->type)
		close(d->fd);
	*d = (struct disc){ .fd = -1 };
}

/* Two recorders writing one disc would leave neither's. */
static int lock_medium(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(err, errno, "looking at the medium %s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, -EEXIST, "%s is no medium: it is not a plain file", path);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return err_set(err, -EBUSY, "the medium %s is in another recorder", path);
	return 0;
}

int disc_create(struct disc *d, const char *path, const struct medium_type *type, struct err *err)
{
	int r;

	*d = (struct disc){ .fd = -1,
		.type = type,
		.size_nsec = type->capacity_nsec,
		.capacity_nsec = type->capacity_nsec };
	if (type->formatted) {
		d->formatting = FORMATTING_COMPLETE;
		d->formatted_nsec = d->capacity_nsec;
	}
	snprintf(d->path, sizeof(d->path), "%s", path);
	d->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (d->fd < 0) {
		r = err_sys(err, errno, "making the medium %s", path);
		d->type = NULL;
		return r;
	}
	r = lock_medium(d->fd, path, err);
	if (r == 0)
		r = disc_save(d, err);
	if (r < 0) {
		disc_close(d);
		unlink(path);
	}
	return r;
}

static int read_state(struct disc *d, const char *path, struct err *err)
{
	char state[PATH_MAX];
	char *text;
	ssize_t n;
	int fd, r = state_path(path, state, err);

	if (r < 0)
		return r;
	fd = open(state, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return err_set(err, -EEXIST, "%s is no medium: it has no %s", path, state);
	if (fd < 0)
		return err_sys(err, errno, "opening %s", state);
	text = calloc(1, DISC_STATE_MAX_BYTES + 1);
	n = text ? file_pread_most(fd, text, DISC_STATE_MAX_BYTES, 0) : -ENOMEM;
	if (n < 0)
		r = err_sys(err, (int)-n, "reading %s", state);
	else if (n == DISC_STATE_MAX_BYTES || memchr(text, '\0', (size_t)n))
		r = err_set(err, -EBADMSG, "it is no text of a medium's state");
	else
		r = disc_state_parse(d, text, err);
	if (r == -EBADMSG)
		err_prefix(err, r, "%s is damaged", state);
	free(text);
	close(fd);
	return r;
}

static int bad_length(const struct disc *d, uint64_t nsec, const char *than, struct err *err)
{
	return err_set(err, -EBADMSG, "the medium %s has %llu sectors, %s its state tells (%u)",
		d->path, (unsigned long long)nsec, than, disc_recorded_end_lba(d));
}

int disc_cut(const struct disc *d, uint32_t nsec, struct err *err)
{
	struct stat st;

	if (fstat(d->fd, &st) < 0)
		return err_sys(err, errno, "looking at the medium %s", d->path);
	if ((uint64_t)st.st_size > (uint64_t)nsec * SECTOR &&
		ftruncate(d->fd, (off_t)nsec * SECTOR) < 0)
		return err_sys(err, errno, "cutting the medium %s", d->path);
	return 0;
}

/* What is formatted ends with the last sector that was written, if that is behind it. */
static int recover_formatted(struct disc *d, uint64_t nsec, struct err *err)
{
	if (nsec > d->capacity_nsec)
		return bad_length(d, nsec, "more than", err);
	if (nsec > d->formatted_nsec)
		d->formatted_nsec = (uint32_t)nsec;
	return 0;
}

/* A BLANK that was interrupted leaves more than its text tells; nothing else may. */
static int recover_closed(struct disc *d, uint64_t bytes, struct err *err)
{
	uint32_t end = disc_recorded_end_lba(d);

	if (bytes <= (uint64_t)end * SECTOR)
		return 0;
	if (d->type->blanks)
		return disc_cut(d, end, err);
	return bad_length(d, sectors_for(bytes), "more than", err);
}

/* The file's length tells of writes since the state was written, half of a packet included. */
static int recover(struct disc *d, struct err *err)
{
	struct disc_track *open = d->track_open ? &d->tracks[d->ntracks - 1] : NULL;
	struct stat st;
	uint64_t nsec, limit;

	if (fstat(d->fd, &st) < 0)
		return err_sys(err, errno, "looking at the medium %s", d->path);
	nsec = sectors_align(sectors_for((uint64_t)st.st_size), d->type->packet_nsec);
	if (disc_overwritable(d))
		return recover_formatted(d, nsec, err);
	if (sectors_for((uint64_t)st.st_size) < disc_recorded_end_lba(d))
		return bad_length(d, nsec, "fewer than", err);
	if (!open)
		return recover_closed(d, (uint64_t)st.st_size, err);
	limit = open->reserved_nsec ? open->start_lba + open->reserved_nsec : d->capacity_nsec;
	if (nsec > limit + d->type->runout_nsec)
		return bad_length(d, nsec, "more than", err);
	if (nsec <= disc_track_end_lba(open))
		return 0;
	open->nsec = (uint32_t)(nsec > limit ? limit : nsec) - open->start_lba;
	if (ftruncate(d->fd, (off_t)disc_track_end_lba(open) * SECTOR) < 0)
		return err_sys(err, errno, "filling up the last packet of %s", d->path);
	return 0;
}

int disc_open(struct disc *d, const char *path, struct err *err)
{
	int r, fd;

	*d = (struct disc){ .fd = -1 };
	fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_sys(err, errno, "opening the medium %s", path);
	r = lock_medium(fd, path, err);
	if (r == 0)
		r = read_state(d, path, err);
	if (r < 0) {
		close(fd);
		*d = (struct disc){ .fd = -1 };
		return r;
	}
	d->fd = fd;
	snprintf(d->path, sizeof(d->path), "%s", path);
	r = recover(d, err);
	if (r < 0)
		disc_close(d);
	return r;
}
