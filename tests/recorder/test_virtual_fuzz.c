/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random command blocks: whatever comes, there is an answer and a disc that can be opened. */
#include "rig_drive.h"

#include "base/bytes.h"
#include "harness/t.h"

#include <errno.h>
#include <stdlib.h>

static const uint8_t opcodes[] = { 0x00, 0x03, 0x12, 0x1b, 0x1e, 0x25, 0x28, 0x2a, 0x35, 0x43, 0x46,
	0x4a, 0x51, 0x52, 0x53, 0x54, 0x55, 0x5a, 0x5b, 0x5c, 0xa8, 0xaa, 0xac, 0xad, 0xb6, 0xbb };

static struct rig rig;

/* Small numbers often: large ones would only find the one check against the capacity. */
static void random_cdb(struct scsi_cmd *cmd)
{
	static const uint8_t by_group[8] = { 6, 10, 10, 6, 16, 12, 6, 6 };

	for (size_t i = 0; i < sizeof(cmd->cdb); i++)
		cmd->cdb[i] = (uint8_t)(t_below(3) ? 0 : t_below(4) ? t_below(64) : t_random());
	cmd->cdb[0] = t_below(20) ? opcodes[t_below(sizeof(opcodes))] : (uint8_t)t_random();
	cmd->cdb_len = t_below(50) ? by_group[cmd->cdb[0] >> 5] : (uint8_t)t_below(17);
	cmd->dir = (enum scsi_dir)t_below(3);
	cmd->data_bytes = t_below(300);
}

/* Half of the transfers get a legal length and address, so that the disc fills. */
static void make_plausible(struct scsi_cmd *cmd, int64_t next)
{
	uint8_t op = cmd->cdb[0];
	uint32_t nsec = (uint32_t)t_below(40);
	bool wide = op == 0xa8 || op == 0xaa;

	if ((op != 0x28 && op != 0x2a && !wide) || t_below(2))
		return;
	cmd->dir = op == 0x28 || op == 0xa8 ? SCSI_IN : SCSI_OUT;
	put_u32be(cmd->cdb + 2, cmd->dir == SCSI_IN ? (uint32_t)t_below(400) : (uint32_t)next);
	if (wide)
		put_u32be(cmd->cdb + 6, nsec);
	else
		put_u16be(cmd->cdb + 7, (uint16_t)nsec);
	cmd->data_bytes = (size_t)nsec * RIG_SECTOR;
}

static void one_command(int64_t next)
{
	struct scsi_cmd cmd = { 0 };
	int r;

	random_cdb(&cmd);
	make_plausible(&cmd, next);
	cmd.data = calloc(1, cmd.data_bytes + 1);
	T_MUST(cmd.data != NULL);
	/* An allocation of the exact length: the sanitizer sees a byte beyond. */
	cmd.data = realloc(cmd.data, cmd.data_bytes ? cmd.data_bytes : 1);
	r = transport_exec(rig.t, &cmd, NULL);
	T_TRUE(r == 0 || r == -EIO);
	T_TRUE(cmd.moved_bytes <= cmd.data_bytes);
	T_EQ(cmd.status, r ? SCSI_CHECK_CONDITION : SCSI_GOOD);
	T_EQ(cmd.sense.valid, r != 0);
	T_TRUE(r == 0 || cmd.sense.key != 0);
	free(cmd.data);
}

/* The invisible track's next address, whatever state the drive is in. */
static int64_t probe(void)
{
	for (unsigned i = 0; i < 4; i++) {
		int64_t next = rig_next(&rig);

		if (next >= 0)
			return next;
	}
	return 0;
}

static void fuzz(const char *type, uint64_t seed)
{
	rig_init(&rig, type);
	t_seed(seed);
	for (unsigned i = 0; i < 7000; i++) {
		if (i % 500 == 499) {
			rig_restart(&rig);
			rig_none(&rig, CDB(0x1b, [4] = 3));
			rig_none(&rig, CDB(0x00));
			rig_write_page(&rig, 3, false);
		}
		if (i % 1750 == 1749)
			T_EQ(virtual_load(rig.t, type, NULL, NULL), 0);
		one_command(probe());
	}
	rig_restart(&rig);
	rig_fini(&rig);
}

static void random_commands_on_cd_r_are_always_answered(void)
{
	fuzz("cd-r", 1);
}

static void random_commands_on_dvd_plus_r_are_always_answered(void)
{
	fuzz("dvd+r", 2);
}

static void random_commands_on_bd_r_are_always_answered(void)
{
	fuzz("bd-r", 3);
}

int main(void)
{
	T_RUN(random_commands_on_cd_r_are_always_answered);
	T_RUN(random_commands_on_dvd_plus_r_are_always_answered);
	T_RUN(random_commands_on_bd_r_are_always_answered);
	return t_end();
}
