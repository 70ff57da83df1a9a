/* SPDX-License-Identifier: GPL-3.0-or-later */
/* READ FORMAT CAPACITIES (MMC-5 6.24), FORMAT UNIT (6.5) and BLANK (6.2). */
#include "decode.h"
#include "exec.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/sector.h"

#include <errno.h>
#include <string.h>

#define DESCRIPTOR_BYTES 8u
#define FORMATTED	 2 /* 6.24.3.2.1 descriptor type */
#define FOV_IMMED	 0x82
#define FMTDATA_CODE_1	 0x11
#define BLANK_IMMED	 0x10

/* Sums of addresses and sizes must stay below 32 bits. */
#define NSEC_MAX 0x3fffffffu

int mmc_formats_decode(const uint8_t *b, size_t n, struct mmc_formats *out, struct err *err)
{
	size_t have = n < 4 ? 0 : mmc_reply_bytes(n, b[3] + 4u);

	memset(out, 0, sizeof(*out));
	if (have < 4 + DESCRIPTOR_BYTES)
		return err_set(err, -EBADMSG, "short reply, %zu bytes of 12", have);
	if (get_u32be(b + 4) > NSEC_MAX)
		return err_set(err, -EBADMSG, "a medium of %u blocks", get_u32be(b + 4));
	out->current_nsec = get_u32be(b + 4);	  /* 6.24.3.2 number of blocks */
	out->formatted = (b[8] & 3) == FORMATTED; /* 6.24.3.2 descriptor type */
	for (size_t at = 4 + DESCRIPTOR_BYTES;
		at + DESCRIPTOR_BYTES <= have && out->n < MMC_FORMATS_MAX; at += DESCRIPTOR_BYTES) {
		if (get_u32be(b + at) > NSEC_MAX)
			continue;
		out->format[out->n++] = (struct mmc_format){
			.nsec = get_u32be(b + at),		       /* 6.24.3.3 */
			.type = b[at + 4] >> 2,			       /* 6.24.3.3 format type */
			.parameter = get_u32be(b + at + 4) & 0xffffff, /* 6.24.3.3 */
		};
	}
	return 0;
}

int mmc_read_formats(struct mmc_drive *d, struct mmc_formats *out, struct err *err)
{
	uint8_t buf[4 + DESCRIPTOR_BYTES * (MMC_FORMATS_MAX - 1)] = { 0 };
	struct scsi_cmd cmd = mmc_query10(0x23, buf, sizeof(buf));
	int r = mmc_exec(d, &cmd, &mmc_patience_query, err);

	if (r == 0)
		r = mmc_formats_decode(buf, mmc_moved(&cmd), out, err);
	return r < 0 ? err_prefix(err, r, "READ FORMAT CAPACITIES") : 0;
}

const struct mmc_format *mmc_formats_find(
	const struct mmc_formats *f, const struct mmc_format_kind *kind)
{
	const struct mmc_format *found = NULL;

	for (unsigned i = 0; kind->has && i < f->n; i++) {
		if (f->format[i].type != kind->type || (found && !kind->least))
			continue;
		if (!found || f->format[i].nsec < found->nsec)
			found = &f->format[i];
	}
	return found;
}

void mmc_format_encode(const struct mmc_format *f, uint8_t out[static MMC_FORMAT_LIST_BYTES])
{
	memset(out, 0, MMC_FORMAT_LIST_BYTES);
	out[1] = FOV_IMMED;		      /* 6.5.4.1 FOV, IMMED */
	put_u16be(out + 2, DESCRIPTOR_BYTES); /* 6.5.4.1 format descriptor length */
	put_u32be(out + 4, f->nsec);	      /* 6.5.4.2 number of blocks */
	out[8] = (uint8_t)(f->type << 2);     /* 6.5.4.2 format type, subtype 0 */
	put_u24be(out + 9, f->parameter);     /* 6.5.4.2 type dependent parameter */
}

int mmc_format(struct mmc_drive *d, const struct mmc_format *f, struct err *err)
{
	uint8_t list[MMC_FORMAT_LIST_BYTES];
	struct scsi_cmd cmd = {
		.cdb = { 0x04, FMTDATA_CODE_1 },
		.cdb_len = 6,
		.dir = SCSI_OUT,
		.data = list,
		.data_bytes = sizeof(list),
	};
	int r;

	mmc_format_encode(f, list);
	r = mmc_exec(d, &cmd, &mmc_patience_finish, err);
	if (r == 0)
		r = mmc_wait_done(d, err);
	return r < 0 ? err_prefix(err, r, "FORMAT UNIT, type %02Xh, %u blocks", f->type, f->nsec)
		     : 0;
}

int mmc_blank(struct mmc_drive *d, enum mmc_blanking how, struct err *err)
{
	struct scsi_cmd cmd = {
		.cdb = { 0xa1, (uint8_t)(BLANK_IMMED | how) }, .cdb_len = 12, .dir = SCSI_NONE
	};
	int r = mmc_exec(d, &cmd, &mmc_patience_finish, err);

	if (r == 0)
		r = mmc_wait_done(d, err);
	return r < 0 ? err_prefix(err, r, "BLANK, type %d", (int)how) : 0;
}
