/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From directory records to names and attributes. */
#include "isoread/entry.h"

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/err.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Without Rock Ridge a disc says nothing of owners: everybody may read, as Linux has it. */
#define PLAIN_DIR_MODE	(S_IFDIR | 0555u)
#define PLAIN_FILE_MODE (S_IFREG | 0444u)

#define FIELD_SP_BYTES 7u

/* Of a name that is longer than Linux allows: 110 characters of Asia take 330 bytes. */
#define NAME_KEPT 240u

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

static int plain_name(const struct iso_dirrec *rec, struct entry *out, struct err *err)
{
	size_t n = rec->flags & ISO_FLAG_DIR ? rec->id_len : without_version(rec->id, rec->id_len);

	if (memchr(rec->id, '/', n) || memchr(rec->id, '\0', n))
		return err_set(err, -EBADMSG, "a name with '/' or NUL in it");
	memcpy(out->name, rec->id, n);
	out->name_len = n;
	return 0;
}

static size_t put_utf8(char *out, uint32_t cp)
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

/* Other writers use surrogate pairs though UCS-2 has none; one alone is no character. */
static uint32_t next_unit(const uint8_t *id, size_t n, size_t *at)
{
	uint32_t cp = get_u16be(id + *at), low;

	*at += 2;
	if (cp < 0xd800 || cp > 0xdfff)
		return cp;
	if (cp > 0xdbff || *at + 2 > n)
		return 0xfffd;
	low = get_u16be(id + *at);
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*at += 2;
	return 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
}

/* Cut between characters, with the checksum of the whole: the same name on every reading. */
static void shorten(struct entry *e)
{
	char sum[16];
	size_t n = NAME_KEPT;
	int len = snprintf(sum, sizeof(sum), "~%08x", crc32_of(0, e->name, e->name_len));

	while (n > 0 && ((uint8_t)e->name[n] & 0xc0) == 0x80)
		n--;
	memcpy(e->name + n, sum, (size_t)len);
	e->name_len = n + (size_t)len;
}

size_t entry_joliet_utf8(const uint8_t *id, size_t n, char out[static ENTRY_NAME_MAX])
{
	size_t at = 0, len = 0;

	while (at + 2 <= n && len + 4 <= ENTRY_NAME_MAX)
		len += put_utf8(out + len, next_unit(id, n, &at));
	return len;
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
	if (memchr(out->name, '/', out->name_len) || memchr(out->name, '\0', out->name_len))
		return err_set(err, -EBADMSG, "a name with '/' or NUL in it");
	if (out->name_len > NAME_MAX)
		shorten(out);
	return 0;
}

static int check_name(const struct entry *e, struct err *err)
{
	const char *name = e->name;
	size_t n = e->name_len;

	if (n == 0 || n > 255)
		return err_set(err, -EBADMSG, "a name of %zu bytes", n);
	if (name[0] == '.' && (n == 1 || (n == 2 && name[1] == '.')))
		return err_set(err, -EBADMSG, "a name \"%.*s\" that means another directory",
			(int)n, name);
	return 0;
}

static int name_of(const struct entry_rules *rules, const struct iso_dirrec *rec, struct entry *out,
	struct err *err)
{
	int r;

	if (rules->space == READER_JOLIET) {
		r = joliet_name(rec, out, err);
	} else if (out->facts.has_name) {
		memcpy(out->name, out->facts.name, out->facts.name_len);
		out->name_len = out->facts.name_len;
		r = 0;
	} else {
		r = plain_name(rec, out, err);
	}
	return r < 0 ? r : check_name(out, err);
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
	if (in->atime.tv_sec == 0)
		in->atime = in->mtime;
	if (in->ctime.tv_sec == 0)
		in->ctime = in->mtime;
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
