/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tree of directory records as it was found, for what can only be said of the whole. */
#ifndef DISCFS_IMAGE_VALIDATE_VOLUME_H
#define DISCFS_IMAGE_VALIDATE_VOLUME_H

#include "base/arena.h"
#include "base/sector.h"
#include "iso9660/date.h"
#include "isoread/suspread.h"
#include "validate/report.h"

enum volume_kind { VOLUME_PRIMARY, VOLUME_JOLIET, VOLUME_ENHANCED };

#define VNAME_TEXT_MAX 512u

/* A name: the records of one file, or one directory. */
struct vname {
	const uint8_t *id;   /* as recorded, with version */
	const char *nm;	     /* Rock Ridge's name, NULL if there is none */
	uint64_t size_bytes; /* of all sections */
	uint32_t lba;	     /* of the first section */
	uint32_t dir;	     /* that holds it */
	uint32_t rec_lba;    /* where its record is */
	uint32_t nsection;
	uint32_t mode, nlink, serial; /* Rock Ridge's; mode 0: none */
	uint16_t rec_byte;
	uint8_t id_len, nm_len, flags;
	uint8_t date[ISO_DATE7];
	bool relocated;			/* RE */
	uint32_t child_lba, parent_lba; /* CL, of ".." PL; 0: none */
};

struct vdir {
	uint32_t lba, size_bytes;
	uint32_t parent; /* of the root: itself */
	uint32_t depth;	 /* of the root: 1 */
	uint32_t name;	 /* vname; of the root UINT32_MAX */
	uint32_t first, n;
	const char *path;    /* quoted */
	uint32_t parent_lba; /* PL of its ".."; 0: none */
};

/* Sectors that something takes. */
struct vextent {
	uint32_t lba, nsec;
	enum { EXTENT_DIRECTORY, EXTENT_CONTINUATION, EXTENT_FILE, EXTENT_TABLE } kind;
	const char *what; /* path or name, quoted */
};

struct volume {
	enum volume_kind kind;
	const char *title; /* "primary volume descriptor" */
	uint32_t lba;	   /* of the descriptor */
	uint8_t desc[SECTOR];
	uint32_t nsec, path_table_bytes, root_lba, root_bytes;
	bool rockridge;
	bool relaxed; /* an enhanced volume shares the directories, and its names are theirs */
	bool timed;   /* the root's "." has a TF field with a time of modification */
	uint8_t susp_skip;
	struct arena arena; /* of paths and names */
	struct vdir *dir;
	struct vname *name;
	struct vextent *extent;
	struct susp_area_at *area; /* as often as entries continue there */
	uint32_t narea, area_cap;
	uint32_t ndir, dir_cap, nname, name_cap, nextent, extent_cap;
};

/* The name of @n for people: quoted, of Joliet in UTF-8. */
const char *vname_text(
	const struct volume *v, const struct vname *n, char out[static VNAME_TEXT_MAX]);
void volume_fini(struct volume *v);
int volume_add_extent(struct volume *v, const struct vextent *e, struct err *err);
/* For susp_reader.entered; @volume: struct volume. */
int volume_add_area(void *volume, const struct susp_area_at *area, struct err *err);

/* descriptors.c: the fields of one descriptor, and what they say. */
void validate_descriptor(struct report *r, struct volume *v);
/* Texts and dates that descriptors of one disc have in common. */
void validate_descriptors_agree(struct report *r, const struct volume *a, const struct volume *b);

/* walk.c: every directory; fills in @v. */
int validate_directories(struct report *r, struct volume *v, struct err *err);

/* records.c: the fields of one record but its system use; its name, once those are known. */
void validate_record(struct report *r, const struct place *in, const uint8_t *rec);
void validate_identifier(struct report *r, const struct volume *v, const struct place *in,
	const uint8_t *rec, const struct vname *n);
/* The order of 9.3 of two neighbours in a directory. */
void validate_order(struct report *r, const struct volume *v, const struct vname *before,
	const struct vname *after);

/* fields.c: the system use fields of one record; fills in Rock Ridge's part of @out. */
struct field_walk {
	struct report *report;
	struct susp_reader *susp;
	struct volume *v;
	bool dot, root; /* of ".", of the root's "." */
};
int validate_fields(struct field_walk *w, const struct place *in, const uint8_t *rec,
	struct vname *out, struct err *err);

/* continuations.c: what the fields continued in. */
int validate_continuations(struct report *r, struct volume *v, struct err *err);

/* tables.c: both path tables against each other and the directories. */
int validate_path_tables(struct report *r, struct volume *v, struct err *err);

/* agree.c: two trees of the same files. */
int validate_trees_agree(struct report *r, const struct volume *primary, const struct volume *other,
	struct err *err);
/* Rock Ridge's names against the identifiers beside them; links against serial numbers. */
int validate_names_agree(struct report *r, const struct volume *v, struct err *err);

/* moved.c: directories that hang elsewhere for their depth, RRIP 4.1.5. */
int validate_moved(struct report *r, struct volume *v, struct err *err);

/* extents.c: nothing lies over another or past the end. */
int validate_extents(struct report *r, struct volume *const *v, uint32_t n, struct err *err);
/* Tells of those of @n that lie over another; sorts them. */
void report_overlaps(struct report *r, struct vextent *e, size_t n, const char *clause);

#endif
