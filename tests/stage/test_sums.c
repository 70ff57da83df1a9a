/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SHA256SUMS on the image: its size is projected exactly whatever names do, and its lines are those
 * that sha256sum would write of the frozen tree.
 */
#include "tree/sums.h"

#include "base/buf.h"
#include "harness/t.h"
#include "image/image.h"
#include "image/survey.h"
#include "rig_stage.h"
#include "stage/digest.h"
#include "tree/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct image_opts every = { .spaces = 0 };

static struct image *image_of(struct rig *rig, const struct image_opts *opts)
{
	struct tree *t = NULL;
	struct image *img = NULL;

	T_MUST(stage_freeze(rig->s, &t, &rig->err) == 0);
	T_MUST(image_build(t, opts, &img, &rig->err) == 0);
	return img;
}

/* Projected and built. */
static void check_size(struct rig *rig, const struct image_opts *opts)
{
	struct stage_space space;
	struct image *img;

	T_MUST(stage_space(rig->s, &space, &rig->err) == 0);
	img = image_of(rig, opts);
	T_EQ(image_nsec(img), space.image_nsec);
	image_free(img);
}

/* The content of the list, or "". */
static void list_of(struct rig *rig, const struct image_opts *opts, struct buf *out)
{
	struct image *img = image_of(rig, opts);
	uint32_t node = image_find(img, "/" SUMS_NAME), lba;
	uint64_t nsec;
	char *bytes;

	buf_init(out, 1u << 24);
	if (node != UINT32_MAX && image_content_of(img, node, &lba, &nsec)) {
		bytes = malloc(nsec * SECTOR);
		T_MUST(bytes && image_read(img, lba, (uint32_t)nsec, bytes, &rig->err) == 0);
		buf_append(out, bytes, strnlen(bytes, nsec * SECTOR));
		free(bytes);
	}
	image_free(img);
}

static void expect_list(struct rig *rig, const struct image_opts *opts, const char *want)
{
	struct buf got;

	list_of(rig, opts, &got);
	T_STR(buf_str(&got), want);
	buf_fini(&got);
	check_size(rig, opts);
}

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void set_mark(struct rig *rig, uint64_t ino, const char *name, const char *value)
{
	T_EQ(stage_xattr_set(rig->s, ino, name,
		     (struct stage_bytes){ .at = value, .n = strlen(value) }, STAGE_XATTR_SET,
		     &rig->err),
		0);
}

static void lines_are_those_of_sha256sum(void)
{
	const struct measure m = image_measure(&every);
	struct stage_attr a;
	struct rig rig;
	uint64_t d, f;

	rig_init_with(&rig, &m);
	expect_list(&rig, &every, "");
	d = rig_mkdir(&rig, ROOT, "d");
	expect_list(&rig, &every, "");
	f = rig_create(&rig, d, "f");
	expect_list(&rig, &every, EMPTY "  d/f\n");
	T_EQ(stage_link(rig.s, f, ROOT, "a\nb", &a, &rig.err), 0);
	T_EQ(stage_link(rig.s, f, ROOT, "back\\", &a, &rig.err), 0);
	expect_list(&rig, &every, "\\" EMPTY "  a\\nb\n\\" EMPTY "  back\\\\\n" EMPTY "  d/f\n");
	T_EQ(rig_rename(&rig, ROOT, "d", ROOT, "\r"), 0);
	rig_unlink(&rig, ROOT, "a\nb");
	expect_list(&rig, &every, "\\" EMPTY "  back\\\\\n\\" EMPTY "  \\r/f\n");
	/* Hidden and excluded ones are not for everybody to find. */
	set_mark(&rig, d, "user.discfs.hidden", "joliet");
	expect_list(&rig, &every, "\\" EMPTY "  back\\\\\n");
	T_EQ(stage_xattr_remove(rig.s, d, "user.discfs.hidden", &rig.err), 0);
	expect_list(&rig, &every, "\\" EMPTY "  back\\\\\n\\" EMPTY "  \\r/f\n");
	set_mark(&rig, f, "user.discfs.exclude", "udf");
	expect_list(&rig, &every, "");
	rig_fini(&rig);
}

static void who_stages_a_list_keeps_it(void)
{
	const struct measure m = image_measure(&every);
	struct rig rig;
	uint64_t own;

	rig_init_with(&rig, &m);
	rig_file(&rig, ROOT, "a", 10);
	own = rig_file(&rig, ROOT, SUMS_NAME, 5);
	check_size(&rig, &every);
	for (unsigned i = 0; i < 2; i++) {
		struct image *img = image_of(&rig, &every);
		uint8_t sector[SECTOR];
		uint64_t nsec;
		uint32_t lba;

		T_TRUE(image_content_of(img, image_find(img, "/" SUMS_NAME), &lba, &nsec));
		T_EQ(image_read(img, lba, 1, sector, &rig.err), 0);
		T_TRUE(rig_is_filled(own, 0, sector, 5));
		image_free(img);
		rig_reopen(&rig);
	}
	T_EQ(rig_rename(&rig, ROOT, SUMS_NAME, ROOT, "mine"), 0);
	check_size(&rig, &every);
	rig_unlink(&rig, ROOT, "a");
	rig_unlink(&rig, ROOT, "mine");
	check_size(&rig, &every);
	rig_fini(&rig);
}

/* A name of 1 to 200 bytes, one in three with something to escape. */
static const char *draw_name(char out[static 256])
{
	static const char odd[] = "\\\n\r.";
	size_t n = 1 + t_below(t_below(4) ? 12 : 200);

	for (size_t i = 0; i < n; i++)
		out[i] = (char)('a' + t_below(26));
	if (t_below(3) == 0)
		out[t_below(n)] = odd[t_below(4)];
	out[n] = '\0';
	if (strcmp(out, ".") == 0)
		out[0] = 'x';
	return out;
}

#define DIRS  12u
#define EDITS 160u

struct world {
	struct rig *rig;
	uint64_t dir[DIRS];
	uint32_t ndir;
};

struct any_name {
	char name[256];
	uint64_t ino;
	uint64_t skip;
};

static bool pick(void *arg, const struct stage_dirent *e)
{
	struct any_name *n = arg;

	if (strcmp(e->name, ".") == 0 || strcmp(e->name, "..") == 0)
		return true;
	snprintf(n->name, sizeof(n->name), "%s", e->name);
	n->ino = e->attr.ino;
	return n->skip-- > 0;
}

static void edit(struct world *w)
{
	struct rig *rig = w->rig;
	uint64_t dir = w->dir[t_below(w->ndir)], to = w->dir[t_below(w->ndir)];
	struct any_name old = { .skip = t_below(5) };
	struct stage_attr a;
	char name[256];

	draw_name(name);
	stage_readdir(rig->s, dir, 0, pick, &old, &rig->err);
	switch (t_below(8)) {
	case 0:
		if (w->ndir < DIRS && rig_make(rig, dir, name, S_IFDIR | 0755) == 0)
			w->dir[w->ndir++] = rig_lookup(rig, dir, name);
		break;
	case 1:
		if (old.ino)
			rig_unlink(rig, dir, old.name);
		break;
	case 2:
	case 3:
		if (old.ino)
			rig_rename_how(rig, dir, old.name, to, name, (enum stage_rename)t_below(3));
		break;
	case 4:
		if (old.ino)
			stage_link(rig->s, old.ino, to, name, &a, &rig->err);
		break;
	case 5:
		if (old.ino)
			stage_xattr_set(rig->s, old.ino, "user.discfs.hidden",
				(struct stage_bytes){ .at = t_below(2) ? "1" : "0", .n = 1 },
				STAGE_XATTR_SET, &rig->err);
		break;
	default:
		rig_make(rig, dir, name, S_IFREG | 0644);
	}
}

static void work_with(struct image_opts opts, uint64_t seed)
{
	const struct measure m = image_measure(&opts);
	struct world w = { .dir = { ROOT }, .ndir = 1 };
	struct rig rig;

	t_seed(seed);
	rig_init_with(&rig, &m);
	w.rig = &rig;
	for (unsigned i = 0; i < EDITS; i++) {
		edit(&w);
		if (i % 5 == 0)
			check_size(&rig, &opts);
	}
	rig_reopen_recounted(&rig);
	check_size(&rig, &opts);
	rig_fini(&rig);
}

static void the_projection_is_exact_whatever_names_do(void)
{
	work_with((struct image_opts){ .spaces = 0 }, 1);
	work_with((struct image_opts){ .spaces = IMAGE_UDF, .dotfiles_hidden = true }, 2);
	work_with((struct image_opts){ .spaces = IMAGE_ISO9660 | IMAGE_ROCKRIDGE }, 3);
	work_with((struct image_opts){ .checksums = IMAGE_CHECKSUMS_OFF }, 4);
}

int main(void)
{
	T_RUN(lines_are_those_of_sha256sum);
	T_RUN(who_stages_a_list_keeps_it);
	T_RUN(the_projection_is_exact_whatever_names_do);
	return t_end();
}
