/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"
#include "harness/t.h"
#include "rig_burn.h"

#include <errno.h>
#include <string.h>

static const char *const media[] = { "cd-r", "dvd+r", "bd-r" };

static void one_burn(const char *type, uint32_t nsec, const struct burn_request *req)
{
	struct job_status s;
	struct medium m;
	struct rig rig;

	rig_open(&rig, type, NULL);
	T_MUST(rig.burner != NULL);
	rig_burn(&rig, nsec, req, &s);
	T_EQ(s.state, JOB_DONE);
	T_STR(s.err.msg, "");
	T_EQ(s.percent, 100);
	T_TRUE(s.medium_touched);
	T_EQ(s.verified, req->verify != BURN_VERIFY_NONE);
	T_TRUE(rig_medium_equals(&rig, nsec));
	burner_medium(rig.burner, &m);
	T_EQ(m.state, req->close == BURN_CLOSE_APPENDABLE ? MEDIUM_APPENDABLE : MEDIUM_CLOSED);
	T_EQ(m.sessions, 1);
	rig_close(&rig);
	T_TRUE(!rig.fell);
	T_TRUE(rig.nmedia > 0);
	T_EQ(rig_images_alive(), 0);
}

static void an_image_is_burned_and_verified_on_every_medium(void)
{
	for (unsigned i = 0; i < 3; i++)
		one_burn(media[i], 1234, &(struct burn_request){ 0 });
}

static void every_length_modulo_the_transfer_is_burned_whole(void)
{
	for (unsigned i = 0; i < 3; i++) {
		for (uint32_t n = 0; n < 33; n += i ? 5 : 3)
			one_burn(media[i], 320 + n, &(struct burn_request){ 0 });
	}
}

static void an_image_larger_than_the_ring_is_burned(void)
{
	one_burn("bd-r", 20 * 512 + 7, &(struct burn_request){ 0 });
}

static void a_session_may_be_left_open(void)
{
	for (unsigned i = 0; i < 3; i++)
		one_burn(media[i], 400, &(struct burn_request){ .close = BURN_CLOSE_APPENDABLE });
}

static void without_verification_the_outcome_says_so(void)
{
	struct burn_request req = { .verify = BURN_VERIFY_NONE };
	struct job_status s;
	struct rig rig;

	rig_open(&rig, "dvd+r", NULL);
	rig_burn(&rig, 500, &req, &s);
	T_EQ(s.state, JOB_DONE);
	T_STR(s.outcome, "burned 500 blocks to DVD+R, not verified");
	T_EQ(rig.seen[0x28], 0);
	rig_close(&rig);
}

static void the_outcome_of_a_verified_burn_counts_its_blocks(void)
{
	struct job_status s;
	struct rig rig;

	rig_open(&rig, "dvd+r", NULL);
	rig_burn(&rig, 500, NULL, &s);
	T_STR(s.outcome, "burned 500 blocks to DVD+R, verified: 500 blocks read back equal");
	T_EQ(rig.states[0], JOB_CHECK);
	T_EQ(rig.states[1], JOB_PREPARE);
	T_EQ(rig.states[2], JOB_WRITE);
	T_EQ(rig.states[3], JOB_CLOSE);
	T_EQ(rig.states[4], JOB_VERIFY);
	T_EQ(s.state, JOB_DONE);
	rig_close(&rig);
	T_EQ(rig.states[5], JOB_DONE);
}

static void a_quick_verification_reads_samples(void)
{
	struct burn_request req = { .verify = BURN_VERIFY_QUICK };
	struct job_status s;
	struct rig rig;

	rig_open(&rig, "bd-r", NULL);
	rig_burn(&rig, 12000, &req, &s);
	T_EQ(s.state, JOB_DONE);
	T_TRUE(s.verified);
	T_HAS(s.outcome, "verified quickly: 3072 sampled blocks");
	T_TRUE(rig.seen[0x28] < 12000 / 64);
	rig_close(&rig);
}

static void a_cd_can_be_simulated_and_stays_blank(void)
{
	struct burn_request req = { .simulate = true };
	struct job_status s;
	struct medium m;
	struct rig rig;

	rig_open(&rig, "cd-r", NULL);
	rig_burn(&rig, 500, &req, &s);
	T_EQ(s.state, JOB_DONE);
	T_HAS(s.outcome, "simulated burning 500 blocks to CD-R: nothing was written");
	T_TRUE(!s.medium_touched && !s.verified);
	burner_medium(rig.burner, &m);
	T_EQ(m.state, MEDIUM_BLANK);
	rig_burn(&rig, 500, NULL, &s);
	T_EQ(s.state, JOB_DONE);
	T_TRUE(rig_medium_equals(&rig, 500));
	rig_close(&rig);
}

static void the_tray_opens_where_it_was_asked_for(void)
{
	struct burn_request req = { .eject = true };
	struct job_status s;
	struct medium m;
	struct rig rig;

	rig_open(&rig, "dvd+r", NULL);
	rig_burn(&rig, 500, &req, &s);
	T_EQ(s.state, JOB_DONE);
	burner_medium(rig.burner, &m);
	T_EQ(m.state, MEDIUM_NONE);
	rig_close(&rig);
}

static void flip_a_bit(struct rig *rig, struct scsi_cmd *cmd, int r)
{
	(void)rig;
	if (cmd->cdb[0] == 0x28 && r == 0 && cmd->cdb[4] == 1 && cmd->cdb[5] == 0x40)
		((uint8_t *)cmd->data)[2048 * 3 + 77] ^= 0x10;
}

static void a_flipped_bit_is_found_and_its_file_named(void)
{
	struct job_status s;
	struct rig rig;

	for (unsigned i = 0; i < 3; i++) {
		rig_open(&rig, media[i], NULL);
		rig.hook = flip_a_bit;
		rig_burn(&rig, 500, NULL, &s);
		T_EQ(s.state, JOB_FAILED);
		T_EQ(s.err.code, -EIO);
		T_HAS(s.err.msg, "block 323 of the disc (/files/3) differs from the image");
		T_HAS(s.err.msg, "1 differ and 0 cannot be read");
		T_HAS(s.err.msg, "fresh medium");
		T_TRUE(!s.verified && s.medium_touched);
		rig_close(&rig);
	}
}

static void cannot_read(struct rig *rig, struct scsi_cmd *cmd, int r)
{
	(void)rig;
	/* whoever touches sector 65 is sent behind the disc's end: 5/21/00 */
	if (cmd->cdb[0] == 0x28 && r == 1 && cmd->cdb[5] <= 65 && cmd->cdb[5] + cmd->cdb[8] > 65 &&
		cmd->cdb[4] == 0)
		cmd->cdb[2] = 0x7f;
}

static void an_unreadable_sector_is_found_and_counted(void)
{
	struct job_status s;
	struct rig rig;

	rig_open(&rig, "dvd+r", NULL);
	rig.hook = cannot_read;
	rig_burn(&rig, 250, NULL, &s);
	T_EQ(s.state, JOB_FAILED);
	T_HAS(s.err.msg, "block 65 of the disc (/files/0) cannot be read: READ of 1 blocks at 65");
	T_HAS(s.err.msg, "of 250 blocks compared 0 differ and 1 cannot be read");
	rig_close(&rig);
}

int main(void)
{
	T_RUN(an_image_is_burned_and_verified_on_every_medium);
	T_RUN(every_length_modulo_the_transfer_is_burned_whole);
	T_RUN(an_image_larger_than_the_ring_is_burned);
	T_RUN(a_session_may_be_left_open);
	T_RUN(without_verification_the_outcome_says_so);
	T_RUN(the_outcome_of_a_verified_burn_counts_its_blocks);
	T_RUN(a_quick_verification_reads_samples);
	T_RUN(a_cd_can_be_simulated_and_stays_blank);
	T_RUN(the_tray_opens_where_it_was_asked_for);
	T_RUN(a_flipped_bit_is_found_and_its_file_named);
	T_RUN(an_unreadable_sector_is_found_and_counted);
	return t_end();
}
