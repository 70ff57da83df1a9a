/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random trees: odd names, collisions, links, devices, huge files. */
#include "rig_tree.h"

#include "harness/t.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define DIRS_MAX 64

static const char *const pieces[] = { "a", "A", "readme", "README", ".", "..x", "ext", "0001",
	"001", "\xc3\xa9", "\xc3\x89", "\xf0\x9f\x98\x80", "\xff", "*", ":", " ", ";1", "_",
	"\xd0\x96", "LONGER_THAN_A_NAME_MAY_BE_", "\\", "\x01" };

/* Few pieces, so that names collide; many sometimes, so that they are cut. */
static size_t random_name(char *out)
{
	size_t n = 0;
	unsigned count = (unsigned)(t_below(8) ? 1 + t_below(3) : 1 + t_below(40));

	for (unsigned i = 0; i < count; i++) {
		const char *piece = pieces[t_below(sizeof(pieces) / sizeof(pieces[0]))];

		if (n + strlen(piece) > 255)
			break;
		memcpy(out + n, piece, strlen(piece));
		n += strlen(piece);
	}
	if ((n == 1 && out[0] == '.') || (n == 2 && out[0] == '.' && out[1] == '.'))
		out[0] = 'q';
	return n;
}

static uint64_t random_size(void)
{
	static const uint64_t sizes[] = { 0, 1, 2047, 2048, 2049, 100000, UINT32_MAX, 1ull << 32,
		0xfffff800, 0xfffff801, 0xfffff800ull * 2, 0xfffff800ull * 2 + 1, 1ull << 40 };

	return sizes[t_below(t_below(4) ? 6 : sizeof(sizes) / sizeof(sizes[0]))];
}

static char *random_target(void)
{
	static const char *const parts[] = { "/", "//", "..", ".", "/./", "../", "name", "x",
		"a_component_of_some_length_that_fills_fields_sooner_than_others_do" };
	size_t most = (size_t)(t_below(6) ? 1 + t_below(60) : 1 + t_below(4095));
	char *s = calloc(1, most + 100);

	T_MUST(s != NULL);
	for (size_t n = 0; n < most; n += strlen(s + n)) {
		const char *part = parts[t_below(sizeof(parts) / sizeof(parts[0]))];

		memcpy(s + n, part, strlen(part));
	}
	s[most] = '\0';
	return s;
}

static bool taken(char (*names)[257], unsigned n, const char *name, size_t len, uint32_t parent,
	const uint32_t *parents)
{
	for (unsigned i = 0; i < n; i++)
		if (parents[i] == parent && (unsigned char)names[i][0] == len &&
			memcmp(names[i] + 1, name, len) == 0)
			return true;
	return false;
}

static void random_inode(struct tree_inode *in)
{
	static const uint32_t types[] = { S_IFREG, S_IFREG, S_IFREG, S_IFREG, S_IFDIR, S_IFDIR,
		S_IFLNK, S_IFCHR, S_IFIFO, S_IFSOCK };

	*in = (struct tree_inode){
		.mode = types[t_below(sizeof(types) / sizeof(types[0]))] | 0644,
		.mtime.tv_sec = (time_t)t_below(1ull << 34) - (1ll << 32),
		.arrival = t_below(1000),
		.uid = (uint32_t)t_random(),
	};
	if (S_ISREG(in->mode))
		in->size_bytes = random_size();
	if (S_ISCHR(in->mode))
		in->rdev = makedev((unsigned)t_below(4096), (unsigned)t_below(1000));
}

struct image_opts rig_opts_random(void)
{
	static const unsigned sets[] = { 0, IMAGE_ISO9660, IMAGE_ISO9660 | IMAGE_JOLIET,
		IMAGE_ISO9660 | IMAGE_ROCKRIDGE, IMAGE_UDF, IMAGE_ISO9660 | IMAGE_UDF };

	return (struct image_opts){
		.spaces = sets[t_below(sizeof(sets) / sizeof(sets[0]))],
		.iso_level = t_below(2) ? IMAGE_LEVEL_1999 : IMAGE_LEVEL_3,
		.joliet_level = (enum image_joliet_level)t_below(3),
		.joliet_names = (enum image_joliet_names)t_below(2),
		.udf_revision = (enum image_udf_revision)t_below(7),
		.udf_mirror = (enum image_mirror)t_below(3),
		.udf_access = (enum image_access)t_below(4),
		.ownership = (enum image_ownership)t_below(2),
		.sort = (enum image_sort)t_below(3),
		.align = (enum image_align)t_below(2),
		.dotfiles_hidden = t_below(2) != 0,
		.depth = (enum image_depth)t_below(2),
	};
}

static struct tree_marks random_marks(uint32_t mode)
{
	if (t_below(4))
		return (struct tree_marks){ 0 };
	return (struct tree_marks){
		.weight = (int32_t)t_below(5) - 2,
		.hidden = (uint8_t)t_below(8),
		.excluded = S_ISDIR(mode) ? 0 : (uint8_t)t_below(8),
	};
}

struct tree *rig_tree_random(uint64_t seed, unsigned names)
{
	struct rig_tree *rt = rig_tree_new();
	char(*have)[257] = calloc(names, 257);
	uint32_t *parents = calloc(names, sizeof(*parents)), dirs[DIRS_MAX] = { 0 }, ndir = 1;
	uint64_t last_key = 0;
	struct tree_inode last = { 0 };

	t_seed(seed);
	T_MUST(have && parents);
	for (unsigned i = 0; i < names; i++) {
		uint32_t parent = dirs[t_below(ndir)], number;
		size_t len = random_name(have[i] + 1);
		struct tree_inode in;
		uint64_t key = i + 1;

		have[i][0] = (char)len;
		parents[i] = parent;
		if (taken(have, i, have[i] + 1, len, parent, parents))
			continue;
		random_inode(&in);
		if (last_key && t_below(10) == 0) {
			in = last;
			key = last_key;
		}
		if (S_ISLNK(in.mode)) {
			char *target = random_target();

			in.target = target;
			in.target_len = (uint32_t)strlen(target);
		}
		number = rig_tree_add(rt, parent, have[i] + 1, len, key, &in);
		free((void *)(uintptr_t)tree_target(&in));
		if (S_ISDIR(in.mode) && ndir < DIRS_MAX)
			dirs[ndir++] = number;
		if (S_ISREG(in.mode)) {
			last = in;
			last_key = key;
		}
	}
	free(have);
	free(parents);
	return rig_tree_finish(rt, 1600000000);
}

/* Attributes of few or many bytes, now and then of more than an image takes. */
static void put_random_xattrs(struct tree *t, struct tree_inode *in)
{
	static const char *const names[] = { "user.a", "user.b", "user.cd" };
	static const uint32_t sizes[] = { 0, 44, 200, 3000, 60000 };
	struct tree_xattr *x = arena_array(&t->arena, 3, sizeof(*x));

	T_MUST(x != NULL);
	for (unsigned i = (unsigned)t_below(3); i < 3; i++) {
		uint32_t n = sizes[t_below(5)];

		x[in->nxattr++] = (struct tree_xattr){ names[i], arena_alloc(&t->arena, n + 1), n };
	}
	in->xattr = x;
}

struct tree *rig_tree_marked(uint64_t seed, unsigned names)
{
	struct tree *t = rig_tree_random(seed, names);

	for (uint32_t i = 0; i < t->ninode; i++) {
		t->inode[i].marks = random_marks(t->inode[i].mode);
		if (t_below(4) == 0 && !S_ISLNK(t->inode[i].mode))
			put_random_xattrs(t, &t->inode[i]);
	}
	return t;
}
