/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The start of every target: its directory, and its seeds as files for who asks for them. */
#include "fuzz.h"

#include <ftw.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[4096];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_dir(void)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_dir(void)
{
	const char *below = getenv("DISCFS_FUZZ_DIR");

	if (dir[0])
		return dir;
	if (!below)
		below = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	snprintf(dir, sizeof(dir), "%s/discfs-fuzz.XXXXXX", below);
	FUZZ_MUST(mkdtemp(dir) != NULL);
	atexit(remove_dir);
	return dir;
}

uint8_t *fuzz_rest(struct fuzz_bytes *b, size_t *n)
{
	uint8_t *copy = malloc(b->n ? b->n : 1);

	FUZZ_MUST(copy != NULL);
	memcpy(copy, b->p, b->n);
	*n = b->n;
	b->n = 0;
	return copy;
}

static void write_seeds(const char *to)
{
	uint8_t seed[FUZZ_INPUT_MAX];
	char path[4096];
	size_t n;

	mkdir(to, 0700);
	for (unsigned i = 0; (n = fuzz_seed(i, seed)) > 0; i++) {
		FILE *f;

		snprintf(path, sizeof(path), "%s/seed-%03u", to, i);
		f = fopen(path, "we");
		FUZZ_MUST(f != NULL);
		FUZZ_MUST(fwrite(seed, 1, n, f) == n && fclose(f) == 0);
	}
}

/* DISCFS_FUZZ_SEEDS names a directory: the seeds are written there, and that is all. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *to = getenv("DISCFS_FUZZ_SEEDS");

	(void)argc;
	(void)argv;
	if (!to)
		return 0;
	write_seeds(to);
	exit(0);
}
