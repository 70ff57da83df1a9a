/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What staged files hash to: made beside staging, finished where somebody needs them. */
#ifndef DISCFS_STAGE_DIGEST_H
#define DISCFS_STAGE_DIGEST_H

#include "base/digest.h"

#include <stdbool.h>
#include <stdint.h>

struct stage;
struct err;

/*
 * Of the content as it is now; what has none yet is read and hashed by the caller's thread, which
 * takes as long as the file is large. -ENODATA: no regular file. -EAGAIN: it changes all the time.
 */
int stage_digest(struct stage *s, uint64_t ino, struct digest *out, struct err *err);

/*
 * Hashes all that has no digest yet, files that are open included, in the caller's thread, without
 * the stage's lock while it reads. What changes meanwhile may be without one afterwards, and so
 * has what cannot be read.
 */
int stage_digest_all(struct stage *s, struct err *err);

/*
 * For a thread of low priority that does the same as files are finished: sleeps until a commit
 * leaves something to hash, then true; false after stage_digest_end. While nobody changes anything
 * it does not run at all.
 */
bool stage_digest_await(struct stage *s);
/* Hashes what there is; gives way to stage_digest_all and to stage_digest_end. */
int stage_digest_run(struct stage *s, struct err *err);
/* Ends both for good. */
void stage_digest_end(struct stage *s);

#endif
