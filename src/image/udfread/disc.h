/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A UDF volume that is read: where its blocks are, ECMA-167 3 and UDF 2.2. */
#ifndef DISCFS_IMAGE_UDFREAD_DISC_H
#define DISCFS_IMAGE_UDFREAD_DISC_H

#include "udf/address.h"
#include "udfread/sequence.h"

/* UDF 2.2.8 to 2.2.10: how blocks of a partition become sectors. */
enum udf_map_kind { UDF_MAP_PHYSICAL, UDF_MAP_VIRTUAL, UDF_MAP_SPARABLE, UDF_MAP_METADATA };

/* UDF 2.2.12: a packet of a partition that is recorded elsewhere. */
struct udf_spare {
	uint32_t block, lba; /* first ones of the packet */
};

/* Contiguous sectors of a file; of a metadata file, from @first_block of its partition on. */
struct udf_piece {
	uint32_t lba;	/* SECTION_HOLE: nothing is recorded */
	uint32_t block; /* the same as it is addressed */
	uint32_t bytes;
	uint32_t first_block;
};

/* All of a file, up to its length; @at is on the heap. */
struct udf_pieces {
	struct udf_piece *at;
	uint32_t n, cap;
};

struct udf_map {
	enum udf_map_kind kind;
	const uint8_t *raw; /* 3/10.7, in the logical volume descriptor */
	uint32_t lba, nsec; /* of the partition that it is about */
	uint32_t nblock;    /* that may be addressed */
	uint32_t *vat;	    /* block of the partition, by virtual block */
	uint32_t vat_lba;   /* of the table's file entry */
	uint16_t packet_nsec;
	struct udf_spare *spare; /* ascending */
	uint32_t nspare;
	struct udf_pieces metadata;
};

/* UDF 2.2.10: which of the two metadata files counts. */
enum udf_copy { UDF_COPY_MAIN, UDF_COPY_MIRROR };

#define UDF_MAPS_MAX 8u
struct udf_disc {
	const struct sector_source *src; /* borrowed */
	enum udf_copy copy;
	uint8_t *met;	      /* a bit for each sector: it holds structures of one thing */
	uint64_t pieces_left; /* bounds memory: honest files have no more */
	struct udf_anchor anchor;
	struct udf_sequence sequence;
	unsigned revision; /* UDF 2.1.5.3, 0x0250 */
	struct udf_map map[UDF_MAPS_MAX];
	unsigned nmap;
	bool mirrored; /* there is a metadata mirror file */
	struct udf_block fsd, root;
	uint32_t fsd_bytes;
};

/*
 * The volume whose anchor is the newest of the session. -ENODATA: no UDF; -EOPNOTSUPP: a kind that
 * is not read, with the reason; -EBADMSG, -ELOOP, -ENOMEM; what reading fails with.
 * udf_disc_close() it in any case.
 */
int udf_disc_open(struct udf_disc *d, const struct sector_source *src, uint32_t session_lba,
	enum udf_copy copy, struct err *err);
void udf_disc_close(struct udf_disc *d);

/* The sector of a block, and how many blocks from it on are contiguous. -EBADMSG. */
int udf_disc_map(const struct udf_disc *d, struct udf_block at, uint32_t *lba, uint32_t *nblock,
	struct err *err);
/* The same, and the sector itself. */
int udf_disc_read(const struct udf_disc *d, struct udf_block at, uint32_t *lba,
	uint8_t out[static SECTOR], struct err *err);
/* Marks sectors as structures of one thing; -ELOOP when one is of another already. */
int udf_disc_claim(struct udf_disc *d, uint32_t lba, uint32_t nsec, struct err *err);

/* 4/14.14.2 long_ad */
struct udf_block udf_block_get(const uint8_t *p);

/* vatread.c, sparing.c, metafile.c: what a map is by. */
int udf_vat_load(struct udf_disc *d, struct udf_map *m, struct err *err);
int udf_sparing_load(struct udf_disc *d, struct udf_map *m, struct err *err);
int udf_metafile_load(struct udf_disc *d, struct udf_map *m, unsigned physical, struct err *err);

#endif
