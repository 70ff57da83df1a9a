/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * images make DIR: writes one image for each row of the matrix, DIR/ROW.iso, and what it holds,
 * DIR/ROW.tsv; tells the rows on stdout. images read IMAGE SPACE: what our own reader finds, in
 * the same form. One line for each name, parted by tabs: number, parent's number, inode, letter of
 * the kind, mode, owner, group, links, modified at, bytes, CRC-32 of content, device, target, the
 * names in ISO 9660, Joliet, Rock Ridge and UDF; texts in hex, "-" for none.
 */
#include "base/crc32.h"
#include "base/err.h"
#include "base/sector.h"
#include "harness/t.h"
#include "image/image.h"
#include "image/reader.h"
#include "image/survey.h"
#include "image/rig_image.h"
#include "image/rig_tree.h"
#include "tree/tree.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define RR	    (IMAGE_ISO9660 | IMAGE_ROCKRIDGE)
#define UDF	    IMAGE_UDF
#define READ_BYTES  (1u << 16)
#define STAMP	    1600000000u
#define FLAG_OWNERS "rationalised"

struct row {
	const char *tree, *setting;
	struct image_opts opts;
	const char *flags;
};

static const struct row rows[] = {
	{ "plain", "auto", { .spaces = 0 } },
	{ "plain", "iso9660", { .spaces = IMAGE_ISO9660 } },
	{ "plain", "rockridge", { .spaces = RR } },
	{ "plain", "joliet", { .spaces = IMAGE_ISO9660 | IMAGE_JOLIET } },
	{ "plain", "level1", { .spaces = RIG_ISO, .iso_level = IMAGE_LEVEL_1 } },
	{ "plain", "level2", { .spaces = RIG_ISO, .iso_level = IMAGE_LEVEL_2 } },
	{ "plain", "level4", { .spaces = RIG_ISO, .iso_level = IMAGE_LEVEL_1999 } },
	{ "plain", "strict", { .spaces = RR, .strict = true } },
	{ "plain", "joliet64", { .spaces = RIG_ISO, .joliet_names = IMAGE_JOLIET_64 } },
	{ "plain", "ucs1", { .spaces = RIG_ISO, .joliet_level = IMAGE_JOLIET_1 } },
	{ "plain", "ucs2", { .spaces = RIG_ISO, .joliet_level = IMAGE_JOLIET_2 } },
	{ "plain", "owners", { .spaces = 0, .ownership = IMAGE_OWNERS_RATIONALISED }, FLAG_OWNERS },
	{ "plain", "dotfiles", { .spaces = 0, .dotfiles_hidden = true } },
	{ "plain", "sorted", { .spaces = 0, .sort = IMAGE_SORT_NAME } },
	{ "plain", "gpt", { .spaces = 0, .hybrid = IMAGE_HYBRID_GPT } },
	{ "plain", "udf", { .spaces = UDF } },
	{ "plain", "udf102", { .spaces = UDF, .udf_revision = IMAGE_UDF_102 } },
	{ "plain", "udf150", { .spaces = 0, .udf_revision = IMAGE_UDF_150 } },
	{ "plain", "udf200", { .spaces = UDF, .udf_revision = IMAGE_UDF_200 } },
	{ "plain", "udf201", { .spaces = 0, .udf_revision = IMAGE_UDF_201 } },
	{ "plain", "udf250", { .spaces = 0, .udf_revision = IMAGE_UDF_250 } },
	{ "plain", "udf260", { .spaces = UDF, .udf_revision = IMAGE_UDF_260 } },
	{ "plain", "udf250one",
		{ .spaces = UDF, .udf_revision = IMAGE_UDF_250, .udf_mirror = IMAGE_MIRROR_OFF } },
	{ "plain", "vat150",
		{ .spaces = UDF,
			.udf_revision = IMAGE_UDF_150,
			.udf_access = IMAGE_ACCESS_WRITE_ONCE } },
	{ "plain", "vat200",
		{ .spaces = UDF,
			.udf_revision = IMAGE_UDF_200,
			.udf_access = IMAGE_ACCESS_WRITE_ONCE } },
	{ "links", "auto", { .spaces = 0 } },
	{ "links", "udf260", { .spaces = UDF, .udf_revision = IMAGE_UDF_260 } },
	{ "empty", "auto", { .spaces = 0 } },
	{ "deep", "auto", { .spaces = 0 } },
	{ "deep", "relocate", { .spaces = RR, .depth = IMAGE_DEPTH_RELOCATE } },
	{ "collisions", "auto", { .spaces = 0 } },
	{ "collisions", "level1", { .spaces = RIG_ISO, .iso_level = IMAGE_LEVEL_1 } },
	{ "symlinks", "auto", { .spaces = 0 } },
	{ "nasty", "auto", { .spaces = 0 } },
	{ "nasty", "iso9660", { .spaces = IMAGE_ISO9660 } },
	{ "nasty", "level1", { .spaces = RIG_ISO, .iso_level = IMAGE_LEVEL_1 } },
	{ "nasty", "level4", { .spaces = RIG_ISO, .iso_level = IMAGE_LEVEL_1999 } },
	{ "nasty", "joliet64", { .spaces = RIG_ISO, .joliet_names = IMAGE_JOLIET_64 } },
	{ "nasty", "udf", { .spaces = UDF } },
};

static void put_hex(FILE *f, const char *s, size_t n)
{
	fputc('\t', f);
	if (!s)
		fputc('-', f);
	for (size_t i = 0; s && i < n; i++)
		fprintf(f, "%02x", (unsigned char)s[i]);
}

static uint32_t content_crc(const struct tree *t, uint32_t node)
{
	const uint64_t size = tree_inode_of(t, node)->size_bytes;
	uint8_t *bytes = malloc(READ_BYTES);
	struct err err = { 0 };
	uint32_t crc = 0;

	T_MUST(bytes != NULL);
	for (uint64_t at = 0; at < size; at += READ_BYTES) {
		size_t n = size - at < READ_BYTES ? (size_t)(size - at) : READ_BYTES;

		if (tree_read(t, t->node[node].inode, at, bytes, n, &err) < 0) {
			fprintf(stderr, "%s\n", err.msg);
			exit(1);
		}
		crc = crc32_of(crc, bytes, n);
	}
	free(bytes);
	return crc;
}

static char letter_of(uint32_t mode)
{
	static const char letters[16] = { [S_IFDIR >> 12] = 'd',
		[S_IFREG >> 12] = 'f',
		[S_IFLNK >> 12] = 'l',
		[S_IFCHR >> 12] = 'c',
		[S_IFBLK >> 12] = 'b',
		[S_IFIFO >> 12] = 'p',
		[S_IFSOCK >> 12] = 's' };
	char letter = letters[mode >> 12 & 15];

	return letter ? letter : '?';
}

/* All but the names. */
static void put_node(FILE *f, const struct tree *t, uint32_t node)
{
	const struct tree_inode *in = tree_inode_of(t, node);
	const bool device = S_ISCHR(in->mode) || S_ISBLK(in->mode);

	fprintf(f, "%u\t%u\t%u\t%c\t%o\t%u\t%u\t%u\t%ld\t%" PRIu64 "\t%08x\t%u,%u", node,
		t->node[node].parent, t->node[node].inode, letter_of(in->mode), in->mode & 07777,
		in->uid, in->gid, in->nlink, in->mtime.tv_sec, in->size_bytes,
		S_ISREG(in->mode) ? content_crc(t, node) : 0, device ? major(in->rdev) : 0,
		device ? minor(in->rdev) : 0);
	put_hex(f, tree_target(in), S_ISLNK(in->mode) ? in->target_len : 0);
}

static void put_manifest(const char *path, const struct tree *t, const struct image *img)
{
	struct image_name names[IMAGE_NAMES];
	FILE *f = fopen(path, "we");

	T_MUST(f != NULL);
	for (uint32_t node = 0; node < t->nnode; node++) {
		put_node(f, t, node);
		image_names(img, node, names);
		for (unsigned i = 0; i < IMAGE_NAMES; i++)
			put_hex(f, names[i].shown || node == 0 ? names[i].text : NULL,
				strlen(names[i].text));
		fputc('\n', f);
	}
	T_MUST(fclose(f) == 0);
}

static void make_row(const struct row *r, const char *dir)
{
	static const char *const own = "plain links";
	struct image_opts opts = r->opts;
	struct image *img;
	struct tree *t;
	char path[512], *text;

	snprintf(opts.volume_id, sizeof(opts.volume_id), "Judged");
	snprintf(opts.volume_id_udf, sizeof(opts.volume_id_udf),
		"Judg\xc3\xa9"
		"d");
	snprintf(path, sizeof(path), "%s/%s.tree", strstr(own, r->tree) ? "../judges" : "golden",
		r->tree);
	text = rig_read_test_file(path);
	t = rig_tree_parse(text, STAMP);
	free(text);
	img = rig_image_with(t, &opts);
	snprintf(path, sizeof(path), "%s/%s-%s.iso", dir, r->tree, r->setting);
	rig_image_write(img, path);
	snprintf(path, sizeof(path), "%s/%s-%s.tsv", dir, r->tree, r->setting);
	put_manifest(path, t, img);
	printf("%s-%s\t%u\t%u\t%u\t%u\t%s\n", r->tree, r->setting, image_spaces(&opts),
		opts.udf_revision, opts.iso_level, image_nsec(img), r->flags ? r->flags : "");
	image_free(img);
}

static int read_file(void *arg, uint32_t lba, uint32_t nsec, void *out, struct err *err)
{
	const size_t n = (size_t)nsec * SECTOR;

	if (pread(*(int *)arg, out, n, (off_t)lba * SECTOR) == (ssize_t)n)
		return 0;
	return err_set(err, -EIO, "sector %u cannot be read", lba);
}

static int read_image(const char *path, const char *space)
{
	static const char *const spaces[] = { "iso9660", "rockridge", "joliet", "udf" };
	int fd = open(path, O_RDONLY | O_CLOEXEC), r = -EINVAL;
	struct sector_source src = { .read = read_file, .arg = &fd };
	struct err err = { .msg = "no such name space" };
	struct tree *t = NULL;
	struct stat st;

	T_MUST(fd >= 0 && fstat(fd, &st) == 0);
	src.nsec = (uint32_t)(st.st_size / SECTOR);
	for (unsigned i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		if (strcmp(space, spaces[i]) == 0)
			r = reader_tree(&src, 0, (enum reader_space)i, &t, &err);
	if (r < 0)
		fprintf(stderr, "%s\n", err.msg);
	for (uint32_t node = 0; t && node < t->nnode; node++) {
		put_node(stdout, t, node);
		put_hex(stdout, t->node[node].name, t->node[node].name_len);
		putchar('\n');
	}
	tree_free(t);
	close(fd);
	return r < 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "read") == 0)
		return read_image(argv[2], argv[3]);
	if (argc != 3 || strcmp(argv[1], "make") != 0) {
		fprintf(stderr, "usage: images make DIR | images read IMAGE SPACE\n");
		return 2;
	}
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		make_row(&rows[i], argv[2]);
	return 0;
}
