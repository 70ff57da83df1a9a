/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extended attributes as named streams, ECMA-167 3rd ed. 4/9.2, UDF 2.00 3.3.5. */
#ifndef DISCFS_IMAGE_UDF_STREAMS_H
#define DISCFS_IMAGE_UDF_STREAMS_H

#include "base/wcur.h"
#include "tree/measure.h"
#include "fid.h"

/* The attributes of an inode. Those of the system become the stream "*UDF UNIX ACL". */
struct udf_streams {
	const struct tree_xattr *xattr;
	uint32_t nxattr, nacl; /* ACLs come first: names ascend */
	uint32_t n;	       /* streams */
};

/* What they take: nothing where the revision has no streams. */
struct udf_streams_size {
	uint32_t n;
	uint32_t dir_bytes, dir_nsec; /* identifiers; sectors unless the entry of the directory
				       * holds them */
	uint64_t bytes, data_nsec;    /* all content; sectors of that which the entries do not hold
				       */
};

struct udf_streams udf_streams_of(
	const struct tree_xattr *xattr, uint32_t nxattr, enum udf_revision r);
struct udf_streams_size udf_streams_measure(const struct udf_streams *s, enum udf_revision r);

/* Of stream @k: its identifier; its flags in the directory; its content. */
uint8_t udf_stream_ident(const struct udf_streams *s, uint32_t k, enum udf_revision r,
	uint8_t out[static UDF_IDENT_MAX]);
uint8_t udf_stream_flags(const struct udf_streams *s, uint32_t k);
void udf_stream_put(struct wcur *c, const struct udf_streams *s, uint32_t k);
uint64_t udf_stream_bytes(const struct udf_streams *s, uint32_t k);

#endif
