/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directory records, ECMA-119 9.1. */
#include "iso9660/dirrec.h"

#include "base/err.h"
#include "iso9660/date.h"
#include "iso9660/field.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

void iso_dirrec_encode(const struct iso_dirrec *r, uint8_t *out)
{
	size_t len = iso_dirrec_len(r->id_len, r->su_len);

	assert(len <= ISO_DIRREC_MAX && r->id_len > 0);
	memset(out, 0, len);
	out[BP(1)] = (uint8_t)len;		      /* 9.1.1  length of directory record */
	put_both32(out + BP(3), r->lba);	      /* 9.1.3  location of extent */
	put_both32(out + BP(11), r->size_bytes);      /* 9.1.4  data length */
	iso_date7_encode(r->mtime_sec, out + BP(19)); /* 9.1.5  recording date and time */
	out[BP(26)] = r->flags;			      /* 9.1.6  file flags */
	put_both16(out + BP(29), 1);		      /* 9.1.9  volume sequence number */
	out[BP(33)] = r->id_len;		      /* 9.1.10 length of file identifier */
	memcpy(out + BP(34), r->id, r->id_len);	      /* 9.1.11 file identifier */
	if (r->su_len)
		memcpy(out + iso_dirrec_base(r->id_len), r->su, r->su_len); /* 9.1.13 */
}

int iso_dirrec_decode(const uint8_t *in, size_t n, struct iso_dirrec *out, struct err *err)
{
	uint16_t volume;
	size_t base;

	*out = (struct iso_dirrec){ 0 };
	if (n == 0 || in[BP(1)] == 0)
		return 0;
	if (in[BP(1)] > n || in[BP(1)] < ISO_ROOT_BYTES)
		return err_set(err, -EBADMSG, "directory record of %u bytes where %zu are left",
			in[BP(1)], n);
	base = iso_dirrec_base(in[BP(33)]);
	if (in[BP(33)] == 0 || base > in[BP(1)])
		return err_set(err, -EBADMSG,
			"directory record of %u bytes with an identifier of %u", in[BP(1)],
			in[BP(33)]);
	if (!get_both32(in + BP(3), &out->lba) || !get_both32(in + BP(11), &out->size_bytes) ||
		!get_both16(in + BP(29), &volume))
		return err_set(err, -EBADMSG, "directory record whose byte orders do not agree");
	if (!iso_date7_decode(in + BP(19), &out->mtime_sec))
		out->mtime_sec = 0; /* unset dates are common */
	out->flags = in[BP(26)];
	out->id = in + BP(34);
	out->id_len = in[BP(33)];
	out->su = in + base;
	out->su_len = in[BP(1)] - base;
	return in[BP(1)];
}
