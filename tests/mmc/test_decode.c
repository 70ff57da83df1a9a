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
	struct mmc_write_page p = { .profile = mmc_profile_by_number(0x09),
		.page_bytes = 0x32,
		.mode = { MMC_WRITE_TRACK, false, true } };
	uint8_t list[MMC_WRITE_LIST_MAX];

	T_EQ(mmc_write_page_encode(&p, list), 60);
	T_EQ(list[8], 0x05);
	T_EQ(list[9], 0x32);
	T_EQ(list[10], 0x40 | 0x10 | 1); /* BUFE, test write, track at once */
	T_EQ(list[11], 4);		 /* final, data track */
	T_EQ(list[12], 8);
	p = (struct mmc_write_page){ .profile = mmc_profile_by_number(0x11),
		.page_bytes = 0x36,
		.mode = { MMC_WRITE_PACKETS, true, false } };
	T_EQ(mmc_write_page_encode(&p, list), 64);
	T_EQ(list[10], 0x40 | 0x20);	 /* BUFE, link size valid, incremental */
	T_EQ(list[11], 0xc0 | 0x20 | 5); /* open, fixed packets */
	T_EQ(list[13], 16);
	T_EQ(get_u32be(list + 18), 16);
}

static void format_capacities_are_listed_and_one_is_chosen(void)
{
	/* A BD-RE as drives list it: unformatted, then default, chosen spares, none. */
	static const uint8_t reply[] = { 0, 0, 0, 40, 0, 0xba, 0x74, 0, 1, 0, 8, 0, 0, 0xb4, 0x74,
		0, 0, 0, 0x30, 0, 0, 0xb4, 0x74, 0, 0xc0, 0, 0x58, 0, 0, 0xb0, 0x74, 0, 0xc0, 0,
		0x58, 0, 0, 0xba, 0x74, 0, 0xc4, 0, 8, 0 };
	const struct mmc_profile *bd = mmc_profile_by_number(0x43);
	struct mmc_formats f;

	T_EQ(mmc_formats_decode(reply, sizeof(reply), &f, NULL), 0);
	T_TRUE(!f.formatted);
	T_EQ(f.current_nsec, 0xba7400);
	T_EQ(f.n, 4);
	T_EQ(mmc_formats_find(&f, &bd->formats[MMC_SPARE_DEFAULT])->nsec, 0xb47400);
	T_EQ(mmc_formats_find(&f, &bd->formats[MMC_SPARE_NONE])->type, 0x31);
	T_EQ(mmc_formats_find(&f, &bd->formats[MMC_SPARE_MAX])->nsec, 0xb07400);
	T_TRUE(mmc_formats_find(&f, &(struct mmc_format_kind){ true, false, 0x26 }) == NULL);
	T_TRUE(mmc_formats_find(&f, &(struct mmc_format_kind){ .type = 0x31 }) == NULL);
	/* A reply is believed as far as its own length goes: one descriptor and a half. */
	T_EQ(mmc_formats_decode(reply, 24, &f, NULL), 0);
	T_EQ(f.n, 1);
	T_EQ(mmc_formats_decode(reply, 11, &f, NULL), -EBADMSG);
}

static void a_format_list_is_that_of_the_standard(void)
{
	static const uint8_t want[] = { 0, 0x82, 0, 8, 0, 0xb4, 0x74, 0, 0x98, 0, 0, 1 };
	uint8_t list[MMC_FORMAT_LIST_BYTES];

	mmc_format_encode(
		&(struct mmc_format){ .type = 0x26, .nsec = 0xb47400, .parameter = 1 }, list);
	T_MEM(list, want, sizeof(want));
}

static void features_layers_and_events_are_decoded(void)
{
	static const uint8_t feature[] = { 0, 0, 0, 12, 0, 0, 0, 0x14, 0, 0x21, 0x0d, 8 };
	static const uint8_t layer[] = { 0, 10, 0, 0, 0x80, 0, 0, 0, 0, 0x1f, 0xd8, 0 };
	static const uint8_t event[] = { 0, 6, 4, 0x52, 2, 2, 0, 0 };
	uint8_t di[20] = { 0, 18, 0, 0, 'D', 'I', [16] = 0x21 };
	struct mmc_layer l;
	unsigned layers;
	bool current;

	T_EQ(mmc_feature_decode(feature, sizeof(feature), 0x21, &current, NULL), 0);
	T_TRUE(current);
	T_EQ(mmc_feature_decode(feature, sizeof(feature), 0x22, &current, NULL), 0);
	T_TRUE(!current);
	T_EQ(mmc_feature_decode(feature, 8, 0x21, &current, NULL), 0);
	T_TRUE(!current);
	T_EQ(mmc_layer_decode(layer, sizeof(layer), &l, NULL), 0);
	T_TRUE(l.fixed);
	T_EQ(l.nsec, 2086912);
	T_EQ(mmc_layer_decode(layer, 11, &l, NULL), -EBADMSG);
	T_EQ(mmc_bd_layers_decode(di, sizeof(di), &layers, NULL), 0);
	T_EQ(layers, 2);
	di[4] = 'X';
	T_EQ(mmc_bd_layers_decode(di, sizeof(di), &layers, NULL), 0);
	T_EQ(layers, 0);
	T_TRUE(mmc_event_decode(event, 8) && !mmc_event_decode(event, 7));
}

static void decode_all(const uint8_t *b, size_t n)
{
	struct mmc_identity identity;
	struct mmc_disc disc;
	struct mmc_track track;
	struct mmc_toc toc;
	struct mmc_buffer_state buffer;
	struct mmc_speed speed;
	struct mmc_formats formats;
	struct mmc_layer layer;
	unsigned layers;
	uint16_t profile;
	uint32_t nsec;
	bool current;

	mmc_feature_decode(b, n, 0x21, &current, NULL);
	mmc_protection_decode(b, n, &current, NULL);
	mmc_layer_decode(b, n, &layer, NULL);
	mmc_bd_layers_decode(b, n, &layers, NULL);
	T_TRUE(layers < 16);
	if (mmc_formats_decode(b, n, &formats, NULL) == 0)
		T_TRUE(formats.n <= MMC_FORMATS_MAX && formats.current_nsec <= 0x3fffffff);
	mmc_event_decode(b, n);
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
	T_RUN(format_capacities_are_listed_and_one_is_chosen);
	T_RUN(a_format_list_is_that_of_the_standard);
	T_RUN(features_layers_and_events_are_decoded);
	T_RUN(no_reply_of_any_length_or_content_does_harm);
	return t_end();
}
