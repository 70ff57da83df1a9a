/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UDF volumes read back by the reader of the product: ours in every form, and other makers'. */
#include "image/reader.h"

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/sector.h"
#include "harness/t.h"
#include "rig_forms.h"
#include "rig_image.h"
#include "rig_source.h"
#include "rig_tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static struct tree *read_back(const struct sector_source *src)
{
	struct tree *t = NULL;
	struct err err = { 0 };

	if (reader_tree(src, 0, READER_UDF, &t, &err) < 0)
		fprintf(stderr, "%s\n", err.msg);
	T_MUST(t != NULL);
	return t;
}

static void same_attributes(const struct tree *want, const struct tree *got, bool streams)
{
	for (uint32_t i = 0; i < want->ninode; i++) {
		const struct tree_inode *x = &want->inode[i], *y = &got->inode[i];
		uint32_t n = streams ? x->nxattr : 0;

		T_EQ(y->mtime.tv_nsec, x->mtime.tv_nsec / 1000 * 1000);
		T_MUST(y->nxattr == n);
		for (uint32_t k = 0; k < n; k++) {
			T_STR(y->xattr[k].name, x->xattr[k].name);
			T_EQ(y->xattr[k].value_len, x->xattr[k].value_len);
			T_TRUE(x->xattr[k].value_len == 0 ||
				memcmp(x->xattr[k].value, y->xattr[k].value,
					x->xattr[k].value_len) == 0);
		}
	}
}

/* decode(encode(x)) == x. Takes @t. */
static void check(struct tree *t, const struct rig_form *form)
{
	struct image *img = rig_image_with(t, &form->opts);
	struct sector_source src = rig_image_source(img);
	struct tree *got = read_back(&src);
	struct reader_spaces spaces;

	rig_same_tree(t, got);
	same_attributes(t, got, form->revision >= 0x200);
	T_EQ(reader_probe(&src, 0, &spaces, NULL), 0);
	T_TRUE(spaces.udf);
	T_EQ(spaces.udf_revision, form->revision);
	tree_free(got);
	image_free(img);
}

static const char *random_target(char *out, size_t cap)
{
	static const char *const parts[] = { "..", ".", "name", "\xc3\xa9\xc3\xa8", "\xd0\x96",
		"a_component_of_some_length_that_fills_fields_sooner_than_others_do" };
	size_t n = 0;

	if (t_below(3) == 0)
		out[n++] = '/';
	for (uint64_t k = 1 + t_below(t_below(5) ? 4 : 80); k > 0 && n + 80 < cap; k--)
		n += (size_t)snprintf(
			out + n, cap - n, "%s%s", parts[t_below(6)], k > 1 ? "/" : "");
	return out;
}

static void random_inode(struct tree_inode *in)
{
	static const uint32_t types[] = { S_IFREG, S_IFREG, S_IFREG, S_IFDIR, S_IFLNK, S_IFCHR,
		S_IFBLK, S_IFIFO, S_IFSOCK };
	static const uint64_t sizes[] = { 0, 1, 1500, 2047, 2048, 2049, 100000, 0x3ffff800,
		0x3ffff801, 1ull << 32, 0x3ffff800ull * 300 + 77 };

	*in = (struct tree_inode){
		.mode = types[t_below(sizeof(types) / sizeof(types[0]))] | (uint32_t)t_below(07777),
		.mtime.tv_sec = (time_t)t_below(1ull << 32) - (1ll << 31),
		.mtime.tv_nsec = (long)t_below(1000000000),
		.uid = (uint32_t)t_below(UINT32_MAX),
		.gid = (uint32_t)t_below(UINT32_MAX),
		.rdev = makedev((unsigned)t_below(4096), (unsigned)t_below(1000)),
	};
	if (S_ISREG(in->mode))
		in->size_bytes = sizes[t_below(sizeof(sizes) / sizeof(sizes[0]))];
	if (S_ISLNK(in->mode))
		in->mode |= 0777;
	in->marks.realtime = S_ISREG(in->mode) && t_below(4) == 0;
}

#define ENTRIES_MAX 256u

/* Of entry @i; the tree's maker borrows them. */
static void random_attributes(unsigned i, struct tree_inode *in)
{
	static struct tree_xattr all[ENTRIES_MAX][4];
	static char value[20000], names[ENTRIES_MAX][4][40];

	for (size_t k = 0; k < sizeof(value); k++)
		value[k] = (char)(k * 31);
	in->nxattr = (uint32_t)t_below(5);
	in->xattr = all[i];
	for (uint32_t k = 0; k < in->nxattr && k < 4; k++) {
		snprintf(names[i][k], sizeof(names[i][k]), "user.attribute \xd0\x96 %u", k);
		all[i][k] = (struct tree_xattr){ names[i][k], value,
			(uint32_t)t_below(t_below(3) ? 40 : sizeof(value)) };
	}
	if (in->nxattr == 4)
		in->nxattr = 0;
}

/* Names that every revision records as they are. */
static size_t random_name(char *out, unsigned number)
{
	static const char *const pieces[] = { "a", ".ext", "\xc3\xa9", "\xd0\x96", " ", "LONG_" };
	size_t n = (size_t)snprintf(out, 256, "%u", number);

	for (uint64_t k = t_below(t_below(9) ? 4 : 100); k > 0 && n < 115; k--)
		n += (size_t)snprintf(out + n, 256 - n, "%s", pieces[t_below(6)]);
	return n;
}

static struct tree *random_tree(uint64_t seed, unsigned count)
{
	struct rig_tree *rt = rig_tree_new();
	uint32_t dirs[40] = { 0 };
	uint64_t last_key = 0;
	unsigned ndir = 1;
	struct tree_inode last = { 0 };

	t_seed(seed);
	for (unsigned i = 0; i < count; i++) {
		uint32_t parent = dirs[t_below(ndir)], node;
		char name[256], target[4000];
		struct tree_inode in;
		size_t len = random_name(name, i);

		random_inode(&in);
		random_attributes(i, &in);
		if (S_ISLNK(in.mode)) {
			in.target = random_target(target, sizeof(target));
			in.target_len = (uint32_t)strlen(target);
		}
		if (last_key && t_below(5) == 0) {
			last.nxattr = 0;
			rig_tree_add(rt, parent, name, len, last_key, &last);
			continue;
		}
		node = rig_tree_add(rt, parent, name, len, i + 1, &in);
		if (S_ISDIR(in.mode) && ndir < 40)
			dirs[ndir++] = node;
		if (S_ISREG(in.mode) && in.nxattr == 0) {
			last_key = i + 1;
			last = in;
		}
	}
	return rig_tree_finish(rt, 1600000000);
}

static void random_trees_come_back_the_same_in_every_form(void)
{
	for (size_t i = 0; i < rig_nform; i++)
		for (unsigned k = 0; k < 4; k++)
			check(random_tree(i * 100 + k, 3 + k * k * 20), &rig_forms[i]);
}

static void an_empty_volume_comes_back_in_every_form(void)
{
	for (size_t i = 0; i < rig_nform; i++)
		check(rig_tree_finish(rig_tree_new(), 1000000000), &rig_forms[i]);
}

static void long_directories_come_back(void)
{
	for (size_t i = 0; i < rig_nform; i += 3) {
		struct rig_tree *rt = rig_tree_new();
		char name[256];

		for (unsigned k = 0; k < 700; k++) {
			struct tree_inode in = { .mode = S_IFREG | 0644 };
			int len = snprintf(name, sizeof(name), "%05u", k);

			memset(name + len, 'x', 200);
			rig_tree_add(rt, 0, name, (size_t)len + k % 200, k + 1, &in);
		}
		check(rig_tree_finish(rt, 1600000000), &rig_forms[i]);
	}
}

/* Names and targets that UDF says in other words: as many, and all can be read. */
static void odd_names_can_be_read_in_every_form(void)
{
	for (size_t i = 0; i < rig_nform; i++) {
		char *text = rig_read_test_file("golden/nasty.tree");
		struct tree *t = rig_tree_parse(text, 1600000000), *got;
		struct image *img = rig_image_with(t, &rig_forms[i].opts);
		struct sector_source src = rig_image_source(img);

		got = read_back(&src);
		T_EQ(got->nnode, t->nnode);
		T_EQ(got->ninode, t->ninode);
		rig_touch_tree(got, 10000);
		tree_free(got);
		image_free(img);
		free(text);
	}
}

static void acls_come_back(void)
{
	/* user::rwx user:1000:r-x group::r-- mask::rwx other::--- */
	static const uint8_t acl[] = { 2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 2, 0, 5, 0, 232,
		3, 0, 0, 4, 0, 4, 0, 255, 255, 255, 255, 16, 0, 7, 0, 255, 255, 255, 255, 32, 0, 0,
		0, 255, 255, 255, 255 };
	const struct tree_xattr x[] = { { "system.posix_acl_access", acl, sizeof(acl) },
		{ "system.posix_acl_default", acl, sizeof(acl) }, { "user.a", "b", 1 } };
	const struct tree_inode in = { .mode = S_IFDIR | 0770, .xattr = x, .nxattr = 3 };

	for (size_t i = 0; i < rig_nform; i++) {
		struct rig_tree *rt = rig_tree_new();

		rig_tree_add(rt, 0, "dir", 3, 1, &in);
		check(rig_tree_finish(rt, 1600000000), &rig_forms[i]);
	}
}

/* A metadata file that cannot be read is what the mirror is for. */
static void the_mirror_stands_in_for_the_metadata_file(void)
{
	for (size_t i = 0; i < rig_nform; i++) {
		const struct image_opts *o = &rig_forms[i].opts;
		bool metadata = rig_forms[i].revision >= 0x250 &&
				o->udf_access != IMAGE_ACCESS_WRITE_ONCE &&
				o->udf_access != IMAGE_ACCESS_REWRITABLE;
		struct tree *t, *got;
		struct image *img;
		struct sector_source src;
		uint8_t *bytes;

		if (!metadata || o->udf_mirror == IMAGE_MIRROR_OFF)
			continue;
		t = rig_tree_parse("d /dir\nf /dir/file size=5000\n", 1600000000);
		img = rig_image_with(t, o);
		bytes = rig_image_bytes(img);
		src = rig_source(bytes, image_nsec(img));
		/* The entry of the metadata file, and then a block of its content instead. */
		memset(bytes + 288 * SECTOR, 0, SECTOR);
		got = read_back(&src);
		rig_same_tree(t, got);
		tree_free(got);
		T_EQ(image_read(img, 288, 1, bytes + 288 * SECTOR, NULL), 0);
		memset(bytes + 322 * SECTOR, 0x55, 2 * SECTOR);
		got = read_back(&src);
		rig_same_tree(t, got);
		tree_free(got);
		free(bytes);
		image_free(img);
	}
}

/* Any one anchor, and either sequence, is enough. */
static void what_is_there_twice_is_needed_once(void)
{
	static const uint32_t gone[][2] = { { 256, 1 }, { UINT32_MAX, 1 }, { 32, 16 }, { 48, 16 } };

	for (size_t k = 0; k < sizeof(gone) / sizeof(gone[0]); k++) {
		struct tree *t = rig_tree_parse("d /dir\nf /dir/file size=5000\n", 1600000000),
			    *got;
		struct image *img = rig_image_with(t, &rig_forms[0].opts);
		uint8_t *bytes = rig_image_bytes(img);
		struct sector_source src = rig_source(bytes, image_nsec(img));
		uint32_t lba = gone[k][0] == UINT32_MAX ? src.nsec - 1 : gone[k][0];

		memset(bytes + (size_t)lba * SECTOR, 0x55, (size_t)gone[k][1] * SECTOR);
		got = read_back(&src);
		rig_same_tree(t, got);
		tree_free(got);
		free(bytes);
		image_free(img);
	}
}

static uint8_t *whole_file(const char *path, uint32_t *nsec)
{
	FILE *f = fopen(path, "re");
	uint8_t *bytes = malloc(1 << 25);
	size_t n;

	T_MUST(f && bytes);
	n = fread(bytes, 1, 1 << 25, f);
	fclose(f);
	*nsec = (uint32_t)(n / SECTOR);
	return bytes;
}

/* genisoimage writes a bridge: names, sizes and bytes are those of its Rock Ridge tree. */
static void another_makers_bridge_is_read(void)
{
	const char *dir = t_tmpdir();
	struct tree *udf, *rr = NULL;
	struct sector_source src;
	char path[512];
	uint8_t *bytes;
	uint32_t nsec;
	int status;

	if (!rig_have("genisoimage"))
		return;
	free(rig_run(&status,
		"cd %s && mkdir -p t/1/2/3/4 && seq 5000 >t/numbers && : >t/empty && "
		"echo deep >t/1/2/3/4/f && seq 9 >t/1/'a name with blanks' && "
		"genisoimage -quiet -R -udf -o i.iso t",
		dir));
	T_EQ(status, 0);
	snprintf(path, sizeof(path), "%s/i.iso", dir);
	bytes = whole_file(path, &nsec);
	src = rig_source(bytes, nsec);
	udf = read_back(&src);
	T_MUST(reader_tree(&src, 0, READER_ROCKRIDGE, &rr, NULL) == 0);
	T_MUST(udf->nnode == rr->nnode);
	for (uint32_t i = 0; i < rr->nnode; i++) {
		const struct tree_inode *x = tree_inode_of(rr, i), *y = tree_inode_of(udf, i);
		uint8_t a[25000], b[25000];

		T_STR(udf->node[i].name, rr->node[i].name);
		T_EQ(y->mode & S_IFMT, x->mode & S_IFMT);
		T_EQ(y->size_bytes, x->size_bytes);
		T_MUST(x->size_bytes < sizeof(a));
		T_EQ(tree_read(udf, udf->node[i].inode, 0, a, y->size_bytes, NULL), 0);
		T_EQ(tree_read(rr, rr->node[i].inode, 0, b, x->size_bytes, NULL), 0);
		if (x->size_bytes)
			T_MEM(a, b, x->size_bytes);
	}
	tree_free(udf);
	tree_free(rr);
	free(bytes);
}

/* mkudffs writes empty volumes of every kind: no file, but their partitions are what others are. */
static void another_makers_partitions_are_read(void)
{
	static const char *const kinds[] = { "-m hd -r 1.02", "-m hd -r 2.01", "-m dvd -r 2.01",
		"-m cdr -r 1.50", "-m cdr -r 2.01", "-m cdrw -r 1.50", "-m cdrw -r 2.01",
		"-m dvdram -r 2.01", "-m bdr -r 2.50", "-m dvdrw -r 2.01",
		"-m hd -r 2.01 --ad=long", "-m hd -r 2.01 --ad=short",
		"-m cdrw -r 2.01 --strategy=4 --space=unalloctable" };
	const char *dir = t_tmpdir();

	if (!rig_have("mkudffs"))
		return;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct reader_spaces spaces;
		struct sector_source src;
		struct tree *t;
		char path[512], *said;
		uint8_t *bytes;
		uint32_t nsec;
		int status;

		said = rig_run(&status,
			"cd %s && rm -f m.udf && truncate -s 8M m.udf && "
			"mkudffs -b 2048 -l \"A label\" %s m.udf >said && "
			/* What is written once ends with its last block. */
			"(! grep -q vatblock said || "
			"truncate -s $(( ($(sed -n s/vatblock=//p said) + 1) * 2048 )) m.udf)",
			dir, kinds[i]);
		if (status != 0) {
			fprintf(stderr, "mkudffs %s: %s\n", kinds[i], said);
			free(said);
			continue;
		}
		free(said);
		snprintf(path, sizeof(path), "%s/m.udf", dir);
		bytes = whole_file(path, &nsec);
		src = rig_source(bytes, nsec);
		t = read_back(&src);
		T_TRUE(t->nnode >= 1 && t->nnode <= 2);
		T_TRUE(t->nnode == 1 || strcmp(t->node[1].name, "lost+found") == 0 ||
			strcmp(t->node[1].name, "Non-Allocatable Space") == 0);
		T_EQ(reader_probe(&src, 0, &spaces, NULL), 0);
		T_STR(spaces.volume_id, "A label");
		tree_free(t);
		free(bytes);
	}
}

/* UDF 2.2.12: both tables of a sparable partition, found by their identifier. */
static unsigned change_sparing(uint8_t *bytes, uint32_t nsec, unsigned at, uint32_t value)
{
	unsigned n = 0;

	for (uint32_t lba = 0; lba < nsec; lba++) {
		uint8_t *p = bytes + (size_t)lba * SECTOR;

		if (memcmp(p + 17, "*UDF Sparing Table", 18) != 0)
			continue;
		put_u32le(p + at, value);
		rig_reseal(p, SECTOR);
		n++;
	}
	return n;
}

/* More entries than bytes; a packet of the root that is said to lie past the end. */
static void sparing_tables_that_lie_are_refused(void)
{
	static const struct {
		unsigned at;
		uint32_t value;
		int code;
	} lies[] = { { 48, 0xffff, -EBADMSG }, { 0, 7, -EBADMSG } };
	const char *dir = t_tmpdir();
	char path[512];
	int status;

	if (!rig_have("mkudffs"))
		return;
	snprintf(path, sizeof(path), "%s/m.udf", dir);
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct sector_source src;
		struct tree *t = NULL;
		struct err err = { 0 };
		uint8_t *bytes;
		uint32_t nsec;

		free(rig_run(&status, "rm -f %s && truncate -s 8M %s && mkudffs -b 2048 -m cdrw %s",
			path, path, path));
		T_EQ(status, 0);
		bytes = whole_file(path, &nsec);
		src = rig_source(bytes, nsec);
		T_TRUE(change_sparing(bytes, nsec, lies[i].at, lies[i].value) > 0);
		T_EQ(reader_tree(&src, 0, READER_UDF, &t, &err), lies[i].code);
		T_HAS(err.msg, "sparing table");
		free(bytes);
	}
}

int main(void)
{
	T_RUN(an_empty_volume_comes_back_in_every_form);
	T_RUN(random_trees_come_back_the_same_in_every_form);
	T_RUN(long_directories_come_back);
	T_RUN(odd_names_can_be_read_in_every_form);
	T_RUN(acls_come_back);
	T_RUN(the_mirror_stands_in_for_the_metadata_file);
	T_RUN(what_is_there_twice_is_needed_once);
	T_RUN(another_makers_bridge_is_read);
	T_RUN(another_makers_partitions_are_read);
	T_RUN(sparing_tables_that_lie_are_refused);
	return t_end();
}
