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

static int take(
	const uint8_t *sector, bool *found_primary, struct iso_descriptors *out, struct err *err)
{
	if (sector[BP(1)] == ISO_VD_PRIMARY && !*found_primary) {
		*found_primary = true;
		return iso_voldesc_decode(sector, &out->primary, err);
	}
	if (sector[BP(1)] == ISO_VD_SUPPLEMENTARY && is_joliet(sector) && !out->has_joliet) {
		out->has_joliet = true;
		return iso_voldesc_decode(sector, &out->joliet, err);
	}
	return 0;
}

int iso_descriptors_read(const struct sector_source *src, uint32_t session_lba,
	struct iso_descriptors *out, struct err *err)
{
	uint8_t sector[SECTOR];
	bool primary = false;

	*out = (struct iso_descriptors){ 0 };
	for (uint32_t i = 0; i < DESCRIPTORS_MAX; i++) {
		uint64_t lba = (uint64_t)session_lba + FIRST_LBA + i;
		int r;

		if (lba >= src->nsec)
			break;
		r = source_read(src, (uint32_t)lba, 1, sector, err);
		if (r < 0)
			return r;
		if (memcmp(sector + BP(2), "CD001", 5) != 0 || sector[BP(1)] == ISO_VD_END)
			break;
		r = take(sector, &primary, out, err);
		if (r < 0)
			return err_prefix(err, r, "volume descriptor in sector %" PRIu64, lba);
	}
	if (!primary)
		return err_set(err, -ENODATA,
			"no ISO 9660: no primary volume descriptor from sector %" PRIu64 " on",
			(uint64_t)session_lba + FIRST_LBA);
	return 0;
}
