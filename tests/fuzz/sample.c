/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sample.h"

#include "base/err.h"
#include "catalog/catalog.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOURNAL_BYTES (256 << 10) /* the smallest; redo.c keeps the size of one that is there */

static void must(int r, const struct err *err)
{
	if (r == 0)
		return;
	fprintf(stderr, "%s\n", err->msg);
	abort();
}

static void fill(struct catalog *c)
{
	const uint64_t cost[CATALOG_COSTS] = { 1, 2, 3, 4, 5, 6 };
	struct err err = { 0 };

	for (uint64_t i = 2; i < 20; i++) {
		struct catalog_inode in = { .ino = i,
			.mode = (i % 8 ? S_IFREG : S_IFDIR) | 0644,
			.nlink = i % 8 ? 1 : 2,
			.size_bytes = i % 8 ? 100 * i : 0 };
		char name[32];

		snprintf(name, sizeof(name), "name-%u", (unsigned)i);
		must(catalog_inode_insert(c, &in, &err), &err);
		must(catalog_entry_insert(c, i > 8 ? 8 : 1, name, strlen(name), i, &err), &err);
	}
	must(catalog_symlink_set(c, 3, "target", 6, &err), &err);
	must(catalog_cost_set(c, 8, cost, &err), &err);
	must(catalog_setting_set(c, "volume_id", "X", &err), &err);
}

static void slurp(struct sample *s)
{
	FILE *f = fopen(s->path, "re");
	struct stat st;

	FUZZ_MUST(f != NULL && fstat(fileno(f), &st) == 0);
	s->n = (size_t)st.st_size;
	s->bytes = malloc(s->n);
	FUZZ_MUST(s->bytes != NULL && fread(s->bytes, 1, s->n, f) == s->n);
	fclose(f);
}

static void make_journal(const struct sample *s)
{
	char path[540];
	int fd;

	snprintf(path, sizeof(path), "%s-redo", s->path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	FUZZ_MUST(fd >= 0 && ftruncate(fd, JOURNAL_BYTES) == 0);
	close(fd);
}

const struct sample *sample_get(void)
{
	static struct sample s;
	struct err err = { 0 };
	struct catalog *c;
	bool clean;

	if (s.bytes)
		return &s;
	snprintf(s.path, sizeof(s.path), "%s/catalog.sqlite", fuzz_dir());
	make_journal(&s);
	must(catalog_open(s.path, &c, &clean, &err), &err);
	fill(c);
	must(catalog_close(c, &err), &err);
	slurp(&s);
	return &s;
}

static void remove_beside(const struct sample *s, const char *ending)
{
	char path[540];

	snprintf(path, sizeof(path), "%s%s", s->path, ending);
	unlink(path);
}

void sample_restore(const struct sample *s, const uint8_t *bytes)
{
	FILE *f = fopen(s->path, "we");

	FUZZ_MUST(f != NULL && fwrite(bytes, 1, s->n, f) == s->n && fclose(f) == 0);
	remove_beside(s, "-wal");
	remove_beside(s, "-shm");
	make_journal(s);
}
