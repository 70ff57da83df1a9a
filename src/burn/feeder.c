/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bounded ring of chunks: the feeder's thread fills it, the recorder's thread drains it. */
#include "feeder.h"

#include "base/err.h"
#include "base/sector.h"
#include "image/image.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RING_CHUNKS   16u /* 16 MiB: a second of 12x DVD, three of CD */
#define CHUNK_BYTES   ((size_t)FEEDER_CHUNK_NSEC * SECTOR)
#define LOOK_AGAIN_MS 100 /* how long a cancel may go unseen while the image is slow */

struct feeder {
	const struct image *image;
	uint64_t total_nsec, nchunk;
	uint32_t slots;
	/* Slot i holds chunk n with n % slots == i: the feeder's while filled <= n < drained +
	 * slots, the taker's while drained <= n < filled. */
	uint8_t *ring;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* signalled by both sides after each change */
	/* under lock */
	uint64_t filled, drained; /* chunks */
	bool stopping;
	struct err err; /* code < 0: the thread has ended early */
};

static uint8_t *slot_of(struct feeder *f, uint64_t chunk)
{
	return f->ring + (size_t)(chunk % f->slots) * CHUNK_BYTES;
}

static uint32_t chunk_nsec(const struct feeder *f, uint64_t chunk)
{
	uint64_t left = f->total_nsec - chunk * FEEDER_CHUNK_NSEC;

	return left < FEEDER_CHUNK_NSEC ? (uint32_t)left : FEEDER_CHUNK_NSEC;
}

static int fill_chunk(struct feeder *f, uint64_t chunk, struct err *err)
{
	uint64_t lba = chunk * FEEDER_CHUNK_NSEC, image_end = image_nsec(f->image);
	uint64_t of_image = lba < image_end ? image_end - lba : 0;
	uint32_t nsec = chunk_nsec(f, chunk);
	uint8_t *out = slot_of(f, chunk);

	if (of_image > nsec)
		of_image = nsec;
	memset(out + of_image * SECTOR, 0, (size_t)(nsec - of_image) * SECTOR);
	if (of_image == 0)
		return 0;
	return image_read(f->image, (uint32_t)lba, (uint32_t)of_image, out, err);
}

/* Waits for a free slot; false: no more is wanted. */
static bool wait_for_room(struct feeder *f, uint64_t chunk)
{
	bool wanted;

	pthread_mutex_lock(&f->lock);
	while (!f->stopping && chunk >= f->drained + f->slots)
		pthread_cond_wait(&f->changed, &f->lock); /* signalled by drop and free */
	wanted = !f->stopping;
	pthread_mutex_unlock(&f->lock);
	return wanted;
}

static void *feed(void *arg)
{
	struct feeder *f = arg;
	struct err err = { 0 };
	int r = 0;

	for (uint64_t chunk = 0; r == 0 && chunk < f->nchunk; chunk++) {
		if (!wait_for_room(f, chunk))
			break;
		r = fill_chunk(f, chunk, &err);
		pthread_mutex_lock(&f->lock);
		if (r == 0)
			f->filled = chunk + 1;
		else
			f->err = err;
		pthread_cond_broadcast(&f->changed);
		pthread_mutex_unlock(&f->lock);
	}
	return NULL;
}

static int init_locks(struct feeder *f)
{
	pthread_condattr_t attr;
	int r = pthread_condattr_init(&attr);

	if (r)
		return -r;
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	r = pthread_cond_init(&f->changed, &attr);
	pthread_condattr_destroy(&attr);
	if (r == 0)
		pthread_mutex_init(&f->lock, NULL);
	return -r;
}

int feeder_new(const struct image *image, uint64_t total_nsec, struct feeder **out, struct err *err)
{
	struct feeder *f = calloc(1, sizeof(*f));
	int r;

	if (!f)
		return err_nomem(err);
	f->image = image;
	f->total_nsec = total_nsec;
	f->nchunk = sectors_align(total_nsec, FEEDER_CHUNK_NSEC) / FEEDER_CHUNK_NSEC;
	f->slots = f->nchunk < RING_CHUNKS ? (uint32_t)f->nchunk : RING_CHUNKS;
	assert(f->slots > 0);
	f->ring = malloc(f->slots * CHUNK_BYTES);
	r = f->ring ? init_locks(f) : -ENOMEM;
	if (r < 0)
		goto free_ring;
	r = -pthread_create(&f->thread, NULL, feed, f);
	if (r < 0)
		goto destroy_locks;
	*out = f;
	return 0;

destroy_locks:
	pthread_cond_destroy(&f->changed);
	pthread_mutex_destroy(&f->lock);
free_ring:
	free(f->ring);
	free(f);
	return err_sys(err, -r, "starting to read the image ahead");
}

void feeder_free(struct feeder *f)
{
	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	f->stopping = true;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	pthread_join(f->thread, NULL);
	pthread_cond_destroy(&f->changed);
	pthread_mutex_destroy(&f->lock);
	free(f->ring);
	free(f);
}

static struct timespec look_again_at(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += LOOK_AGAIN_MS * 1000000L;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

/* Waits until @want chunks were filled, or the thread has failed. */
static int wait_filled(
	struct feeder *f, uint64_t want, bool (*canceled)(void *arg), void *arg, struct err *err)
{
	bool ready = false, failed = false;
	struct timespec deadline;

	while (!ready && !failed) {
		if (canceled(arg)) /* takes the job's lock: not under ours */
			return err_set(err, -ECANCELED, "cancelled while reading the image");
		deadline = look_again_at();
		pthread_mutex_lock(&f->lock);
		if (f->filled < want && f->err.code == 0)
			pthread_cond_timedwait(&f->changed, &f->lock, &deadline);
		ready = f->filled >= want;
		failed = !ready && f->err.code < 0;
		if (failed && err)
			*err = f->err;
		pthread_mutex_unlock(&f->lock);
	}
	/* The code of a failed feeder is not changed any more. */
	return failed ? f->err.code : 0;
}

int feeder_fill(struct feeder *f, bool (*canceled)(void *arg), void *arg, struct err *err)
{
	return wait_filled(f, f->slots, canceled, arg, err);
}

int feeder_next(struct feeder *f, bool (*canceled)(void *arg), void *arg, const uint8_t **out_bytes,
	uint32_t *out_nsec, struct err *err)
{
	/* Only this thread changes drained. */
	uint64_t chunk = f->drained;
	int r;

	assert(chunk < f->nchunk);
	r = wait_filled(f, chunk + 1, canceled, arg, err);
	if (r < 0)
		return r;
	*out_bytes = slot_of(f, chunk);
	*out_nsec = chunk_nsec(f, chunk);
	return 0;
}

void feeder_drop(struct feeder *f)
{
	pthread_mutex_lock(&f->lock);
	f->drained++;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
}

uint8_t feeder_percent(struct feeder *f)
{
	uint64_t held;

	pthread_mutex_lock(&f->lock);
	held = f->filled - f->drained;
	pthread_mutex_unlock(&f->lock);
	return (uint8_t)(held * 100 / f->slots);
}
