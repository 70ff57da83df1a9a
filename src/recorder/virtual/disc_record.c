/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recording: sectors into the file, tracks and sessions into the state. */
#include "disc.h"

#include "base/err.h"
#include "base/file.h"
#include "base/sector.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static int host_failed(const struct disc *d, int r, const char *doing, struct err *err)
{
	return err_sys(err, -r, "%s the virtual medium %s", doing, d->path);
}

static int set_end(const struct disc *d, uint32_t end_lba, struct err *err)
{
	if (ftruncate(d->fd, (off_t)end_lba * SECTOR) < 0)
		return host_failed(d, -errno, "extending", err);
	return 0;
}

/* Bytes first, then the text that speaks of them. */
static int sync_and_save(const struct disc *d, struct err *err)
{
	if (fdatasync(d->fd) < 0)
		return host_failed(d, -errno, "syncing", err);
	return disc_save(d, err);
}

int disc_read(const struct disc *d, uint32_t lba, uint32_t nsec, void *out, struct err *err)
{
	size_t bytes = (size_t)nsec * SECTOR;
	ssize_t n = file_pread_most(d->fd, out, bytes, (uint64_t)lba * SECTOR);

	if (n < 0)
		return host_failed(d, (int)n, "reading", err);
	if (!disc_overwritable(d) && (size_t)n < bytes)
		return host_failed(d, -ENODATA, "reading", err);
	/* What is formatted and was not written yet. */
	memset((uint8_t *)out + n, 0, bytes - (size_t)n);
	return 0;
}

/* Told to the state before the first byte: a longer file then always means an open track. */
static int open_track(struct disc *d, uint32_t reserved_nsec, struct err *err)
{
	int r;

	assert(d->ntracks < DISC_TRACKS_MAX);
	d->tracks[d->ntracks++] = (struct disc_track){
		.start_lba = d->next_start_lba,
		.reserved_nsec = reserved_nsec,
		.session = (uint16_t)(d->closed_sessions + 1),
	};
	d->track_open = true;
	r = disc_save(d, err);
	if (r < 0) {
		d->ntracks--;
		d->track_open = false;
	}
	return r;
}

int disc_write(struct disc *d, uint32_t nsec, const void *bytes, struct err *err)
{
	uint32_t lba = disc_next_lba(d);
	uint32_t whole = (uint32_t)sectors_align(nsec, d->type->packet_nsec);
	int r = d->track_open ? 0 : open_track(d, 0, err);

	if (r < 0)
		return r;
	r = file_pwrite_full(d->fd, bytes, (size_t)nsec * SECTOR, (uint64_t)lba * SECTOR);
	if (r < 0) {
		/* What did not get through must not count as written at the next start. */
		if (ftruncate(d->fd, (off_t)lba * SECTOR) < 0)
			return host_failed(d, -errno, "taking back a write to", err);
		return host_failed(d, r, "writing", err);
	}
	if (whole != nsec) {
		r = set_end(d, lba + whole, err);
		if (r < 0)
			return r;
	}
	d->short_packet = whole != nsec;
	d->tracks[d->ntracks - 1].nsec += whole;
	return 0;
}

int disc_flush(struct disc *d, struct err *err)
{
	int r;

	if (!d->track_open && !disc_overwritable(d))
		return 0;
	r = sync_and_save(d, err);
	if (r == 0)
		d->short_packet = false;
	return r;
}

int disc_reserve(struct disc *d, uint32_t nsec, struct err *err)
{
	return open_track(d, (uint32_t)sectors_align(nsec, d->type->packet_nsec), err);
}

int disc_end_track(struct disc *d, struct err *err)
{
	struct disc_track *t = &d->tracks[d->ntracks - 1];
	uint32_t nsec = t->nsec;
	int r;

	assert(d->track_open);
	if (nsec < d->type->minimum_nsec)
		nsec = d->type->minimum_nsec;
	if (nsec < t->reserved_nsec)
		nsec = t->reserved_nsec;
	nsec += d->type->runout_nsec;
	nsec = (uint32_t)sectors_align(nsec, d->type->packet_nsec);
	r = set_end(d, t->start_lba + nsec, err);
	if (r < 0)
		return r;
	t->nsec = nsec;
	d->track_open = false;
	d->short_packet = false;
	d->damaged = false;
	d->next_start_lba = (uint32_t)sectors_align(
		disc_track_end_lba(t) + d->type->track_gap_nsec, d->type->packet_nsec);
	return sync_and_save(d, err);
}

int disc_end_tracks(struct disc *d, const uint32_t *start_lba, unsigned n, struct err *err)
{
	uint32_t end = disc_next_lba(d);

	assert(d->track_open && d->ntracks == 1 && n <= DISC_TRACKS_MAX);
	for (unsigned i = 0; i < n; i++)
		d->tracks[i] = (struct disc_track){
			.start_lba = start_lba[i],
			.nsec = (i + 1 < n ? start_lba[i + 1] : end) - start_lba[i],
			.session = 1,
		};
	d->ntracks = n;
	d->track_open = false;
	d->next_start_lba = end;
	return sync_and_save(d, err);
}

int disc_end_session(struct disc *d, bool finalise, struct err *err)
{
	const struct disc_track *last = &d->tracks[d->ntracks - 1];

	assert(d->ntracks > 0 && !d->track_open && !d->finalised);
	if (disc_session_open(d)) {
		uint32_t gap =
			d->closed_sessions == 0 ? d->type->first_gap_nsec : d->type->later_gap_nsec;

		d->closed_sessions++;
		d->next_start_lba = (uint32_t)sectors_align(
			disc_track_end_lba(last) + gap, d->type->packet_nsec);
	}
	d->finalised = finalise;
	return sync_and_save(d, err);
}
