/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the directories of one name space, breadth first, into a tree. */
#include "base/arena.h"
#include "base/err.h"
#include "base/grow.h"
#include "base/text.h"
#include "folders.h"
#include "image/reader.h"
#include "isoread/descriptors.h"
#include "isoread/entry.h"
#include "readname.h"
#include "sections.h"
#include "sectors.h"
#include "tree/builder.h"
#include "udfread/udfread.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ECMA-119 9.1.6 */
#define FLAG_ASSOCIATED 0x04u
/* Of a key: no extent lies there, so that no inode of the disc has it. */
#define NOWHERE 0xffffffffull

/* A name of the directory that is being read. */
struct child {
	const char *name;
	size_t name_len;
	struct tree_inode inode;
	uint64_t key;
	uint32_t lba, size_bytes; /* of a directory's extent */
};

struct reading {
	struct entry_rules rules;
	struct sections *sections;
	struct tree_builder *builder;
	uint8_t *met; /* a bit for each sector: it belongs to a directory */
	uint64_t nkey;
	struct folders folders;
	struct child *child;
	uint32_t nchild, child_cap;
	struct arena child_names; /* of the children; emptied for each directory */
	bool goes_on;		  /* the last record was not the final one of its file */
	struct entry entry;	  /* scratch: too large for a stack */
};

/* Marks a directory's sectors; -ELOOP when one is marked already. */
static int claim(struct reading *rd, uint32_t lba, uint32_t nsec, struct err *err)
{
	uint32_t total = rd->rules.susp.src->nsec;

	if (lba >= total || nsec > total - lba)
		return err_set(err, -EBADMSG,
			"a directory of %" PRIu32 " sectors from %" PRIu32 ", and there are "
			"%" PRIu32,
			nsec, lba, total);
	for (uint32_t i = lba; i < lba + nsec; i++) {
		if (rd->met[i / 8] & 1u << i % 8)
			return err_set(err, -ELOOP,
				"sector %" PRIu32 " is part of two directories: one holds the "
				"other, or they overlap",
				i);
		rd->met[i / 8] |= (uint8_t)(1u << i % 8);
	}
	return 0;
}

static int add_folder(struct reading *rd, const struct child *c, uint32_t parent, struct err *err)
{
	uint32_t nsec = (uint32_t)sectors_for(c->size_bytes);
	int r = claim(rd, c->lba, nsec, err);

	return r < 0 ? r
		     : folders_add(&rd->folders, parent, (uint64_t)nsec << 32 | c->lba, c->name,
			       c->name_len, err);
}

/* A directory that was moved lies elsewhere: its "." knows its size and its attributes. */
static int follow_child_link(struct reading *rd, struct child *c, struct err *err)
{
	uint8_t sector[SECTOR];
	struct iso_dirrec dot = { 0 };
	int r = source_read(rd->rules.susp.src, rd->entry.facts.child_lba, 1, sector, err);

	if (r == 0)
		r = iso_dirrec_decode(sector, SECTOR, &dot, err);
	if (r == 0 || (r > 0 && (dot.id_len != 1 || dot.id[0] != 0)))
		r = err_set(err, -EBADMSG, "no directory begins there");
	if (r < 0)
		return err_prefix(
			err, r, "moved directory in sector %" PRIu32, rd->entry.facts.child_lba);
	c->lba = rd->entry.facts.child_lba;
	c->size_bytes = dot.size_bytes;
	return 0;
}

static uint64_t key_of(struct reading *rd, const struct iso_dirrec *rec)
{
	const struct rrip_facts *f = &rd->entry.facts;

	/* Makers that number nothing write 0, or 1, for all: the extent has to be the same too. */
	if (f->serial && f->nlink > 1 && !rd->entry.is_dir && rec->lba < NOWHERE)
		return (uint64_t)rec->lba << 32 | f->serial;
	return NOWHERE << 32 | rd->nkey++;
}

static int add_content(
	struct reading *rd, struct child *c, const struct iso_dirrec *rec, struct err *err)
{
	if (!S_ISREG(c->inode.mode))
		return 0;
	if (c->inode.where.b == 0)
		c->inode.where.a = rd->sections->n;
	c->inode.where.b++;
	c->inode.size_bytes += rec->size_bytes;
	return sections_add(rd->sections,
		&(struct section){ .lba = rec->lba, .size_bytes = rec->size_bytes }, err);
}

static int add_child(struct reading *rd, const struct iso_dirrec *rec, struct err *err)
{
	const struct entry *e = &rd->entry;
	struct child *c;
	int r = 0;

	if (rd->nchild == rd->child_cap)
		r = array_grow((void **)&rd->child, &rd->child_cap, sizeof(*rd->child), err);
	if (r < 0)
		return r;
	if (tree_builder_nodes(rd->builder) + rd->nchild >= READER_NAMES_MAX)
		return err_set(err, -EFBIG, "more than %u names", READER_NAMES_MAX);
	c = &rd->child[rd->nchild];
	*c = (struct child){
		.name = arena_dup(&rd->child_names, e->name, e->name_len),
		.name_len = e->name_len,
		.inode = e->facts.inode,
		.key = key_of(rd, rec),
		.lba = rec->lba,
		.size_bytes = rec->size_bytes,
	};
	if (!c->name)
		return err_nomem(err);
	c->inode.arrival = rec->lba;
	if (S_ISLNK(e->facts.inode.mode)) {
		c->inode.target = arena_dup(&rd->child_names, e->facts.target, e->facts.target_len);
		c->inode.target_len = (uint32_t)e->facts.target_len;
		if (!c->inode.target)
			return err_nomem(err);
	}
	if (e->facts.child_lba)
		r = follow_child_link(rd, c, err);
	if (r == 0)
		r = add_content(rd, c, rec, err);
	rd->nchild += r == 0;
	return r;
}

/* A further record of the file whose last record said that it goes on, ECMA-119 9.1.6. */
static int go_on(struct reading *rd, const struct iso_dirrec *rec, struct err *err)
{
	struct child *c = &rd->child[rd->nchild - 1];

	if (rd->entry.name_len != c->name_len ||
		memcmp(rd->entry.name, c->name, c->name_len) != 0 || rd->entry.is_dir)
		return err_set(
			err, -EBADMSG, "a file whose last record is missing, before this entry");
	return add_content(rd, c, rec, err);
}

static int take_record(struct reading *rd, const struct iso_dirrec *rec, struct err *err)
{
	char quoted[80];
	int r;

	if (rec->id_len == 1 && rec->id[0] <= 1)
		return 0;
	if (rec->flags & FLAG_ASSOCIATED)
		return 0;
	r = entry_of(&rd->rules, rec, &rd->entry, err);
	if (r < 0)
		return err_prefix(err, r, "entry %s",
			text_quoted(quoted, sizeof(quoted), (const char *)rec->id, rec->id_len));
	if (rd->entry.facts.relocated)
		return 0;
	r = rd->goes_on ? go_on(rd, rec, err) : add_child(rd, rec, err);
	rd->goes_on = rec->flags & ISO_FLAG_EXTENT;
	if (r < 0)
		return err_prefix(err, r, "entry %s",
			text_quoted(quoted, sizeof(quoted), rd->entry.name, rd->entry.name_len));
	return 0;
}

static int read_records(struct reading *rd, uint32_t lba, uint32_t nsec, struct err *err)
{
	uint8_t sector[SECTOR];

	for (uint32_t i = 0; i < nsec; i++) {
		size_t at = 0;
		int r = source_read(rd->rules.susp.src, lba + i, 1, sector, err);

		while (r == 0 && at < SECTOR) {
			struct iso_dirrec rec;
			int len = iso_dirrec_decode(sector + at, SECTOR - at, &rec, err);

			if (len <= 0) {
				r = len;
				break;
			}
			r = take_record(rd, &rec, err);
			at += (size_t)len;
		}
		if (r < 0)
			return err_prefix(err, r, "sector %" PRIu32, lba + i);
	}
	if (rd->goes_on)
		return err_set(err, -EBADMSG, "the last file's last record is missing");
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct child *x = a, *y = b;

	return readname_order(x->name, x->name_len, y->name, y->name_len);
}

static int same_name(const struct child *c, struct err *err)
{
	char quoted[80];

	return err_set(err, -EBADMSG, "two entries named %s",
		text_quoted(quoted, sizeof(quoted), c->name, c->name_len));
}

static int give_children(struct reading *rd, uint32_t node, uint32_t folder, struct err *err)
{
	int r = 0;

	if (rd->nchild)
		qsort(rd->child, rd->nchild, sizeof(*rd->child), by_name);
	for (uint32_t i = 0; i < rd->nchild && r == 0; i++) {
		const struct child *c = &rd->child[i];

		if (i > 0 && by_name(c - 1, c) == 0)
			return same_name(c, err);
		r = tree_builder_add(
			rd->builder, node, c->name, c->name_len, c->key, &c->inode, err);
		if (r == 0 && S_ISDIR(c->inode.mode))
			r = add_folder(rd, c, folder, err);
	}
	return r;
}

static int read_folder(struct reading *rd, uint32_t node, uint32_t folder, struct err *err)
{
	uint64_t place = rd->folders.at[folder].place;
	int r;

	rd->nchild = 0;
	rd->goes_on = false;
	arena_fini(&rd->child_names);
	arena_init(&rd->child_names);
	r = read_records(rd, (uint32_t)place, (uint32_t)(place >> 32), err);
	if (r == 0)
		r = give_children(rd, node, folder, err);
	return r < 0 ? folders_blame(&rd->folders, folder, r, err) : 0;
}

/* The root has no entry that names it: its "." says what there is to say. */
static int begin(struct reading *rd, const struct iso_voldesc *v, struct err *err)
{
	uint8_t sector[SECTOR];
	struct iso_dirrec dot = { 0 };
	struct child root = { .name = "", .lba = v->root_lba, .size_bytes = v->root_bytes };
	struct rrip_facts *facts = &rd->entry.facts;
	int r = source_read(rd->rules.susp.src, v->root_lba, 1, sector, err);

	if (r == 0)
		r = iso_dirrec_decode(sector, SECTOR, &dot, err);
	if (r < 0)
		return err_prefix(err, r, "root directory");
	if (rd->rules.space == READER_ROCKRIDGE && !entry_susp_begins(&dot, &rd->rules.susp_skip))
		return err_set(err, -ENODATA,
			"no Rock Ridge: the root directory in sector %" PRIu32 " has no SP field",
			v->root_lba);
	/* SUSP 5.3: in this one record nothing is skipped. */
	r = entry_facts(&(struct entry_rules){ .space = rd->rules.space, .susp = rd->rules.susp },
		&dot, facts, err);
	if (r < 0)
		return err_prefix(err, r, "root directory");
	if (!S_ISDIR(facts->inode.mode))
		facts->inode.mode = S_IFDIR | 0555u;
	if (!facts->has_modify)
		facts->inode.mtime.tv_sec = dot.mtime_sec;
	r = tree_builder_new(&rd->builder, NOWHERE << 32 | rd->nkey++, &facts->inode, err);
	return r < 0 ? r : add_folder(rd, &root, 0, err);
}

static int walk(struct reading *rd, const struct iso_voldesc *v, struct err *err)
{
	uint32_t folder = 0;
	int r = begin(rd, v, err);

	for (uint32_t node = 0; r == 0 && node < tree_builder_nodes(rd->builder); node++)
		if (tree_builder_is_dir(rd->builder, node))
			r = read_folder(rd, node, folder++, err);
	return r;
}

static int finish(struct reading *rd, struct tree **out, struct err *err)
{
	struct tree_builder *b = rd->builder;
	struct sections *sections = rd->sections;
	int r;

	rd->builder = NULL;
	rd->sections = NULL;
	r = tree_builder_finish(b, 0, &sections_ops, sections, out, err);
	if (r == 0)
		sections->owns_source = true;
	return r;
}

int reader_tree(const struct sector_source *src, uint32_t session_lba, enum reader_space space,
	struct tree **out, struct err *err)
{
	struct reading *rd;
	struct iso_descriptors v;
	int r;

	*out = NULL;
	if (space == READER_UDF)
		return udf_tree(src, session_lba, out, err);
	rd = calloc(1, sizeof(*rd));
	if (!rd)
		return err_nomem(err);
	rd->rules = (struct entry_rules){ .space = space, .susp = { .src = src } };
	rd->met = calloc((size_t)src->nsec / 8 + 1, 1);
	rd->sections = sections_new(src, err);
	r = rd->met && rd->sections ? iso_descriptors_read(src, session_lba, &v, err)
				    : err_nomem(err);
	if (r == 0 && space == READER_JOLIET && !v.has_joliet)
		r = err_set(err, -ENODATA, "no Joliet: no supplementary volume descriptor");
	if (r == 0)
		r = walk(rd, space == READER_JOLIET ? &v.joliet : &v.primary, err);
	if (r == 0)
		r = finish(rd, out, err);
	tree_builder_free(rd->builder);
	sections_free(rd->sections);
	arena_fini(&rd->child_names);
	folders_fini(&rd->folders);
	free(rd->child);
	free(rd->met);
	free(rd);
	return r;
}
