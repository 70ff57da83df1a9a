/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathering, staging, and looking for the one that does not go in. */
#include "batch.h"

#include "base/err.h"
#include "base/sector.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int batch_init(struct batch *b, struct stage *stage, struct err *err)
{
	*b = (struct batch){ .stage = stage };
	arena_init(&b->text);
	b->bytes = malloc(BATCH_BUFFER_BYTES);
	return b->bytes ? 0 : err_nomem(err);
}

void batch_fini(struct batch *b)
{
	arena_fini(&b->text);
	free(b->bytes);
}

bool batch_has_room(const struct batch *b, uint64_t size_bytes)
{
	return b->n < STAGE_ADOPT_MAX && size_bytes <= STAGE_ADOPT_BYTES_MAX - b->used;
}

void *batch_next(const struct batch *b)
{
	return b->bytes + b->used;
}

static size_t content_bytes(const struct stage_adopted *one)
{
	bool has = S_ISREG(one->attr.mode) && one->attr.ino == 0;

	return has ? (size_t)sectors_for(one->attr.size_bytes) * SECTOR : 0;
}

int batch_add(struct batch *b, const struct stage_adopted *one, struct err *err)
{
	struct stage_adopted *item = &b->item[b->n];
	size_t whole = content_bytes(one);

	*item = *one;
	item->name = arena_dup(&b->text, one->name, strlen(one->name));
	if (!item->name)
		return err_nomem(err);
	if (whole > 0) {
		item->off_bytes = b->used;
		memset(b->bytes + b->used + one->attr.size_bytes, 0, whole - one->attr.size_bytes);
	}
	b->used += whole;
	b->n++;
	return 0;
}

static int stage_some(struct batch *b, struct stage_adopted *all, size_t n,
	struct stage_bytes content, struct err *err)
{
	return stage_adopt(b->stage, b->parent, all, n, content, err);
}

static int stage_one(struct batch *b, struct stage_adopted *item, struct err *err)
{
	struct stage_bytes content = { b->bytes + item->off_bytes, content_bytes(item) };

	item->off_bytes = 0;
	return stage_some(b, item, 1, content, err);
}

/* What makes no difference to the others. */
static bool is_its_own(int code)
{
	return code != -EIO && code != -EBADMSG && code != -ENOMEM;
}

int batch_flush(struct batch *b, batch_failed_fn *told, void *arg, struct err *err)
{
	int r = 0;

	if (b->n == 0)
		return 0;
	if (b->n > 1 &&
		stage_some(b, b->item, b->n, (struct stage_bytes){ b->bytes, b->used }, NULL) == 0)
		return 0;
	for (size_t i = 0; r == 0 && i < b->n; i++) {
		struct err why = { .code = 0 };

		r = stage_one(b, &b->item[i], &why);
		if (r == 0)
			continue;
		r = is_its_own(r) ? told(arg, b->item[i].name, &why) : r;
		if (r < 0 && err)
			*err = why;
	}
	return r;
}

void batch_clear(struct batch *b)
{
	b->n = 0;
	b->used = 0;
	if (b->text.used_bytes > 0) {
		arena_fini(&b->text);
		arena_init(&b->text);
	}
}
