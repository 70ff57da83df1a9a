/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file entry says of an inode. */
#include "udfread/inoderead.h"

#include "base/err.h"
#include "udf/timestamp.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#define NOBODY	    UINT32_MAX /* UDF 3.3.3.1 */
#define FLAG_SETUID (1u << 6)  /* 4/14.6.8 */
#define FLAG_SETGID (1u << 7)
#define FLAG_STICKY (1u << 8)
/* Of a component: its head and an identifier of no more than fits it. */
#define PATH_BYTES_MAX (1u << 20)

/* 4/14.9.5: five bits for each class; those of POSIX are the lower three. */
static uint32_t permissions_of(const struct udf_icb *icb)
{
	uint32_t p = icb->permissions, mode = (p & 7) | (p >> 5 & 7) << 3 | (p >> 10 & 7) << 6;

	if (icb->flags & FLAG_SETUID)
		mode |= S_ISUID;
	if (icb->flags & FLAG_SETGID)
		mode |= S_ISGID;
	if (icb->flags & FLAG_STICKY)
		mode |= S_ISVTX;
	return mode;
}

static int type_of(const struct udf_icb *icb, uint32_t *out, struct err *err)
{
	switch (icb->type) {
	case UDF_FILE_PLAIN: /* 14.6.6: not said; other makers mean a file */
	case UDF_FILE_REGULAR:
	case UDF_FILE_REALTIME:
		*out = S_IFREG;
		return 0;
	case UDF_FILE_DIRECTORY:
		*out = S_IFDIR;
		return 0;
	case UDF_FILE_BLOCK:
		*out = S_IFBLK;
		return 0;
	case UDF_FILE_CHARACTER:
		*out = S_IFCHR;
		return 0;
	case UDF_FILE_FIFO:
		*out = S_IFIFO;
		return 0;
	case UDF_FILE_SOCKET:
		*out = S_IFSOCK;
		return 0;
	case UDF_FILE_SYMLINK:
		*out = S_IFLNK;
		return 0;
	default:
		return err_set(err, -EBADMSG, "a file of type %u, which has no name", icb->type);
	}
}

static int add_embedded(
	const struct udf_inode_reading *rd, const struct udf_icb *icb, struct err *err)
{
	return sections_add(rd->sections,
		&(struct section){ .lba = icb->lba,
			.size_bytes = (uint32_t)icb->info_bytes,
			.skip_bytes = (uint32_t)(icb->ad - icb->raw) },
		err);
}

static int add_content(const struct udf_inode_reading *rd, const struct udf_icb *icb,
	struct tree_inode *out, struct err *err)
{
	struct udf_pieces pieces = { 0 };
	int r = 0;

	out->size_bytes = icb->info_bytes;
	out->where.a = rd->sections->n;
	if (icb->info_bytes == 0)
		return 0;
	if (icb->ad_kind == UDF_FOUND_EMBEDDED)
		r = add_embedded(rd, icb, err);
	else
		r = udf_pieces_load(rd->d, icb, &pieces, err);
	for (uint32_t i = 0; i < pieces.n && r == 0; i++)
		r = sections_add(rd->sections,
			&(struct section){
				.lba = pieces.at[i].lba, .size_bytes = pieces.at[i].bytes },
			err);
	out->arrival = pieces.n ? pieces.at[0].lba : icb->lba;
	out->where.b = rd->sections->n - out->where.a;
	udf_pieces_free(&pieces);
	return r;
}

static int add_target(const struct udf_inode_reading *rd, const struct udf_icb *icb,
	struct tree_inode *out, struct err *err)
{
	char target[PATH_MAX];
	struct udf_pieces pieces;
	uint8_t *p;
	int n, r = udf_content_load(rd->d, icb, PATH_BYTES_MAX, &pieces, &p, err);

	if (r < 0)
		return r;
	n = udf_path_read(p, icb->info_bytes, target, sizeof(target) - 1, err);
	free(p);
	udf_pieces_free(&pieces);
	if (n < 0)
		return n;
	out->target = arena_dup(rd->arena, target, (size_t)n);
	out->target_len = (uint32_t)n;
	return out->target ? 0 : err_nomem(err);
}

static int add_device(const struct udf_icb *icb, struct tree_inode *out, struct err *err)
{
	dev_t rdev = 0;
	int r = udf_device_read(icb, &rdev, err);

	out->rdev = rdev;
	return r;
}

static int add_body(const struct udf_inode_reading *rd, const struct udf_icb *icb,
	struct tree_inode *out, struct err *err)
{
	switch (out->mode & S_IFMT) {
	case S_IFREG:
		return add_content(rd, icb, out, err);
	case S_IFLNK:
		return add_target(rd, icb, out, err);
	case S_IFCHR:
	case S_IFBLK:
		return add_device(icb, out, err);
	default:
		return 0;
	}
}

int udf_inode_read(const struct udf_inode_reading *rd, const struct udf_icb *icb,
	struct tree_inode *out, struct err *err)
{
	uint32_t type = 0;
	int r = type_of(icb, &type, err);

	*out = (struct tree_inode){
		.mode = type | permissions_of(icb),
		.uid = icb->uid == NOBODY ? 0 : icb->uid,
		.gid = icb->gid == NOBODY ? 0 : icb->gid,
		.arrival = icb->lba,
		.marks.realtime = icb->type == UDF_FILE_REALTIME,
	};
	if (type == S_IFLNK)
		out->mode |= 0777;
	udf_timestamp_get(icb->mtime, &out->mtime);
	if (r == 0)
		r = add_body(rd, icb, out, err);
	if (r == 0 && icb->streams_bytes)
		r = udf_streams_read(rd, icb, out, err);
	return r < 0 ? err_prefix(err, r, "file entry in sector %" PRIu32, icb->lba) : 0;
}
