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
	if (type != ISO_VD_SUPPLEMENTARY) {
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
	memcpy(out + BP(9), v->system_id, sizeof(v->system_id));     /* 8.4.5  system */
	memcpy(out + BP(41), v->volume_id, sizeof(v->volume_id));    /* 8.4.6  volume */
	memcpy(out + BP(191), v->volume_set, sizeof(v->volume_set)); /* 8.4.19 volume set */
	memcpy(out + BP(319), v->publisher, sizeof(v->publisher));   /* 8.4.20 publisher */
	memcpy(out + BP(447), v->preparer, sizeof(v->preparer));     /* 8.4.21 data preparer */
	memcpy(out + BP(575), v->application_id, sizeof(v->application_id)); /* 8.4.22 */
	memcpy(out + BP(703), v->copyright, sizeof(v->copyright));	     /* 8.4.23 */
	memcpy(out + BP(740), v->abstract, sizeof(v->abstract));	     /* 8.4.24 */
	memcpy(out + BP(777), v->bibliography, sizeof(v->bibliography));     /* 8.4.25 */
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
	if (v->type == ISO_VD_SUPPLEMENTARY) {
		memcpy(out + BP(89), "%/", 2); /* 8.5.6  escape sequences */
		out[BP(91)] = (uint8_t)v->joliet;
	}
	put_both16(out + BP(121), 1);			   /* 8.4.10 volume set size */
	put_both16(out + BP(125), 1);			   /* 8.4.11 volume sequence number */
	put_both16(out + BP(129), SECTOR);		   /* 8.4.12 logical block size */
	put_both32(out + BP(133), v->path_table_bytes);	   /* 8.4.13 path table size */
	put_u32le(out + BP(141), v->l_path_lba);	   /* 8.4.14 type L path table */
	put_u32be(out + BP(149), v->m_path_lba);	   /* 8.4.16 type M path table */
	iso_dirrec_encode(&root, out + BP(157));	   /* 8.4.18 root directory record */
	iso_date17_encode(v->stamp_sec, out + BP(814));	   /* 8.4.26 creation */
	iso_date17_encode(v->stamp_sec, out + BP(831));	   /* 8.4.27 modification */
	iso_date17_none(out + BP(848));			   /* 8.4.28 expiration */
	iso_date17_none(out + BP(865));			   /* 8.4.29 effective */
	out[BP(882)] = v->type == ISO_VD_ENHANCED ? 2 : 1; /* 8.4.30 file structure version */
	/* Blank: tools that put a checksum here take anything else for used. */
	memset(out + BP(884), ' ', 512); /* 8.4.32 application use */
}

void iso_voldesc_encode(const struct iso_voldesc *v, uint8_t out[static SECTOR])
{
	memset(out, 0, SECTOR);
	/* 8.4.1 volume descriptor type */
	out[BP(1)] = v->type == ISO_VD_ENHANCED ? ISO_VD_SUPPLEMENTARY : (uint8_t)v->type;
	memcpy(out + BP(2), "CD001", 5);		 /* 8.4.2 standard identifier */
	out[BP(7)] = v->type == ISO_VD_ENHANCED ? 2 : 1; /* 8.4.3 version */
	if (v->type != ISO_VD_END)
		put_body(v, out);
}

static void take_texts(const uint8_t *in, struct iso_voldesc *out)
{
	memcpy(out->system_id, in + BP(9), sizeof(out->system_id));
	memcpy(out->volume_id, in + BP(41), sizeof(out->volume_id));
	memcpy(out->volume_set, in + BP(191), sizeof(out->volume_set));
	memcpy(out->publisher, in + BP(319), sizeof(out->publisher));
	memcpy(out->preparer, in + BP(447), sizeof(out->preparer));
	memcpy(out->application_id, in + BP(575), sizeof(out->application_id));
	memcpy(out->copyright, in + BP(703), sizeof(out->copyright));
	memcpy(out->abstract, in + BP(740), sizeof(out->abstract));
	memcpy(out->bibliography, in + BP(777), sizeof(out->bibliography));
	if (out->type == ISO_VD_SUPPLEMENTARY)
		out->joliet = (enum joliet_escape)in[BP(91)];
}

int iso_voldesc_decode(const uint8_t in[static SECTOR], struct iso_voldesc *out, struct err *err)
{
	struct iso_dirrec root;
	int r;

	*out = (struct iso_voldesc){ 0 };
	if (memcmp(in + BP(2), "CD001", 5) != 0 || in[BP(7)] < 1 || in[BP(7)] > 2)
		return err_set(err, -EBADMSG, "no volume descriptor of ISO 9660");
	out->type = in[BP(1)];
	if (out->type == ISO_VD_SUPPLEMENTARY && in[BP(7)] == 2)
		out->type = ISO_VD_ENHANCED;
	if (out->type == ISO_VD_END)
		return 0;
	if (!get_both32(in + BP(81), &out->volume_nsec) ||
		!get_both32(in + BP(133), &out->path_table_bytes))
		return err_set(err, -EBADMSG, "volume descriptor whose byte orders do not agree");
	take_texts(in, out);
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
