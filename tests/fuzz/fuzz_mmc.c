/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replies of devices: every decoder of mmc, and sense data. */
#include "base/err.h"
#include "fuzz.h"
#include "mmc/decode.h"
#include "scsi/sense.h"

#include <string.h>

union decoded {
	struct mmc_identity identity;
	struct mmc_disc disc;
	struct mmc_track track;
	struct mmc_toc toc;
	struct mmc_buffer_state buffer;
	struct mmc_speed speed;
	struct mmc_formats formats;
	struct mmc_layer layer;
	unsigned layers;
	uint32_t nsec;
	uint16_t profile;
	bool current;
};

static void sense(const uint8_t *p, size_t n)
{
	struct scsi_sense s;
	char text[64];

	scsi_sense_decode(p, n, &s);
	scsi_sense_classify(&s);
	FUZZ_MUST(scsi_sense_errno(&s) < 0 || !s.valid);
	FUZZ_MUST(strlen(scsi_sense_text(&s, text, sizeof(text))) < sizeof(text));
}

static int decode(unsigned which, const uint8_t *p, size_t n, struct err *err)
{
	static union decoded out;

	switch (which) {
	case 0:
		return mmc_identity_decode(p, n, &out.identity, err);
	case 1:
		return mmc_profile_decode(p, n, &out.profile, err);
	case 2:
		return mmc_disc_decode(p, n, &out.disc, err);
	case 3:
		return mmc_track_decode(p, n, &out.track, err);
	case 4:
		return mmc_capacity_decode(p, n, &out.nsec, err);
	case 5:
		return mmc_toc_decode(p, n, &out.toc, err);
	case 6:
		return mmc_buffer_decode(p, n, &out.buffer, err);
	case 7:
		FUZZ_MUST(mmc_write_page_length(p, n) >= MMC_WRITE_PAGE_MIN);
		FUZZ_MUST(mmc_write_page_length(p, n) <= MMC_WRITE_PAGE_MAX);
		return 0;
	case 8:
		mmc_speed_choose(p, n, 0, &out.speed);
		mmc_speed_choose(p, n, 5540, &out.speed);
		return 0;
	case 9:
		sense(p, n);
		return 0;
	case 10:
		return mmc_formats_decode(p, n, &out.formats, err);
	case 11:
		return mmc_layer_decode(p, n, &out.layer, err);
	case 12:
		return mmc_bd_layers_decode(p, n, &out.layers, err);
	case 13:
		return mmc_feature_decode(p, n, 0x21, &out.current, err);
	default:
		mmc_event_decode(p, n);
		return 0;
	}
}

#define DECODERS 15u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_bytes b = { data, size };
	struct err err = { 0 };
	unsigned which = fuzz_u8(&b) % DECODERS;
	size_t n;
	uint8_t *p = fuzz_rest(&b, &n);

	if (decode(which, p, n, &err) < 0)
		FUZZ_MUST(err.code < 0 && err.msg[0] != '\0');
	free(p);
	return 0;
}

/* Replies with their length fields right, of several lengths. */
size_t fuzz_seed(unsigned i, uint8_t *out)
{
	static const uint8_t lengths[DECODERS] = { 36, 40, 34, 36, 8, 60, 12, 68, 40, 18, 44, 24,
		104, 16, 8 };
	uint8_t n = lengths[i % DECODERS];

	if (i >= 2 * DECODERS)
		return 0;
	memset(out, 0, 1u + n);
	out[0] = (uint8_t)(i % DECODERS);
	out[2] = (uint8_t)(n - 2);
	out[1 + n - 1] = (uint8_t)i;
	if (i % DECODERS == 9)
		out[1] = i < DECODERS ? 0x70 : 0x72;
	for (uint8_t k = 4; i >= DECODERS && k < n; k++)
		out[1 + k] = (uint8_t)(k * 37);
	return 1u + n;
}
