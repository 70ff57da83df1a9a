/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole of a session: its descriptors, their trees, and what they say of each other. */
#include "image/validate.h"

#include "base/err.h"
#include "bootcheck/bootcheck.h"
#include "iso9660/field.h"
#include "iso9660/voldesc.h"
#include "isoread/descriptors.h"
#include "udfcheck/udfcheck.h"
#include "validate/volume.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define FIRST_LBA   16u
#define VOLUMES_MAX 4u

enum { VD_BOOT = 0, VD_PARTITION = 3 };

struct validation {
	struct report report;
	struct volume volume[VOLUMES_MAX];
	uint32_t nvolume;
	uint32_t ndescriptor; /* of ISO 9660's set */
	uint32_t session_lba;
};

static enum volume_kind kind_of(const uint8_t *p)
{
	if (p[BP(1)] == ISO_VD_PRIMARY)
		return VOLUME_PRIMARY;
	if (p[BP(7)] == 2)
		return VOLUME_ENHANCED;
	return VOLUME_JOLIET;
}

static void take_volume(struct validation *val, uint32_t lba, const uint8_t *p)
{
	static const char *const titles[] = { [VOLUME_PRIMARY] = "primary volume descriptor",
		[VOLUME_JOLIET] = "Joliet volume descriptor",
		[VOLUME_ENHANCED] = "enhanced volume descriptor" };
	struct volume *v = &val->volume[val->nvolume];

	if (val->nvolume == VOLUMES_MAX)
		return;
	v->kind = kind_of(p);
	v->title = titles[v->kind];
	v->lba = lba;
	memcpy(v->desc, p, SECTOR);
	arena_init(&v->arena);
	val->nvolume++;
}

static void check_terminator(struct report *r, uint32_t lba, const uint8_t *p)
{
	const struct place in = { lba, p, "volume descriptor set terminator" };

	report_number(
		r, &in, &(struct field){ "ECMA-119 8.3.3", "version", p + BP(7) }, 1, p[BP(7)]);
	check_zero(r, &in, &(struct field){ "ECMA-119 8.3.4", "reserved", p + BP(8) }, 2041);
}

static void unknown_type(struct report *r, uint32_t lba, const uint8_t *p)
{
	const struct place in = { lba, p, "volume descriptors" };

	if (p[BP(1)] != VD_BOOT && p[BP(1)] != VD_PARTITION)
		report_text(r, FINDING_ERROR, &in,
			&(struct field){ "ECMA-119 8.1.1", "volume descriptor type", p },
			"0 to 3 or 255", "%u", p[0]);
}

static int take_descriptor(void *arg, uint32_t lba, const uint8_t p[static SECTOR], struct err *err)
{
	struct validation *val = arg;

	(void)err;
	if (p[0] == ISO_VD_END)
		check_terminator(&val->report, lba, p);
	else if (p[0] == ISO_VD_PRIMARY || p[0] == ISO_VD_SUPPLEMENTARY)
		take_volume(val, lba, p);
	else
		unknown_type(&val->report, lba, p);
	return 0;
}

/* ECMA-119 6.7.1; the primary one is the first. */
static int read_descriptors(struct validation *val, uint32_t session_lba, struct err *err)
{
	struct iso_set set;
	int r = iso_descriptors_each(val->report.src, session_lba, take_descriptor, val, &set, err);

	val->ndescriptor = set.nsec;
	if (r < 0)
		return r;
	if (set.nsec == 0)
		return err_set(err, -ENODATA,
			"no ISO 9660: no volume descriptor in sector %" PRIu32, set.end_lba);
	if (!set.terminated)
		report_text(&val->report, FINDING_ERROR,
			&(struct place){ .lba = set.end_lba, .where = "volume descriptors" },
			&(struct field){ "ECMA-119 8.1.2", "standard identifier", NULL },
			"CD001 until the set's terminator", "something else");
	return 0;
}

/* 8.4.13 to 8.4.18: an enhanced volume may have the path tables and directories of the primary. */
static bool same_tree(const struct volume *primary, const struct volume *v)
{
	return v->kind == VOLUME_ENHANCED &&
	       memcmp(primary->desc + BP(133), v->desc + BP(133), 58) == 0;
}

static int check_volume(struct report *r, struct volume *v, struct err *err)
{
	int code;

	validate_descriptor(r, v);
	code = validate_directories(r, v, err);
	if (code == 0 && v->ndir > 0)
		code = validate_path_tables(r, v, err);
	if (code == 0 && v->rockridge)
		code = validate_names_agree(r, v, err);
	if (code == 0 && v->rockridge)
		code = validate_moved(r, v, err);
	r->sum.directories += v->ndir;
	r->sum.names += v->nname;
	return code;
}

static int check_all(struct validation *val, struct err *err)
{
	struct report *r = &val->report;
	struct volume *all[VOLUMES_MAX], *primary = &val->volume[0];
	struct boot_partitions parts = { .n = 0 };
	int code = 0;

	for (uint32_t i = 1; i < val->nvolume; i++)
		primary->relaxed |= same_tree(primary, &val->volume[i]);
	for (uint32_t i = 0; i < val->nvolume && code == 0; i++) {
		struct volume *v = &val->volume[i];

		all[i] = v;
		if (same_tree(primary, v))
			validate_descriptor(r, v);
		else
			code = check_volume(r, v, err);
		r->sum.iso9660 |= v->kind == VOLUME_PRIMARY;
		r->sum.joliet |= v->kind == VOLUME_JOLIET;
		r->sum.enhanced |= v->kind == VOLUME_ENHANCED;
		r->sum.rockridge |= v->rockridge;
		if (i > 0 && code == 0) {
			validate_descriptors_agree(r, primary, v);
			if (!same_tree(primary, v))
				code = validate_trees_agree(r, primary, v, err);
		}
	}
	if (code == 0)
		code = validate_extents(r, all, val->nvolume, err);
	if (code == 0 && val->session_lba == 0)
		code = validate_hybrid(r, &parts, err);
	if (code == 0)
		code = validate_eltorito(r, val->session_lba, primary, &parts, err);
	return code < 0 ? code : validate_udf(r, val->session_lba, primary, err);
}

/* A volume of UDF alone has nothing of ISO 9660. */
static int check_udf_alone(struct validation *val, struct err *err)
{
	struct err why = { 0 };
	int r = validate_udf(&val->report, val->session_lba, NULL, &why);

	if (r < 0)
		return err_set(err, r, "%s", why.msg);
	if (!val->report.sum.udf)
		return err_prefix(err, -ENODATA, "no UDF, and");
	if (val->ndescriptor > 0)
		report_text(&val->report, FINDING_ERROR,
			&(struct place){ .lba = val->session_lba + FIRST_LBA,
				.where = "volume descriptors" },
			&(struct field){ "ECMA-119 6.7.1", "primary volume descriptor", NULL },
			"the first of the set", "none");
	return 0;
}

int image_validate(const struct sector_source *src, uint32_t session_lba, finding_fn *fn, void *arg,
	struct validate_summary *out, struct err *err)
{
	struct validation val = { .report = { .src = src, .fn = fn, .arg = arg },
		.session_lba = session_lba };
	int r = read_descriptors(&val, session_lba, err);

	if (r == 0 && (val.nvolume == 0 || val.volume[0].kind != VOLUME_PRIMARY))
		r = err_set(err, -ENODATA,
			"no ISO 9660: no primary volume descriptor in sector %" PRIu32,
			session_lba + FIRST_LBA);
	if (r == 0)
		r = check_all(&val, err);
	else if (r == -ENODATA)
		r = check_udf_alone(&val, err);
	for (uint32_t i = 0; i < val.nvolume; i++)
		volume_fini(&val.volume[i]);
	*out = val.report.sum;
	return r;
}
