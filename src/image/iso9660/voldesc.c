/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volume descriptors, ECMA-119 8.3 to 8.5. */
#include "iso9660/voldesc.h"

#include "base/err.h"
#include "iso9660/date.h"
#include "iso9660/field.h"

#include <errno.h>
#include <string.h>

void iso_voldesc_blank(enum iso_voldesc_type type, uint8_t *out, size_t n)
{
	if (type == ISO_VD_PRIMARY) {
		memset(out, ' ', n);
		return;
	}
	/* A field of odd length has room for whole characters only: its last byte is zero. */
	memset(out, 0, n);
	for (size_t i = 1; i < n; i += 2)
		out[i] = ' ';
}

static void put_texts(const struct iso_voldesc *v, uint8_t *out)
{
	iso_voldesc_blank(v->type, out + BP(9), 32);		  /* 8.4.5  system identifier */
	memcpy(out + BP(41), v->volume_id, sizeof(v->volume_id)); /* 8.4.6  volume identifier */
	iso_voldesc_blank(v->type, out + BP(191), 128);		  /* 8.4.19 volume set */
	iso_voldesc_blank(v->type, out + BP(319), 128);		  /* 8.4.20 publisher */
	iso_voldesc_blank(v->type, out + BP(447), 128);		  /* 8.4.21 data preparer */
	memcpy(out + BP(575), v->application_id, sizeof(v->application_id)); /* 8.4.22 */
	iso_voldesc_blank(v->type, out + BP(703), 37); /* 8.4.23 copyright file */
	iso_voldesc_blank(v->type, out + BP(740), 37); /* 8.4.24 abstract file */
	iso_voldesc_blank(v->type, out + BP(777), 37); /* 8.4.25 bibliographic file */
}

static void put_body(const struct iso_voldesc *v, uint8_t *out)
{
	struct iso_dirrec root = {
		.lba = v->root_lba,
		.size_bytes = v->root_bytes,
		.mtime_sec = v->root_mtime_sec,
		.id = (const uint8_t *)"",
		.id_len = 1,
		.flags = ISO_FLAG_DIR,
	};

	put_texts(v, out);
	put_both32(out + BP(81), v->volume_nsec); /* 8.4.8  volume space size */
	if (v->type == ISO_VD_SUPPLEMENTARY)
		memcpy(out + BP(89), "%/E", 3);		/* 8.5.6  escape sequences */
	put_both16(out + BP(121), 1);			/* 8.4.10 volume set size */
	put_both16(out + BP(125), 1);			/* 8.4.11 volume sequence number */
	put_both16(out + BP(129), SECTOR);		/* 8.4.12 logical block size */
	put_both32(out + BP(133), v->path_table_bytes); /* 8.4.13 path table size */
	put_u32le(out + BP(141), v->l_path_lba);	/* 8.4.14 type L path table */
	put_u32be(out + BP(149), v->m_path_lba);	/* 8.4.16 type M path table */
	iso_dirrec_encode(&root, out + BP(157));	/* 8.4.18 root directory record */
	iso_date17_encode(v->stamp_sec, out + BP(814)); /* 8.4.26 creation */
	iso_date17_encode(v->stamp_sec, out + BP(831)); /* 8.4.27 modification */
	iso_date17_none(out + BP(848));			/* 8.4.28 expiration */
	iso_date17_none(out + BP(865));			/* 8.4.29 effective */
	out[BP(882)] = 1;				/* 8.4.30 file structure version */
	/* Blank: tools that put a checksum here take anything else for used. */
	memset(out + BP(884), ' ', 512); /* 8.4.32 application use */
}

void iso_voldesc_encode(const struct iso_voldesc *v, uint8_t out[static SECTOR])
{
	memset(out, 0, SECTOR);
	out[BP(1)] = (uint8_t)v->type;	 /* 8.4.1 volume descriptor type */
	memcpy(out + BP(2), "CD001", 5); /* 8.4.2 standard identifier */
	out[BP(7)] = 1;			 /* 8.4.3 version */
	if (v->type != ISO_VD_END)
		put_body(v, out);
}

int iso_voldesc_decode(const uint8_t in[static SECTOR], struct iso_voldesc *out, struct err *err)
{
	struct iso_dirrec root;
	int r;

	*out = (struct iso_voldesc){ 0 };
	if (memcmp(in + BP(2), "CD001", 5) != 0 || in[BP(7)] != 1)
		return err_set(err, -EBADMSG, "no volume descriptor of ISO 9660");
	out->type = in[BP(1)];
	if (out->type == ISO_VD_END)
		return 0;
	if (!get_both32(in + BP(81), &out->volume_nsec) ||
		!get_both32(in + BP(133), &out->path_table_bytes))
		return err_set(err, -EBADMSG, "volume descriptor whose byte orders do not agree");
	memcpy(out->volume_id, in + BP(41), sizeof(out->volume_id));
	memcpy(out->application_id, in + BP(575), sizeof(out->application_id));
	out->l_path_lba = get_u32le(in + BP(141));
	out->m_path_lba = get_u32be(in + BP(149));
	r = iso_dirrec_decode(in + BP(157), ISO_ROOT_BYTES, &root, err);
	if (r < 0)
		return err_prefix(err, r, "root directory");
	out->root_lba = root.lba;
	out->root_bytes = root.size_bytes;
	out->root_mtime_sec = root.mtime_sec;
	return 0;
}
