/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks for the descriptors of the name spaces. */
#include "isoread/descriptors.h"

#include "base/err.h"
#include "iso9660/field.h"
#include "sectors.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define FIRST_LBA 16u /* ECMA-119 6.7.1 */
/* More would leave no sector for what they describe; a set without terminator ends here. */
#define DESCRIPTORS_MAX 240u

/* Joliet specification: UCS-2 levels 1 to 3 by the escape sequence of ECMA-119 8.5.6. */
static bool is_joliet(const uint8_t *sector)
{
	const uint8_t *esc = sector + BP(89);

	return sector[BP(7)] == 1 && esc[0] == '%' && esc[1] == '/' &&
	       (esc[2] == '@' || esc[2] == 'C' || esc[2] == 'E');
}

int iso_descriptors_each(const struct sector_source *src, uint32_t session_lba,
	iso_descriptor_fn *fn, void *arg, struct iso_set *out, struct err *err)
{
	uint8_t sector[SECTOR];
	int r = 0;

	*out = (struct iso_set){ .nsec = 0 };
	while (r == 0 && !out->terminated && out->nsec < DESCRIPTORS_MAX) {
		uint64_t lba = (uint64_t)session_lba + FIRST_LBA + out->nsec;

		out->end_lba = (uint32_t)lba;
		if (lba >= src->nsec)
			return 0;
		r = source_read(src, (uint32_t)lba, 1, sector, err);
		if (r < 0 || memcmp(sector + BP(2), "CD001", 5) != 0)
			return r;
		out->nsec++;
		out->terminated = sector[BP(1)] == ISO_VD_END;
		r = fn(arg, (uint32_t)lba, sector, err);
	}
	return r;
}

struct taking {
	struct iso_descriptors *out;
	bool primary;
};

static int take(void *arg, uint32_t lba, const uint8_t sector[static SECTOR], struct err *err)
{
	struct taking *t = arg;
	int r = 0;

	if (sector[BP(1)] == ISO_VD_PRIMARY && !t->primary) {
		t->primary = true;
		r = iso_voldesc_decode(sector, &t->out->primary, err);
	} else if (sector[BP(1)] == ISO_VD_SUPPLEMENTARY && is_joliet(sector) &&
		   !t->out->has_joliet) {
		t->out->has_joliet = true;
		r = iso_voldesc_decode(sector, &t->out->joliet, err);
	}
	return r < 0 ? err_prefix(err, r, "volume descriptor in sector %" PRIu32, lba) : 0;
}

int iso_descriptors_read(const struct sector_source *src, uint32_t session_lba,
	struct iso_descriptors *out, struct err *err)
{
	struct taking t = { .out = out };
	struct iso_set set;
	int r;

	*out = (struct iso_descriptors){ 0 };
	r = iso_descriptors_each(src, session_lba, take, &t, &set, err);
	if (r < 0)
		return r;
	if (!t.primary)
		return err_set(err, -ENODATA,
			"no ISO 9660: no primary volume descriptor from sector %" PRIu64 " on",
			(uint64_t)session_lba + FIRST_LBA);
	return 0;
}
