/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of copying trees; tests/e2e/test_copy.sh compares with cp -a. */
#include "harness/t.h"
#include "stage/rig_stage.h"

#include "intake/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct rig rig;
static char src[200];
static struct intake_result res;

struct watched {
	unsigned cancel_after; /* questions; 0: never */
	unsigned asked, told, skipped;
	uint64_t total_nsec;
	uint64_t last_nsec;
	void (*hook)(void); /* at each question */
};
static struct watched w;

static bool cancelled(void *arg)
{
	(void)arg;
	w.asked++;
	if (w.hook)
		w.hook();
	return w.cancel_after && w.asked > w.cancel_after;
}

static void begin(void *arg, uint64_t total_nsec)
{
	(void)arg;
	w.total_nsec = total_nsec;
}

static bool due(void *arg, uint64_t done_nsec)
{
	(void)arg;
	w.last_nsec = done_nsec;
	return true;
}

static void tell(void *arg, uint64_t done_nsec, const char *file)
{
	(void)arg;
	(void)done_nsec;
	w.told += file[0] == '/';
}

static void skipped(void *arg, const struct err *why)
{
	(void)arg;
	T_TRUE(why->code < 0);
	w.skipped++;
}

static struct intake_request request(const char *dst)
{
	struct intake_request req = { .source = src };

	T_MUST(intake_find_target(rig.s, src, dst, &req.target, &rig.err) == 0);
	rights_of(geteuid(), getegid(), getpid(), &req.who);
	return req;
}

static int run(const struct intake_request *req)
{
	static const struct intake_watcher watcher = { cancelled, begin, due, tell, skipped, NULL };

	w.asked = w.told = w.skipped = 0;
	rig.err = (struct err){ .code = 0 };
	return intake_copy(rig.s, req, &watcher, &res, &rig.err);
}

static int copy(const char *dst)
{
	const struct intake_request req = request(dst);

	return run(&req);
}

static const char *at(const char *name)
{
	static char path[4][400];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", src, name);
	return p;
}

static void put(const char *name, size_t n)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC, 0644);
	uint8_t *bytes = malloc(n + 1);

	T_MUST(fd >= 0 && bytes);
	rig_fill(n, 0, bytes, n);
	T_EQ(write(fd, bytes, n), (ssize_t)n);
	free(bytes);
	close(fd);
}

static void begin_test(void)
{
	rig_init(&rig);
	w = (struct watched){ .cancel_after = 0 };
	snprintf(src, sizeof(src), "%s/src", t_tmpdir());
	T_MUST(mkdir(src, 0755) == 0);
}

/* The staged inode at @path, 0 without one. */
static uint64_t staged(const char *path)
{
	uint64_t ino = ROOT;
	char copy_of[256], *save = NULL;

	snprintf(copy_of, sizeof(copy_of), "%s", path);
	for (char *p = strtok_r(copy_of, "/", &save); p && ino; p = strtok_r(NULL, "/", &save))
		ino = rig_lookup(&rig, ino, p);
	return ino;
}

static bool holds(const char *path, size_t n)
{
	uint8_t *bytes = malloc(n + 1);
	uint64_t ino = staged(path);
	bool same = ino && stage_read(rig.s, ino, 0, bytes, n + 1, &rig.err) == (ssize_t)n &&
		    rig_is_filled(n, 0, bytes, n);

	free(bytes);
	return same;
}

static void every_size_arrives(void)
{
	static const size_t sizes[] = { 0, 1, 2047, 2048, 2049, 65536, 1048575, 1048576, 1048577,
		3000000 };
	char name[32];

	begin_test();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		snprintf(name, sizeof(name), "f%zu", sizes[i]);
		put(name, sizes[i]);
	}
	T_EQ(copy("/"), 0);
	T_EQ(res.files, sizeof(sizes) / sizeof(sizes[0]));
	T_EQ(res.dirs, 1);
	T_EQ(w.last_nsec, w.total_nsec);
	T_TRUE(w.told > 0);
	for (int again = 0; again < 2; again++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			snprintf(name, sizeof(name), "src/f%zu", sizes[i]);
			T_TRUE(holds(name, sizes[i]));
		}
		rig_reopen_recounted(&rig);
	}
	rig_fini(&rig);
}

static void more_than_a_batch_keeps_its_order_and_content(void)
{
	char name[32];

	begin_test();
	for (size_t i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "f%zu", i);
		put(name, 5000 + i);
	}
	T_EQ(copy("/"), 0);
	T_EQ(res.files, 400);
	for (size_t i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "src/f%zu", i);
		T_TRUE(holds(name, 5000 + i));
	}
	/* Again, over itself: replaced one by one. */
	put("f7", 9000);
	T_EQ(copy("/"), 0);
	T_EQ(res.files, 400);
	T_EQ(res.dirs, 0);
	T_TRUE(holds("src/f7", 9000));
	T_TRUE(holds("src/f399", 5399));
	rig_reopen_recounted(&rig);
	T_EQ(rig_attr(&rig, ROOT).nlink, 3);
	rig_fini(&rig);
}

static void names_of_one_file_stay_names_of_one_file(void)
{
	begin_test();
	put("a", 100);
	put("large", 1100000);
	T_MUST(mkdir(at("d"), 0755) == 0);
	T_MUST(link(at("a"), at("b")) == 0 && link(at("a"), at("d/c")) == 0);
	T_MUST(link(at("large"), at("d/large")) == 0);
	T_MUST(symlink("a", at("s")) == 0 && link(at("s"), at("d/s")) == 0);
	T_EQ(copy("/"), 0);
	T_EQ(staged("src/a"), staged("src/b"));
	T_EQ(staged("src/a"), staged("src/d/c"));
	T_EQ(staged("src/large"), staged("src/d/large"));
	T_EQ(staged("src/s"), staged("src/d/s"));
	T_EQ(rig_attr(&rig, staged("src/a")).nlink, 3);
	T_TRUE(holds("src/d/large", 1100000));
	/* Counted once. */
	T_EQ(w.total_nsec, 1 + 538 + 9);
	rig_fini(&rig);
}

static void a_tree_deeper_than_any_path_arrives(void)
{
	char name[] = "a directory whose name is long enough to come to an end soon";
	uint64_t ino = 0;
	int fd, deep = 120;

	begin_test();
	fd = open(src, O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < deep; i++) {
		int below;

		T_MUST(mkdirat(fd, name, 0755) == 0);
		below = openat(fd, name, O_RDONLY | O_DIRECTORY);
		close(fd);
		fd = below;
	}
	close(openat(fd, "bottom", O_WRONLY | O_CREAT, 0644));
	close(fd);
	T_EQ(copy("/"), 0);
	T_EQ(res.dirs, deep + 1);
	ino = staged("src");
	for (int i = 0; ino && i < deep; i++)
		ino = rig_lookup(&rig, ino, name);
	T_MUST(ino != 0);
	T_TRUE(rig_lookup(&rig, ino, "bottom") != 0);
	rig_fini(&rig);
}

static void a_cancelled_copy_leaves_whole_files_only(void)
{
	char name[32];
	unsigned there = 0;

	begin_test();
	for (size_t i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "f%zu", i);
		put(name, 3000 + i);
	}
	/* The first 301 questions are those of the sizing. */
	w.cancel_after = 300 + 250;
	T_EQ(copy("/"), -ECANCELED);
	for (size_t i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "src/f%zu", i);
		if (!staged(name))
			continue;
		there++;
		T_TRUE(holds(name, 3000 + i));
	}
	T_EQ(there, res.files);
	T_TRUE(there > 0 && there < 300);
	rig_reopen_recounted(&rig);
	rig_fini(&rig);
}

static void growing(void)
{
	int fd = open(at("log"), O_WRONLY | O_APPEND);

	T_EQ(write(fd, "more", 4), 4);
	close(fd);
}

static const char *blocked; /* becomes something that cannot be opened */

static void vanishing(void)
{
	/* Four questions were those of the sizing, the fifth comes after the listing. */
	if (w.asked > 4)
		unlink(at(blocked));
}

static void what_goes_wrong_is_told_with_its_path(void)
{
	struct intake_request req;

	begin_test();
	put("a", 10);
	put("b", 10);
	put("c", 10);
	blocked = "b";
	w.hook = vanishing;
	T_EQ(copy("/"), -ENOENT);
	T_HAS(rig.err.msg, "/src/b");
	T_TRUE(holds("src/a", 10));
	put("b", 10);
	req = request("/");
	req.on_error = INTAKE_SKIP;
	T_EQ(run(&req), 0);
	T_EQ(res.skipped, 1);
	T_EQ(w.skipped, 1);
	T_EQ(res.first.code, -ENOENT);
	T_TRUE(holds("src/c", 10));
	rig_fini(&rig);
}

static void what_is_staged_under_the_name_may_be_in_the_way(void)
{
	struct intake_request req;
	uint64_t d;

	begin_test();
	put("file", 10);
	T_MUST(mkdir(at("dir"), 0755) == 0);
	d = rig_mkdir(&rig, ROOT, "src");
	rig_mkdir(&rig, d, "file");
	rig_file(&rig, d, "dir", 10);
	T_EQ(copy("/"), -EISDIR);
	T_HAS(rig.err.msg, "/src/file");
	req = request("/");
	req.on_error = INTAKE_SKIP;
	T_EQ(run(&req), 0);
	T_EQ(res.skipped, 2);
	T_TRUE(holds("src/dir", 0) == false);
	rig_fini(&rig);
}

static void a_medium_too_small_is_told_before_anything_is_changed(void)
{
	struct intake_request req;

	begin_test();
	put("a", 10000);
	put("b", 400000);
	put("c", 10000);
	rig_room(&rig, rig_image(&rig) + 100);
	T_EQ(copy("/"), -ENOSPC);
	T_HAS(rig.err.msg, "need");
	T_EQ(staged("src"), 0);
	/* What is merged may replace: known only at the file. */
	rig_mkdir(&rig, ROOT, "src");
	req = request("/");
	req.on_error = INTAKE_SKIP;
	T_EQ(run(&req), 0);
	T_EQ(res.skipped, 1);
	T_TRUE(holds("src/c", 10000));
	T_EQ(staged("src/b"), 0);
	rig_fini(&rig);
}

static void what_must_not_be_entered_is_left_out(void)
{
	struct intake_request req;
	struct stat st;

	begin_test();
	T_MUST(mkdir(at("project"), 0755) == 0);
	put("project/segment", 10);
	put("a", 10);
	T_MUST(stat(at("project"), &st) == 0);
	req = request("/");
	req.project_dev = st.st_dev;
	req.project_ino = st.st_ino;
	T_EQ(run(&req), 0);
	T_EQ(res.skipped, 1);
	T_HAS(res.first.msg, "/src/project is left out");
	T_EQ(staged("src/project"), 0);
	T_TRUE(holds("src/a", 10));
	req.mount_dev = st.st_dev;
	T_EQ(run(&req), -EINVAL);
	rig_fini(&rig);
}

static void a_file_that_is_written_to_all_the_time_is_never_torn(void)
{
	begin_test();
	put("log", 2000000);
	w.hook = growing;
	T_EQ(copy("/"), -ESTALE);
	T_HAS(rig.err.msg, "/src/log");
	T_EQ(staged("src/log"), 0);
	w.hook = NULL;
	T_EQ(copy("/"), 0);
	rig_fini(&rig);
}

static void who_is_not_root_owns_the_copy(void)
{
	struct intake_request req;

	if (geteuid() != 0)
		return;
	begin_test();
	put("theirs", 10);
	put("own", 10);
	put("secret", 10);
	T_MUST(chown(at("own"), 1234, 1235) == 0 && chmod(at("own"), 06755) == 0);
	T_MUST(chmod(at("theirs"), 06755) == 0 && chmod(at("secret"), 0600) == 0);
	T_MUST(chmod(at(".."), 0711) == 0);
	req = request("/");
	req.who = (struct rights){ .uid = 1234, .gid = 1234, .ngroups = 1, .groups = { 1235 } };
	req.on_error = INTAKE_SKIP;
	if (run(&req) == -EACCES) {
		puts("the folder of tests is closed to others");
		rig_fini(&rig);
		return;
	}
	T_EQ(res.skipped, 1);
	T_EQ(res.first.code, -EACCES);
	T_HAS(res.first.msg, "/src/secret");
	T_EQ(rig_attr(&rig, staged("src/own")).mode, S_IFREG | 06755);
	T_EQ(rig_attr(&rig, staged("src/own")).gid, 1235);
	T_EQ(rig_attr(&rig, staged("src/theirs")).uid, 1234);
	T_EQ(rig_attr(&rig, staged("src/theirs")).mode, S_IFREG | 0755);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(every_size_arrives);
	T_RUN(more_than_a_batch_keeps_its_order_and_content);
	T_RUN(names_of_one_file_stay_names_of_one_file);
	T_RUN(a_tree_deeper_than_any_path_arrives);
	T_RUN(a_cancelled_copy_leaves_whole_files_only);
	T_RUN(what_goes_wrong_is_told_with_its_path);
	T_RUN(what_is_staged_under_the_name_may_be_in_the_way);
	T_RUN(a_medium_too_small_is_told_before_anything_is_changed);
	T_RUN(what_must_not_be_entered_is_left_out);
	T_RUN(a_file_that_is_written_to_all_the_time_is_never_torn);
	T_RUN(who_is_not_root_owns_the_copy);
	return t_end();
}
