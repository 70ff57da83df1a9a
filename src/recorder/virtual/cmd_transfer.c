/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sectors in and out: READ, WRITE, SYNCHRONIZE CACHE (MMC-5 6.19, 6.42, 6.43, 6.49). */
#include "device.h"

#include "base/bytes.h"
#include "base/sector.h"

#include <errno.h>

static int read_sectors(struct device *d, struct exchange *x, uint32_t lba, uint32_t nsec)
{
	uint64_t bytes = (uint64_t)nsec * SECTOR;
	int r;

	if ((uint64_t)lba + nsec > disc_recorded_end_lba(&d->disc))
		return ANSWER_OUT_OF_RANGE;
	if (bytes != x->cmd->data_bytes)
		return ANSWER_BAD_FIELD;
	/* A CD's track cannot be read before it was ended: the drive is busy writing it. */
	if (d->disc.track_open && d->disc.type->sync_ends)
		return ANSWER_BAD_SEQUENCE;
	if (!disc_holds(&d->disc, lba, nsec))
		return ANSWER_UNREADABLE;
	if (nsec == 0)
		return ANSWER_GOOD;
	r = disc_read(&d->disc, lba, nsec, x->cmd->data, x->err);
	if (r == -ENODATA)
		return ANSWER_UNREADABLE;
	if (r < 0)
		return r;
	x->cmd->moved_bytes = (size_t)bytes;
	return ANSWER_GOOD;
}

int command_read10(struct device *d, struct exchange *x)
{
	return read_sectors(d, x, get_u32be(x->cdb + 2), get_u16be(x->cdb + 7));
}

int command_read12(struct device *d, struct exchange *x)
{
	return read_sectors(d, x, get_u32be(x->cdb + 2), get_u32be(x->cdb + 6));
}

/* Why a WRITE may not be done, in the order in which drives find out. */
static int judge_write(
	const struct device *d, const struct exchange *x, uint32_t lba, uint32_t nsec)
{
	const struct disc *disc = &d->disc;
	uint32_t end = disc_next_lba(disc) + disc_free_nsec(disc);

	if ((uint64_t)nsec * SECTOR != x->in_bytes)
		return ANSWER_BAD_FIELD;
	if (disc->finalised)
		return ANSWER_WRITE_PROTECTED;
	if (!disc_appendable(disc))
		return ANSWER_NO_MORE_TRACKS;
	if (disc->type->write_page && !d->write_page_set)
		return ANSWER_BAD_TRACK_MODE;
	if (lba >= disc->capacity_nsec)
		return ANSWER_OUT_OF_RANGE;
	/* The rest of the packet is zeros already: only a sync ends that state. */
	if (disc->short_packet)
		return ANSWER_BAD_SEQUENCE;
	if (lba != device_next_lba(d))
		return ANSWER_BAD_WRITE_LBA;
	if ((uint64_t)lba + sectors_align(nsec, disc->type->packet_nsec) > end)
		return ANSWER_END_OF_AREA;
	return ANSWER_GOOD;
}

static int write_sectors(struct device *d, struct exchange *x, uint32_t lba, uint32_t nsec)
{
	int answer = judge_write(d, x, lba, nsec);

	if (answer != ANSWER_GOOD || nsec == 0)
		return answer;
	if (device_simulates(d)) {
		d->ghost = true;
		d->ghost_lba = lba + nsec;
	} else {
		answer = disc_write(&d->disc, nsec, x->in, x->err);
	}
	if (answer == ANSWER_GOOD)
		x->cmd->moved_bytes = x->in_bytes;
	return answer;
}

int command_write10(struct device *d, struct exchange *x)
{
	return write_sectors(d, x, get_u32be(x->cdb + 2), get_u16be(x->cdb + 7));
}

int command_write12(struct device *d, struct exchange *x)
{
	return write_sectors(d, x, get_u32be(x->cdb + 2), get_u32be(x->cdb + 6));
}

/* On CD it ends the track; elsewhere it fills up the last packet and makes all of it safe. */
int command_sync_cache(struct device *d, struct exchange *x)
{
	bool immediate = x->cdb[1] & 0x02; /* 6.49.2.1 IMMED */
	bool ghost = d->ghost;
	int r = 0;

	d->ghost = false;
	if (!ghost && !d->disc.track_open)
		return ANSWER_GOOD;
	if (!ghost)
		r = d->disc.type->sync_ends ? disc_end_track(&d->disc, x->err)
					    : disc_flush(&d->disc, x->err);
	if (r == 0 && immediate)
		device_start_busy(d, ANSWER_IN_PROGRESS);
	return r;
}
