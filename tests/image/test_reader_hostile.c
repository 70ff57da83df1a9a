/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What hostile and broken discs make of the reader. */
#include "image/reader.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/sector.h"
#include "harness/t.h"
#include "rig_image.h"
#include "rig_source.h"
#include "rig_tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const enum reader_space all_spaces[] = { READER_ISO9660, READER_ROCKRIDGE, READER_JOLIET };

/* What every hostile image here began as. */
static const char base_tree[] = "d /dir\n"
				"d /dir/sub\n"
				"f /dir/sub/file size=5000\n"
				"f /dir/{n*200} size=100\n"
				"l /dir/link -> {t*400}\n"
				"f /one size=3000\n"
				"h /two = /one\n";

struct hostile {
	uint8_t *bytes;
	uint32_t nsec;
	uint32_t root, dir, sub; /* first sectors of Rock Ridge's directories */
};

static uint8_t *sector_of(const struct hostile *h, uint32_t lba)
{
	return h->bytes + (size_t)lba * SECTOR;
}

/* The record of @id in the directory at @lba; @id may be a part. */
static uint8_t *record(const struct hostile *h, uint32_t lba, const char *id)
{
	uint8_t *p = sector_of(h, lba);

	for (size_t at = 0; at < SECTOR && p[at]; at += p[at])
		if (memmem(p + at + 33, p[at + 32], id, strlen(id)))
			return p + at;
	t_abort();
}

/* The first field of @letters in the record @r, not in what continues it. */
static uint8_t *field(uint8_t *r, const char *letters)
{
	uint8_t *p = memmem(r, r[0], letters, 2);

	T_MUST(p != NULL);
	return p;
}

static void both(uint8_t *p, uint32_t v)
{
	put_u32le(p, v);
	put_u32be(p + 4, v);
}

static void holds_itself(struct hostile *h)
{
	both(record(h, h->root, "DIR") + 2, h->root);
}

static void holds_its_parent(struct hostile *h)
{
	both(record(h, h->dir, "SUB") + 2, h->dir);
}

static void overlaps(struct hostile *h)
{
	both(sector_of(h, 16) + 166, 2 * SECTOR);
}

static void is_4_gib_large(struct hostile *h)
{
	both(record(h, h->root, "DIR") + 10, UINT32_MAX);
}

static void lies_beyond(struct hostile *h)
{
	both(record(h, h->root, "DIR") + 2, h->nsec);
}

static void root_lies_beyond(struct hostile *h)
{
	both(sector_of(h, 16) + 158, UINT32_MAX);
}

static void file_lies_beyond(struct hostile *h)
{
	both(record(h, h->root, "ONE") + 2, h->nsec - 1);
}

static void record_is_too_short(struct hostile *h)
{
	record(h, h->root, "ONE")[0] = 20;
}

static void identifier_leaves_its_record(struct hostile *h)
{
	record(h, h->root, "ONE")[32] = 200;
}

static void byte_orders_disagree(struct hostile *h)
{
	record(h, h->root, "ONE")[3] ^= 1;
}

static void continues_in_itself(struct hostile *h)
{
	uint8_t *r = record(h, h->dir, "NNN"), *ce = field(r, "CE");
	uint32_t lba = get_u32le(ce + 4), off = get_u32le(ce + 12);
	uint8_t *area = sector_of(h, lba) + off;

	memcpy(area, ce, 28);
	memset(area + 28, 0, 4);
}

static void continues_beyond(struct hostile *h)
{
	both(field(record(h, h->dir, "NNN"), "CE") + 4, h->nsec + 5);
}

static void continues_across_sectors(struct hostile *h)
{
	both(field(record(h, h->dir, "NNN"), "CE") + 20, 5000);
}

static void field_leaves_its_area(struct hostile *h)
{
	field(record(h, h->root, "ONE"), "PX")[2] = 250;
}

static void field_has_no_length(struct hostile *h)
{
	field(record(h, h->root, "ONE"), "PX")[2] = 3;
}

static void px_is_cut(struct hostile *h)
{
	uint8_t *r = record(h, h->root, "ONE"), *px = field(r, "PX");

	px[2] = 20;
	px[20] = 'X';
	px[21] = 'X';
	px[22] = 24;
}

static void name_has_a_slash(struct hostile *h)
{
	field(record(h, h->root, "ONE"), "NM")[6] = '/';
}

static void name_is_the_parent(struct hostile *h)
{
	uint8_t *nm = field(record(h, h->root, "TWO"), "NM");

	memcpy(nm + 5, "..", 2);
	nm[2] = 7;
}

static void name_has_a_nul(struct hostile *h)
{
	field(record(h, h->root, "ONE"), "NM")[6] = '\0';
}

static void name_never_ends(struct hostile *h)
{
	field(record(h, h->root, "ONE"), "NM")[4] = 1;
}

static void names_are_equal(struct hostile *h)
{
	memcpy(field(record(h, h->root, "TWO"), "NM") + 5, "one", 3);
}

static void component_leaves_its_field(struct hostile *h)
{
	uint8_t *p = memmem(h->bytes, (size_t)h->nsec * SECTOR, "SL", 2);

	T_MUST(p != NULL);
	p[6] = 255;
}

static void mode_is_no_type(struct hostile *h)
{
	both(field(record(h, h->root, "ONE"), "PX") + 4, 0030644);
}

static void mode_of_a_directory(struct hostile *h)
{
	both(field(record(h, h->root, "ONE"), "PX") + 4, S_IFDIR | 0755);
}

static void link_without_target(struct hostile *h)
{
	both(field(record(h, h->root, "ONE"), "PX") + 4, S_IFLNK | 0777);
}

static void child_link_to_the_root(struct hostile *h)
{
	uint8_t *r = record(h, h->root, "ONE"), *tf = field(r, "TF");

	both(field(r, "PX") + 4, S_IFDIR | 0755);
	memcpy(tf, "CL\x0c\x01", 4);
	both(tf + 4, h->root);
}

static void child_link_to_nothing(struct hostile *h)
{
	child_link_to_the_root(h);
	both(field(record(h, h->root, "ONE"), "CL") + 4, 3);
}

static void file_goes_on_nowhere(struct hostile *h)
{
	record(h, h->root, "TWO")[25] |= 0x80;
}

static void another_file_goes_on(struct hostile *h)
{
	record(h, h->root, "ONE")[25] |= 0x80;
}

/* Each is refused, for the reason that stands beside it, and nothing is read beyond the image. */
static const struct {
	const char *name;
	void (*make)(struct hostile *h);
	int code;
	const char *reason;
} hostile[] = {
	{ "a directory that is its own parent", holds_itself, -ELOOP, "two directories" },
	{ "a directory that holds its parent", holds_its_parent, -ELOOP, "two directories" },
	{ "a directory that runs into the next", overlaps, -ELOOP, "two directories" },
	{ "a size that asks for 4 GiB", is_4_gib_large, -EBADMSG, "and there are" },
	{ "a directory past the end", lies_beyond, -EBADMSG, "and there are" },
	{ "a root past the end", root_lies_beyond, -EBADMSG, "and there are" },
	{ "content past the end", file_lies_beyond, -EBADMSG, "content up to sector" },
	{ "a record of 20 bytes", record_is_too_short, -EBADMSG, "20 bytes" },
	{ "a name longer than its record", identifier_leaves_its_record, -EBADMSG, "identifier" },
	{ "halves that differ", byte_orders_disagree, -EBADMSG, "do not agree" },
	{ "a continuation of itself", continues_in_itself, -EBADMSG, "loop" },
	{ "a continuation past the end", continues_beyond, -EBADMSG, "continuation" },
	{ "a continuation of two sectors", continues_across_sectors, -EBADMSG, "continuation" },
	{ "a field longer than its area", field_leaves_its_area, -EBADMSG, "field of 250" },
	{ "a field without a length", field_has_no_length, -EBADMSG, "field of 3" },
	{ "attributes that are cut", px_is_cut, -EBADMSG, "PX field of 20" },
	{ "a slash in a name", name_has_a_slash, -EBADMSG, "'/'" },
	{ "a name that leads outside", name_is_the_parent, -EBADMSG, "another directory" },
	{ "a NUL in a name", name_has_a_nul, -EBADMSG, "NUL" },
	{ "a name without an end", name_never_ends, -EBADMSG, "goes on" },
	{ "two entries of one name", names_are_equal, -EBADMSG, "two entries" },
	{ "a component longer than its field", component_leaves_its_field, -EBADMSG, "component" },
	{ "a type that there is not", mode_is_no_type, -EBADMSG, "no type" },
	{ "a directory's mode on a file", mode_of_a_directory, -EBADMSG, "no directory" },
	{ "a symbolic link to nothing", link_without_target, -EBADMSG, "without an SL" },
	{ "a moved directory that is the root", child_link_to_the_root, -ELOOP, "two directories" },
	{ "a moved directory that is none", child_link_to_nothing, -EBADMSG,
		"no directory begins" },
	{ "a file that goes on nowhere", file_goes_on_nowhere, -EBADMSG, "last record is missing" },
	{ "a file that goes on as another", another_file_goes_on, -EBADMSG, "missing" },
};

static struct hostile make_base(void)
{
	struct image *img = rig_image(rig_tree_parse(base_tree, 1600000000), "Hostile");
	struct hostile h = { .bytes = rig_image_bytes(img), .nsec = image_nsec(img) };

	h.root = get_u32le(sector_of(&h, 16) + 158);
	h.dir = get_u32le(record(&h, h.root, "DIR") + 2);
	h.sub = get_u32le(record(&h, h.dir, "SUB") + 2);
	image_free(img);
	return h;
}

static void hostile_images_are_refused_with_a_reason(void)
{
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		struct hostile h = make_base();
		struct sector_source src = rig_source(h.bytes, h.nsec);
		struct tree *t = NULL;
		struct err err = { 0 };
		int r;

		hostile[i].make(&h);
		r = reader_tree(&src, 0, READER_ROCKRIDGE, &t, &err);
		if (!T_TRUE(r == hostile[i].code && strstr(err.msg, hostile[i].reason)))
			fprintf(stderr, "  %s: %d %s\n", hostile[i].name, r, err.msg);
		T_TRUE(t == NULL);
		free(h.bytes);
	}
}

/* Whatever the bytes, the answer is a tree that can be used or a reason. */
static void changed_bytes_never_break_the_reader(void)
{
	struct hostile h = make_base();
	size_t meta = (size_t)(h.sub + 40) * SECTOR, all = (size_t)h.nsec * SECTOR;
	uint8_t *copy = malloc(all);
	struct sector_source src = rig_source(copy, h.nsec);
	unsigned refused = 0;

	T_MUST(copy != NULL);
	if (meta > all)
		meta = all;
	t_seed(7);
	for (unsigned i = 0; i < 20000; i++) {
		struct tree *t = NULL;
		struct err err = { 0 };

		memcpy(copy, h.bytes, all);
		for (uint64_t n = 1 + t_below(4); n > 0; n--)
			copy[16 * SECTOR + t_below(meta - 16 * SECTOR)] = (uint8_t)t_random();
		if (reader_tree(&src, 0, all_spaces[i % 3], &t, &err) < 0) {
			refused++;
			T_TRUE(err.msg[0] != '\0');
			continue;
		}
		rig_touch_tree(t, 20000);
		tree_free(t);
	}
	T_TRUE(refused > 100);
	free(copy);
	free(h.bytes);
}

int main(void)
{
	T_RUN(hostile_images_are_refused_with_a_reason);
	T_RUN(changed_bytes_never_break_the_reader);
	return t_end();
}
