/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Path table records, ECMA-119 9.4. */
#include "iso9660/pathtable.h"

#include "base/err.h"
#include "iso9660/field.h"

#include <errno.h>
#include <string.h>

struct order_ops {
	void (*put16)(uint8_t *p, uint16_t v);
	void (*put32)(uint8_t *p, uint32_t v);
	uint16_t (*get16)(const uint8_t *p);
	uint32_t (*get32)(const uint8_t *p);
};

static const struct order_ops orders[] = {
	[ISO_ORDER_L] = { put_u16le, put_u32le, get_u16le, get_u32le },
	[ISO_ORDER_M] = { put_u16be, put_u32be, get_u16be, get_u32be },
};

void iso_pathrec_encode(const struct iso_pathrec *r, enum iso_byte_order order, uint8_t *out)
{
	const struct order_ops *o = &orders[order];

	memset(out, 0, iso_pathrec_len(r->id_len));
	out[BP(1)] = r->id_len;		       /* 9.4.1 length of directory identifier */
	o->put32(out + BP(3), r->lba);	       /* 9.4.3 location of extent */
	o->put16(out + BP(7), r->parent);      /* 9.4.4 parent directory number */
	memcpy(out + BP(9), r->id, r->id_len); /* 9.4.5 directory identifier */
}

int iso_pathrec_decode(const uint8_t *in, size_t n, enum iso_byte_order order,
	struct iso_pathrec *out, struct err *err)
{
	const struct order_ops *o = &orders[order];

	*out = (struct iso_pathrec){ 0 };
	if (n < ISO_PATHREC_ROOT_BYTES || in[BP(1)] == 0 || iso_pathrec_len(in[BP(1)]) > n)
		return err_set(err, -EBADMSG, "path table record cut after %zu bytes", n);
	out->id_len = in[BP(1)];
	out->lba = o->get32(in + BP(3));
	out->parent = o->get16(in + BP(7));
	out->id = in + BP(9);
	return (int)iso_pathrec_len(in[BP(1)]);
}
