/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command blocks for the virtual recorder: an answer each time, and a disc that opens again. */
#include "base/err.h"
#include "fuzz.h"
#include "recorder/virtual.h"

#include <string.h>
#include <unistd.h>

static const char *const types[] = { "cd-r", "cd-rw", "dvd-r", "dvd-rw", "dvd-ram", "dvd+r",
	"dvd+rw", "bd-r", "bd-re" };

#define COMMANDS_MAX 64u
#define DATA_MAX     65536u

static void one_command(struct transport *t, struct fuzz_bytes *b)
{
	static const uint8_t by_group[8] = { 6, 10, 10, 6, 16, 12, 6, 6 };
	struct scsi_cmd cmd = { .timeout_ms = 1000 };
	int r;

	cmd.cdb[0] = fuzz_u8(b);
	cmd.cdb_len = by_group[cmd.cdb[0] >> 5];
	cmd.dir = (enum scsi_dir)(fuzz_u8(b) % 3);
	cmd.data_bytes = cmd.dir == SCSI_NONE ? 0 : fuzz_u16(b);
	for (unsigned i = 1; i < cmd.cdb_len; i++)
		cmd.cdb[i] = fuzz_u8(b);
	cmd.data = calloc(1, cmd.data_bytes ? cmd.data_bytes : 1);
	FUZZ_MUST(cmd.data != NULL);
	for (size_t i = 0, n = cmd.dir == SCSI_OUT ? fuzz_u8(b) : 0; i < n; i++) {
		uint8_t byte = fuzz_u8(b);

		if (i < cmd.data_bytes)
			((uint8_t *)cmd.data)[i] = byte;
	}
	r = transport_exec(t, &cmd, NULL);
	FUZZ_MUST(r == 0 || r == -EIO);
	FUZZ_MUST(cmd.moved_bytes <= cmd.data_bytes);
	FUZZ_MUST(cmd.status == (r ? SCSI_CHECK_CONDITION : SCSI_GOOD));
	FUZZ_MUST(cmd.sense.valid == (r != 0));
	free(cmd.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_bytes b = { data, size };
	const char *type = types[fuzz_u8(&b) % (sizeof(types) / sizeof(types[0]))];
	char file[512], state[540];
	struct transport *t;
	struct err err = { 0 };

	snprintf(file, sizeof(file), "%s/disc.iso", fuzz_dir());
	snprintf(state, sizeof(state), "%s.state", file);
	unlink(file);
	unlink(state);
	FUZZ_MUST(virtual_open(fuzz_dir(), &t, &err) == 0);
	FUZZ_MUST(virtual_load(t, type, file, &err) == 0);
	for (unsigned i = 0; i < COMMANDS_MAX && b.n > 0; i++)
		one_command(t, &b);
	transport_close(t);
	if (virtual_open(fuzz_dir(), &t, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		abort();
	}
	transport_close(t);
	return 0;
}

static size_t put(uint8_t *out, uint16_t data_bytes, enum scsi_dir dir, const uint8_t *cdb)
{
	static const uint8_t by_group[8] = { 6, 10, 10, 6, 16, 12, 6, 6 };
	size_t n = 0;

	out[n++] = cdb[0];
	out[n++] = (uint8_t)dir;
	if (dir != SCSI_NONE) {
		out[n++] = (uint8_t)data_bytes;
		out[n++] = (uint8_t)(data_bytes >> 8);
	}
	memcpy(out + n, cdb + 1, by_group[cdb[0] >> 5] - 1u);
	n += by_group[cdb[0] >> 5] - 1u;
	if (dir == SCSI_OUT)
		out[n++] = 0;
	return n;
}

#define CDB(...) ((const uint8_t[16]){ __VA_ARGS__ })

/* What a burn says, to each medium. */
size_t fuzz_seed(unsigned i, uint8_t *out)
{
	size_t n = 0;

	if (i >= sizeof(types) / sizeof(types[0]))
		return 0;
	out[n++] = (uint8_t)i;
	n += put(out + n, 0, SCSI_NONE, CDB(0x00));
	n += put(out + n, 0, SCSI_NONE, CDB(0x00));
	n += put(out + n, 34, SCSI_IN, CDB(0x51, [8] = 34));
	n += put(out + n, 36, SCSI_IN, CDB(0x52, 1, [5] = 1, [8] = 36));
	n += put(out + n, 200, SCSI_IN, CDB(0x46, [8] = 200));
	n += put(out + n, 68, SCSI_IN, CDB(0x5a, [2] = 5, [8] = 68));
	n += put(out + n, 32768, SCSI_OUT, CDB(0x2a, [8] = 16));
	n += put(out + n, 32768, SCSI_OUT, CDB(0x2a, [5] = 16, [8] = 16));
	n += put(out + n, 2048, SCSI_IN, CDB(0x28, [8] = 1));
	n += put(out + n, 0, SCSI_NONE, CDB(0x35));
	n += put(out + n, 0, SCSI_NONE, CDB(0x5b, [2] = 2));
	n += put(out + n, 804, SCSI_IN, CDB(0x43, [7] = 3, [8] = 0x24));
	n += put(out + n, 0, SCSI_NONE, CDB(0xa1, 1));
	n += put(out + n, 12, SCSI_OUT, CDB(0x04, 0x11));
	return n;
}
