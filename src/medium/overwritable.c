/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Media that are overwritten: how much is formatted, and whether anything lies on it. */
#include "overwritable.h"

#include "base/err.h"
#include "base/sector.h"

#include <errno.h>
#include <stdlib.h>

#define HEAD_NSEC   32u	 /* ISO 9660 and UDF recognition: sectors 16 and up */
#define ANCHOR_LBA  256u /* UDF */
#define ZERO_SAMPLE (HEAD_NSEC * SECTOR)

static bool all_zeros(const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i])
			return false;
	return true;
}

/* What cannot be read may be anything. */
static bool zeros_at(struct mmc_drive *d, uint32_t lba, uint32_t nsec, uint8_t *spare)
{
	return mmc_read(d, lba, nsec, spare, NULL) == 0 && all_zeros(spare, (size_t)nsec * SECTOR);
}

/* No file system can be told to be there: nothing that a person put there is lost. */
static int read_emptiness(struct mmc_drive *d, struct medium *out, struct err *err)
{
	uint32_t readable = out->formatted_nsec;
	uint32_t head = readable < HEAD_NSEC ? readable : HEAD_NSEC;
	uint8_t *spare = malloc(ZERO_SAMPLE);
	bool empty;

	if (!spare)
		return err_nomem(err);
	empty = head == 0 || zeros_at(d, 0, head, spare);
	if (empty && readable > ANCHOR_LBA)
		empty = zeros_at(d, ANCHOR_LBA, 1, spare);
	free(spare);
	out->state = empty ? MEDIUM_BLANK : MEDIUM_OVERWRITABLE;
	return 0;
}

static uint32_t largest(const struct mmc_formats *f)
{
	uint32_t nsec = f->current_nsec;

	for (unsigned i = 0; i < f->n; i++)
		if (f->format[i].nsec > nsec)
			nsec = f->format[i].nsec;
	return nsec;
}

/* What it offers: as it is formatted, as it would be by default, or as far as it can grow. */
static uint32_t offers(const struct medium *m, const struct mmc_formats *f)
{
	const struct mmc_format *usual;

	if (m->profile->place == MMC_PLACE_UNITS)
		return largest(f);
	if (f->formatted)
		return f->current_nsec;
	usual = mmc_formats_find(f, &m->profile->formats[MMC_SPARE_DEFAULT]);
	return usual ? usual->nsec : f->current_nsec;
}

int overwritable_read_erased(struct mmc_drive *d, struct medium *out, struct err *err)
{
	struct mmc_formats formats;
	int r = mmc_read_formats(d, &formats, err);

	out->erased_nsec = r == 0 ? largest(&formats) : out->profile->capacity_nsec;
	/* Drives answer it for CD-RW in many ways: then the usual size is planned with. */
	return r == -EOPNOTSUPP || r == -EIO || r == -EMEDIUMTYPE || r == -EBADMSG ? 0 : r;
}

int overwritable_read(
	struct mmc_drive *d, const struct mmc_disc *disc, struct medium *out, struct err *err)
{
	struct mmc_formats formats;
	uint32_t readable = 0;
	int r = mmc_read_formats(d, &formats, err);

	if (r == 0 && out->profile->protectable)
		r = mmc_write_protected(d, &out->write_protected, err);
	out->unformatted = disc->status == MMC_DISC_BLANK && out->profile->format_needed;
	out->open_track = 1;
	if (r == 0) {
		out->capacity_nsec = offers(out, &formats);
	} else if (r != -EOPNOTSUPP) {
		return r;
	}
	if (!out->unformatted) {
		r = mmc_read_capacity(d, &readable, err);
		if (r < 0)
			return r;
	}
	out->formatted_nsec = readable;
	if (out->capacity_nsec < readable)
		out->capacity_nsec = readable;
	out->capacity_nsec -= out->capacity_nsec % out->profile->unit_nsec;
	out->free_nsec = (uint32_t)out->capacity_nsec;
	out->erased_nsec = out->free_nsec;
	return read_emptiness(d, out, err);
}
