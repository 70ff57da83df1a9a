/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From directory records to names and attributes. */
#include "isoread/entry.h"

#include "base/err.h"
#include "base/text.h"
#include "readname.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Without Rock Ridge a disc says nothing of owners: everybody may read, as Linux has it. */
#define PLAIN_DIR_MODE	(S_IFDIR | 0555u)
#define PLAIN_FILE_MODE (S_IFREG | 0444u)

#define FIELD_SP_BYTES 7u

bool entry_susp_begins(const struct iso_dirrec *dot, uint8_t *skip)
{
	const uint8_t *p = dot->su;

	if (dot->su_len < FIELD_SP_BYTES || p[0] != 'S' || p[1] != 'P' || p[2] != FIELD_SP_BYTES ||
		p[4] != 0xbe || p[5] != 0xef)
		return false;
	*skip = p[6];
	return true;
}

int entry_facts(struct entry_rules *rules, const struct iso_dirrec *rec, struct rrip_facts *out,
	struct err *err)
{
	size_t skip = rules->susp_skip;
	int r;

	memset(out, 0, offsetof(struct rrip_facts, name));
	if (rules->space != READER_ROCKRIDGE || rec->su_len <= skip)
		return 0;
	r = susp_read_fields(&rules->susp, rec->su + skip, rec->su_len - skip, rrip_take, out, err);
	return r < 0 ? r : rrip_complete(out, err);
}

/* ECMA-119 7.5.1: readers hide the version, and the dot of an empty extension. */
static size_t without_version(const uint8_t *id, size_t n)
{
	const uint8_t *semicolon = memrchr(id, ';', n);

	if (semicolon && semicolon > id)
		n = (size_t)(semicolon - id);
	if (n > 1 && id[n - 1] == '.')
		n--;
	return n;
}

static void plain_name(const struct iso_dirrec *rec, struct entry *out)
{
	out->name_len =
		rec->flags & ISO_FLAG_DIR ? rec->id_len : without_version(rec->id, rec->id_len);
	memcpy(out->name, rec->id, out->name_len);
}

size_t entry_joliet_utf8(const uint8_t *id, size_t n, char out[static ENTRY_NAME_MAX])
{
	return utf8_of_utf16be(id, n, out, ENTRY_NAME_MAX);
}

/* Joliet: ";1" is no part of the name; a version of files only, which cannot hold ';'. */
static int joliet_name(const struct iso_dirrec *rec, struct entry *out, struct err *err)
{
	const char *semicolon;

	if (rec->id_len % 2)
		return err_set(
			err, -EBADMSG, "a Joliet name of %u bytes, an odd number", rec->id_len);
	out->name_len = entry_joliet_utf8(rec->id, rec->id_len, out->name);
	semicolon = memchr(out->name, ';', out->name_len);
	if (semicolon && semicolon > out->name && !(rec->flags & ISO_FLAG_DIR))
		out->name_len = (size_t)(semicolon - out->name);
	out->name_len = readname_shorten(out->name, out->name_len);
	return 0;
}

static int name_of(const struct entry_rules *rules, const struct iso_dirrec *rec, struct entry *out,
	struct err *err)
{
	int r = 0;

	if (rules->space == READER_JOLIET) {
		r = joliet_name(rec, out, err);
	} else if (out->facts.has_name) {
		memcpy(out->name, out->facts.name, out->facts.name_len);
		out->name_len = out->facts.name_len;
	} else {
		plain_name(rec, out);
	}
	return r < 0 ? r : readname_check(out->name, out->name_len, err);
}

/* What Rock Ridge left open is filled from the record itself. */
static void complete_inode(const struct iso_dirrec *rec, struct entry *e)
{
	struct tree_inode *in = &e->facts.inode;
	bool dir = rec->flags & ISO_FLAG_DIR || e->facts.child_lba;

	if (!e->facts.has_px)
		in->mode = dir ? PLAIN_DIR_MODE : PLAIN_FILE_MODE;
	if (!e->facts.has_modify)
		in->mtime.tv_sec = rec->mtime_sec;
}

static int check_type(const struct iso_dirrec *rec, struct entry *e, struct err *err)
{
	uint32_t type = e->facts.inode.mode & S_IFMT;

	e->is_dir = rec->flags & ISO_FLAG_DIR || e->facts.child_lba;
	if (e->is_dir != (type == S_IFDIR))
		return err_set(err, -EBADMSG, "a mode of %o for %s", e->facts.inode.mode,
			e->is_dir ? "a directory" : "what is no directory");
	if (type != S_IFDIR && type != S_IFREG && type != S_IFLNK && type != S_IFCHR &&
		type != S_IFBLK && type != S_IFIFO && type != S_IFSOCK)
		return err_set(
			err, -EBADMSG, "a mode of %o, which is no type", e->facts.inode.mode);
	if (type == S_IFLNK && e->facts.target_len == 0)
		return err_set(err, -EBADMSG, "a symbolic link without an SL field");
	return 0;
}

int entry_of(
	struct entry_rules *rules, const struct iso_dirrec *rec, struct entry *out, struct err *err)
{
	int r = entry_facts(rules, rec, &out->facts, err);

	if (r == 0)
		r = name_of(rules, rec, out, err);
	if (r < 0)
		return r;
	complete_inode(rec, out);
	return check_type(rec, out, err);
}
