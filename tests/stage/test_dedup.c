/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Equal content: what is projected is what is built, whatever is staged, changed and hashed in any
 * order; and every file reads as it was staged.
 */
#include "harness/t.h"
#include "image/image.h"
#include "image/reader.h"
#include "image/survey.h"
#include "rig_stage.h"
#include "stage/digest.h"
#include "tree/tree.h"

#include "stage/private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct image *image_of(struct rig *rig, const struct image_opts *opts)
{
	struct tree *t = NULL;
	struct image *img = NULL;

	T_MUST(stage_freeze(rig->s, &t, &rig->err) == 0);
	T_MUST(image_build(t, opts, &img, &rig->err) == 0);
	return img;
}

static uint64_t projected(struct rig *rig)
{
	struct stage_space space;

	T_MUST(stage_space(rig->s, &space, &rig->err) == 0);
	return space.image_nsec;
}

static uint32_t lba_of(const struct image *img, const char *path)
{
	uint32_t node = image_find(img, path), lba = 0;
	uint64_t nsec;

	T_MUST(node != UINT32_MAX);
	return image_content_of(img, node, &lba, &nsec) ? lba : 0;
}

/* Content @kind of @size bytes: equal for equal arguments. */
static void put_content(struct rig *rig, uint64_t ino, unsigned kind, size_t size)
{
	uint8_t *bytes = malloc(size + 1);

	T_MUST(bytes != NULL);
	memset(bytes, 'a' + (int)kind, size);
	T_EQ(stage_hold(rig->s, ino, false, &rig->err), 0);
	rig_truncate(rig, ino, 0);
	T_EQ(stage_write(rig->s, ino, 0, false, bytes, size, &rig->err), size);
	stage_release(rig->s, ino);
	free(bytes);
}

static void set_mtime(struct rig *rig, uint64_t ino, time_t sec)
{
	const struct timespec when = { .tv_sec = sec };
	struct stage_attr a;

	T_EQ(stage_setattr(rig->s, ino, &(struct stage_change){ .mtime = &when }, &a, &rig->err),
		0);
}

static uint64_t put_file(struct rig *rig, const char *name, unsigned kind, size_t size, time_t sec)
{
	uint64_t ino = rig_create(rig, ROOT, name);

	put_content(rig, ino, kind, size);
	set_mtime(rig, ino, sec);
	return ino;
}

#define BIG 50000u

/* a, b: alike; c: of another time. */
static void stage_three(struct rig *rig)
{
	put_file(rig, "a", 1, BIG, 1000);
	put_file(rig, "b", 1, BIG, 1000);
	put_file(rig, "c", 1, BIG, 2000);
	put_file(rig, "d", 2, BIG, 1000);
}

static void expect_shared(struct image_opts opts, bool alike, bool equal)
{
	const struct measure m = image_measure(&opts);
	struct rig rig;
	struct image *img;
	uint64_t before;

	rig_init_with(&rig, &m);
	stage_three(&rig);
	before = projected(&rig);
	img = image_of(&rig, &opts);
	T_EQ(image_nsec(img), projected(&rig));
	T_EQ(lba_of(img, "/a") == lba_of(img, "/b"), alike);
	T_EQ(lba_of(img, "/a") == lba_of(img, "/c"), equal);
	T_EQ(lba_of(img, "/a") == lba_of(img, "/d"), false);
	T_TRUE(image_nsec(img) <= before - (alike + equal) * sectors_for(BIG));
	image_free(img);
	rig_fini(&rig);
}

static void extents_are_shared_as_the_setting_says(void)
{
	const unsigned iso = IMAGE_ISO9660 | IMAGE_ROCKRIDGE;

	expect_shared((struct image_opts){ .spaces = 0 }, true, false);
	expect_shared((struct image_opts){ .dedup = IMAGE_DEDUP_ALWAYS }, true, true);
	expect_shared((struct image_opts){ .dedup = IMAGE_DEDUP_OFF }, false, false);
	expect_shared((struct image_opts){ .spaces = iso }, true, true);
	expect_shared((struct image_opts){ .spaces = IMAGE_UDF }, true, false);
	expect_shared((struct image_opts){ .dedup = IMAGE_DEDUP_ON }, true, false);
}

static int read_sectors(void *arg, uint32_t lba, uint32_t nsec, void *out, struct err *err)
{
	return image_read(arg, lba, nsec, out, err);
}

static uint32_t inode_named(const struct tree *t, const char *name)
{
	for (uint32_t i = 1; i < t->nnode; i++)
		if (strcmp(t->node[i].name, name) == 0)
			return t->node[i].inode;
	t_abort();
}

/* Read back as UDF has it: its reader counts the names of each entry and compares. */
static void udf_has_one_entry_for_what_is_alike(void)
{
	const struct image_opts opts = { .dedup = IMAGE_DEDUP_ALWAYS };
	const struct measure m = image_measure(&opts);
	struct stage_attr a;
	struct tree *t = NULL;
	struct image *img;
	struct rig rig;

	rig_init_with(&rig, &m);
	stage_three(&rig);
	T_EQ(stage_link(rig.s, rig_lookup(&rig, ROOT, "b"), ROOT, "e", &a, &rig.err), 0);
	img = image_of(&rig, &opts);
	T_MUST(reader_tree(
		       &(struct sector_source){
			       .read = read_sectors, .nsec = image_nsec(img), .arg = img },
		       0, READER_UDF, &t, &rig.err) == 0);
	T_EQ(inode_named(t, "a"), inode_named(t, "b"));
	T_EQ(inode_named(t, "a"), inode_named(t, "e"));
	T_EQ(t->inode[inode_named(t, "a")].nlink, 3);
	T_TRUE(inode_named(t, "a") != inode_named(t, "c"));
	T_EQ(t->inode[inode_named(t, "c")].nlink, 1);
	tree_free(t);
	image_free(img);
	rig_fini(&rig);
}

/* What is not everywhere, or changed for boot loaders, shares nothing. */
static void some_files_share_nothing(void)
{
	const struct image_opts opts = { .spaces = 0 };
	const struct measure m = image_measure(&opts);
	static const char *const marks[][2] = { { "user.discfs.exclude", "udf" },
		{ "user.discfs.boot.info_table", "on" } };
	struct image *img;
	struct rig rig;

	for (unsigned i = 0; i < 2; i++) {
		rig_init_with(&rig, &m);
		stage_three(&rig);
		T_EQ(stage_digest_all(rig.s, &rig.err), 0);
		T_EQ(stage_xattr_set(rig.s, rig_lookup(&rig, ROOT, "b"), marks[i][0],
			     (struct stage_bytes){ marks[i][1], strlen(marks[i][1]) },
			     STAGE_XATTR_SET, &rig.err),
			0);
		img = image_of(&rig, &opts);
		T_EQ(image_nsec(img), projected(&rig));
		T_TRUE(lba_of(img, "/a") != lba_of(img, "/b"));
		image_free(img);
		rig_fini(&rig);
	}
}

static void a_change_of_what_is_shared_has_to_fit(void)
{
	const struct image_opts opts = { .spaces = 0 };
	const struct measure m = image_measure(&opts);
	struct rig rig;
	uint64_t a;

	rig_init_with(&rig, &m);
	stage_three(&rig);
	T_EQ(stage_digest_all(rig.s, &rig.err), 0);
	rig_room(&rig, projected(&rig) + 2);
	a = rig_lookup(&rig, ROOT, "a");
	T_EQ(rig_write(&rig, a, 0, 1), -ENOSPC);
	T_EQ(rig_image(&rig), projected(&rig));
	rig_room(&rig, projected(&rig) + sectors_for(BIG) + 20);
	T_EQ(rig_write(&rig, a, 0, 1), 1);
	rig_fini(&rig);
}

#define FILES 24u

struct world {
	struct rig *rig;
	const struct image_opts *opts;
};

static void file_name(char out[static 16], uint64_t i)
{
	snprintf(out, 16, "f%u", (unsigned)i);
}

static const size_t sizes[] = { 1, 2048, 5000, 1900, 100000 };

static void edit(struct world *w)
{
	struct rig *rig = w->rig;
	char name[16], other[16];
	struct stage_attr a;
	uint64_t ino;
	uint32_t mode;

	file_name(name, t_below(FILES));
	file_name(other, t_below(FILES));
	ino = rig_lookup(rig, ROOT, name);
	if (!ino) {
		put_file(rig, name, (unsigned)t_below(2), sizes[t_below(5)],
			(time_t)t_below(2) + 1000);
		return;
	}
	switch (t_below(10)) {
	case 0:
		rig_unlink(rig, ROOT, name);
		break;
	case 1:
		put_content(rig, ino, (unsigned)t_below(2), sizes[t_below(5)]);
		break;
	case 2:
		rig_truncate(rig, ino, sizes[t_below(5)]);
		break;
	case 3:
		mode = t_below(2) ? 0600 : 0644;
		stage_setattr(rig->s, ino, &(struct stage_change){ .mode = &mode }, &a, &rig->err);
		break;
	case 4:
		stage_link(rig->s, ino, ROOT, other, &a, &rig->err);
		break;
	case 5:
		stage_xattr_set(rig->s, ino, t_below(2) ? "user.a" : "user.discfs.exclude",
			(struct stage_bytes){ "1", 1 }, STAGE_XATTR_SET, &rig->err);
		break;
	case 6:
		stage_xattr_remove(
			rig->s, ino, t_below(2) ? "user.a" : "user.discfs.exclude", &rig->err);
		break;
	case 7:
		rig_rename(rig, ROOT, name, ROOT, other);
		break;
	case 8:
		stage_digest_run(rig->s, &rig->err);
		break;
	default:
		set_mtime(rig, ino, (time_t)t_below(2) + 1000);
	}
}

/* Every file of the image, read through its place, is what is staged. */
static void check_contents(struct world *w, const struct image *img)
{
	for (unsigned i = 0; i < FILES; i++) {
		char name[16], path[17];
		struct stage_attr a;
		uint8_t *staged, *there;
		uint32_t lba;

		file_name(name, i);
		snprintf(path, sizeof(path), "/%s", name);
		if (!rig_lookup(w->rig, ROOT, name) || (lba = lba_of(img, path)) == 0)
			continue;
		a = rig_attr(w->rig, rig_lookup(w->rig, ROOT, name));
		staged = malloc(a.size_bytes + 1);
		there = malloc(sectors_for(a.size_bytes) * SECTOR);
		T_MUST(staged && there);
		T_EQ(stage_read(w->rig->s, a.ino, 0, staged, a.size_bytes, &w->rig->err),
			a.size_bytes);
		T_EQ(image_read(img, lba, (uint32_t)sectors_for(a.size_bytes), there, &w->rig->err),
			0);
		T_MEM(there, staged, a.size_bytes);
		free(staged);
		free(there);
	}
}

static void check(struct world *w)
{
	uint64_t before = projected(w->rig);
	struct image *img = image_of(w->rig, w->opts);

	T_EQ(image_nsec(img), projected(w->rig));
	T_TRUE(image_nsec(img) <= before);
	check_contents(w, img);
	image_free(img);
}

static void work_with(struct image_opts opts, uint64_t seed)
{
	const struct measure m = image_measure(&opts);
	struct world w = { .opts = &opts };
	struct rig rig;
	uint64_t kept;

	t_seed(seed);
	rig_init_with(&rig, &m);
	w.rig = &rig;
	for (unsigned i = 0; i < 300; i++) {
		edit(&w);
		if (i % 6 == 0)
			check(&w);
	}
	check(&w);
	kept = projected(&rig);
	rig_reopen_recounted(&rig);
	T_EQ(projected(&rig), kept);
	check(&w);
	rig_fini(&rig);
}

static void the_projection_is_exact_whatever_is_equal(void)
{
	work_with((struct image_opts){ .spaces = 0 }, 1);
	work_with((struct image_opts){ .dedup = IMAGE_DEDUP_ALWAYS }, 2);
	work_with((struct image_opts){ .spaces = IMAGE_UDF }, 3);
	work_with((struct image_opts){ .spaces = IMAGE_ISO9660 | IMAGE_JOLIET }, 4);
	work_with((struct image_opts){ .dedup = IMAGE_DEDUP_OFF }, 5);
	work_with((struct image_opts){ .udf_revision = IMAGE_UDF_250 }, 6);
	work_with((struct image_opts){ .boot_catalog = "/f3" }, 7);
}

int main(void)
{
	T_RUN(extents_are_shared_as_the_setting_says);
	T_RUN(udf_has_one_entry_for_what_is_alike);
	T_RUN(some_files_share_nothing);
	T_RUN(a_change_of_what_is_shared_has_to_fit);
	T_RUN(the_projection_is_exact_whatever_is_equal);
	return t_end();
}
