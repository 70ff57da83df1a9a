/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Staged bytes: small files in append-only segments, large ones as objects. */
#ifndef DISCFS_STORE_STORE_H
#define DISCFS_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct store;
struct err;

/*
 * The staging log is the disc: a small file's bytes are appended, 2048-aligned, to a segment file
 * of 256 MiB, so that staging costs one append per file and an image is a few long reads. A file
 * that outgrows STORE_SMALL_MAX moves to an object, a file of its own (objects/NNNN/ID, sharded by
 * range). Segments only grow: space is never reused in place; what dies is punched out.
 *
 * All functions may be called from any thread; store has its own lock.
 */
#define STORE_SMALL_MAX	    (1024u * 1024)
#define STORE_SEGMENT_BYTES (256ull * 1024 * 1024)

enum store_kind { STORE_NONE, STORE_SEGMENT, STORE_OBJECT, STORE_REFERENCE };

/*
 * Where content lies; a value that the catalog keeps. NONE: no bytes were ever written. REFERENCE:
 * outside (reference.h).
 */
struct store_loc {
	enum store_kind kind;
	uint64_t id;	    /* of the segment, the object or the reference */
	uint64_t off_bytes; /* in the segment; 0 for all others */
	uint64_t cap_bytes; /* reserved in the segment, a multiple of 2048; 0 for all others */
};

/* @dir must exist; makes segments/ and objects/ in it. New data goes past the end of what is there.
 */
int store_open(const char *dir, struct store **out, struct err *err);
void store_close(struct store *s); /* NULL is fine */

/*
 * An active content: of a file that is open or being changed. At most one per inode; the owner
 * (stage) serialises calls on one store_file. Reads of other files go on meanwhile.
 */
struct store_file;

/* Takes up the content at @loc of @size_bytes. */
int store_file_open(struct store *s, struct store_loc loc, uint64_t size_bytes,
	struct store_file **out, struct err *err);
/*
 * Gives up the handle; the content stays at store_file_loc, which does not change by it. Disk
 * space past the content is given back. NULL is fine.
 */
void store_file_close(struct store_file *f);
/*
 * What the catalog has to remember now: may change with each write and truncate. The former place
 * is freed with the next call that changes or closes @f, so record this one before. Size 0 may
 * have any loc; NONE may have any size (zeros that were never written).
 */
struct store_loc store_file_loc(const struct store_file *f);
struct store_loc store_file_left(const struct store_file *f); /* that place; NONE: there is none */
uint64_t store_file_size(const struct store_file *f);

/* Up to the content's end; the count or a negative errno. Holes read as zeros. */
ssize_t store_file_read(
	struct store_file *f, uint64_t off_bytes, void *out, size_t n, struct err *err);
/*
 * All @n bytes or a negative errno (-ENOSPC, -EDQUOT, -EFBIG, -EIO); on failure size and content
 * below it are as before. A gap before @off_bytes reads as zeros. Bytes are in the page cache
 * when it returns, so they outlive the process.
 */
int store_file_write(
	struct store_file *f, uint64_t off_bytes, const void *bytes, size_t n, struct err *err);
/*
 * The same with bytes of the content at @from, which lie within its size: copied or, where the file
 * system can, shared. How many of @n it took, at least one; the caller goes on with the rest.
 */
ssize_t store_file_copy(struct store_file *f, uint64_t off_bytes, struct store_loc from,
	uint64_t from_bytes, size_t n, struct err *err);
/* Grows with zeros or cuts. To 0: the content is freed, loc becomes NONE. */
int store_file_truncate(struct store_file *f, uint64_t size_bytes, struct err *err);
/* Makes @n bytes within the size zeros; what is whole blocks of it takes no disk space then. */
int store_file_zero(struct store_file *f, uint64_t off_bytes, uint64_t n, struct err *err);
/*
 * Whether the byte at @off_bytes, which is within the size, was ever written (@data) or lies in a
 * hole, and where that run ends (@end_bytes, at most the size).
 */
int store_file_extent(
	struct store_file *f, uint64_t off_bytes, bool *data, uint64_t *end_bytes, struct err *err);
/* fdatasync of what holds the content (and of its directory when new). A failure is sticky. */
int store_file_sync(struct store_file *f, struct err *err);
/* The same for everything written since the last call. */
int store_sync(struct store *s, struct err *err);
/*
 * The same for contents that were synced before and lie in another place since: to be called
 * before each commit of their rows, which must not name a place that a power failure empties.
 */
int store_sync_moved(struct store *s, struct err *err);

/* The content at @loc has no name any more. What a freeze still reads dies with that freeze. */
int store_delete(struct store *s, struct store_loc loc, struct err *err);

/*
 * Finished contents, each at a multiple of 2048 within @bytes and padded with zeros to the next
 * one: written together, @n bytes in all, a multiple of 2048. Each is then a content of its own,
 * at its distance from @out and with its own cap; who does not take them all deletes the rest.
 * Errors as of store_file_write; nothing is left of it then.
 */
#define STORE_APPEND_MAX (1024u * 1024)
int store_append(
	struct store *s, const void *bytes, size_t n, struct store_loc *out, struct err *err);

/* Reads content that is not active: exactly @n bytes within its size. */
int store_read(struct store *s, struct store_loc loc, uint64_t off_bytes, void *out, size_t n,
	struct err *err);

/*
 * While a freeze is held, bytes that existed when it began never change: a write below the size
 * of frozen content moves it first (reflink where the file system can), appending goes on in
 * place beyond it. store_delete is put off. Begin and end cost nothing per file.
 */
struct store_freeze;
int store_freeze_begin(struct store *s, struct store_freeze **out, struct err *err);
void store_freeze_end(struct store_freeze *f);
int store_freeze_read(struct store_freeze *f, struct store_loc loc, uint64_t off_bytes, void *out,
	size_t n, struct err *err);
/*
 * Frozen content into the regular file @fd, which reads as zeros from @to_bytes on: each piece in
 * its room, one behind the other, what is left of a room zeros. Bytes go from file to file, shared
 * where the file system can; pieces that lie side by side go at once.
 */
struct store_piece {
	struct store_loc loc;
	uint64_t off_bytes, n_bytes; /* of the content */
	uint64_t room_bytes;	     /* whole sectors, less than two sectors more than n_bytes */
};
int store_freeze_copy(struct store_freeze *f, const struct store_piece *piece, size_t n, int fd,
	uint64_t to_bytes, struct err *err);

/*
 * What dies (deleted, moved away from, cut) is freed at once unless a freeze reads it. An owner
 * whose catalog is durable only later takes a mark before each commit and settles it after: from
 * the first mark on nothing is freed that a power failure could bring back into the catalog.
 * settle returns the first failure to free; the rest was freed, the next sweep finds it.
 */
uint64_t store_mark(struct store *s);
int store_settle(struct store *s, uint64_t mark, struct err *err);

/*
 * Compaction. A segment of which little is left is emptied: each content in it is moved, which
 * packs it at the tail, and then the segment is retired. That costs reading and writing what is
 * left, and gives back half pages that cannot be punched, a file, and the long runs that an
 * image is read in. Measured: packing 100 MB takes a quarter of a second of CPU time, and makes
 * the next reading of them from a cold disk two to ten times faster, with a fifth of the CPU time.
 */
#define STORE_SPARSE_SHARE 4u	    /* at most one in so many bytes of a sparse segment is left */
bool store_frozen(struct store *s); /* whether any freeze is held: it is not the time then */
/*
 * The sparse segments, at most @cap of them, and never the tail. 0 when nothing was freed since the
 * last call: asking costs nothing then.
 */
size_t store_sparse(struct store *s, uint64_t *id, size_t cap);
/* Moves content in a segment to the tail; what it holds does not change. As a write otherwise. */
int store_file_move(struct store_file *f, struct err *err);
/* No content lies in the segment any more: it is removed when all that died by now is freed. */
int store_retire(struct store *s, uint64_t segment, struct err *err);

/*
 * After an unclean end: the owner declares each live content, then sweep removes objects that
 * nobody declared and punches out what no live content covers. Returns how much in @out_bytes.
 */
/* Bytes from @loc (not NONE) on to the end of the file that holds it; 0 without that file. */
int store_present(struct store *s, struct store_loc loc, uint64_t *out_bytes, struct err *err);
/* Something could not be freed: only a sweep will. */
bool store_wants_sweep(struct store *s);
struct store_sweep;
int store_sweep_begin(struct store *s, struct store_sweep **out, struct err *err);
int store_sweep_keep(struct store_sweep *w, struct store_loc loc, struct err *err);
/* Takes @w. */
int store_sweep_end(struct store_sweep *w, uint64_t *out_bytes, struct err *err);

#endif
