/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random command blocks: whatever comes, there is an answer and a disc that can be opened. */
#include "rig_drive.h"

#include "base/bytes.h"
#include "harness/t.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t opcodes[] = { 0x00, 0x03, 0x04, 0x12, 0x1b, 0x1e, 0x23, 0x25, 0x28, 0x2a, 0x35,
	0x43, 0x46, 0x4a, 0x51, 0x52, 0x53, 0x54, 0x55, 0x5a, 0x5b, 0x5c, 0x5d, 0xa1, 0xa8, 0xaa,
	0xac, 0xad, 0xb6, 0xbb, 0xbf };

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

/* Lists that a drive takes, or nearly: what is formatted or erased goes on being written. */
static void make_list(struct scsi_cmd *cmd)
{
	static const uint8_t formats[] = { 0x00, 0x01, 0x10, 0x13, 0x15, 0x26, 0x30, 0x31, 0x32 };
	uint8_t *p = cmd->data;

	for (size_t i = 0; i < cmd->data_bytes; i++)
		p[i] = (uint8_t)(t_below(4) ? 0 : t_random());
	if (cmd->cdb[0] == 0x04 && cmd->data_bytes >= 12 && t_below(2)) {
		cmd->cdb[1] = 0x11;
		put_u32be(p, 0x00820008);
		put_u32be(p + 4, t_below(2) ? 0xffffffff : 0);
		p[8] = (uint8_t)(formats[t_below(sizeof(formats))] << 2);
	}
	if (cmd->cdb[0] == 0xbf && cmd->data_bytes >= 12 && t_below(2)) {
		cmd->cdb[7] = t_below(2) ? 0x20 : 0xc0;
		put_u16be(cmd->cdb + 8, cmd->cdb[7] == 0x20 ? 12 : 8);
		put_u16be(p, cmd->cdb[7] == 0x20 ? 10 : 6);
		p[4] = 0; /* a disc that is protected would say no to all the rest */
	}
}

/* One track of a few sectors, the last bytes of it odd now and then. */
static void make_sheet(struct scsi_cmd *cmd)
{
	static const uint8_t sheet[] = { 0x41, 0, 0, 0x14, 0, 0, 0, 0, 0x41, 1, 0, 0x10, 0, 0, 0, 0,
		0x41, 1, 1, 0x10, 0, 0, 2, 0, 0x41, 0xaa, 1, 0x14, 0, 0, 3 };

	if (cmd->cdb[0] != 0x5d || cmd->data_bytes < 32)
		return;
	memcpy(cmd->data, sheet, sizeof(sheet));
	cmd->cdb[6] = cmd->cdb[7] = 0;
	cmd->cdb[8] = 32;
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
	T_MUST(cmd.data != NULL);
	if (cmd.dir == SCSI_OUT) {
		make_list(&cmd);
		make_sheet(&cmd);
	}
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
	for (unsigned i = 0; i < 2000; i++) {
		if (i % 500 == 499) {
			rig_restart(&rig);
			rig_none(&rig, CDB(0x1b, [4] = 3));
			rig_none(&rig, CDB(0x00));
			rig_write_page(&rig, 3, false);
			rig_dash_page(&rig, t_below(2) ? 2 : 0, 0, t_below(3) == 0);
		}
		if (i % 700 == 699)
			T_EQ(virtual_load(rig.t, type, NULL, NULL), 0);
		one_command(probe());
	}
	rig_restart(&rig);
	rig_fini(&rig);
}

static void random_commands_on_every_medium_are_always_answered(void)
{
	static const char *const types[] = { "cd-r", "cd-rw", "dvd-r", "dvd-rw", "dvd-r-dl",
		"dvd-ram", "dvd+r", "dvd+rw", "dvd+r-dl", "dvd+rw-dl", "bd-r", "bd-r-dl", "bd-r-xl",
		"bd-re", "bd-re-dl" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		fuzz(types[i], i + 1);
}

int main(void)
{
	T_RUN(random_commands_on_every_medium_are_always_answered);
	return t_end();
}
