/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims against what is there. */
#include "store/check.h"

#include "harness/t.h"
#include "rig_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* In the C library's place: reads of @bad_ino fail from a byte on, as those of a failing disk. */
static ino_t bad_ino;
static off_t bad_from;

ssize_t pread64(int fd, void *out, size_t n, off_t at);
ssize_t pread64(int fd, void *out, size_t n, off_t at)
{
	struct stat st;

	if (bad_ino && fstat(fd, &st) == 0 && st.st_ino == bad_ino && at + (off_t)n > bad_from) {
		errno = EIO;
		return -1;
	}
	return syscall(SYS_pread64, fd, out, n, at);
}

struct seen {
	struct store_finding all[64];
	size_t n;
};

static int see(void *arg, const struct store_finding *f)
{
	struct seen *s = arg;

	T_MUST(s->n < 64);
	s->all[s->n++] = *f;
	return 0;
}

/* A store with a folder each, made by hand; nobody has it open. */
static const char *make_store(void)
{
	const char *dir = t_tmpdir();
	char path[300];

	snprintf(path, sizeof(path), "%s/segments", dir);
	T_EQ(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/objects", dir);
	T_EQ(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/objects/0000", dir);
	T_EQ(mkdir(path, 0700), 0);
	return dir;
}

static void put(const char *dir, const char *name, size_t n)
{
	char path[300], block[4096];
	int fd;

	memset(block, 'x', sizeof(block));
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	T_MUST(fd >= 0);
	for (size_t at = 0; at < n; at += sizeof(block))
		T_EQ(write(fd, block, n - at < sizeof(block) ? n - at : sizeof(block)),
			n - at < sizeof(block) ? n - at : sizeof(block));
	close(fd);
}

static struct store_check *begin(const char *dir)
{
	struct store_check *k = NULL;

	T_MUST(store_check_begin(dir, &k, NULL) == 0);
	return k;
}

static void claim(struct store_check *k, uint64_t owner, enum store_kind kind, uint64_t id,
	uint64_t off, uint64_t size)
{
	const struct store_loc loc = {
		.kind = kind,
		.id = id,
		.off_bytes = off,
		.cap_bytes = kind == STORE_SEGMENT ? (size + 2047) / 2048 * 2048 : 0,
	};

	T_EQ(store_check_claim(k, owner, loc, size, NULL), 0);
}

static void what_is_claimed_and_there_is_fine(void)
{
	const char *dir = make_store();
	struct store_check *k = begin(dir);
	struct store_tally tally = { 0 };
	struct seen seen = { .n = 0 };

	put(dir, "segments/000001.seg", 10 * 2048);
	put(dir, "objects/0000/7", 5000);
	claim(k, 1, STORE_SEGMENT, 1, 0, 2048);
	claim(k, 2, STORE_SEGMENT, 1, 2048, 3000);
	claim(k, 3, STORE_SEGMENT, 1, 6144, 7 * 2048);
	claim(k, 4, STORE_OBJECT, 7, 0, 5000);
	claim(k, 5, STORE_NONE, 0, 0, 123456);
	T_EQ(store_check_places(k, see, &seen, NULL), 0);
	T_EQ(store_check_content(k, see, &seen, NULL), 0);
	T_EQ(store_check_unnamed(k, STORE_UNNAMED_FILES, see, &seen, &tally, NULL), 0);
	T_EQ(seen.n, 0);
	T_EQ(tally.segments, 1);
	T_EQ(tally.objects, 1);
	T_EQ(tally.dead_bytes, 0);
	store_check_free(k);
}

static void each_fault_has_its_owner_and_its_bytes(void)
{
	const char *dir = make_store();
	struct store_check *k = begin(dir);
	struct seen seen = { .n = 0 };

	put(dir, "segments/000001.seg", 3 * 2048);
	put(dir, "objects/0000/7", 5000);
	claim(k, 11, STORE_SEGMENT, 1, 1, 100);	    /* between sectors */
	claim(k, 12, STORE_SEGMENT, 1, 4096, 3000); /* past the end */
	claim(k, 13, STORE_SEGMENT, 2, 0, 10);	    /* no such segment */
	claim(k, 14, STORE_OBJECT, 7, 0, 5001);	    /* a byte short */
	claim(k, 15, STORE_OBJECT, 7, 0, 5000);	    /* the same once more */
	claim(k, 16, STORE_OBJECT, 8, 0, 0);	    /* gone, though of no bytes */
	claim(k, 17, STORE_SEGMENT, 1, 0, 4096);    /* fine */
	claim(k, 18, STORE_SEGMENT, 1, 2048, 10);   /* within it */
	T_EQ(store_check_places(k, see, &seen, NULL), 0);
	T_EQ(seen.n, 7);
	T_EQ(seen.all[0].fault, STORE_FAULT_PLACE);
	T_EQ(seen.all[0].owner, 11);
	T_EQ(seen.all[1].fault, STORE_FAULT_OVERLAP);
	T_EQ(seen.all[1].owner, 18);
	T_EQ(seen.all[1].other, 17);
	T_EQ(seen.all[2].fault, STORE_FAULT_SHORT);
	T_EQ(seen.all[2].owner, 12);
	T_EQ(seen.all[2].found, 2048);
	T_EQ(seen.all[3].fault, STORE_FAULT_MISSING);
	T_EQ(seen.all[3].owner, 13);
	T_EQ(seen.all[4].fault + seen.all[5].fault, STORE_FAULT_SHORT + STORE_FAULT_OVERLAP);
	T_EQ(seen.all[6].fault, STORE_FAULT_MISSING);
	T_EQ(seen.all[6].owner, 16);
	store_check_free(k);
}

static void what_nothing_claims_is_found(void)
{
	const char *dir = make_store();
	struct store_check *k = begin(dir);
	struct store_tally tally = { 0 };
	struct seen seen = { .n = 0 };

	put(dir, "segments/000001.seg", 1 << 20);
	put(dir, "segments/000002.seg", 1 << 20);
	put(dir, "segments/000003.seg", 1 << 20); /* the newest grows */
	put(dir, "segments/notes", 1 << 20);	  /* somebody else's */
	put(dir, "objects/0000/7", 5000);
	claim(k, 1, STORE_SEGMENT, 1, 65536, 4096);
	T_EQ(store_check_unnamed(k, STORE_UNNAMED_FILES, see, &seen, &tally, NULL), 0);
	T_EQ(seen.n, 2);
	T_EQ(seen.all[0].fault, STORE_FAULT_OBJECT);
	T_EQ(seen.all[0].found, 5000);
	T_EQ(seen.all[1].fault, STORE_FAULT_SEGMENT);
	T_EQ(seen.all[1].loc.id, 2);
	T_EQ(tally.dead_bytes, (3 << 20) - 4096);
	seen.n = 0;
	T_EQ(store_check_unnamed(k, STORE_UNNAMED_BYTES, see, &seen, NULL, NULL), 0);
	T_EQ(seen.n, 5); /* the object, two gaps of the first, two segments */
	for (size_t i = 1; i < 5; i++) {
		T_EQ(seen.all[i].fault, STORE_FAULT_EXTENT);
		T_EQ(seen.all[i].loc.off_bytes % 2048, 0);
		T_EQ(seen.all[i].loc.cap_bytes % 2048, 0);
	}
	store_check_free(k);
}

static void bytes_that_cannot_be_read_are_told_with_their_owner(void)
{
	const char *dir = make_store();
	struct store_check *k = begin(dir);
	struct seen seen = { .n = 0 };
	char path[300];
	struct stat st;

	put(dir, "objects/0000/7", 3 << 20);
	put(dir, "objects/0000/8", 5000);
	claim(k, 1, STORE_OBJECT, 7, 0, 3 << 20);
	claim(k, 2, STORE_OBJECT, 8, 0, 5000);
	snprintf(path, sizeof(path), "%s/objects/0000/7", dir);
	T_EQ(stat(path, &st), 0);
	bad_ino = st.st_ino;
	bad_from = 2 << 20;
	T_EQ(store_check_content(k, see, &seen, NULL), 0);
	bad_ino = 0;
	T_EQ(seen.n, 1);
	T_EQ(seen.all[0].fault, STORE_FAULT_UNREADABLE);
	T_EQ(seen.all[0].owner, 1);
	T_EQ(seen.all[0].error, EIO);
	T_EQ(seen.all[0].found, 2 << 20);
	store_check_free(k);
}

static void folders_that_are_not_there_hold_nothing(void)
{
	struct store_check *k = begin(t_tmpdir());
	struct store_tally tally = { 0 };
	struct seen seen = { .n = 0 };

	claim(k, 1, STORE_SEGMENT, 1, 0, 10);
	claim(k, 2, STORE_OBJECT, 1, 0, 10);
	T_EQ(store_check_places(k, see, &seen, NULL), 0);
	T_EQ(seen.n, 2);
	T_EQ(seen.all[0].fault, STORE_FAULT_MISSING);
	T_EQ(seen.all[1].fault, STORE_FAULT_MISSING);
	T_EQ(store_check_content(k, see, &seen, NULL), 0);
	T_EQ(store_check_unnamed(k, STORE_UNNAMED_FILES, see, &seen, &tally, NULL), 0);
	T_EQ(seen.n, 2);
	store_check_free(k);
}

int main(void)
{
	T_RUN(what_is_claimed_and_there_is_fine);
	T_RUN(each_fault_has_its_owner_and_its_bytes);
	T_RUN(what_nothing_claims_is_found);
	T_RUN(bytes_that_cannot_be_read_are_told_with_their_owner);
	T_RUN(folders_that_are_not_there_hold_nothing);
	return t_end();
}
