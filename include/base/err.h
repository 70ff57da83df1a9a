/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An error by value: a negative errno and one sentence for a human. */
#ifndef DISCFS_BASE_ERR_H
#define DISCFS_BASE_ERR_H

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

/* Fills @e (NULL allowed) and returns @code, which must be negative: `return err_set(...)`. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/*
 * Puts "<text>: " before the sentence of @e (NULL allowed) and returns @code unchanged. A layer
 * adds only what it alone knows: which track, which file.
 */
int err_prefix(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* err_set(-ENOMEM) with the one sentence there is to say about it. */
int err_nomem(struct err *e);

/*
 * err_set with -@errnum and a sentence ending in the system's words for it:
 * err_sys(e, errno, "segment %u", n) -> "segment 3: No space left on device".
 */
int err_sys(struct err *e, int errnum, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The errno's symbolic name, "ENOSPC"; "EUNKNOWN" for what is not known. @code may have any sign.
 */
const char *err_name(int code);

#endif
