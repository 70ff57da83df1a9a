/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rig_source.h"

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/sector.h"
#include "harness/t.h"
#include "image/image.h"
#include "image/udf/crc.h"
#include "image/validate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int read_memory(void *arg, uint32_t lba, uint32_t nsec, void *out, struct err *err)
{
	const uint8_t *bytes = arg;

	(void)err;
	memcpy(out, bytes + (size_t)lba * SECTOR, (size_t)nsec * SECTOR);
	return 0;
}

struct sector_source rig_source(const uint8_t *bytes, uint32_t nsec)
{
	union {
		const uint8_t *in;
		void *out;
	} arg = { .in = bytes };

	return (struct sector_source){ .read = read_memory, .arg = arg.out, .nsec = nsec };
}

static int read_image(void *arg, uint32_t lba, uint32_t nsec, void *out, struct err *err)
{
	return image_read(arg, lba, nsec, out, err);
}

struct sector_source rig_image_source(const struct image *img)
{
	union {
		const struct image *in;
		void *out;
	} arg = { .in = img };

	return (struct sector_source){
		.read = read_image, .arg = arg.out, .nsec = image_nsec(img)
	};
}

static void print(void *arg, const struct finding *f)
{
	(void)arg;
	if (f->severity != FINDING_NOTE)
		fprintf(stderr,
			"  sector %" PRIu32 " byte %" PRIu32
			": %s: %s (%s): expected %s, found %s\n",
			f->lba, f->byte, f->where, f->what, f->clause, f->expected, f->found);
}

void rig_check_clean(const struct image *img)
{
	struct sector_source src = rig_image_source(img);
	struct validate_summary sum = { 0 };
	struct err err = { 0 };

	if (!T_EQ(image_validate(&src, 0, print, NULL, &sum, &err), 0))
		fprintf(stderr, "%s\n", err.msg);
	T_EQ(sum.errors + sum.warnings, 0);
}

void rig_reseal(uint8_t *p, size_t room)
{
	uint16_t n = get_u16le(p + 10);

	if (n > room - 16)
		return;
	put_u16le(p + 8, udf_crc(p + 16, n));
	p[4] = 0;
	for (unsigned i = 0; i < 16; i++)
		if (i != 4)
			p[4] = (uint8_t)(p[4] + p[i]);
}

static int64_t clamp_year(int64_t sec)
{
	const int64_t first = -2208988800, past = 5869584000;

	if (sec < first)
		return first;
	return sec < past ? sec : past - 1;
}

static void same_content(const struct tree *want, uint32_t a, const struct tree *got, uint32_t b)
{
	uint64_t size = want->inode[a].size_bytes;
	size_t n = size < 5000 ? (size_t)size : 5000;
	uint8_t x[5000], y[5000];

	if (n == 0)
		return;
	T_EQ(tree_read(want, a, 0, x, n, NULL), 0);
	T_EQ(tree_read(got, b, 0, y, n, NULL), 0);
	T_MEM(y, x, n);
	T_EQ(tree_read(want, a, size - n, x, n, NULL), 0);
	T_EQ(tree_read(got, b, size - n, y, n, NULL), 0);
	T_MEM(y, x, n);
}

static void same_inode(const struct tree *want, uint32_t a, const struct tree *got, uint32_t b)
{
	const struct tree_inode *x = &want->inode[a], *y = &got->inode[b];

	T_EQ(y->mode, x->mode);
	T_EQ(y->uid, x->uid);
	T_EQ(y->gid, x->gid);
	T_EQ(y->nlink, x->nlink);
	T_EQ(y->size_bytes, x->size_bytes);
	T_EQ(y->mtime.tv_sec, clamp_year(x->mtime.tv_sec));
	if (S_ISCHR(x->mode) || S_ISBLK(x->mode))
		T_EQ(y->rdev, x->rdev);
	if (S_ISLNK(x->mode))
		T_STR(y->target, x->target);
	if (S_ISREG(x->mode))
		same_content(want, a, got, b);
}

void rig_same_tree(const struct tree *want, const struct tree *got)
{
	T_MUST(got->nnode == want->nnode);
	T_EQ(got->ndir, want->ndir);
	T_EQ(got->ninode, want->ninode);
	for (uint32_t i = 0; i < want->nnode; i++) {
		const struct tree_node *x = &want->node[i], *y = &got->node[i];

		T_EQ(y->name_len, x->name_len);
		T_MUST(memcmp(x->name, y->name, x->name_len) == 0);
		T_EQ(y->parent, x->parent);
		T_EQ(y->inode, x->inode);
		same_inode(want, x->inode, got, y->inode);
	}
}

void rig_touch_tree(const struct tree *t, uint64_t most)
{
	uint8_t *bytes = malloc((size_t)most + 1);
	struct buf path;

	T_MUST(bytes != NULL);
	for (uint32_t i = 0; i < t->nnode; i++) {
		const struct tree_inode *in = tree_inode_of(t, i);
		uint64_t n = in->size_bytes < most ? in->size_bytes : most;

		T_TRUE(i == 0 || (t->node[i].name_len > 0 && !strchr(t->node[i].name, '/')));
		buf_init(&path, 1 << 20);
		tree_path(t, i, &path);
		T_TRUE(path.len > 0);
		buf_fini(&path);
		if (S_ISREG(in->mode) && n > 0)
			T_EQ(tree_read(t, t->node[i].inode, in->size_bytes - n, bytes, n, NULL), 0);
	}
	free(bytes);
}
