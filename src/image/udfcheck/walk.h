/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directories of a UDF volume while they are checked. */
#ifndef DISCFS_IMAGE_UDFCHECK_WALK_H
#define DISCFS_IMAGE_UDFCHECK_WALK_H

#include "udfcheck/check.h"
#include "udfread/fidread.h"

/* The identifiers of a directory, or of a directory of streams, as they are recorded. */
struct fids {
	const struct udf_icb *icb;
	const char *where;
	struct udf_pieces pieces;
	uint8_t *content; /* on the heap; NULL: in the entry */
	const uint8_t *p, *end;
	struct udf_fid_found fid;
	const uint8_t *at; /* of the identifier that was read last */
	struct place in;   /* its sector */
	bool stream;
};

/* Tells what is wrong and is empty where they cannot be read. */
int udf_fids_open(struct udf_check *c, const struct udf_icb *icb, const char *where,
	struct fids *out, struct err *err);
/* The next, whose fields were checked; false at the end. */
bool udf_fids_next(struct udf_check *c, struct fids *f);
void udf_fids_close(struct fids *f);

/* The path of a name below @parent, in the check's arena; NULL: no memory. */
const char *udf_check_path(
	struct udf_check *c, const char *parent, const struct udf_fid_found *fid);

/* streams.c: of the file @icb, which has some. */
int udf_check_streams(
	struct udf_check *c, const struct udf_icb *icb, const char *where, struct err *err);

#endif
