/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rig_drive.h"

#include "base/bytes.h"
#include "base/err.h"
#include "harness/t.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void open_at(struct rig *r)
{
	struct err err = { 0 };

	if (virtual_open(r->dir, &r->t, &err) < 0)
		fprintf(stderr, "virtual_open: %s\n", err.msg);
	T_MUST(r->t != NULL);
	/* The device has just been switched on. */
	T_EQ(rig_none(r, CDB(0x00)), 0x062900);
}

void rig_init(struct rig *r, const char *type)
{
	memset(r, 0, sizeof(*r));
	snprintf(r->dir, sizeof(r->dir), "%s/recorder", t_tmpdir());
	open_at(r);
	if (!type)
		return;
	T_MUST(virtual_load(r->t, type, NULL, NULL) == 0);
	T_EQ(rig_none(r, CDB(0x00)), 0x062800);
}

void rig_fini(struct rig *r)
{
	transport_close(r->t);
	r->t = NULL;
}

void rig_restart(struct rig *r)
{
	rig_fini(r);
	open_at(r);
}

static uint8_t cdb_len(uint8_t opcode)
{
	static const uint8_t by_group[8] = { 6, 10, 10, 6, 16, 12, 6, 6 };

	return by_group[opcode >> 5];
}

static int send_cdb(struct rig *r, const uint8_t *cdb, enum scsi_dir dir, void *data, size_t n)
{
	struct scsi_cmd cmd = { .dir = dir, .data = data, .data_bytes = n, .timeout_ms = 1000 };
	int rc;

	memcpy(cmd.cdb, cdb, sizeof(cmd.cdb));
	cmd.cdb_len = cdb_len(cdb[0]);
	rc = transport_exec(r->t, &cmd, NULL);
	r->moved = cmd.moved_bytes;
	r->sense = cmd.sense;
	if (rc == 0)
		return 0;
	if (!cmd.sense.valid)
		return rc;
	T_EQ(cmd.status, SCSI_CHECK_CONDITION);
	return cmd.sense.key << 16 | cmd.sense.asc << 8 | cmd.sense.ascq;
}

int rig_none(struct rig *r, const uint8_t *cdb)
{
	return send_cdb(r, cdb, SCSI_NONE, NULL, 0);
}

int rig_in(struct rig *r, const uint8_t *cdb, size_t n)
{
	T_MUST(n <= sizeof(r->reply));
	memset(r->reply, 0, sizeof(r->reply));
	return send_cdb(r, cdb, SCSI_IN, r->reply, n);
}

int rig_out(struct rig *r, const uint8_t *cdb, const void *bytes, size_t n)
{
	/* A copy of the exact length lets the sanitizer see every byte read beyond it. */
	void *copy = malloc(n ? n : 1);
	int rc;

	T_MUST(copy != NULL);
	if (n)
		memcpy(copy, bytes, n);
	rc = send_cdb(r, cdb, SCSI_OUT, copy, n);
	free(copy);
	return rc;
}

void rig_pattern(uint8_t *out, uint32_t lba, uint32_t nsec)
{
	for (uint32_t s = 0; s < nsec; s++) {
		memset(out + (size_t)s * RIG_SECTOR, (int)((lba + s) % 251 + 1), RIG_SECTOR);
		put_u32be(out + (size_t)s * RIG_SECTOR, lba + s);
	}
}

int rig_write(struct rig *r, uint32_t lba, uint32_t nsec)
{
	uint8_t cdb[16] = { 0x2a };
	uint8_t *bytes = malloc((size_t)nsec * RIG_SECTOR + 1);
	int rc;

	T_MUST(bytes != NULL);
	rig_pattern(bytes, lba, nsec);
	put_u32be(cdb + 2, lba);
	put_u16be(cdb + 7, (uint16_t)nsec);
	rc = rig_out(r, cdb, bytes, (size_t)nsec * RIG_SECTOR);
	free(bytes);
	return rc;
}

int rig_read(struct rig *r, uint32_t lba, uint32_t nsec, void *out)
{
	uint8_t cdb[16] = { 0x28 };

	put_u32be(cdb + 2, lba);
	put_u16be(cdb + 7, (uint16_t)nsec);
	return send_cdb(r, cdb, SCSI_IN, out, (size_t)nsec * RIG_SECTOR);
}

static bool reads_as(struct rig *r, uint32_t lba, uint32_t nsec, bool pattern)
{
	size_t n = (size_t)nsec * RIG_SECTOR;
	uint8_t *got = calloc(1, n), *want = calloc(1, n);
	bool same;

	T_MUST(got && want);
	if (pattern)
		rig_pattern(want, lba, nsec);
	same = rig_read(r, lba, nsec, got) == 0 && memcmp(got, want, n) == 0;
	free(got);
	free(want);
	return same;
}

bool rig_holds(struct rig *r, uint32_t lba, uint32_t nsec)
{
	return reads_as(r, lba, nsec, true);
}

bool rig_zeros(struct rig *r, uint32_t lba, uint32_t nsec)
{
	return reads_as(r, lba, nsec, false);
}

static int select_page(struct rig *r, const uint8_t *page, size_t n)
{
	uint8_t list[60] = { 0 };

	memcpy(list + 8, page, n);
	return rig_out(r, CDB(0x55, 0x10, [8] = sizeof(list)), list, sizeof(list));
}

int rig_write_page(struct rig *r, unsigned multi, bool simulate)
{
	const uint8_t p[] = { 0x05, 0x32, (uint8_t)(0x41 | (simulate ? 0x10 : 0)),
		(uint8_t)(multi << 6 | 4), 8 };

	return select_page(r, p, sizeof(p));
}

int rig_dash_page(struct rig *r, unsigned type, unsigned multi, bool simulate)
{
	bool packets = type == 0;
	const uint8_t p[14] = { 0x05, 0x32, (uint8_t)(0x40 | (simulate ? 0x10 : 0) | type),
		(uint8_t)(multi << 6 | (packets ? 0x20 : 0) | 5), 8, [13] = packets ? 16 : 0 };

	return select_page(r, p, sizeof(p));
}

int rig_format(struct rig *r, unsigned type, uint32_t nsec, unsigned parameter, bool immediate)
{
	uint8_t list[12] = { 0, (uint8_t)(immediate ? 0x82 : 0x80), 0, 8 };

	put_u32be(list + 4, nsec);
	list[8] = (uint8_t)(type << 2);
	put_u24be(list + 9, parameter);
	return rig_out(r, CDB(0x04, 0x11), list, sizeof(list));
}

int rig_blank(struct rig *r, unsigned type, uint32_t lba)
{
	uint8_t cdb[16] = { 0xa1, (uint8_t)type };

	put_u32be(cdb + 2, lba);
	return rig_none(r, cdb);
}

int64_t rig_next_of(struct rig *r, unsigned number)
{
	if (rig_in(r, CDB(0x52, 1, 0, 0, 0, (uint8_t)number, [8] = 36), 36) != 0)
		return -1;
	return r->reply[7] & 0x01 ? (int64_t)get_u32be(r->reply + 12) : -1;
}

void rig_make_small(struct rig *r, const char *type, const char *mode, uint32_t nsec)
{
	char state[PATH_MAX];
	FILE *f;

	snprintf(state, sizeof(state), "%s.state", virtual_medium_file(r->t));
	f = fopen(state, "w");
	T_MUST(f != NULL);
	fprintf(f,
		"discfs-medium 2\ntype %s\nmode %s\nsize %u\ncapacity %u\nformatting none\n"
		"formatted 0\nlayer 0\nprotected no\nminimal no\ndamaged no\nfinalised no\n"
		"sessions 0\nnext 0\nend\n",
		type, mode, nsec, nsec);
	fclose(f);
	rig_restart(r);
}

int rig_sync(struct rig *r)
{
	return rig_none(r, CDB(0x35));
}

int rig_close(struct rig *r, unsigned function, unsigned track)
{
	return rig_none(r, CDB(0x5b, 0, (uint8_t)function, 0, 0, (uint8_t)track));
}

static int64_t invisible_field(struct rig *r, size_t at)
{
	if (rig_in(r, CDB(0x52, 1, 0, 0, 0, 0xff, [8] = 36), 36) != 0)
		return -1;
	T_EQ(r->moved, 36);
	return get_u32be(r->reply + at);
}

int64_t rig_next(struct rig *r)
{
	return invisible_field(r, 12);
}

int64_t rig_free(struct rig *r)
{
	return invisible_field(r, 16);
}

int rig_disc_byte(struct rig *r)
{
	T_EQ(rig_in(r, CDB(0x51, [8] = 34), 34), 0);
	return r->reply[2];
}

int64_t rig_capacity(struct rig *r)
{
	T_EQ(rig_in(r, CDB(0x25), 8), 0);
	T_EQ(get_u32be(r->reply + 4), RIG_SECTOR);
	return (int64_t)get_u32be(r->reply) + 1;
}

int64_t rig_file_bytes(struct rig *r)
{
	struct stat st;

	return stat(virtual_medium_file(r->t), &st) == 0 ? (int64_t)st.st_size : -1;
}
