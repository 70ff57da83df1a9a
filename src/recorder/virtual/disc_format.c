/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Discs whose sectors are overwritten: formatting, and writing to what is formatted. */
#include "disc.h"

#include "base/err.h"
#include "base/file.h"
#include "base/sector.h"

#include <assert.h>
#include <errno.h>

/* So many commands pass while a whole disc is formatted in the background. */
#define BACKGROUND_STEPS 64u

int disc_overwrite(struct disc *d, uint32_t lba, uint32_t nsec, const void *bytes, struct err *err)
{
	uint32_t end = lba + nsec;
	int r = file_pwrite_full(d->fd, bytes, (size_t)nsec * SECTOR, (uint64_t)lba * SECTOR);

	if (r < 0)
		return err_sys(err, -r, "writing the virtual medium %s", d->path);
	/* The file's length tells it to the next start. */
	if (end > d->formatted_nsec)
		d->formatted_nsec = end;
	return 0;
}

/* What each effect makes of a disc: how it is formatted, and how much of it. */
struct outcome {
	enum disc_formatting formatting;
	bool keeps;    /* what was written stays */
	bool whole;    /* all of it is formatted when the command ends */
	bool one_unit; /* ... else a packet, or none */
};

static const struct outcome outcomes[] = {
	[FORMAT_WHOLE] = { .formatting = FORMATTING_COMPLETE, .whole = true },
	[FORMAT_BACKGROUND] = { .formatting = FORMATTING_RUNNING },
	[FORMAT_QUICK] = { .formatting = FORMATTING_INTERMEDIATE, .one_unit = true },
	[FORMAT_GROW] = { .formatting = FORMATTING_INTERMEDIATE, .keeps = true },
	[FORMAT_RESIZE] = { .formatting = FORMATTING_COMPLETE, .keeps = true, .whole = true },
	[FORMAT_SPARES] = { .formatting = FORMATTING_COMPLETE },
};

static void forget_tracks(struct disc *d)
{
	d->ntracks = 0;
	d->closed_sessions = 0;
	d->next_start_lba = 0;
	d->finalised = false;
	d->track_open = false;
	d->short_packet = false;
	d->damaged = false;
	d->minimal = false;
}

/* The text first: a crash in between leaves a longer file, which says nothing wrong. */
int disc_format(struct disc *d, const struct medium_format *f, uint32_t nsec, struct err *err)
{
	const struct outcome *o = &outcomes[f->effect];
	struct disc before = *d;
	int r;

	d->capacity_nsec = nsec;
	d->formatting = o->formatting;
	if (o->whole)
		d->formatted_nsec = nsec;
	else if (!o->keeps)
		d->formatted_nsec = o->one_unit ? d->type->packet_nsec : 0;
	if (f->mode)
		d->type = medium_type_by_mode(d->type->name, f->mode);
	assert(d->type);
	forget_tracks(d);
	r = disc_save(d, err);
	if (r < 0) {
		*d = before;
		return r;
	}
	return disc_cut(d, o->keeps ? nsec : 0, err);
}

int disc_format_resume(struct disc *d, struct err *err)
{
	d->formatting =
		d->formatted_nsec < d->capacity_nsec ? FORMATTING_RUNNING : FORMATTING_COMPLETE;
	return disc_save(d, err);
}

int disc_format_step(struct disc *d, struct err *err)
{
	uint32_t step = d->capacity_nsec / BACKGROUND_STEPS + d->type->packet_nsec;
	uint32_t left = d->capacity_nsec - d->formatted_nsec;

	if (d->formatting != FORMATTING_RUNNING)
		return 0;
	step -= step % d->type->packet_nsec;
	d->formatted_nsec += left < step ? left : step;
	if (left > step)
		return 0;
	d->formatting = FORMATTING_COMPLETE;
	return disc_save(d, err);
}

int disc_format_end(struct disc *d, struct err *err)
{
	if (d->formatting == FORMATTING_RUNNING)
		d->formatting = FORMATTING_STOPPED;
	if (d->formatting == FORMATTING_INTERMEDIATE)
		d->formatting = FORMATTING_COMPLETE;
	return disc_save(d, err);
}
