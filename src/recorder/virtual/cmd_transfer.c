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

/* Mode page 05h against the disc: disc at once needs its length, increments an unspoilt disc. */
static int judge_write_page(const struct device *d)
{
	const struct disc *disc = &d->disc;

	if (disc->type->page_needed && !d->write_page_set)
		return ANSWER_BAD_TRACK_MODE;
	if (device_writes_at_once(d))
		return d->ghost || (disc->track_open &&
					   disc->tracks[disc->ntracks - 1].reserved_nsec)
			       ? ANSWER_GOOD
			       : ANSWER_BAD_SEQUENCE;
	if (disc->minimal && disc->type->increments)
		return ANSWER_BAD_TRACK_MODE;
	return ANSWER_GOOD;
}

/* Why a WRITE may not be done, in the order in which drives find out. */
static int judge_once(const struct device *d, uint32_t lba, uint32_t nsec)
{
	const struct disc *disc = &d->disc;
	uint32_t end = disc_next_lba(disc) + disc_free_nsec(disc);
	int answer;

	if (disc->finalised)
		return ANSWER_WRITE_PROTECTED;
	if (!disc_appendable(disc))
		return ANSWER_NO_MORE_TRACKS;
	if (disc->type->compact && device_writes_at_once(d))
		return cue_judge(d, lba, nsec);
	answer = judge_write_page(d);
	if (answer != ANSWER_GOOD)
		return answer;
	if (lba >= disc->capacity_nsec)
		return ANSWER_OUT_OF_RANGE;
	/* The rest of the packet is zeros already: only a sync ends that state. */
	if (disc->short_packet || disc->damaged)
		return ANSWER_BAD_SEQUENCE;
	if (lba != device_next_lba(d))
		return ANSWER_BAD_WRITE_LBA;
	if ((uint64_t)lba + sectors_align(nsec, disc->type->packet_nsec) > end)
		return ANSWER_END_OF_AREA;
	return ANSWER_GOOD;
}

/* MMC-5 5.3.15, 5.3.20: whole packets, within what is there or growing it. */
static int judge_rigid(const struct device *d, uint32_t lba, uint32_t nsec)
{
	const struct disc *disc = &d->disc;
	uint64_t end = (uint64_t)lba + nsec;
	bool grows = disc->formatting == FORMATTING_INTERMEDIATE;

	if (lba % disc->type->packet_nsec || nsec % disc->type->packet_nsec)
		return ANSWER_BAD_PACKET;
	if (end > disc->capacity_nsec || (!grows && end > disc->formatted_nsec))
		return ANSWER_OUT_OF_RANGE;
	return lba > disc->formatted_nsec ? ANSWER_BAD_WRITE_LBA : ANSWER_GOOD;
}

static int judge_random(const struct device *d, uint32_t lba, uint32_t nsec)
{
	if (d->disc.formatting == FORMATTING_NONE)
		return ANSWER_NOT_FORMATTED;
	return (uint64_t)lba + nsec > d->disc.capacity_nsec ? ANSWER_OUT_OF_RANGE : ANSWER_GOOD;
}

typedef int judge_fn(const struct device *d, uint32_t lba, uint32_t nsec);

static judge_fn *const judges[] = {
	[ACCESS_ONCE] = judge_once,
	[ACCESS_RIGID] = judge_rigid,
	[ACCESS_RANDOM] = judge_random,
};

static int record(struct device *d, struct exchange *x, uint32_t lba, uint32_t nsec)
{
	if (disc_overwritable(&d->disc))
		return disc_overwrite(&d->disc, lba, nsec, x->in, x->err);
	if (d->cue.n > 0)
		return cue_write(d, lba, nsec, x->in, x->err);
	if (!device_simulates(d))
		return disc_write(&d->disc, nsec, x->in, x->err);
	d->ghost = true;
	d->ghost_lba = lba + (uint32_t)sectors_align(nsec, d->disc.type->packet_nsec);
	return ANSWER_GOOD;
}

static int write_sectors(struct device *d, struct exchange *x, uint32_t lba, uint32_t nsec)
{
	int answer;

	if ((uint64_t)nsec * SECTOR != x->in_bytes)
		return ANSWER_BAD_FIELD;
	if (d->disc.write_protected)
		return ANSWER_WRITE_PROTECTED;
	answer = judges[d->disc.type->access](d, lba, nsec);
	if (answer != ANSWER_GOOD || nsec == 0)
		return answer;
	answer = record(d, x, lba, nsec);
	if (answer == ANSWER_GOOD)
		x->cmd->moved_bytes = x->in_bytes;
	return answer;
}

int command_write10(struct device *d, struct exchange *x)
{
	return write_sectors(d, x, get_u32be(x->cdb + 2), get_u16be(x->cdb + 7));
}

/* 6.44.2.3 STREAMING: no defect is looked for, and only whole packets are taken. */
int command_write12(struct device *d, struct exchange *x)
{
	uint32_t lba = get_u32be(x->cdb + 2), nsec = get_u32be(x->cdb + 6);
	uint32_t packet = d->disc.type->packet_nsec;

	if ((x->cdb[10] & 0x80) && (lba % packet || nsec % packet))
		return ANSWER_BAD_FIELD;
	return write_sectors(d, x, lba, nsec);
}

/* A disc at once that got all that was announced is complete with its lead-out. */
static int sync_at_once(struct device *d, struct err *err)
{
	struct disc *disc = &d->disc;
	const struct disc_track *t = &disc->tracks[disc->ntracks - 1];
	int r;

	if (t->nsec < t->reserved_nsec)
		return disc_flush(disc, err);
	r = disc_end_track(disc, err);
	return r < 0 ? r : disc_end_session(disc, true, err);
}

static int sync_disc(struct device *d, struct err *err)
{
	if (d->cue.n > 0)
		return cue_end(d, err);
	if (device_writes_at_once(d) && d->disc.track_open)
		return sync_at_once(d, err);
	return d->disc.type->sync_ends ? disc_end_track(&d->disc, err) : disc_flush(&d->disc, err);
}

/* On CD it ends the track; elsewhere it fills up the last packet and makes all of it safe. */
int command_sync_cache(struct device *d, struct exchange *x)
{
	bool immediate = x->cdb[1] & 0x02; /* 6.49.2.1 IMMED */
	bool ghost = d->ghost;
	int r = 0;

	d->ghost = false;
	if (ghost)
		d->cue.n = 0;
	if (!ghost && !d->disc.track_open && !disc_overwritable(&d->disc))
		return ANSWER_GOOD;
	if (!ghost)
		r = sync_disc(d, x->err);
	if (r == 0 && immediate)
		device_start_busy(d, ANSWER_IN_PROGRESS, BUSY_SHORT);
	return r;
}
