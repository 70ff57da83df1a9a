/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An error by value: a negative errno and one sentence for a human. */
#ifndef DISCFS_BASE_ERR_H
#define DISCFS_BASE_ERR_H

#include <errno.h>

/*
 * The sentence says what failed, where, what was wanted, what was found and what to do.
 * It is copied by value because a burn fails on one thread and is reported on another.
 *
 * Vocabulary: -EINVAL the request makes no sense, -ENOSPC does not fit, -EROFS closed or
 * write-protected, -EMEDIUMTYPE wrong medium, -ENOMEDIUM none, -EBUSY a job runs, -EBADMSG
 * malformed bytes from a device, a disc or a catalog, -EIO the device said no, -ESTALE a source
 * changed, -EILSEQ a name that cannot be, -ECANCELED, -ETIMEDOUT, -EOPNOTSUPP, -ENOMEM.
 */
struct err {
	int code;      /* 0, or a negative errno */
	char msg[508]; /* always NUL-terminated, no newline */
};

/*
 * What a failing function returns is below zero: said here once, so that compilers and checkers
 * know it in every caller.
 */
static inline int err_negative(int code)
{
	if (code >= 0)
		__builtin_unreachable();
	return code;
}

/* Fills @e (NULL allowed) and returns @code, which must be negative: `return err_set(...)`. */
#define err_set(e, code, ...) err_negative(err_fill((e), (code), __VA_ARGS__))
int err_fill(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/*
 * Puts "<text>: " before the sentence of @e (NULL allowed) and returns @code unchanged. A layer
 * adds only what it alone knows: which track, which file.
 */
#define err_prefix(e, code, ...) err_negative(err_fill_prefix((e), (code), __VA_ARGS__))
int err_fill_prefix(struct err *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* err_set(-ENOMEM) with the one sentence there is to say about it. */
#define err_nomem(e) err_set((e), -ENOMEM, "out of memory")

/*
 * err_set with -@errnum and a sentence ending in the system's words for it:
 * err_sys(e, errno, "segment %u", n) -> "segment 3: No space left on device".
 */
#define err_sys(e, errnum, ...) err_negative(err_fill_sys((e), (errnum), __VA_ARGS__))
int err_fill_sys(struct err *e, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The errno's symbolic name, "ENOSPC"; "EUNKNOWN" for what is not known. @code may have any sign.
 */
const char *err_name(int code);

#endif
