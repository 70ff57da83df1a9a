/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The volume recognition sequence, ECMA-167 2/8.3 and 2/9.1. */
#include "base/err.h"
#include "sectors.h"
#include "udfcheck/check.h"

#include <string.h>

#define FIRST_LBA 16u
#define NSEC_MAX  240u
#define WHERE	  "volume recognition sequence"

struct recognition {
	unsigned begun, nsr, ended; /* sectors of their kind */
};

static void check_fields(struct report *r, const struct place *in)
{
	const uint8_t *p = in->sector;

	report_number(r, in, &(struct field){ "ECMA-167 2/9.1.1", "structure type", p }, 0, p[0]);
	report_number(
		r, in, &(struct field){ "ECMA-167 2/9.1.3", "structure version", p + 6 }, 1, p[6]);
	check_zero(
		r, in, &(struct field){ "ECMA-167 2/9.1.4", "structure data", p + 7 }, SECTOR - 7);
}

static void disorder(struct report *r, const struct place *in, const char *expected)
{
	report_text(r, FINDING_ERROR, in,
		&(struct field){ "ECMA-167 2/8.3.1", "standard identifier", in->sector + 1 },
		expected, "%.5s", (const char *)in->sector + 1);
}

/* False where the sequence ends. */
static bool take(
	struct udf_check *c, const struct place *in, struct recognition *seen, unsigned *nsr)
{
	struct report *r = c->report;
	const char *id = (const char *)in->sector + 1;

	if (memcmp(id, "CD001", 5) == 0 || memcmp(id, "CDW02", 5) == 0 ||
		memcmp(id, "BOOT2", 5) == 0)
		return true;
	if (memcmp(id, "BEA01", 5) == 0) {
		check_fields(r, in);
		if (seen->begun++)
			disorder(r, in, "BEA01 once");
		return true;
	}
	if (memcmp(id, "NSR02", 5) == 0 || memcmp(id, "NSR03", 5) == 0) {
		check_fields(r, in);
		if (!seen->begun || seen->ended || seen->nsr++)
			disorder(r, in, "NSR once, between BEA01 and TEA01");
		*nsr = (unsigned)(id[4] - '0');
		return true;
	}
	if (memcmp(id, "TEA01", 5) == 0) {
		check_fields(r, in);
		if (!seen->begun || seen->ended++)
			disorder(r, in, "TEA01 once, behind BEA01");
		return true;
	}
	return false;
}

int udf_check_recognition(struct udf_check *c, unsigned *nsr, struct err *err)
{
	struct recognition seen = { 0 };
	uint8_t p[SECTOR];
	uint32_t i = 0;
	uint64_t first = (uint64_t)c->session_lba + FIRST_LBA;

	*nsr = 0;
	for (; i < NSEC_MAX && first + i < c->report->src->nsec; i++) {
		const struct place in = { (uint32_t)(first + i), p, WHERE };
		int r = source_read(c->report->src, in.lba, 1, p, err);

		if (r < 0)
			return r;
		if (take(c, &in, &seen, nsr))
			continue;
		if ((seen.begun || seen.nsr) && !seen.ended)
			disorder(c->report, &in, "BEA01, NSR, TEA01");
		else if (seen.ended && !seen.nsr)
			disorder(c->report, &in, "an NSR descriptor");
		else if (seen.ended)
			check_zero(c->report, &in,
				&(struct field){
					"ECMA-167 2/8.3.1", "sector behind the sequence", p },
				7);
		break;
	}
	return 0;
}
