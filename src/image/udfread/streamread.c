/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Named streams as extended attributes. */
#include "base/bytes.h"
#include "base/err.h"
#include "base/grow.h"
#include "readname.h"
#include "udfread/fidread.h"
#include "udfread/inoderead.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ACL_STREAM	"*UDF UNIX ACL" /* UDF 2.00 3.3.8 */
#define RESERVED	"*UDF"		/* UDF 2.00 3.3.5: streams with a meaning of their own */
#define USER		"user."
#define VALUE_BYTES_MAX 65536u /* what an attribute may have in Linux */

struct streams {
	const struct udf_inode_reading *rd;
	struct tree_xattr *at;
	uint32_t n, cap;
};

static int room(struct streams *s, struct err *err)
{
	if (s->n + 2 <= s->cap)
		return 0;
	return array_grow((void **)&s->at, &s->cap, sizeof(*s->at), err);
}

static int keep(struct streams *s, const char *name, size_t name_len, const uint8_t *value,
	size_t n, struct err *err)
{
	char full[sizeof(USER) + UDF_NAME_MAX];
	struct arena *arena = s->rd->arena;
	struct tree_xattr *x;
	int r = room(s, err);

	if (r < 0)
		return r;
	if (name_len == strlen(ACL_STREAM) && memcmp(name, ACL_STREAM, name_len) == 0) {
		s->n += udf_acl_read(value, n, arena, &s->at[s->n]);
		return 0;
	}
	if (strncmp(name, RESERVED, strlen(RESERVED)) == 0)
		return 0;
	memcpy(full, USER, strlen(USER));
	memcpy(full + strlen(USER), name, name_len);
	name_len = readname_shorten(full, name_len + strlen(USER));
	x = &s->at[s->n];
	*x = (struct tree_xattr){ arena_dup(arena, full, name_len), arena_dup(arena, value, n),
		(uint32_t)n };
	if (!x->name || !x->value)
		return err_nomem(err);
	s->n++;
	return 0;
}

/* A stream that no attribute can hold is left to readers that know streams. */
static int take_stream(void *arg, const struct udf_fid_found *fid, struct err *err)
{
	struct streams *s = arg;
	struct udf_disc *d = s->rd->d;
	char name[UDF_NAME_MAX] = "";
	struct udf_pieces pieces;
	struct udf_icb icb;
	uint8_t *value;
	int n, r;

	if (fid->flags & (UDF_FID_PARENT | UDF_FID_DELETED))
		return 0;
	n = udf_fid_name(fid, name, err);
	r = n < 0 ? n : udf_icb_read(d, fid->icb, &icb, err);
	if (r == 0)
		r = udf_disc_claim(d, icb.lba, 1, err);
	if (r < 0 || icb.info_bytes > VALUE_BYTES_MAX)
		return r;
	r = udf_content_load(d, &icb, VALUE_BYTES_MAX, &pieces, &value, err);
	if (r < 0)
		return r;
	r = keep(s, name, (size_t)n, value, icb.info_bytes, err);
	free(value);
	udf_pieces_free(&pieces);
	return r;
}

static int by_name(const void *a, const void *b)
{
	const struct tree_xattr *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int give(const struct streams *s, struct tree_inode *out, struct err *err)
{
	struct tree_xattr *all;

	if (s->n == 0)
		return 0;
	qsort(s->at, s->n, sizeof(*s->at), by_name);
	for (uint32_t i = 1; i < s->n; i++)
		if (by_name(&s->at[i - 1], &s->at[i]) == 0)
			return err_set(err, -EBADMSG, "two streams of one name");
	all = arena_array(s->rd->arena, s->n, sizeof(*all));
	if (!all)
		return err_nomem(err);
	memcpy(all, s->at, s->n * sizeof(*all));
	out->xattr = all;
	out->nxattr = s->n;
	return 0;
}

int udf_streams_read(const struct udf_inode_reading *rd, const struct udf_icb *icb,
	struct tree_inode *out, struct err *err)
{
	struct streams s = { .rd = rd };
	struct udf_icb dir;
	int r = udf_icb_read(rd->d, icb->streams, &dir, err);

	if (r == 0 && dir.type != UDF_FILE_STREAM_DIRECTORY)
		r = err_set(err, -EBADMSG, "a file of type %u, not 13", dir.type);
	if (r == 0)
		r = udf_disc_claim(rd->d, dir.lba, 1, err);
	if (r == 0)
		r = udf_fids_each(rd->d, &dir, take_stream, &s, err);
	if (r == 0)
		r = give(&s, out, err);
	free(s.at);
	return r < 0 ? err_prefix(err, r, "streams") : 0;
}
