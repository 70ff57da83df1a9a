/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Discs as files: what survives a crash, what is refused. */
#include "rig_drive.h"

#include "base/err.h"
#include "harness/t.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct rig rig;

static void put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	T_MUST(f != NULL);
	fputs(text, f);
	fclose(f);
}

static const char *in_dir(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", rig.dir, name);
	return path;
}

static void a_crash_keeps_what_was_written(void)
{
	static const char *const types[] = { "cd-r", "dvd+r", "bd-r" };

	for (size_t i = 0; i < 3; i++) {
		rig_init(&rig, types[i]);
		if (i == 0)
			T_EQ(rig_write_page(&rig, 3, false), 0);
		for (uint32_t lba = 0; lba < 320; lba += 32) {
			T_EQ(rig_write(&rig, lba, 32), 0);
			rig_restart(&rig);
			if (i == 0)
				T_EQ(rig_write_page(&rig, 3, false), 0);
			T_EQ(rig_next(&rig), lba + 32);
			T_EQ(rig_disc_byte(&rig), 0x05);
		}
		T_EQ(rig_sync(&rig), 0);
		T_TRUE(rig_holds(&rig, 0, 320));
		rig_fini(&rig);
	}
}

static void half_a_packet_counts_as_a_whole_one(void)
{
	rig_init(&rig, "dvd+r");
	T_EQ(rig_write(&rig, 0, 16), 0);
	T_EQ(truncate(virtual_medium_file(rig.t), 16 * RIG_SECTOR + 5000), 0);
	rig_restart(&rig);
	T_EQ(rig_next(&rig), 32);
	T_EQ(rig_file_bytes(&rig), 32 * RIG_SECTOR);
	T_TRUE(rig_holds(&rig, 0, 16));
	rig_fini(&rig);
}

static void a_session_behind_a_gap_survives_a_crash(void)
{
	rig_init(&rig, "bd-r");
	T_EQ(rig_write(&rig, 0, 32), 0);
	T_EQ(rig_close(&rig, 1, 1), 0);
	rig_restart(&rig);
	T_EQ(rig_close(&rig, 2, 0), 0);
	rig_restart(&rig);
	T_EQ(rig_next(&rig), 64);
	T_EQ(rig_write(&rig, 64, 32), 0);
	rig_restart(&rig);
	T_EQ(rig_next(&rig), 96);
	T_TRUE(rig_holds(&rig, 0, 32));
	T_TRUE(rig_holds(&rig, 64, 32));
	rig_fini(&rig);
}

static int open_again(struct err *err)
{
	struct transport *t = NULL;
	int r;

	transport_close(rig.t);
	rig.t = NULL;
	r = virtual_open(rig.dir, &t, err);
	T_TRUE(r == 0 || t == NULL);
	transport_close(t);
	return r;
}

static void a_shorter_or_longer_file_than_its_state_is_refused(void)
{
	struct err err = { 0 };

	rig_init(&rig, "dvd+r");
	T_EQ(rig_write(&rig, 0, 16), 0);
	T_EQ(rig_close(&rig, 1, 1), 0);
	T_EQ(truncate(virtual_medium_file(rig.t), 17 * RIG_SECTOR), 0);
	T_EQ(open_again(&err), -EBADMSG);
	T_HAS(err.msg, "more than");
	T_HAS(err.msg, "/loaded to take it out");
	T_EQ(truncate(in_dir("disc-0001.iso"), 15 * RIG_SECTOR), 0);
	T_EQ(open_again(&err), -EBADMSG);
	T_HAS(err.msg, "fewer than");
	rig_fini(&rig);
}

static void a_damaged_state_is_refused_with_a_reason(void)
{
#define HEAD "discfs-medium 1\ntype dvd+r\ncapacity 2295104\nfinalised no\nsessions 0\n"
#define HEAD2(type, mode, how, formatted)                                                          \
	"discfs-medium 2\ntype " type "\nmode " mode "\nsize 32\ncapacity 32\nformatting " how     \
	"\nformatted " formatted "\nlayer 0\nprotected no\nminimal no\ndamaged no\nfinalised no\n" \
	"sessions 0\nnext 0\n"
	static const struct {
		const char *text, *why;
	} bad[] = {
		{ "", "discfs-medium" },
		{ "discfs-medium 3\n", "version 1 or 2" },
		{ "discfs-medium 2\ntype dvd+r\nmode overwrite\n", "known type" },
		{ HEAD2("dvd+rw", "overwrite", "intermediate", "0") "end\n", "formatted that" },
		{ HEAD2("dvd+rw", "overwrite", "stopped", "64") "end\n", "within the" },
		{ HEAD2("dvd+r", "sequential", "none", "16") "end\n", "no formatted" },
		{ "discfs-medium 1\ntype cd-x\n", "known type" },
		{ "discfs-medium 1\ntype dvd+r\ncapacity 99999999999\n", "capacity" },
		{ "discfs-medium 1\ntype dvd+r\ncapacity 17\n", "whole packets" },
		{ "discfs-medium 1\ntype dvd+r\ncapacity 16\nfinalised maybe\n", "yes or no" },
		{ "discfs-medium 1\ntype dvd+r extra\n", "end of the line" },
		{ HEAD, "next" },
		{ HEAD "next 0\n", "end" },
		{ HEAD "next 0\nend\nmore\n", "end" },
		{ HEAD "next 8\nend\n", "behind the last track" },
		{ HEAD "track 2 session 1 start 0 blocks 0 reserved 0 open\nnext 0\nend\n",
			"number" },
		{ HEAD "track 1 session 0 start 0 blocks 0 reserved 0 open\nnext 0\nend\n",
			"session" },
		{ HEAD "track 1 session 2 start 0 blocks 0 reserved 0 open\nnext 0\nend\n",
			"follow" },
		{ HEAD "track 1 session 1 start 5 blocks 0 reserved 0 open\nnext 5\nend\n",
			"packet" },
		{ HEAD "track 1 session 1 start 0 blocks 0 reserved 0 ajar\nnext 0\nend\n",
			"open or closed" },
		{ HEAD "track 1 session 1 start 0 blocks 0 reserved 0 closed\nnext 0\nend\n",
			"not empty" },
		{ HEAD "track 1 session 1 start 0 blocks 9999984 reserved 0 open\nnext 0\nend\n",
			"within the capacity" },
		{ HEAD "track 1 session 1 start 0 blocks 16 reserved 0 open\nnext 0\nend\n",
			"next at the end" },
		{ HEAD "track 1 session 1 start 0 blocks 16 reserved 0 closed\n"
		       "track 2 session 1 start 0 blocks 16 reserved 0 closed\nnext 32\nend\n",
			"overlap" },
		{ HEAD "track 1 session 1 start 0 blocks 17 reserved 0 open\nnext 17\nend\n",
			"whole packets" },
		{ HEAD "track 1 session 1 start 0 blocks 0 reserved 2295120 open\nnext 0\nend\n",
			"reservation" },
		{ HEAD "track 1 session 1 start 32 blocks 0 reserved 2295104 open\nnext 32\nend\n",
			"reservation" },
		{ HEAD "track 1 session 1 start 0 blocks 32 reserved 16 open\nnext 32\nend\n",
			"reservation" },
		{ "discfs-medium 1\ntype dvd+r\ncapacity 16\nfinalised yes\nsessions 0\nnext "
		  "0\nend\n",
			"finalised" },
		{ "discfs-medium 1\ntype dvd+r\ncapacity 16\nfinalised no\nsessions 3\nnext "
		  "0\nend\n",
			"sessions" },
	};

	rig_init(&rig, "dvd+r");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = { 0 };

		put_file(in_dir("disc-0001.iso.state"), bad[i].text);
		T_EQ(open_again(&err), -EBADMSG);
		T_HAS(err.msg, bad[i].why);
	}
	put_file(in_dir("disc-0001.iso.state"), HEAD "next 0\nend\n");
	T_EQ(open_again(NULL), 0);
	rig_fini(&rig);
}

static void a_state_with_flipped_bytes_never_harms(void)
{
	static const char good[] =
		HEAD "track 1 session 1 start 0 blocks 16 reserved 0 open\nnext 16\nend\n";

	rig_init(&rig, "dvd+r");
	T_EQ(truncate(virtual_medium_file(rig.t), 16 * RIG_SECTOR), 0);
	t_seed(7);
	for (unsigned i = 0; i < 1500; i++) {
		char text[sizeof(good)];

		memcpy(text, good, sizeof(good));
		for (unsigned k = 0; k < 1 + i % 3; k++)
			text[t_below(sizeof(good) - 1)] = (char)(t_below(96) + 32);
		put_file(in_dir("disc-0001.iso.state"), text);
		open_again(NULL);
	}
	rig_fini(&rig);
}

static void discs_of_other_sizes_end_where_their_state_says(void)
{
	rig_init(&rig, "dvd+r");
	put_file(in_dir("disc-0001.iso.state"), "discfs-medium 1\ntype dvd+r\ncapacity "
						"64\nfinalised no\nsessions 0\nnext 0\nend\n");
	rig_restart(&rig);
	T_EQ(rig_free(&rig), 64);
	T_EQ(rig_write(&rig, 0, 48), 0);
	T_EQ(rig_write(&rig, 48, 32), 0x056300);
	T_EQ(rig_write(&rig, 48, 16), 0);
	T_EQ(rig_free(&rig), 0);
	T_EQ(rig_write(&rig, 64, 16), 0x052100);
	T_EQ(rig_close(&rig, 1, 1), 0);
	T_EQ(rig_close(&rig, 2, 0), 0);
	T_EQ(rig_free(&rig), 0);
	T_EQ(rig_close(&rig, 6, 0), 0);
	T_TRUE(rig_holds(&rig, 0, 64));
	rig_fini(&rig);
}

static void a_cd_without_room_for_a_shortest_track_is_full(void)
{
	rig_init(&rig, "cd-r");
	put_file(in_dir("disc-0001.iso.state"), "discfs-medium 1\ntype cd-r\ncapacity "
						"700\nfinalised no\nsessions 0\nnext 0\nend\n");
	rig_restart(&rig);
	T_EQ(rig_write_page(&rig, 0, false), 0);
	T_EQ(rig_write(&rig, 0, 300), 0);
	T_EQ(rig_sync(&rig), 0);
	T_EQ(rig_next(&rig), 452);
	T_EQ(rig_free(&rig), 0);
	T_EQ(rig_write(&rig, 452, 16), 0x056300);
	rig_fini(&rig);
}

static void a_disc_whose_file_is_gone_was_taken_out(void)
{
	rig_init(&rig, "cd-r");
	T_EQ(unlink(virtual_medium_file(rig.t)), 0);
	rig_restart(&rig);
	T_EQ(rig_none(&rig, CDB(0x00)), 0x023a00);
	T_EQ(virtual_load(rig.t, "dvd+r", NULL, NULL), 0);
	rig_fini(&rig);
}

static void two_recorders_never_share_a_disc(void)
{
	struct transport *other = NULL;
	struct err err = { 0 };

	rig_init(&rig, "cd-r");
	T_EQ(virtual_open(rig.dir, &other, &err), -EBUSY);
	T_HAS(err.msg, "another recorder");
	T_TRUE(other == NULL);
	rig_fini(&rig);
}

static void a_hand_puts_in_only_what_is_a_disc(void)
{
	char plain[PATH_MAX], named[PATH_MAX];
	struct err err = { 0 };

	rig_init(&rig, "cd-r");
	snprintf(plain, sizeof(plain), "%s/notes.txt", rig.dir);
	snprintf(named, sizeof(named), "%s/mine.iso", rig.dir);
	put_file(plain, "no disc");
	T_EQ(virtual_load(rig.t, "dvd+r", plain, &err), -EEXIST);
	T_EQ(virtual_load(rig.t, "dvd+r", rig.dir, &err), -EISDIR);
	T_EQ(virtual_load(rig.t, "dvd-ram-9", NULL, &err), -EINVAL);
	T_EQ(virtual_load(rig.t, NULL, NULL, &err), -EINVAL);
	T_EQ(virtual_load(rig.t, NULL, named, &err), -EINVAL);
	/* After each refusal the old disc is still in. */
	T_EQ(rig_next(&rig), 0);
	T_HAS(virtual_medium_file(rig.t), "/disc-0001.iso");
	T_EQ(virtual_load(rig.t, "dvd+r", named, &err), 0);
	T_STR(strrchr(virtual_medium_file(rig.t), '/'), "/mine.iso");
	T_EQ(virtual_load(rig.t, "bd-r", named, &err), -EMEDIUMTYPE);
	T_EQ(virtual_load(rig.t, NULL, named, &err), 0);
	T_EQ(virtual_load(rig.t, "bd-r", NULL, &err), 0);
	T_HAS(virtual_medium_file(rig.t), "/disc-0002.iso");
	rig_restart(&rig);
	T_HAS(virtual_medium_file(rig.t), "/disc-0002.iso");
	T_EQ(rig_free(&rig), 12219392);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_crash_keeps_what_was_written);
	T_RUN(half_a_packet_counts_as_a_whole_one);
	T_RUN(a_session_behind_a_gap_survives_a_crash);
	T_RUN(a_shorter_or_longer_file_than_its_state_is_refused);
	T_RUN(a_damaged_state_is_refused_with_a_reason);
	T_RUN(a_state_with_flipped_bytes_never_harms);
	T_RUN(discs_of_other_sizes_end_where_their_state_says);
	T_RUN(a_cd_without_room_for_a_shortest_track_is_full);
	T_RUN(a_disc_whose_file_is_gone_was_taken_out);
	T_RUN(two_recorders_never_share_a_disc);
	T_RUN(a_hand_puts_in_only_what_is_a_disc);
	return t_end();
}
