/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images for tests. */
#include "rig_image.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/sector.h"
#include "harness/t.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUN_NSEC 256u

struct image *rig_image_with(struct tree *t, const struct image_opts *opts)
{
	struct image *img = NULL;
	struct err err = { 0 };

	if (image_build(t, opts, &img, &err) < 0)
		fprintf(stderr, "%s\n", err.msg);
	T_MUST(img != NULL);
	return img;
}

struct image *rig_image(struct tree *t, const char *volume_id)
{
	struct image_opts opts = { .spaces = RIG_ISO };

	snprintf(opts.volume_id, sizeof(opts.volume_id), "%s", volume_id);
	return rig_image_with(t, &opts);
}

uint8_t *rig_image_bytes(const struct image *img)
{
	uint8_t *all = malloc((size_t)image_nsec(img) * SECTOR);
	struct err err = { 0 };

	T_MUST(all != NULL);
	if (image_read(img, 0, image_nsec(img), all, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		t_abort();
	}
	return all;
}

static bool all_zero(const uint8_t *p, size_t n)
{
	return p[0] == 0 && memcmp(p, p + 1, n - 1) == 0;
}

void rig_image_write(const struct image *img, const char *path)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	uint8_t *run = malloc((size_t)RUN_NSEC * SECTOR);
	uint32_t nsec = image_nsec(img);

	T_MUST(fd >= 0 && run != NULL);
	T_MUST(ftruncate(fd, (off_t)nsec * SECTOR) == 0);
	for (uint32_t lba = 0; lba < nsec; lba += RUN_NSEC) {
		uint32_t n = nsec - lba < RUN_NSEC ? nsec - lba : RUN_NSEC;

		T_MUST(image_read(img, lba, n, run, NULL) == 0);
		if (!all_zero(run, (size_t)n * SECTOR))
			T_MUST(file_pwrite_full(
				       fd, run, (size_t)n * SECTOR, (uint64_t)lba * SECTOR) == 0);
	}
	free(run);
	close(fd);
}

static char *read_all(FILE *f)
{
	size_t n = 0, cap = 1u << 16;
	char *s = malloc(cap);

	T_MUST(s != NULL && f != NULL);
	for (;;) {
		n += fread(s + n, 1, cap - n - 1, f);
		if (n + 1 < cap)
			break;
		cap *= 2;
		s = realloc(s, cap);
		T_MUST(s != NULL && cap < (1u << 28));
	}
	s[n] = '\0';
	return s;
}

char *rig_read_test_file(const char *name)
{
	const char *source = getenv("DISCFS_SOURCE");
	char path[4096];
	FILE *f;
	char *s;

	snprintf(path, sizeof(path), "%s/tests/image/%s", source ? source : ".", name);
	f = fopen(path, "re");
	if (!f)
		fprintf(stderr, "%s: cannot be opened\n", path);
	s = read_all(f);
	fclose(f);
	return s;
}

bool rig_have(const char *program)
{
	int status;
	char *s = rig_run(&status, "command -v %s", program);

	free(s);
	if (status != 0)
		fprintf(stderr, "%s is not installed: not asked\n", program);
	return status == 0;
}

char *rig_run(int *status, const char *fmt, ...)
{
	char command[8192];
	va_list ap;
	size_t n;
	FILE *f;
	char *s;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command) - 64, fmt, ap);
	va_end(ap);
	n = strlen(command);
	snprintf(command + n, sizeof(command) - n, " 2>&1");
	f = popen(command, "re");
	s = read_all(f);
	*status = pclose(f);
	return s;
}
