/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names.tsv and layout.tsv: rows made of an image as they are read. */
#include "image_list.h"

#include "handle.h"
#include "node.h"
#include "preview.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_BYTES                                                                               \
	(1u << 20) /* what is kept: more than the longest row and a read of the kernel */

void image_list_init(struct image_list *l)
{
	*l = (struct image_list){ .node = 1 };
	buf_init(&l->text, 4 * WINDOW_BYTES);
}

void image_list_fini(struct image_list *l)
{
	buf_fini(&l->text);
}

static void restart(struct image_list *l)
{
	image_list_fini(l);
	image_list_init(l);
}

/* Drops what lies before @off_bytes, once that is much. */
static void forget(struct image_list *l, uint64_t off_bytes)
{
	size_t past = off_bytes - l->base_bytes > l->text.len ? l->text.len
							      : (size_t)(off_bytes - l->base_bytes);

	if (past < WINDOW_BYTES)
		return;
	memmove(l->text.data, l->text.data + past, l->text.len - past);
	l->text.len -= past;
	l->base_bytes += past;
}

int image_list_read(struct image_list *l, const struct image *img, image_list_row_fn *row,
	uint64_t off_bytes, void *out, size_t n)
{
	uint64_t have;

	if (n > WINDOW_BYTES)
		n = WINDOW_BYTES;
	if (off_bytes < l->base_bytes)
		restart(l);
	while (!l->ended && l->base_bytes + l->text.len < off_bytes + n) {
		forget(l, off_bytes);
		l->ended = !row(img, l);
		if (l->text.failed)
			return -ENOMEM;
	}
	have = l->base_bytes + l->text.len;
	if (off_bytes >= have)
		return 0;
	if (n > have - off_bytes)
		n = (size_t)(have - off_bytes);
	memcpy(out, l->text.data + (off_bytes - l->base_bytes), n);
	return (int)n;
}

bool image_list_names_row(const struct image *img, struct image_list *l)
{
	if (l->node >= image_nodes(img))
		return false;
	image_names_row(img, l->node++, &l->text);
	return true;
}

bool image_list_layout_row(const struct image *img, struct image_list *l)
{
	struct image_extent e;

	if (!image_extent_next(img, &l->extent, &e))
		return false;
	image_extent_row(img, &e, &l->text);
	return true;
}

static int image_list_open(struct ctl_handle *h, struct err *err)
{
	int r;

	h->list = calloc(1, sizeof(*h->list));
	if (!h->list)
		return err_nomem(err);
	image_list_init(h->list);
	r = preview_build(h->ctl, &h->image, err);
	return r;
}

static ssize_t read_rows(struct ctl_handle *h, image_list_row_fn *row, uint64_t off_bytes,
	void *out, size_t n, struct err *err)
{
	int r;

	pthread_mutex_lock(&h->lock);
	r = image_list_read(h->list, h->image, row, off_bytes, out, n);
	pthread_mutex_unlock(&h->lock);
	return r < 0 ? err_nomem(err) : r;
}

static ssize_t names_read(
	struct ctl_handle *h, uint64_t off_bytes, void *out, size_t n, struct err *err)
{
	return read_rows(h, image_list_names_row, off_bytes, out, n, err);
}

static ssize_t layout_read(
	struct ctl_handle *h, uint64_t off_bytes, void *out, size_t n, struct err *err)
{
	return read_rows(h, image_list_layout_row, off_bytes, out, n, err);
}

const struct node_ops names_ops = { .open = image_list_open, .read = names_read };
const struct node_ops layout_ops = { .open = image_list_open, .read = layout_read };
