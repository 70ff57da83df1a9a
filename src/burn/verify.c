/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verification: what the drive reads back against the image, sector by sector. */
#include "burn.h"

#include "base/auto.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/sector.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

#define READ_NSEC      64u
#define EDGE_NSEC      512u /* quick: the first and the last MiB ... */
#define SAMPLES	       64u  /* ... and so many spots between, */
#define SAMPLE_NSEC    32u  /* a cluster each */
#define UNREADABLE_MAX 64u  /* each costs a drive many seconds; then it is bad enough */

struct verifier {
	struct burn *b;
	struct progress progress;
	uint8_t *image, *disc; /* READ_NSEC sectors each */
	uint64_t done_nsec;
	uint64_t differing, unreadable;
	uint32_t first_bad;   /* of the image; valid if there is one */
	struct err first_err; /* why the first could not be read; code 0 if it differs */
};

static void note_bad(struct verifier *v, uint32_t lba, const struct err *why)
{
	if (v->differing + v->unreadable == 0) {
		v->first_bad = lba;
		if (why)
			v->first_err = *why;
	}
	if (why)
		v->unreadable++;
	else
		v->differing++;
}

static void compare(struct verifier *v, uint32_t lba, uint32_t nsec, size_t at)
{
	for (uint32_t i = 0; i < nsec; i++) {
		size_t off = (at + i) * SECTOR;

		if (memcmp(v->image + off, v->disc + off, SECTOR) != 0)
			note_bad(v, lba + i, NULL);
	}
}

/* One unreadable sector fails its whole READ: find which it is, so that the others count. */
static int compare_singly(struct verifier *v, uint32_t lba, uint32_t nsec, struct err *err)
{
	struct burn *b = v->b;
	int r;

	for (uint32_t i = 0; i < nsec && v->unreadable < UNREADABLE_MAX; i++) {
		struct err why = { 0 };

		if (job_cancel_due(b->run.job))
			return err_set(err, -ECANCELED, "cancelled");
		r = mmc_read(
			b->drive, b->start_lba + lba + i, 1, v->disc + (size_t)i * SECTOR, &why);
		if (r == -EIO)
			note_bad(v, lba + i, &why);
		else if (r == 0)
			compare(v, lba + i, 1, i);
		else
			return err_prefix(err ? (*err = why, err) : NULL, r, "reading back");
	}
	return 0;
}

static int compare_piece(struct verifier *v, uint32_t lba, uint32_t nsec, struct err *err)
{
	struct burn *b = v->b;
	int r = image_read(b->run.image, lba, nsec, v->image, err);

	if (r < 0)
		return err_prefix(err, r, "reading the image again");
	r = mmc_read(b->drive, b->start_lba + lba, nsec, v->disc, err);
	if (r == -EIO)
		return compare_singly(v, lba, nsec, err);
	if (r < 0)
		return err_prefix(err, r, "reading back");
	compare(v, lba, nsec, 0);
	return 0;
}

static int compare_span(struct verifier *v, uint32_t lba, uint32_t nsec, struct err *err)
{
	struct burn *b = v->b;
	int r = 0;

	for (uint32_t at = 0, n; r == 0 && at < nsec; at += n) {
		n = nsec - at < READ_NSEC ? nsec - at : READ_NSEC;
		if (job_cancel_due(b->run.job))
			return err_set(err, -ECANCELED, "cancelled");
		if (v->unreadable >= UNREADABLE_MAX)
			return 0;
		r = compare_piece(v, lba + at, n, err);
		v->done_nsec += n;
		progress_at(&v->progress, v->done_nsec, b->start_lba + lba + at, lba + at);
	}
	return r;
}

static int compare_samples(struct verifier *v, struct err *err)
{
	uint32_t between = v->b->image_nsec - 2 * EDGE_NSEC;
	int r = compare_span(v, 0, EDGE_NSEC, err);

	for (uint32_t i = 0; r == 0 && i < SAMPLES; i++) {
		uint64_t at = (uint64_t)(between - SAMPLE_NSEC) * i / (SAMPLES - 1);

		r = compare_span(v, EDGE_NSEC + (uint32_t)at, SAMPLE_NSEC, err);
	}
	return r < 0 ? r : compare_span(v, v->b->image_nsec - EDGE_NSEC, EDGE_NSEC, err);
}

static int verdict(struct verifier *v, struct err *err)
{
	uint64_t bad = v->differing + v->unreadable;
	char quoted[160];
	struct buf path;

	if (bad == 0) {
		v->b->compared_nsec = v->done_nsec;
		return 0;
	}
	v->b->differs = true;
	buf_init(&path, 64 * 1024);
	image_path_at(v->b->run.image, v->first_bad, &path);
	text_quoted(quoted, sizeof(quoted), path.len ? buf_str(&path) : "tables of the image",
		path.len ? path.len : strlen("tables of the image"));
	buf_fini(&path);
	return err_set(err, -EIO,
		"block %u of the disc (%s) %s%.100s; of %llu blocks compared %llu differ and %llu "
		"cannot be read%s",
		v->b->start_lba + v->first_bad, quoted,
		v->first_err.code ? "cannot be read: " : "differs from the image",
		v->first_err.code ? v->first_err.msg : "", (unsigned long long)v->done_nsec,
		(unsigned long long)v->differing, (unsigned long long)v->unreadable,
		v->unreadable >= UNREADABLE_MAX ? ", the rest was not read" : "");
}

int burn_verify(struct burn *b, struct err *err)
{
	AUTO_FREE uint8_t *pieces = NULL;
	uint32_t quick_nsec = 2 * EDGE_NSEC + SAMPLES * SAMPLE_NSEC;
	bool quick = b->req.verify == BURN_VERIFY_QUICK && b->image_nsec > 2 * quick_nsec;
	struct verifier v = { .b = b };
	int r;

	progress_begin(&v.progress, &b->run, JOB_VERIFY, quick ? quick_nsec : b->image_nsec);
	pieces = malloc((size_t)2 * READ_NSEC * SECTOR);
	if (!pieces)
		return err_nomem(err);
	v.image = pieces;
	v.disc = pieces + (size_t)READ_NSEC * SECTOR;
	r = quick ? compare_samples(&v, err) : compare_span(&v, 0, b->image_nsec, err);
	return r < 0 ? r : verdict(&v, err);
}
