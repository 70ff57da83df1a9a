/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mmc/decode.h"

#include "base/bytes.h"
#include "base/err.h"
#include "harness/t.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void a_blank_disc_is_decoded(void)
{
	static const uint8_t reply[34] = { 0, 32, 0x00, 1, 1, 1, 1 };
	struct mmc_disc disc;

	T_EQ(mmc_disc_decode(reply, sizeof(reply), &disc, NULL), 0);
	T_EQ(disc.status, MMC_DISC_BLANK);
	T_EQ(disc.sessions, 1);
	T_EQ(disc.last_track, 1);
	T_TRUE(disc.last_session_empty);
}

static void counts_over_255_are_put_together(void)
{
	static const uint8_t reply[34] = { 0, 32, 0x1e, 1, 0x2c, 1, 0x01, 0, 0, 1, 0, 2 };
	struct mmc_disc disc;

	T_EQ(mmc_disc_decode(reply, sizeof(reply), &disc, NULL), 0);
	T_EQ(disc.status, MMC_DISC_COMPLETE);
	T_EQ(disc.sessions, 300);
	T_EQ(disc.last_track, 513);
	T_TRUE(disc.erasable);
}

static void a_next_address_below_the_start_is_clamped(void)
{
	uint8_t reply[36] = { 0, 34, 1, 1 };
	struct mmc_track track;

	reply[7] = 1;
	put_u32be(reply + 12, (uint32_t)-150);
	put_u32be(reply + 16, 359845);
	put_u32be(reply + 24, 359845);
	T_EQ(mmc_track_decode(reply, sizeof(reply), &track, NULL), 0);
	T_EQ(track.next_lba, 0);
	T_EQ(track.free_nsec, 359845);
}

static void a_track_without_a_valid_next_address_has_none(void)
{
	uint8_t reply[36] = { 0, 34, 1, 1 };
	struct mmc_track track;

	reply[5] = 0x20;
	put_u32be(reply + 12, 4711);
	T_EQ(mmc_track_decode(reply, sizeof(reply), &track, NULL), 0);
	T_TRUE(track.damaged);
	T_EQ(track.next_lba, 0);
}

static void a_reply_is_believed_no_further_than_its_own_length(void)
{
	uint8_t reply[36] = { 0, 10 };
	struct err err = { 0 };
	struct mmc_track track;

	T_EQ(mmc_track_decode(reply, sizeof(reply), &track, &err), -EBADMSG);
	T_STR(err.msg, "short reply, 12 bytes of 28");
}

static void a_track_that_wraps_around_is_malformed(void)
{
	uint8_t reply[36] = { 0, 34 };
	struct mmc_track track;

	put_u32be(reply + 8, 0x80000000);
	put_u32be(reply + 24, 0x90000000);
	T_EQ(mmc_track_decode(reply, sizeof(reply), &track, NULL), -EBADMSG);
}

static void a_toc_needs_its_last_track_and_its_lead_out(void)
{
	uint8_t reply[20] = { 0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xaa, 0, 0, 0, 2,
		1 };
	struct mmc_toc toc;

	T_EQ(mmc_toc_decode(reply, sizeof(reply), &toc, NULL), 0);
	T_EQ(toc.leadout_lba, 513);
	T_EQ(mmc_toc_decode(reply, 19, &toc, NULL), -EBADMSG);
	reply[3] = 2;
	T_EQ(mmc_toc_decode(reply, sizeof(reply), &toc, NULL), -EBADMSG);
}

static void capacity_counts_blocks_of_2048_alone(void)
{
	uint8_t reply[8] = { 0, 0, 0, 99, 0, 0, 8, 0 };
	uint32_t nsec;

	T_EQ(mmc_capacity_decode(reply, sizeof(reply), &nsec, NULL), 0);
	T_EQ(nsec, 100);
	reply[7] = 1;
	T_EQ(mmc_capacity_decode(reply, sizeof(reply), &nsec, NULL), -EBADMSG);
}

static void the_nearest_speed_is_chosen_and_zero_is_the_fastest(void)
{
	uint8_t reply[8 + 48] = { 0, 0, 0, 52 };
	struct mmc_speed s;

	for (unsigned i = 0; i < 3; i++) {
		put_u32be(reply + 8 + 16 * i + 4, 2295103);
		put_u32be(reply + 8 + 16 * i + 8, 11080);
		put_u32be(reply + 8 + 16 * i + 12, 5540 * (i + 1));
	}
	T_TRUE(mmc_speed_choose(reply, sizeof(reply), 0, &s));
	T_EQ(s.write_kbs, 16620);
	T_TRUE(mmc_speed_choose(reply, sizeof(reply), 11000, &s));
	T_EQ(s.write_kbs, 11080);
	T_EQ(s.end_lba, 2295103);
	T_TRUE(!mmc_speed_choose(reply, 8, 0, &s));
}

static void the_write_page_is_that_of_the_row(void)
{
	struct mmc_write_page p = {
		.profile = mmc_profile_by_number(0x09), .page_bytes = 0x32, .simulate = true
	};
	uint8_t list[MMC_WRITE_LIST_MAX];

	T_EQ(mmc_write_page_encode(&p, list), 60);
	T_EQ(list[8], 0x05);
	T_EQ(list[9], 0x32);
	T_EQ(list[10], 0x40 | 0x10 | 1); /* BUFE, test write, track at once */
	T_EQ(list[11], 4);		 /* final, data track */
	T_EQ(list[12], 8);
	p = (struct mmc_write_page){
		.profile = mmc_profile_by_number(0x11), .page_bytes = 0x36, .keep_open = true
	};
	T_EQ(mmc_write_page_encode(&p, list), 64);
	T_EQ(list[10], 0x40 | 0x20);	 /* BUFE, link size valid, incremental */
	T_EQ(list[11], 0xc0 | 0x20 | 5); /* open, fixed packets */
	T_EQ(list[13], 16);
	T_EQ(get_u32be(list + 18), 16);
}

static void decode_all(const uint8_t *b, size_t n)
{
	struct mmc_identity identity;
	struct mmc_disc disc;
	struct mmc_track track;
	struct mmc_toc toc;
	struct mmc_buffer_state buffer;
	struct mmc_speed speed;
	uint16_t profile;
	uint32_t nsec;

	mmc_identity_decode(b, n, &identity, NULL);
	T_TRUE(strlen(identity.vendor) <= 8 && strlen(identity.product) <= 16);
	mmc_profile_decode(b, n, &profile, NULL);
	mmc_capacity_decode(b, n, &nsec, NULL);
	T_TRUE(mmc_write_page_length(b, n) >= MMC_WRITE_PAGE_MIN);
	T_TRUE(mmc_write_page_length(b, n) <= MMC_WRITE_PAGE_MAX);
	mmc_speed_choose(b, n, (uint32_t)t_random(), &speed);
	mmc_disc_decode(b, n, &disc, NULL);
	T_TRUE(disc.status <= MMC_DISC_OTHER);
	if (mmc_track_decode(b, n, &track, NULL) == 0)
		T_TRUE(track.next_lba + track.free_nsec >= track.next_lba);
	if (mmc_toc_decode(b, n, &toc, NULL) == 0)
		T_TRUE(toc.leadout_lba >= toc.last_start_lba);
	if (mmc_buffer_decode(b, n, &buffer, NULL) == 0)
		T_TRUE(buffer.free_bytes <= buffer.total_bytes);
}

static void no_reply_of_any_length_or_content_does_harm(void)
{
	t_seed(1);
	for (unsigned round = 0; round < 4000; round++) {
		size_t n = t_below(900);
		/* of exactly n bytes, so that a read past the end is seen */
		uint8_t *b = malloc(n ? n : 1);

		for (size_t i = 0; i < n; i++)
			b[i] = (uint8_t)(t_below(3) ? t_below(4) : t_random());
		decode_all(b, n);
		free(b);
	}
}

int main(void)
{
	T_RUN(a_blank_disc_is_decoded);
	T_RUN(counts_over_255_are_put_together);
	T_RUN(a_next_address_below_the_start_is_clamped);
	T_RUN(a_track_without_a_valid_next_address_has_none);
	T_RUN(a_reply_is_believed_no_further_than_its_own_length);
	T_RUN(a_track_that_wraps_around_is_malformed);
	T_RUN(a_toc_needs_its_last_track_and_its_lead_out);
	T_RUN(capacity_counts_blocks_of_2048_alone);
	T_RUN(the_nearest_speed_is_chosen_and_zero_is_the_fastest);
	T_RUN(the_write_page_is_that_of_the_row);
	T_RUN(no_reply_of_any_length_or_content_does_harm);
	return t_end();
}
