/* SPDX-License-Identifier: GPL-3.0-or-later */
/* image.iso and session.bin: each open holds an image of its own, read at any offset. */
#include "preview.h"

#include "handle.h"
#include "imaging.h"
#include "node.h"
#include "state.h"

#include "base/auto.h"
#include "base/err.h"
#include "base/sector.h"
#include "burn/burner.h"
#include "image/image.h"
#include "stage/stage.h"

#include <errno.h>
#include <string.h>

int preview_build_at(struct ctl *c, uint32_t start_lba, struct image **out, struct err *err)
{
	struct image_opts opts;
	struct tree *tree = NULL;
	int r = imaging_opts(c, &opts, err);

	opts.start_lba = start_lba;
	if (r == 0)
		r = stage_freeze(c->stage, &tree, err);
	return r < 0 ? r : image_build(tree, &opts, out, err);
}

int preview_build(struct ctl *c, struct image **out, struct err *err)
{
	return preview_build_at(c, 0, out, err);
}

/* Where the next session begins; 0: there can be none behind others. */
static uint32_t next_session(struct ctl *c)
{
	static const struct burn_request plain;
	struct medium m;

	pthread_mutex_lock(&c->seen_lock);
	m = c->seen;
	pthread_mutex_unlock(&c->seen_lock);
	return burn_image_lba(&m, &plain);
}

bool session_expected(struct ctl *c)
{
	return next_session(c) > 0;
}

static int session_open(struct ctl_handle *h, struct err *err)
{
	uint32_t lba = next_session(h->ctl);

	if (lba == 0)
		return err_set(err, -ESTALE, "the medium that could take another session is gone");
	return preview_build_at(h->ctl, lba, &h->image, err);
}

static int session_size(struct ctl *c, uint64_t *out, struct err *err)
{
	struct image_opts opts;
	struct stage_space space;
	struct measure measure;
	int r = imaging_opts(c, &opts, err);

	if (r == 0)
		r = stage_space(c->stage, &space, err);
	if (r < 0)
		return r;
	opts.start_lba = next_session(c);
	measure = image_measure(&opts);
	*out = measure.ops->image_nsec(measure.ctx, &space.cost) * SECTOR;
	return 0;
}

static int preview_open(struct ctl_handle *h, struct err *err)
{
	return preview_build(h->ctl, &h->image, err);
}

static int preview_size(struct ctl *c, uint64_t *out, struct err *err)
{
	struct stage_space space;
	int r = stage_space(c->stage, &space, err);

	if (r == 0)
		*out = space.image_nsec * SECTOR;
	return r;
}

/* Part of one sector: up to @n bytes from @at within sector @lba. */
static ssize_t read_part(
	const struct image *img, uint32_t lba, size_t at, void *out, size_t n, struct err *err)
{
	uint8_t sector[SECTOR];
	int r = image_read(img, lba, 1, sector, err);

	if (r < 0)
		return r;
	if (n > SECTOR - at)
		n = SECTOR - at;
	memcpy(out, sector + at, n);
	return (ssize_t)n;
}

/* The next run of bytes: whole sectors where it can be, else part of one. */
static ssize_t read_run(
	const struct image *img, uint64_t off_bytes, void *out, size_t n, struct err *err)
{
	uint32_t lba = (uint32_t)(off_bytes / SECTOR);
	size_t at = (size_t)(off_bytes % SECTOR);
	int r;

	if (at || n < SECTOR)
		return read_part(img, lba, at, out, n, err);
	r = image_read(img, lba, (uint32_t)(n / SECTOR), out, err);
	return r < 0 ? r : (ssize_t)(n / SECTOR * SECTOR);
}

static ssize_t preview_read(
	struct ctl_handle *h, uint64_t off_bytes, void *out, size_t n, struct err *err)
{
	uint64_t size = (uint64_t)image_nsec(h->image) * SECTOR;
	size_t done = 0;

	if (off_bytes >= size)
		return 0;
	if (n > size - off_bytes)
		n = (size_t)(size - off_bytes);
	while (done < n) {
		ssize_t got =
			read_run(h->image, off_bytes + done, (char *)out + done, n - done, err);

		if (got < 0)
			return got;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

const struct node_ops preview_ops = {
	.open = preview_open, .read = preview_read, .size = preview_size
};
const struct node_ops session_ops = {
	.open = session_open, .read = preview_read, .size = session_size
};
