/* SPDX-License-Identifier: GPL-3.0-or-later */
/* P2: what fsync has answered for is there after the power came back. */
#include "ledger.h"

#include "model.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A block lies within one page: contents begin at a multiple of it. */
#define BLOCK	       2048
#define OUTGROWN       (1024 * 1024 + 50) /* 100 bytes before, it is a small file */
#define SIZE_MAX_BYTES (1300u * 1024)

void ledger_init(struct ledger *l, const char *dir, uint64_t seed, const atomic_bool *cut)
{
	*l = (struct ledger){ .rng = seed, .cut = cut };
	snprintf(l->dir, sizeof(l->dir), "%s", dir);
}

static void path_of(const struct ledger *l, const char *kind, int n, char out[static 300])
{
	snprintf(out, 300, "%s/%s%d", l->dir, kind, n);
}

/* Content and size follow from the version alone. */
static size_t content(uint32_t version, uint8_t *out)
{
	uint64_t rng = version * 977ull + 5;
	size_t n = 1 + (size_t)draw(&rng, 20000);

	if (draw(&rng, 8) == 0)
		n = (1u << 20) - 5000 + (size_t)draw(&rng, 10000);
	model_fill(version * 31ull + 7, out, n);
	return n;
}

static int write_all(int fd, const uint8_t *bytes, size_t n)
{
	while (n > 0) {
		ssize_t r = write(fd, bytes, n > 100000 ? 100000 : n);

		if (r < 0)
			return -errno;
		bytes += r;
		n -= (size_t)r;
	}
	return 0;
}

/* 0 when the answer was given with the power still on. */
static int sync_fd(struct ledger *l, int fd, bool data_only)
{
	int r = data_only ? fdatasync(fd) : fsync(fd);

	if (r < 0)
		return -errno;
	if (atomic_load(l->cut))
		return -EIO;
	l->synced++;
	return 0;
}

static int close_after(int fd, int r)
{
	close(fd);
	return r;
}

/* A file of this version, synced by its descriptor. */
static int put_file(struct ledger *l, const char *path, uint32_t version)
{
	static _Thread_local uint8_t bytes[SIZE_MAX_BYTES];
	size_t n = content(version, bytes);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), r;

	if (fd < 0)
		return -errno;
	r = write_all(fd, bytes, n);
	if (r == 0)
		r = sync_fd(l, fd, false);
	return close_after(fd, r);
}

static int sync_dir(struct ledger *l)
{
	int fd = open(l->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : close_after(fd, sync_fd(l, fd, false));
}

static int replace_name(struct ledger *l)
{
	int k = (int)draw(&l->rng, LEDGER_NAMES), r;
	char from[300], to[300];

	path_of(l, "temp", k, from);
	path_of(l, "name", k, to);
	r = put_file(l, from, ++l->version);
	if (r < 0)
		return r;
	l->name[k].tried = l->version;
	if (rename(from, to) < 0)
		return -errno;
	if (draw(&l->rng, 2))
		return 0;
	r = sync_dir(l);
	if (r == 0)
		for (int i = 0; i < LEDGER_NAMES; i++)
			l->name[i].durable = l->name[i].tried;
	return r;
}

static void block_bytes(int block, uint32_t version, uint8_t out[static BLOCK])
{
	if (version == 0)
		memset(out, 0, BLOCK);
	else
		model_fill(version * 64ull + (unsigned)block, out, BLOCK);
}

static int overwrite_blocks(struct ledger *l)
{
	uint8_t bytes[BLOCK];
	char path[300];
	int fd, r = 0;

	path_of(l, "blocks", 0, path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	for (int i = 0; i < 3 && r == 0; i++) {
		int b = (int)draw(&l->rng, LEDGER_BLOCKS);

		l->block[b].tried = ++l->version;
		block_bytes(b, l->version, bytes);
		if (pwrite(fd, bytes, BLOCK, (off_t)b * BLOCK) != BLOCK)
			r = -errno;
	}
	if (r == 0 && draw(&l->rng, 2))
		return close_after(fd, 0);
	if (r == 0)
		r = sync_fd(l, fd, false);
	for (int b = 0; r == 0 && b < LEDGER_BLOCKS; b++)
		l->block[b].durable = l->block[b].tried;
	return close_after(fd, r);
}

static uint8_t log_byte(uint64_t at)
{
	return (uint8_t)(at * 7 + (at >> 9) + 3);
}

static int append_log(struct ledger *l)
{
	uint8_t bytes[5000];
	size_t n = 1 + (size_t)draw(&l->rng, sizeof(bytes));
	char path[300];
	int fd, r = 0;

	path_of(l, "log", 0, path);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	for (size_t i = 0; i < n; i++)
		bytes[i] = log_byte(l->log_tried + i);
	l->log_tried += n;
	r = write_all(fd, bytes, n);
	if (r == 0 && draw(&l->rng, 2) == 0) {
		r = sync_fd(l, fd, true);
		if (r == 0)
			l->log_durable = l->log_tried;
	}
	return close_after(fd, r);
}

static int make_fresh(struct ledger *l)
{
	int k = (int)draw(&l->rng, LEDGER_FRESH), r;
	char path[300];

	path_of(l, "fresh", k, path);
	if (l->fresh[k].durable) {
		l->unlinked[k] = true;
		return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
	}
	l->fresh[k].tried = ++l->version;
	r = put_file(l, path, l->version);
	if (r == 0)
		l->fresh[k].durable = l->version;
	return r;
}

/*
 * Synced, then enlarged beyond what small files are, and another file's fsync commits that: what
 * was synced has to be in the new place.
 */
static int outgrow(struct ledger *l)
{
	static _Thread_local uint8_t bytes[OUTGROWN];
	int k = (int)draw(&l->rng, LEDGER_GROWN), fd, r;
	char path[300];

	path_of(l, "grown", k, path);
	l->grown[k] = (struct range){ .tried = ++l->version };
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	model_fill(l->version, bytes, sizeof(bytes));
	r = write_all(fd, bytes, OUTGROWN - 100);
	if (r == 0)
		r = sync_fd(l, fd, false);
	if (r == 0)
		l->grown[k].durable = l->grown[k].tried;
	if (r == 0)
		r = write_all(fd, bytes + OUTGROWN - 100, 100);
	close(fd);
	return r < 0 ? r : append_log(l);
}

/* Nobody syncs these: they only have to be readable. */
static int make_noise(struct ledger *l)
{
	static _Thread_local uint8_t bytes[SIZE_MAX_BYTES];
	int k = (int)draw(&l->rng, 12), fd, r;
	char path[300], to[300];

	path_of(l, "noise", k, path);
	path_of(l, "noise", (int)draw(&l->rng, 12), to);
	if (draw(&l->rng, 5) == 0)
		return rename(path, to) < 0 && errno != ENOENT ? -errno : 0;
	if (draw(&l->rng, 5) == 0)
		return truncate(path, (off_t)draw(&l->rng, 1500000)) < 0 && errno != ENOENT ? -errno
											    : 0;
	fd = open(
		path, O_RDWR | O_CREAT | (draw(&l->rng, 2) ? O_TRUNC : O_APPEND) | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	r = write_all(fd, bytes, content((uint32_t)draw(&l->rng, 9999), bytes));
	return close_after(fd, r);
}

int ledger_work(struct ledger *l)
{
	static int (*const job[])(struct ledger *) = { replace_name, overwrite_blocks, append_log,
		make_fresh, make_noise, outgrow };
	int r = 0;

	if (mkdir(l->dir, 0755) < 0)
		return -errno;
	while (r == 0) {
		r = job[draw(&l->rng, sizeof(job) / sizeof(job[0]))](l);
		if (l->log_tried > 900000)
			return -ENOTCONN;
	}
	return r;
}

static int broken(const struct ledger *l, const char *what, int n, struct range r)
{
	fprintf(stderr, "%s: %s%d is none of versions %u to %u\n", l->dir, what, n, r.durable,
		r.tried);
	return 1;
}

/* The bytes of a file, or -errno. */
static ssize_t slurp(const char *path, uint8_t *out, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t done = 0;
	ssize_t r = 1;

	if (fd < 0)
		return -errno;
	while (r > 0 && done < cap) {
		r = read(fd, out + done, cap - done);
		done += r > 0 ? (size_t)r : 0;
	}
	r = r < 0 ? -errno : (ssize_t)done;
	close(fd);
	return r;
}

static bool is_version(const uint8_t *got, size_t n, struct range r)
{
	static uint8_t want[SIZE_MAX_BYTES];

	for (uint32_t v = r.durable > 0 ? r.durable : 1; v <= r.tried; v++)
		if (content(v, want) == n && memcmp(got, want, n) == 0)
			return true;
	return false;
}

static int check_versioned(const struct ledger *l, const char *what, int n, struct range r)
{
	static uint8_t got[SIZE_MAX_BYTES];
	char path[300];
	ssize_t size;

	path_of(l, what, n, path);
	size = slurp(path, got, sizeof(got));
	if (size == -ENOENT)
		return r.durable ? broken(l, what, n, r) : 0;
	if (size >= 0 && is_version(got, (size_t)size, r))
		return 0;
	fprintf(stderr, "%s has %zd bytes\n", path, size);
	return broken(l, what, n, r);
}

static int check_blocks(const struct ledger *l)
{
	static uint8_t got[SIZE_MAX_BYTES];
	uint8_t want[BLOCK];
	char path[300];
	ssize_t size;
	int faults = 0;

	path_of(l, "blocks", 0, path);
	size = slurp(path, got, sizeof(got));
	for (int b = 0; b < LEDGER_BLOCKS; b++) {
		struct range r = l->block[b];
		bool found = r.durable == 0;

		for (uint32_t v = r.durable; !found && v <= r.tried; v++) {
			block_bytes(b, v, want);
			found = size >= (b + 1) * BLOCK &&
				memcmp(got + (size_t)b * BLOCK, want, BLOCK) == 0;
		}
		faults += found ? 0 : broken(l, "block", b, r);
	}
	if (faults)
		fprintf(stderr, "%s has %zd bytes\n", path, size);
	return faults;
}

static int check_log(const struct ledger *l)
{
	static uint8_t got[SIZE_MAX_BYTES];
	char path[300];
	ssize_t size;

	path_of(l, "log", 0, path);
	size = slurp(path, got, sizeof(got));
	if (l->log_durable == 0)
		return 0;
	if (size < (ssize_t)l->log_durable || size > (ssize_t)l->log_tried) {
		fprintf(stderr, "%s has %zd bytes, of %llu synced\n", path, size,
			(unsigned long long)l->log_durable);
		return 1;
	}
	for (uint64_t i = 0; i < l->log_durable; i++)
		if (got[i] != log_byte(i)) {
			fprintf(stderr, "%s: byte %llu is wrong\n", path, (unsigned long long)i);
			return 1;
		}
	return 0;
}

static int check_grown(const struct ledger *l, int k)
{
	static uint8_t got[OUTGROWN + 1], want[OUTGROWN];
	char path[300];
	ssize_t size;

	path_of(l, "grown", k, path);
	size = slurp(path, got, sizeof(got));
	model_fill(l->grown[k].durable, want, sizeof(want));
	if (size >= OUTGROWN - 100 && memcmp(got, want, OUTGROWN - 100) == 0)
		return 0;
	fprintf(stderr, "%s has %zd bytes\n", path, size);
	return broken(l, "grown", k, l->grown[k]);
}

static int check_noise(const struct ledger *l)
{
	static uint8_t got[SIZE_MAX_BYTES * 4];
	int faults = 0;

	for (int k = 0; k < 12; k++) {
		char path[300];
		struct stat st;
		ssize_t size;

		path_of(l, "noise", k, path);
		if (lstat(path, &st) < 0)
			continue;
		size = slurp(path, got, sizeof(got));
		if (size >= 0)
			continue;
		fprintf(stderr, "%s of %lld bytes cannot be read: %s\n", path,
			(long long)st.st_size, strerror((int)-size));
		faults++;
	}
	return faults;
}

int ledger_check(const struct ledger *l)
{
	int faults = check_blocks(l) + check_log(l) + check_noise(l);

	for (int k = 0; k < LEDGER_NAMES; k++)
		faults += check_versioned(l, "name", k, l->name[k]);
	for (int k = 0; k < LEDGER_GROWN; k++)
		if (l->grown[k].durable)
			faults += check_grown(l, k);
	for (int k = 0; k < LEDGER_FRESH; k++)
		if (l->fresh[k].durable && !l->unlinked[k])
			faults += check_versioned(l, "fresh", k, l->fresh[k]);
	return faults;
}
