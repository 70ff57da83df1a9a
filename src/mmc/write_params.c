/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mode page 05h, write parameters (MMC-5 7.5). */
#include "decode.h"
#include "exec.h"

#include "base/bytes.h"
#include "base/err.h"

#include <errno.h>
#include <string.h>

#define PAGE	     0x05
#define HEADER	     8u
#define BUFE	     0x40 /* underrun protection */
#define LS_V	     0x20 /* link size valid */
#define TEST_WRITE   0x10
#define FIXED_PACKET 0x20

enum { MULTI_FINAL = 0, MULTI_OPEN = 3 };

uint8_t mmc_write_page_length(const uint8_t *b, size_t n)
{
	size_t page = n < HEADER ? n : HEADER + (size_t)get_u16be(b + 6);

	if (page + 2 > n || (b[page] & 0x3f) != PAGE || b[page + 1] < MMC_WRITE_PAGE_MIN ||
		b[page + 1] > MMC_WRITE_PAGE_MAX)
		return MMC_WRITE_PAGE_MIN;
	return b[page + 1];
}

size_t mmc_write_page_encode(const struct mmc_write_page *p, uint8_t out[static MMC_WRITE_LIST_MAX])
{
	bool packet = p->mode.type == MMC_WRITE_PACKETS;
	unsigned multi = p->mode.keep_open ? MULTI_OPEN : MULTI_FINAL;
	uint8_t *page = out + HEADER;

	memset(out, 0, MMC_WRITE_LIST_MAX);
	page[0] = PAGE;
	page[1] = p->page_bytes;
	page[2] = (uint8_t)(BUFE | (packet ? LS_V : 0) | (p->mode.simulate ? TEST_WRITE : 0) |
			    (unsigned)p->mode.type); /* BUFE, LS_V, test write, write type */
	page[3] = (uint8_t)(multi << 6 | (packet ? FIXED_PACKET : 0) |
			    p->profile->track_mode); /* multi-session, FP, track mode */
	page[4] = p->profile->data_block_type;	     /* data block type */
	page[5] = packet ? (uint8_t)p->profile->transfer_nsec : 0;    /* link size */
	put_u32be(page + 10, packet ? p->profile->transfer_nsec : 0); /* packet size */
	put_u16be(page + 14, 150);				      /* audio pause */
	return HEADER + 2u + p->page_bytes;
}

/* MODE SENSE(10): some drives have a longer page than the standard's and take only that. */
static int sense_page_length(struct mmc_drive *d, uint8_t *out, struct err *err)
{
	uint8_t buf[128] = { 0 };
	struct scsi_cmd cmd = mmc_query10(0x5a, buf, sizeof(buf));
	int r;

	cmd.cdb[1] = 0x08; /* DBD: no block descriptors */
	cmd.cdb[2] = PAGE;
	r = mmc_exec(d, &cmd, &mmc_patience_setup, err);
	if (r < 0 && r != -EOPNOTSUPP)
		return err_prefix(err, r, "MODE SENSE, page 05h");
	*out = r < 0 ? (uint8_t)MMC_WRITE_PAGE_MIN : mmc_write_page_length(buf, mmc_moved(&cmd));
	return 0;
}

int mmc_set_write_parameters(struct mmc_drive *d, const struct mmc_profile *p,
	const struct mmc_write_mode *mode, struct err *err)
{
	struct mmc_write_page page = { .profile = p, .mode = *mode };
	uint8_t list[MMC_WRITE_LIST_MAX];
	struct scsi_cmd cmd = {
		.cdb = { 0x55, 0x10 }, /* MODE SELECT(10), PF: the list is pages */
		.cdb_len = 10,
		.dir = SCSI_OUT,
		.data = list,
	};
	int r = sense_page_length(d, &page.page_bytes, err);

	if (r < 0)
		return r;
	cmd.data_bytes = mmc_write_page_encode(&page, list);
	put_u16be(cmd.cdb + 7, (uint16_t)cmd.data_bytes);
	r = mmc_exec(d, &cmd, &mmc_patience_setup, err);
	return r < 0 ? err_prefix(err, r, "MODE SELECT, page 05h for %s", p->name) : 0;
}
