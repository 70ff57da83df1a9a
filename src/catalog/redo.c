/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The redo journal: a header, then records of one generation, each sealed by a checksum. */
#include "redo.h"

#include "base/auto.h"
#include "base/bytes.h"
#include "base/crc32.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/*
 * Header: 0 magic, 8 generation, 16 place, 40 CRC of all before it.
 * Record: 0 length of all of it (0 ends the journal), 4 CRC of the generation and what follows,
 * 8 state, 9 code, 10 parameters: kind, then 8 bytes, or 4 of length and the bytes; or a number
 * of 0 to 7 bytes, whose count is the kind: most numbers of an inode are small.
 */
#define HEADER_BYTES 4096u
#define HEADER_CRC   (16 + REDO_PLACE_BYTES)
#define RECORD_HEAD  10u

static const char magic[8] = { 'd', 'i', 's', 'c', 'f', 's', 'R', 'J' };

/* The kind of a number of no bytes, which is 0. */
#define SHORT_NONE '0'
#define SHORT_MAX  '7'

enum { STATE_SINGLE = 's', STATE_IN_OP = 'o', STATE_OP_END = 'e' };

/* A kernel that knows no unique number of a mount gives one that may come again. */
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000U
#endif

/* The largest that the file system has room for. */
static const size_t journal_bytes[] = { 16u << 20, 4u << 20, 1u << 20, 256u << 10 };

static void place_of(int fd, uint8_t out[static REDO_PLACE_BYTES])
{
	AUTO_FD int boot = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	char id[36] = { 0 };
	struct statx stx = { 0 };

	memset(out, 0, REDO_PLACE_BYTES);
	if (boot >= 0 && read(boot, id, sizeof(id)) == (ssize_t)sizeof(id))
		for (int i = 0; i < 4; i++)
			put_u32le(out + 4 * i, crc32_of(0, id + 9 * i, 9));
	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID | STATX_MNT_ID_UNIQUE, &stx) == 0)
		put_u64le(out + 16, stx.stx_mnt_id);
}

static bool header_valid(const struct redo *j)
{
	return memcmp(j->map, magic, sizeof(magic)) == 0 &&
	       get_u32le(j->map + HEADER_CRC) == crc32_of(0, j->map, HEADER_CRC);
}

static void header_write(struct redo *j)
{
	memcpy(j->map, magic, sizeof(magic));
	put_u64le(j->map + 8, j->generation);
	memcpy(j->map + 16, j->place, REDO_PLACE_BYTES);
	put_u32le(j->map + HEADER_CRC, crc32_of(0, j->map, HEADER_CRC));
}

#define JOURNAL_SIZES (sizeof(journal_bytes) / sizeof(journal_bytes[0]))

static bool is_journal_size(off_t bytes)
{
	for (size_t i = 0; i < JOURNAL_SIZES; i++)
		if (bytes == (off_t)journal_bytes[i])
			return true;
	return false;
}

/*
 * Every page gets its place now: a full disk must be an errno here, not a signal later. A journal
 * that is there already keeps its size, for it may hold what has to be recovered. 0: no room.
 */
static size_t room_for(int fd)
{
	struct statvfs fs;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return 0;
	if (fstatvfs(fd, &fs) < 0)
		return 0;
	if (is_journal_size(st.st_size))
		return fallocate(fd, 0, 0, st.st_size) == 0 ? (size_t)st.st_size : 0;
	for (size_t i = 0; i < JOURNAL_SIZES; i++) {
		/* A small file system is not for the journal. */
		if (journal_bytes[i] > (uint64_t)fs.f_blocks * fs.f_frsize / 16)
			continue;
		/* Of another size it is none; and a failed attempt gives back what it took. */
		if (ftruncate(fd, 0) < 0)
			return 0;
		if (fallocate(fd, 0, 0, (off_t)journal_bytes[i]) == 0)
			return journal_bytes[i];
	}
	(void)!ftruncate(fd, 0);
	return 0;
}

static int name_of(const char *path, char out[static PATH_MAX], struct err *err)
{
	if (snprintf(out, PATH_MAX, "%s-redo", path) >= PATH_MAX)
		return err_set(err, -ENAMETOOLONG, "%s: the path is too long", path);
	return 0;
}

/* The first @j->bytes of @fd; none of them: nothing. */
static int map_file(struct redo *j, int fd, int protection, const char *name, struct err *err)
{
	void *map;

	if (j->bytes == 0)
		return 0;
	map = mmap(NULL, j->bytes, protection, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return err_sys(err, errno, "mapping the redo journal %s", name);
	j->map = map;
	place_of(fd, j->place);
	j->generation = get_u64le(j->map + 8);
	j->same_place = memcmp(j->map + 16, j->place, REDO_PLACE_BYTES) == 0;
	return 0;
}

int redo_open(struct redo *j, const char *path, struct err *err)
{
	char name[PATH_MAX];
	AUTO_FD int fd = -1;
	int r = name_of(path, name, err);

	*j = (struct redo){ .end = HEADER_BYTES };
	if (r < 0)
		return r;
	fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(err, errno, "the redo journal %s", name);
	j->bytes = room_for(fd);
	return map_file(j, fd, PROT_READ | PROT_WRITE, name, err);
}

int redo_look(struct redo *j, const char *path, struct err *err)
{
	char name[PATH_MAX];
	AUTO_FD int fd = -1;
	struct stat st;
	int r = name_of(path, name, err);

	*j = (struct redo){ .end = HEADER_BYTES };
	if (r < 0)
		return r;
	fd = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, errno, "the redo journal %s", name);
	if (S_ISREG(st.st_mode) && is_journal_size(st.st_size))
		j->bytes = (size_t)st.st_size;
	return map_file(j, fd, PROT_READ, name, err);
}

void redo_close(struct redo *j)
{
	if (j->map)
		munmap(j->map, j->bytes);
	j->map = NULL;
}

/* @n more bytes of the record being written; NULL when there is no room or no journal. */
static uint8_t *take(struct redo *j, size_t n)
{
	uint8_t *p;

	/* 4 bytes stay for the length that ends the journal. */
	if (!j->map || j->overflow || n > j->bytes - 4 - j->at) {
		j->overflow = true;
		return NULL;
	}
	p = j->map + j->at;
	j->at += n;
	return p;
}

void redo_begin(struct redo *j, char code)
{
	uint8_t *p;

	j->at = j->end;
	p = take(j, RECORD_HEAD);
	if (p) {
		put_u32le(p, 0);
		p[9] = (uint8_t)code;
	}
}

/* Of the number, without leading zeros. */
static unsigned bytes_of(uint64_t v)
{
	return v ? 8 - (unsigned)__builtin_clzll(v) / 8 : 0;
}

void redo_number(struct redo *j, int64_t v)
{
	unsigned n = bytes_of((uint64_t)v);
	uint8_t *p = take(j, 1 + n);

	if (!p)
		return;
	p[0] = n < 8 ? (uint8_t)(SHORT_NONE + n) : REDO_INT;
	for (unsigned i = 0; i < n; i++)
		p[1 + i] = (uint8_t)((uint64_t)v >> 8 * i);
}

void redo_bytes(struct redo *j, char kind, const void *bytes, size_t n)
{
	uint8_t *p = n < j->bytes ? take(j, 5 + n) : NULL;

	if (!p) {
		j->overflow = true;
		return;
	}
	p[0] = (uint8_t)kind;
	put_u32le(p + 1, (uint32_t)n);
	memcpy(p + 5, bytes, n);
}

static uint32_t record_crc(const struct redo *j, const uint8_t *p, uint32_t length)
{
	uint8_t generation[8];

	put_u64le(generation, j->generation);
	return crc32_of(crc32_of(0, generation, sizeof(generation)), p + 8, length - 8);
}

static void seal(struct redo *j, char state)
{
	uint32_t length = (uint32_t)(j->at - j->end);
	uint8_t *p;

	if (!j->map || j->overflow)
		return;
	p = j->map + j->end;
	p[8] = (uint8_t)state;
	put_u32le(p + length, 0);
	put_u32le(p + 4, record_crc(j, p, length));
	/* The length makes it a record; nothing of it may be stored later. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	put_u32le(p, length);
	j->end = j->at;
}

void redo_seal(struct redo *j, bool in_op)
{
	seal(j, in_op ? STATE_IN_OP : STATE_SINGLE);
}

void redo_op_begin(struct redo *j)
{
	j->op = j->end;
}

void redo_op_end(struct redo *j, bool ok)
{
	if (ok && j->end == j->op)
		return; /* it changed nothing */
	if (ok) {
		redo_begin(j, '-');
		seal(j, STATE_OP_END);
		return;
	}
	j->end = j->op;
	if (j->map)
		put_u32le(j->map + j->end, 0);
}

void redo_restart(struct redo *j, uint64_t generation)
{
	j->generation = generation;
	j->end = HEADER_BYTES;
	j->overflow = false;
	if (!j->map)
		return;
	/* In this order: records of an older generation are never read under the new header. */
	put_u32le(j->map + HEADER_BYTES, 0);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	header_write(j);
}

bool redo_wants_commit(const struct redo *j)
{
	return !j->map || j->overflow || j->end > j->bytes / 2;
}

/* A number of as many bytes as @q[0] says. */
static bool short_read(const uint8_t *q, uint32_t left, uint32_t *at, struct redo_param *out)
{
	uint32_t n = q[0] - (uint32_t)SHORT_NONE;
	uint64_t v = 0;

	if (left < 1 + n)
		return false;
	for (uint32_t i = 0; i < n; i++)
		v |= (uint64_t)q[1 + i] << 8 * i;
	*out = (struct redo_param){ .kind = REDO_INT, .number = (int64_t)v };
	*at += 1 + n;
	return true;
}

/* Reads one parameter at *@at of the record's @length bytes; false when it is not whole. */
static bool param_read(const uint8_t *p, uint32_t length, uint32_t *at, struct redo_param *out)
{
	uint32_t left = length - *at;
	const uint8_t *q = p + *at;
	uint32_t n;

	if (q[0] >= SHORT_NONE && q[0] <= SHORT_MAX)
		return short_read(q, left, at, out);
	if (left >= 9 && q[0] == REDO_INT) {
		*out = (struct redo_param){ .kind = REDO_INT, .number = (int64_t)get_u64le(q + 1) };
		*at += 9;
		return true;
	}
	if (left < 5 || (q[0] != REDO_BLOB && q[0] != REDO_TEXT))
		return false;
	n = get_u32le(q + 1);
	if (n > left - 5)
		return false;
	*out = (struct redo_param){
		.kind = q[0] == REDO_BLOB ? REDO_BLOB : REDO_TEXT,
		.bytes = (const char *)q + 5,
		.n = n,
	};
	*at += 5 + n;
	return true;
}

/* The length of a whole record at @at, else 0. */
static uint32_t record_length(const struct redo *j, size_t at)
{
	const uint8_t *p = j->map + at;
	size_t left = j->bytes - at;
	uint32_t length;

	if (left < RECORD_HEAD)
		return 0;
	length = get_u32le(p);
	if (length < RECORD_HEAD || length > left || get_u32le(p + 4) != record_crc(j, p, length))
		return 0;
	return length;
}

static int run_record(const struct redo *j, size_t at, redo_fn *fn, void *arg, struct err *err)
{
	struct redo_param param[REDO_PARAMS_MAX];
	const uint8_t *p = j->map + at;
	uint32_t length = get_u32le(p), pos = RECORD_HEAD;
	int n = 0;

	while (pos < length && n < (int)REDO_PARAMS_MAX && param_read(p, length, &pos, &param[n]))
		n++;
	if (pos != length)
		return err_set(err, -EBADMSG, "a record of the redo journal is malformed");
	return fn(arg, (char)p[9], param, n, err);
}

/* Runs the operation's records from @from to its end record; where that ends, 0 without one. */
static size_t op_end_of(const struct redo *j, size_t from)
{
	uint32_t length;

	while ((length = record_length(j, from)) != 0) {
		char state = (char)j->map[from + 8];

		from += length;
		if (state == STATE_OP_END)
			return from;
		if (state != STATE_IN_OP)
			return 0;
	}
	return 0;
}

bool redo_pending(const struct redo *j)
{
	return j->map && header_valid(j) && record_length(j, HEADER_BYTES) != 0;
}

bool redo_is_ahead(const struct redo *j, uint64_t generation)
{
	return j->map && header_valid(j) && get_u64le(j->map + 8) > generation;
}

int redo_replay(const struct redo *j, uint64_t generation, redo_fn *fn, void *arg, struct err *err)
{
	size_t at = HEADER_BYTES, whole = HEADER_BYTES;
	uint32_t length;
	int count = 0;

	if (!j->map || !j->same_place || !header_valid(j) || get_u64le(j->map + 8) != generation)
		return 0;
	while ((length = record_length(j, at)) != 0) {
		char state = (char)j->map[at + 8];
		int r = 0;

		if (state == STATE_IN_OP && at >= whole) {
			whole = op_end_of(j, at);
			if (whole == 0)
				break;
		}
		if (state != STATE_OP_END)
			r = run_record(j, at, fn, arg, err);
		if (r < 0)
			return r;
		count += state != STATE_OP_END;
		at += length;
	}
	return count;
}
