/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Damaged catalogs: opened or refused, looked at, saved as far as they can be read. */
#include "base/err.h"
#include "catalog/catalog.h"
#include "catalog/check.h"
#include "sample.h"

#include <string.h>
#include <unistd.h>

static int take_finding(void *arg, const struct catalog_finding *f)
{
	unsigned *left = arg;

	FUZZ_MUST(f->fault < CATALOG_FAULTS);
	return --*left == 0 ? -EINTR : 0;
}

static int take_complaint(void *arg, const char *words)
{
	(void)arg;
	FUZZ_MUST(words[0] != '\0');
	return 0;
}

static void look(const char *path)
{
	struct catalog_state state;
	struct catalog *c = NULL;
	unsigned most = 1000;

	if (catalog_look(path, CATALOG_LOOK, &c, &state, NULL) < 0)
		return;
	catalog_check_pages(c, 10, take_complaint, NULL, NULL);
	catalog_check_rows(c, &state, take_finding, &most, NULL);
	catalog_abandon(c);
}

static void salvage(const struct sample *s)
{
	char fresh[540], beside[560];
	struct catalog_saved saved = { 0 };
	struct catalog *c = NULL;
	struct err err = { 0 };
	bool clean;

	snprintf(fresh, sizeof(fresh), "%s.fresh", s->path);
	if (catalog_salvage(s->path, fresh, &saved, &err) == 0) {
		/* What was saved is a sound catalog. */
		FUZZ_MUST(catalog_open(fresh, &c, &clean, &err) == 0);
		catalog_close(c, &err);
	} else {
		FUZZ_MUST(err.code < 0 && err.msg[0] != '\0');
	}
	for (unsigned i = 0; i < 4; i++) {
		static const char *const endings[] = { "", "-wal", "-shm", "-redo" };

		snprintf(beside, sizeof(beside), "%s%s", fresh, endings[i]);
		unlink(beside);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sample *s = sample_get();
	struct fuzz_bytes b = { data, size };
	uint8_t *bytes = malloc(s->n);
	struct catalog *c = NULL;
	struct err err = { 0 };
	bool clean;

	FUZZ_MUST(bytes != NULL);
	memcpy(bytes, s->bytes, s->n);
	while (b.n > 3) {
		size_t at = fuzz_u32(&b) % s->n;
		uint8_t n = fuzz_u8(&b) % 16;

		for (size_t i = at; i <= at + n && i < s->n && b.n > 0; i++)
			bytes[i] = fuzz_u8(&b);
	}
	sample_restore(s, bytes);
	free(bytes);
	look(s->path);
	if (catalog_is_salvageable(s->path))
		salvage(s);
	if (catalog_open(s->path, &c, &clean, &err) == 0)
		catalog_close(c, &err);
	else
		FUZZ_MUST(err.code < 0 && err.msg[0] != '\0');
	return 0;
}

/* A change at the start of each page, and some within. */
size_t fuzz_seed(unsigned i, uint8_t *out)
{
	uint32_t at = i / 4 * 4096 + (const uint32_t[]){ 0, 3, 8, 4000 }[i % 4];

	if (i >= 60)
		return 0;
	out[0] = (uint8_t)at;
	out[1] = (uint8_t)(at >> 8);
	out[2] = (uint8_t)(at >> 16);
	out[3] = 0;
	out[4] = 1;
	out[5] = 0;
	out[6] = (uint8_t)i;
	return 7;
}
