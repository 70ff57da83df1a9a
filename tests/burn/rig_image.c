/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions of image/image.h that a burner calls, over an image made of numbers. */
#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "harness/t.h"
#include "image/image.h"
#include "rig_burn.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct image {
	uint32_t nsec, unreadable_from;
};

static pthread_mutex_t alive_lock = PTHREAD_MUTEX_INITIALIZER;
static int alive;

static void count_alive(int n)
{
	pthread_mutex_lock(&alive_lock);
	alive += n;
	pthread_mutex_unlock(&alive_lock);
}

int rig_images_alive(void)
{
	int n;

	pthread_mutex_lock(&alive_lock);
	n = alive;
	pthread_mutex_unlock(&alive_lock);
	return n;
}

struct image *rig_image(uint32_t nsec, uint32_t unreadable_from)
{
	struct image *img = calloc(1, sizeof(*img));

	T_MUST(img != NULL);
	img->nsec = nsec;
	img->unreadable_from = unreadable_from;
	count_alive(1);
	return img;
}

void rig_image_sector(uint32_t lba, uint8_t out[static 2048])
{
	for (unsigned i = 0; i < 2048; i += 4)
		put_u32be(out + i, lba * 2654435761u + i + 1);
}

void image_free(struct image *img)
{
	if (!img)
		return;
	count_alive(-1);
	free(img);
}

uint32_t image_nsec(const struct image *img)
{
	return img->nsec;
}

int image_read(const struct image *img, uint32_t lba, uint32_t nsec, void *out, struct err *err)
{
	T_MUST((uint64_t)lba + nsec <= img->nsec);
	if (lba + nsec > img->unreadable_from)
		return err_set(err, -EIO, "/files/%u cannot be read", img->unreadable_from / 100);
	for (uint32_t i = 0; i < nsec; i++)
		rig_image_sector(lba + i, (uint8_t *)out + (size_t)i * 2048);
	return 0;
}

int image_copy(const struct image *img, uint32_t lba, uint32_t nsec, int fd, struct err *err)
{
	uint8_t sector[2048];

	for (uint32_t i = lba; i < lba + nsec; i++) {
		int r = image_read(img, i, 1, sector, err);

		if (r == 0)
			r = file_pwrite_full(
				fd, sector, sizeof(sector), (uint64_t)i * sizeof(sector));
		if (r < 0)
			return r;
	}
	return 0;
}

/* A large image is one file from sector 100 on, but for its last 3000 sectors. */
uint32_t image_run_at(const struct image *img, uint32_t lba)
{
	if (img->nsec < 20000 || lba < 100 || lba >= img->nsec - 3000)
		return 0;
	return img->nsec - 3000 - lba;
}

void image_path_at(const struct image *img, uint32_t lba, struct buf *out)
{
	T_TRUE(lba < img->nsec);
	if (lba >= 32)
		buf_printf(out, "/files/%u", lba / 100);
}
