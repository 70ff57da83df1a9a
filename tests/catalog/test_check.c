/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Damaged and foreign files: a plain refusal, an untouched file, never a crash. */
#include "base/auto.h"
#include "base/bytes.h"
#include "catalog/rig_catalog.h"
#include "harness/t.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096u

/* Some of everything, closed; the bytes of the file on the heap. */
static uint8_t *make_sample(struct rig *rig, size_t *n)
{
	const uint64_t cost[CATALOG_COSTS] = { 1, 2, 3, 4, 5, 6 };

	rig_init(rig);
	for (uint64_t i = 2; i < 60; i++) {
		struct catalog_inode in = i % 8 ? rig_file(i) : rig_dir(i);
		char name[32];

		snprintf(name, sizeof(name), "name-%u", (unsigned)i);
		rig_add(rig, i % 3 ? 1 : 8, name, &in);
	}
	T_EQ(catalog_symlink_set(rig->c, 3, "target", 6, &rig->err), 0);
	T_EQ(catalog_cost_set(rig->c, 8, cost, &rig->err), 0);
	T_EQ(catalog_setting_set(rig->c, "volume_id", "X", &rig->err), 0);
	rig_fini(rig);
	return (uint8_t *)rig_slurp(rig->path, n);
}

static void remove_log(const struct rig *rig)
{
	char path[PATH_MAX + 8];

	snprintf(path, sizeof(path), "%s-wal", rig->path);
	unlink(path);
	snprintf(path, sizeof(path), "%s-shm", rig->path);
	unlink(path);
}

/* The file with @n @bytes is refused with @want and stays what it is, alone. */
static void refused(struct rig *rig, const void *bytes, size_t n, int want)
{
	AUTO_FREE char *after = NULL;
	struct catalog *c = NULL;
	size_t after_n = 0;
	bool clean;

	rig_spill(rig->path, bytes, n);
	T_EQ(catalog_open(rig->path, &c, &clean, &rig->err), want);
	T_TRUE(!c);
	T_HAS(rig->err.msg, rig->path);
	after = rig_slurp(rig->path, &after_n);
	T_EQ(after_n, n);
	T_MEM(after, bytes, n < after_n ? n : after_n);
	T_TRUE(!rig_exists(rig->path, "-wal"));
	T_TRUE(!rig_exists(rig->path, "-shm"));
}

static void garbage_is_refused_and_left_alone(void)
{
	uint8_t garbage[3 * PAGE];
	struct rig rig;

	rig_init(&rig);
	rig_fini(&rig);
	t_seed(1);
	for (size_t i = 0; i < sizeof(garbage); i++)
		garbage[i] = (uint8_t)t_random();
	refused(&rig, garbage, sizeof(garbage), -EBADMSG);
	T_HAS(rig.err.msg, "restore a copy");
	refused(&rig, "", 0, -EBADMSG);
	refused(&rig, "SQLite format 3", 16, -EBADMSG);
	memcpy(garbage, "SQLite format 3", 16);
	refused(&rig, garbage, sizeof(garbage), -EBADMSG);
	put_u32be(garbage + 68, 0x64697363);
	refused(&rig, garbage, sizeof(garbage), -EBADMSG);
}

static void a_truncated_catalog_is_refused(void)
{
	struct rig rig;
	size_t n = 0;
	AUTO_FREE uint8_t *bytes = make_sample(&rig, &n);

	refused(&rig, bytes, n / 2, -EBADMSG);
	refused(&rig, bytes, PAGE, -EBADMSG);
	refused(&rig, bytes, n - PAGE, -EBADMSG);
	refused(&rig, bytes, 100, -EBADMSG);
}

static void a_file_of_another_application_is_refused(void)
{
	struct rig rig;
	size_t n = 0;
	AUTO_FREE uint8_t *bytes = make_sample(&rig, &n);

	put_u32be(bytes + 68, 0x0f055112);
	refused(&rig, bytes, n, -EBADMSG);
	T_HAS(rig.err.msg, "another application");
	put_u32be(bytes + 68, 0);
	refused(&rig, bytes, n, -EBADMSG);
}

static void a_newer_schema_is_refused_with_its_number(void)
{
	struct rig rig;
	size_t n = 0;
	AUTO_FREE uint8_t *bytes = make_sample(&rig, &n);

	put_u32be(bytes + 60, 77);
	refused(&rig, bytes, n, -EOPNOTSUPP);
	T_HAS(rig.err.msg, "version 77");
	put_u32be(bytes + 60, 0);
	refused(&rig, bytes, n, -EBADMSG);
}

static void a_directory_or_a_pipe_is_no_catalog(void)
{
	struct catalog *c = NULL;
	struct rig rig;
	bool clean;

	rig_init(&rig);
	rig_fini(&rig);
	T_EQ(unlink(rig.path), 0);
	T_EQ(mkdir(rig.path, 0700), 0);
	T_EQ(catalog_open(rig.path, &c, &clean, &rig.err), -EBADMSG);
	T_EQ(rmdir(rig.path), 0);
	T_EQ(mkfifo(rig.path, 0600), 0);
	T_EQ(catalog_open(rig.path, &c, &clean, &rig.err), -EBADMSG);
}

static int look(void *arg, const struct catalog_entry *e)
{
	*(uint64_t *)arg += e->inode.ino + e->name_len;
	return 0;
}

static int look_inode(void *arg, const struct catalog_inode *in)
{
	*(uint64_t *)arg += in->ino;
	return 0;
}

static bool fair(int r)
{
	return r == 0 || r == -EBADMSG || r == -ENOENT;
}

/* Reads all there is; damage found late is -EBADMSG as well. */
static void walk_all(struct rig *rig)
{
	struct catalog_totals totals;
	uint64_t sum = 0, cost[CATALOG_COSTS];
	char text[16];

	T_TRUE(fair(catalog_inodes(rig->c, look_inode, &sum, &rig->err)));
	T_TRUE(fair(catalog_entries_by_name(rig->c, 1, look, &sum, &rig->err)));
	T_TRUE(fair(catalog_entries_by_seq(rig->c, 8, 0, look, &sum, &rig->err)));
	T_TRUE(fair(catalog_cost_sum(rig->c, cost, &rig->err)));
	catalog_totals(rig->c, &totals, &rig->err);
	catalog_setting_get(rig->c, "volume_id", text, sizeof(text), &rig->err);
}

/* Opens a catalog with a fault in it: 1 when it was taken for sound, 0 when it was refused. */
static int try_fault(struct rig *rig, const uint8_t *bytes, size_t n)
{
	AUTO_FREE char *after = NULL;
	size_t after_n = 0;
	int r;

	remove_log(rig);
	rig_spill(rig->path, bytes, n);
	rig->c = NULL;
	r = catalog_open(rig->path, &rig->c, &rig->clean, &rig->err);
	if (r == 0) {
		walk_all(rig);
		T_TRUE(fair(catalog_close(rig->c, &rig->err)));
		return 1;
	}
	T_TRUE(r == -EBADMSG || r == -EOPNOTSUPP);
	after = rig_slurp(rig->path, &after_n);
	T_EQ(after_n, n);
	T_MEM(after, bytes, n);
	return 0;
}

static void a_flipped_byte_in_any_page_never_crashes(void)
{
	struct rig rig;
	size_t n = 0;
	AUTO_FREE uint8_t *bytes = make_sample(&rig, &n);
	unsigned taken = 0, tried = 0;

	t_seed(7);
	for (size_t page = 0; page < n; page += PAGE) {
		for (unsigned i = 0; i < 10; i++) {
			/* The head of a page and its cell pointers matter most. */
			size_t at = page + (size_t)t_below(i < 5 ? 24 : PAGE);
			uint8_t was = bytes[at];

			bytes[at] = (uint8_t)(was ^ (1 + t_below(255)));
			taken += (unsigned)try_fault(&rig, bytes, n);
			tried++;
			bytes[at] = was;
		}
	}
	T_TRUE(tried > 100);
	T_TRUE(taken < tried);
}

static void a_page_of_other_bytes_never_crashes(void)
{
	struct rig rig;
	size_t n = 0;
	AUTO_FREE uint8_t *bytes = make_sample(&rig, &n);

	for (size_t page = 0; page < n; page += PAGE) {
		uint8_t was[PAGE];

		memcpy(was, bytes + page, PAGE);
		for (size_t i = 0; i < PAGE; i++)
			bytes[page + i] ^= 0xff;
		T_EQ(try_fault(&rig, bytes, n), 0);
		memset(bytes + page, 0, PAGE);
		T_EQ(try_fault(&rig, bytes, n), 0);
		memcpy(bytes + page, was, PAGE);
	}
	T_EQ(try_fault(&rig, bytes, n), 1);
}

static void change_and_commit(struct rig *rig)
{
	catalog_setting_set(rig->c, "volume_id", "Y", NULL);
	catalog_commit(rig->c, NULL);
}

/* What a crash leaves: the file and its log, both on the heap. */
static void crash(struct rig *rig, uint8_t **file, size_t *file_n, uint8_t **log, size_t *log_n)
{
	char wal[PATH_MAX + 8], journal[PATH_MAX + 8];

	rig_init(rig);
	rig_fini(rig);
	T_EQ(catalog_open(rig->path, &rig->c, &rig->clean, &rig->err), 0);
	change_and_commit(rig);
	snprintf(wal, sizeof(wal), "%s-wal", rig->path);
	*file = (uint8_t *)rig_slurp(rig->path, file_n);
	*log = (uint8_t *)rig_slurp(wal, log_n);
	rig_fini(rig);
	/* It knows of the clean end by now. */
	snprintf(journal, sizeof(journal), "%s-redo", rig->path);
	T_EQ(unlink(journal), 0);
	rig_spill(wal, *log, *log_n);
	rig_spill(rig->path, *file, *file_n);
}

static void a_log_beside_the_file_is_taken_in(void)
{
	AUTO_FREE uint8_t *file = NULL;
	AUTO_FREE uint8_t *log = NULL;
	size_t file_n = 0, log_n = 0;
	char text[4] = "";
	struct rig rig;

	crash(&rig, &file, &file_n, &log, &log_n);
	T_EQ(catalog_open(rig.path, &rig.c, &rig.clean, &rig.err), 0);
	T_MUST(rig.c);
	T_TRUE(!rig.clean);
	T_EQ(catalog_setting_get(rig.c, "volume_id", text, sizeof(text), &rig.err), 0);
	T_STR(text, "Y");
	rig_fini(&rig);
}

/* A crash while the log is copied back leaves torn pages in the file; the log has them whole. */
static void a_torn_page_that_the_log_holds_does_no_harm(void)
{
	AUTO_FREE uint8_t *file = NULL;
	AUTO_FREE uint8_t *log = NULL;
	size_t file_n = 0, log_n = 0, page;
	char text[4] = "";
	struct rig rig;

	crash(&rig, &file, &file_n, &log, &log_n);
	T_MUST(log_n > 32 + 24 + PAGE);
	page = get_u32be(log + log_n - PAGE - 24); /* of the last frame */
	T_MUST(page > 1 && page * PAGE <= file_n);
	memset(file + (page - 1) * PAGE, 0xee, PAGE);
	rig_spill(rig.path, file, file_n);
	T_EQ(catalog_open(rig.path, &rig.c, &rig.clean, &rig.err), 0);
	T_MUST(rig.c);
	T_EQ(catalog_setting_get(rig.c, "volume_id", text, sizeof(text), &rig.err), 0);
	T_STR(text, "Y");
	rig_fini(&rig);
}

static void a_damaged_file_keeps_its_log(void)
{
	AUTO_FREE uint8_t *file = NULL;
	AUTO_FREE uint8_t *log = NULL;
	AUTO_FREE uint8_t *after = NULL;
	size_t file_n = 0, log_n = 0, after_n = 0;
	char wal[PATH_MAX + 8];
	struct rig rig;

	crash(&rig, &file, &file_n, &log, &log_n);
	rig.c = NULL;
	memset(file + file_n - PAGE, 0xee, PAGE);
	rig_spill(rig.path, file, file_n);
	T_EQ(catalog_open(rig.path, &rig.c, &rig.clean, &rig.err), -EBADMSG);
	snprintf(wal, sizeof(wal), "%s-wal", rig.path);
	after = (uint8_t *)rig_slurp(wal, &after_n);
	T_EQ(after_n, log_n);
	T_MEM(after, log, log_n);
	T_EQ(unlink(rig.path), 0);
	T_EQ(catalog_open(rig.path, &rig.c, &rig.clean, &rig.err), -EBADMSG);
	T_HAS(rig.err.msg, "-wal");
	T_TRUE(!rig_exists(rig.path, ""));
}

static void a_damaged_log_never_crashes(void)
{
	AUTO_FREE uint8_t *file = NULL;
	AUTO_FREE uint8_t *log = NULL;
	size_t file_n = 0, log_n = 0;
	char wal[PATH_MAX + 8];
	struct rig rig;

	crash(&rig, &file, &file_n, &log, &log_n);
	snprintf(wal, sizeof(wal), "%s-wal", rig.path);
	t_seed(3);
	for (unsigned i = 0; i < 30; i++) {
		size_t at = (size_t)t_below(i < 10 ? 56 : log_n);
		int r;

		remove_log(&rig);
		rig_spill(rig.path, file, file_n);
		log[at] ^= 0x55;
		rig_spill(wal, log, i % 5 ? log_n : at);
		log[at] ^= 0x55;
		rig.c = NULL;
		r = catalog_open(rig.path, &rig.c, &rig.clean, &rig.err);
		T_TRUE(r == 0 || r == -EBADMSG);
		if (r < 0)
			continue;
		walk_all(&rig);
		rig_fini(&rig);
	}
}

int main(void)
{
	T_RUN(garbage_is_refused_and_left_alone);
	T_RUN(a_truncated_catalog_is_refused);
	T_RUN(a_file_of_another_application_is_refused);
	T_RUN(a_newer_schema_is_refused_with_its_number);
	T_RUN(a_directory_or_a_pipe_is_no_catalog);
	T_RUN(a_flipped_byte_in_any_page_never_crashes);
	T_RUN(a_page_of_other_bytes_never_crashes);
	T_RUN(a_log_beside_the_file_is_taken_in);
	T_RUN(a_torn_page_that_the_log_holds_does_no_harm);
	T_RUN(a_damaged_file_keeps_its_log);
	T_RUN(a_damaged_log_never_crashes);
	return t_end();
}
