/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directory records, ECMA-119 9.1. */
#ifndef DISCFS_IMAGE_ISO9660_DIRREC_H
#define DISCFS_IMAGE_ISO9660_DIRREC_H

#include <stddef.h>
#include <stdint.h>

struct err;

#define ISO_DIRREC_MAX	254u /* LEN_DR is a byte and the record even */
#define ISO_FLAG_HIDDEN 0x01u
#define ISO_FLAG_DIR	0x02u
#define ISO_FLAG_EXTENT 0x80u /* not the final record of the file */
#define ISO_ROOT_BYTES	34u

struct iso_dirrec {
	uint32_t lba, size_bytes;
	int64_t mtime_sec;
	const uint8_t *id;
	uint8_t id_len, flags;
	const uint8_t *su; /* system use, 9.1.13 */
	size_t su_len;
};

/* Bytes before the system use field of an identifier of @id_len bytes. */
static inline size_t iso_dirrec_base(size_t id_len)
{
	return 33 + id_len + (id_len % 2 == 0);
}

/* LEN_DR, 9.1.1 */
static inline size_t iso_dirrec_len(size_t id_len, size_t su_len)
{
	size_t n = iso_dirrec_base(id_len) + su_len;

	return n + n % 2;
}

/* Writes iso_dirrec_len() bytes, which must be at most ISO_DIRREC_MAX. */
void iso_dirrec_encode(const struct iso_dirrec *r, uint8_t *out);
/*
 * Decodes the record at @in of @n bytes up to the end of its sector; id and su point into @in.
 * Its length, 0 where the sector holds no more records, or -EBADMSG.
 */
int iso_dirrec_decode(const uint8_t *in, size_t n, struct iso_dirrec *out, struct err *err);

#endif
