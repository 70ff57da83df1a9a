/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of discs one by one, out of the bytes as they come. */
#include "base/err.h"
#include "base/sector.h"
#include "fuzz.h"
#include "iso9660/date.h"
#include "iso9660/dirrec.h"
#include "iso9660/pathtable.h"
#include "iso9660/voldesc.h"
#include "isoread/entry.h"
#include "udf/cs0.h"

#include <string.h>

static int read_nothing(void *arg, uint32_t lba, uint32_t nsec, void *out, struct err *err)
{
	const struct fuzz_bytes *b = arg;

	(void)lba;
	(void)err;
	memset(out, 0, (size_t)nsec * SECTOR);
	memcpy(out, b->p, b->n < SECTOR ? b->n : SECTOR);
	return 0;
}

/* Continuations lead to the same bytes again. */
static void read_entry(const uint8_t *p, size_t n, struct fuzz_bytes *all)
{
	const struct sector_source src = { .read = read_nothing, .arg = all, .nsec = 8 };
	static struct entry entry;
	struct iso_dirrec rec;
	uint8_t skip;

	if (iso_dirrec_decode(p, n, &rec, NULL) <= 0)
		return;
	FUZZ_MUST(rec.su >= p && rec.su + rec.su_len <= p + n);
	entry_susp_begins(&rec, &skip);
	for (enum reader_space space = READER_ISO9660; space <= READER_JOLIET; space++) {
		struct entry_rules rules = { .space = space, .susp.src = &src };

		if (entry_of(&rules, &rec, &entry, NULL) == 0)
			FUZZ_MUST(entry.name_len > 0 && entry.name_len < ENTRY_NAME_MAX);
	}
}

static void read_path_record(const uint8_t *p, size_t n)
{
	struct iso_pathrec rec;

	for (enum iso_byte_order order = 0; order <= 1; order++)
		if (iso_pathrec_decode(p, n, order, &rec, NULL) > 0)
			FUZZ_MUST(rec.id >= p && rec.id + rec.id_len <= p + n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_bytes b = { data, size }, all = b;
	uint8_t sector[SECTOR] = { 0 }, *p;
	struct iso_voldesc desc;
	char name[1024];
	int64_t sec;
	size_t n;

	memcpy(sector, data, size < SECTOR ? size : SECTOR);
	iso_voldesc_decode(sector, &desc, NULL);
	iso_date7_decode(sector, &sec);
	iso_date17_decode(sector, &sec);
	p = fuzz_rest(&b, &n);
	if (n > 0) {
		read_entry(p, n, &all);
		read_path_record(p, n);
		udf_cs0_decode(p, n < 255 ? n : 255, name, sizeof(name), NULL);
	}
	free(p);
	return 0;
}

/* Records with a field of each kind. */
size_t fuzz_seed(unsigned i, uint8_t *out)
{
	static const char *const fields[] = { "PX\x2c\x01", "TF\x1a\x01\x0e", "NM\x09\x01\x00name",
		"SL\x0f\x01\x00\x00\x02to\x02\x00\x08\x00", "CE\x1c\x01", "SP\x07\x01\xbe\xef\x00",
		"PN\x14\x01", "AL\x0a\x01\x00\x01\x03usr", "ER\x12\x01\x04\x02\x04\x01RRIP" };
	struct iso_dirrec r = { .lba = 20,
		.size_bytes = 100,
		.id = (const uint8_t *)"FILE.TXT;1",
		.id_len = 10,
		.su_len = 64 };
	uint8_t su[64] = { 0 };

	if (i >= sizeof(fields) / sizeof(fields[0]))
		return 0;
	memcpy(su, fields[i], strlen(fields[i]) < 4 ? 4 : strlen(fields[i]));
	r.su = su;
	iso_dirrec_encode(&r, out);
	return iso_dirrec_len(r.id_len, r.su_len);
}
