/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replies decoded from (bytes, length) by pure functions: a device is not trusted. */
#ifndef DISCFS_MMC_DECODE_H
#define DISCFS_MMC_DECODE_H

#include "mmc/mmc.h"
#include "scsi/command.h"

/* Bytes of a reply that may be believed: what the path says, never more than the buffer. */
static inline size_t mmc_moved(const struct scsi_cmd *cmd)
{
	return cmd->moved_bytes < cmd->data_bytes ? cmd->moved_bytes : cmd->data_bytes;
}

/* A reply ends where the path or its own length field (@claimed_bytes in all) says, the earlier. */
static inline size_t mmc_reply_bytes(size_t moved_bytes, size_t claimed_bytes)
{
	return moved_bytes < claimed_bytes ? moved_bytes : claimed_bytes;
}

/* All: 0 or -EBADMSG with the reason; *@out is zeroed first. */
int mmc_identity_decode(const uint8_t *b, size_t n, struct mmc_identity *out, struct err *err);
int mmc_profile_decode(const uint8_t *b, size_t n, uint16_t *out, struct err *err);
int mmc_disc_decode(const uint8_t *b, size_t n, struct mmc_disc *out, struct err *err);
int mmc_track_decode(const uint8_t *b, size_t n, struct mmc_track *out, struct err *err);
int mmc_capacity_decode(const uint8_t *b, size_t n, uint32_t *out_nsec, struct err *err);
int mmc_toc_decode(const uint8_t *b, size_t n, struct mmc_toc *out, struct err *err);

int mmc_feature_decode(
	const uint8_t *b, size_t n, uint16_t code, bool *out_current, struct err *err);
int mmc_formats_decode(const uint8_t *b, size_t n, struct mmc_formats *out, struct err *err);
/* The parameter list of FORMAT UNIT with one descriptor. */
#define MMC_FORMAT_LIST_BYTES 12u
void mmc_format_encode(const struct mmc_format *f, uint8_t out[static MMC_FORMAT_LIST_BYTES]);
int mmc_layer_decode(const uint8_t *b, size_t n, struct mmc_layer *out, struct err *err);
int mmc_protection_decode(const uint8_t *b, size_t n, bool *out, struct err *err);
int mmc_bd_layers_decode(const uint8_t *b, size_t n, unsigned *out, struct err *err);
/* Whether an event was told that another one may stand behind. */
bool mmc_event_decode(const uint8_t *b, size_t n);

struct mmc_buffer_state {
	uint32_t total_bytes, free_bytes;
};
int mmc_buffer_decode(const uint8_t *b, size_t n, struct mmc_buffer_state *out, struct err *err);

#define MMC_WRITE_PAGE_MIN 0x32u /* length of mode page 05h, MMC-5 7.5 */
#define MMC_WRITE_PAGE_MAX 0x36u
/* The length that the drive gives its mode page 05h; MMC_WRITE_PAGE_MIN for anything odd. */
uint8_t mmc_write_page_length(const uint8_t *b, size_t n);

struct mmc_write_page {
	const struct mmc_profile *profile;
	struct mmc_write_mode mode;
	uint8_t page_bytes; /* as the page says it: without its first two bytes */
};
#define MMC_WRITE_LIST_MAX (8u + 2u + MMC_WRITE_PAGE_MAX)
/* The parameter list of MODE SELECT(10); returns its length. */
size_t mmc_write_page_encode(
	const struct mmc_write_page *p, uint8_t out[static MMC_WRITE_LIST_MAX]);

struct mmc_speed {
	uint32_t end_lba, read_kbs, write_kbs;
};
/* The descriptor of GET PERFORMANCE nearest to @write_kbs, the fastest for 0; false: none. */
bool mmc_speed_choose(const uint8_t *b, size_t n, uint32_t write_kbs, struct mmc_speed *out);
void mmc_streaming_encode(const struct mmc_speed *s, uint8_t out[static 28]);

#endif
