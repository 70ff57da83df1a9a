/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System use fields: SUSP 1.12, 5 and RRIP 1.12, 4, each byte that is defined. */
#include "base/err.h"
#include "base/text.h"
#include "iso9660/dirrec.h"
#include "iso9660/field.h"
#include "isoread/rripread.h"
#include "susp/rrip.h"
#include "susp/susp.h"
#include "validate/volume.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define VERSION 1u

struct taking {
	struct field_walk *w;
	const struct place *record;
	const uint8_t *rec;
	struct rrip_facts facts;
	const uint8_t *mode;   /* PX's st_mode */
	uint32_t parent_lba;   /* PL */
	const uint8_t *modify; /* TF's 7 bytes, of a short form */
	bool seen_sp, seen_er;
	char place[16];
};

/* The texts that go with an identifier, as they are published; SUSP 5.5. */
static const struct extension {
	const char *id, *descriptor, *source;
} extensions[] = {
	{ "RRIP_1991A",
		"THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM "
		"SEMANTICS",
		"PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE.  SEE PUBLISHER IDENTIFIER "
		"IN PRIMARY VOLUME DESCRIPTOR FOR CONTACT INFORMATION." },
	{ "IEEE_P1282", "THE IEEE P1282 PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS",
		"PLEASE CONTACT THE IEEE STANDARDS DEPARTMENT, PISCATAWAY, NJ, USA FOR THE P1282 "
		"SPECIFICATION." },
	{ "IEEE_1282", "THE IEEE 1282 PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS",
		"PLEASE CONTACT THE IEEE STANDARDS DEPARTMENT, PISCATAWAY, NJ, USA FOR THE 1282 "
		"SPECIFICATION." },
};

static bool is(const uint8_t *p, const char *letters)
{
	return memcmp(p, letters, 2) == 0;
}

/* The sector in which the field lies: the record's, or a continuation's. */
static struct place place_of(const struct taking *t, const uint8_t *p)
{
	const uint8_t *sector = t->record->sector;
	struct place in = *t->record;

	if (p >= sector && p < sector + SECTOR)
		return in;
	in.lba = t->w->susp->lba;
	in.sector = t->w->susp->sector;
	return in;
}

static void one_length(
	struct taking *t, const struct place *in, const uint8_t *p, const char *clause, unsigned n)
{
	const struct field f = { clause, "length of field", p + 2 };

	report_number(t->w->report, in, &f, n, p[2]);
}

static void numbers(struct taking *t, const struct place *in, const uint8_t *p, const char *clause,
	const char *const *what, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		(void)check_both32(t->w->report, in,
			&(struct field){ clause, what[i], p + BP(5) + (size_t)8 * i });
}

static void take_px(struct taking *t, const struct place *in, const uint8_t *p)
{
	static const char *const what[] = { "st_mode", "st_nlink", "st_uid", "st_gid", "st_ino" };
	const char *clause = "RRIP 4.1.1";
	uint32_t mode = get_u32le(p + BP(5));

	if (p[2] != 36)
		one_length(t, in, p, clause, 44);
	if (p[2] != 36 && p[2] != 44)
		return;
	numbers(t, in, p, clause, what, p[2] == 36 ? 4 : 5);
	if (mode & ~(S_IFMT | 07777u))
		report_text(t->w->report, FINDING_ERROR, in,
			&(struct field){ clause, "st_mode", p + BP(5) }, "no bits beyond 0177777",
			"%o", mode);
	t->mode = p + BP(5);
	if (get_u32le(p + BP(13)) == 0)
		report_text(t->w->report, FINDING_ERROR, in,
			&(struct field){ clause, "st_nlink", p + BP(13) }, "at least 1", "0");
}

static void take_pn(struct taking *t, const struct place *in, const uint8_t *p)
{
	static const char *const what[] = { "dev_t high", "dev_t low" };

	one_length(t, in, p, "RRIP 4.1.2", 20);
	if (p[2] == 20)
		numbers(t, in, p, "RRIP 4.1.2", what, 2);
}

static void take_flags(struct taking *t, const struct place *in, const uint8_t *p,
	const char *clause, uint8_t known)
{
	if (p[2] >= 5 && p[BP(5)] & ~known)
		report_text(t->w->report, FINDING_ERROR, in,
			&(struct field){ clause, "flags", p + BP(5) }, "no reserved bits", "%02x",
			p[BP(5)]);
}

static void take_nm(struct taking *t, const struct place *in, const uint8_t *p)
{
	take_flags(t, in, p, "RRIP 4.1.4", 0x07);
	if (p[2] <= 5 && !(p[2] == 5 && p[BP(5)] & 0x06))
		report_text(t->w->report, FINDING_ERROR, in,
			&(struct field){ "RRIP 4.1.4", "name", p + 2 }, "at least one character",
			"none");
}

static void take_sl(struct taking *t, const struct place *in, const uint8_t *p)
{
	take_flags(t, in, p, "RRIP 4.1.3", 0x01);
	for (size_t at = BP(6); at + 2 <= p[2]; at += 2u + p[at + 1]) {
		const struct field f = { "RRIP 4.1.3.1", "flags of a component", p + at };

		if (p[at] & 0xf0)
			report_text(t->w->report, FINDING_ERROR, in, &f, "no reserved bits", "%02x",
				p[at]);
		if (p[at] & 0x0e && p[at + 1])
			report_text(t->w->report, FINDING_ERROR, in, &f,
				"no text with CURRENT, PARENT or ROOT", "%u bytes", p[at + 1]);
	}
}

static void take_tf(struct taking *t, const struct place *in, const uint8_t *p)
{
	const bool is_long = p[2] >= 5 && p[BP(5)] & 0x80;
	const unsigned each = is_long ? ISO_DATE17 : ISO_DATE7;
	unsigned at = BP(6);

	if (p[2] < 5)
		return;
	for (unsigned i = 0; i < 7; i++) {
		const struct field f = { "RRIP 4.1.6", "time stamp", p + at };

		if (!(p[BP(5)] & 1u << i) || at + each > p[2])
			continue;
		if (is_long)
			check_date17(t->w->report, in, &f);
		else
			check_date7(t->w->report, in, &f);
		if (i == 1 && !is_long)
			t->modify = p + at;
		at += each;
	}
	one_length(
		t, in, p, "RRIP 4.1.6", 5 + each * (unsigned)__builtin_popcount(p[BP(5)] & 0x7fu));
}

static void compare_modify(struct taking *t)
{
	struct place in;

	if (!t->modify || memcmp(t->modify, t->rec + BP(19), ISO_DATE7) == 0)
		return;
	in = place_of(t, t->modify);
	report_text(t->w->report, FINDING_WARNING, &in,
		&(struct field){ "RRIP 4.1.6", "modification time", t->modify },
		"the recording date of ECMA-119 9.1.5", "another");
}

static void take_link(struct taking *t, const struct place *in, const uint8_t *p)
{
	static const char *const what[] = { "location" };

	one_length(t, in, p, "RRIP 4.1.5", RRIP_LINK_BYTES);
	if (p[2] == RRIP_LINK_BYTES)
		numbers(t, in, p, "RRIP 4.1.5", what, 1);
}

static void take_parent(struct taking *t, const struct place *in, const uint8_t *p)
{
	take_link(t, in, p);
	if (p[2] != RRIP_LINK_BYTES)
		return;
	t->parent_lba = get_u32le(p + BP(5));
	if (!t->w->dot || t->rec[BP(34)] != 1)
		report_text(t->w->report, FINDING_ERROR, in,
			&(struct field){ "RRIP 4.1.5.2", "PL", p }, "in \"..\" alone", "elsewhere");
}

/* What a CL points to is a directory, and the record that has it is none. */
static void compare_mode(struct taking *t)
{
	bool linked = t->facts.child_lba != 0, dir = t->rec[BP(26)] & ISO_FLAG_DIR;
	uint32_t mode = t->facts.inode.mode;

	if (linked && dir)
		report_text(t->w->report, FINDING_ERROR, t->record,
			&(struct field){ "RRIP 4.1.5.1", "CL", t->rec },
			"in a record without the flag of directories", "%02x", t->rec[BP(26)]);
	if (!t->mode || S_ISDIR(mode) == (dir || linked))
		return;
	report_text(t->w->report, FINDING_ERROR, t->record,
		&(struct field){ "RRIP 4.1.1", "st_mode", t->rec },
		"the type that the record's flags say", "%o", mode);
}

static void take_re(struct taking *t, const struct place *in, const uint8_t *p)
{
	one_length(t, in, p, "RRIP 4.1.5.3", 4);
}

static void take_sp(struct taking *t, const struct place *in, const uint8_t *p)
{
	t->seen_sp = true;
	one_length(t, in, p, "SUSP 5.3", 7);
	if (!t->w->root)
		report_text(t->w->report, FINDING_ERROR, in, &(struct field){ "SUSP 5.3", "SP", p },
			"in \".\" of the root alone", "elsewhere");
}

static void er_text(struct taking *t, const struct place *in, const char *what, const uint8_t *at,
	size_t n, const char *wanted)
{
	char quoted[320];

	if (strlen(wanted) == n && memcmp(at, wanted, n) == 0)
		return;
	report_text(t->w->report, FINDING_WARNING, in, &(struct field){ "SUSP 5.5", what, at },
		wanted, "%s", text_quoted(quoted, sizeof(quoted), (const char *)at, n));
}

static void take_er(struct taking *t, const struct place *in, const uint8_t *p)
{
	const unsigned id = p[BP(5)], des = p[BP(6)], src = p[BP(7)];
	const struct field f = { "SUSP 5.5", "extension identifier", p + BP(9) };
	char quoted[80];

	if (p[2] < 8) {
		one_length(t, in, p, "SUSP 5.5", 8);
		return;
	}
	one_length(t, in, p, "SUSP 5.5", 8 + id + des + src);
	if (8 + id + des + src != p[2])
		return;
	report_number(t->w->report, in,
		&(struct field){ "SUSP 5.5", "extension version", p + BP(8) }, 1, p[BP(8)]);
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
		const struct extension *e = &extensions[i];

		if (strlen(e->id) != id || memcmp(e->id, p + BP(9), id) != 0)
			continue;
		t->seen_er = true;
		er_text(t, in, "extension descriptor", p + 8 + id, des, e->descriptor);
		er_text(t, in, "extension source", p + 8 + id + des, src, e->source);
		return;
	}
	if (id >= 4 && memcmp(p + BP(9), "AAIP", 4) == 0)
		return;
	report_text(t->w->report, FINDING_WARNING, in, &f, "RRIP_1991A, IEEE_P1282 or IEEE_1282",
		"%s", text_quoted(quoted, sizeof(quoted), (const char *)p + BP(9), id));
}

static void unknown(struct taking *t, const struct place *in, const uint8_t *p)
{
	char quoted[16];

	report_text(t->w->report, FINDING_WARNING, in,
		&(struct field){ "SUSP 4.1", "signature", p },
		"one of SUSP, RRIP or a known extension", "%s",
		text_quoted(quoted, sizeof(quoted), (const char *)p, 2));
}

static int take(void *arg, const uint8_t *p, uint8_t n, struct err *err)
{
	static const struct {
		char letters[3];
		void (*take)(struct taking *t, const struct place *in, const uint8_t *p);
	} all[] = { { "PX", take_px }, { "PN", take_pn }, { "NM", take_nm }, { "SL", take_sl },
		{ "TF", take_tf }, { "CL", take_link }, { "PL", take_parent }, { "RE", take_re },
		{ "SP", take_sp }, { "ER", take_er } };
	struct taking *t = arg;
	const struct place in = place_of(t, p);
	static const char *const others[] = { "RR", "ES", "SF", "AL", "AA", "ZF" };

	/* Those of the record itself are seen with all others there: see check_record. */
	if (in.sector != t->record->sector)
		report_number(t->w->report, &in, &(struct field){ "SUSP 4.1", "version", p + 3 },
			VERSION, p[3]);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (is(p, all[i].letters)) {
			all[i].take(t, &in, p);
			return rrip_take(&t->facts, p, n, err);
		}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (is(p, others[i]))
			return 0;
	unknown(t, &in, p);
	return 0;
}

/* What the reader stumbles over is a finding here; only what is no fault of the disc ends it. */
static int told(struct taking *t, int r, const struct err *why)
{
	if (r != -EBADMSG)
		return r;
	report_text(t->w->report, FINDING_ERROR, t->record,
		&(struct field){ "SUSP 4.1", "system use fields", t->rec },
		"fields within their areas", "%s", why->msg);
	return 0;
}

/* Every field has a version. What is too short for a field, or has none where one could begin, is
 * padding; SUSP 4.1. */
static void check_record(struct taking *t, size_t at)
{
	const uint8_t *rec = t->rec;

	for (; at + 4 <= rec[0] && rec[at + 2] >= 4 && at + rec[at + 2] <= rec[0];
		at += rec[at + 2])
		report_number(t->w->report, t->record,
			&(struct field){ "SUSP 4.1", "version", rec + at + 3 }, VERSION,
			rec[at + 3]);
	check_zero(t->w->report, t->record,
		&(struct field){ "SUSP 4.1", "bytes after the last field", rec + at }, rec[0] - at);
}

static int keep(struct taking *t, struct vname *out, struct err *err)
{
	out->mode = t->facts.has_px ? t->facts.inode.mode : 0;
	out->nlink = t->facts.nlink;
	out->serial = t->facts.serial;
	out->relocated = t->facts.relocated;
	out->child_lba = t->facts.child_lba;
	out->parent_lba = t->parent_lba;
	if (!t->facts.has_name)
		return 0;
	out->nm = arena_dup(&t->w->v->arena, t->facts.name, t->facts.name_len);
	out->nm_len = (uint8_t)t->facts.name_len;
	return out->nm ? 0 : err_nomem(err);
}

static void check_presence(struct taking *t)
{
	const struct field f = { "RRIP 4.1.1", "PX", t->rec };

	if (!t->facts.has_px)
		report_text(
			t->w->report, FINDING_WARNING, t->record, &f, "in every record", "none");
	if (t->w->root && !t->seen_er)
		report_text(t->w->report, FINDING_ERROR, t->record,
			&(struct field){ "SUSP 5.5", "ER", t->rec }, "in \".\" of the root",
			"none of Rock Ridge");
	/* The name of what was moved is where it would hang. */
	if (!t->w->dot && !t->facts.has_name && !t->facts.relocated)
		report_text(t->w->report, FINDING_WARNING, t->record,
			&(struct field){ "RRIP 4.1.4", "NM", t->rec }, "a name", "none");
	/* Optional, and yet a writer gives times to all or to none. */
	if (t->w->v->timed && !t->facts.has_modify)
		report_text(t->w->report, FINDING_WARNING, t->record,
			&(struct field){ "RRIP 4.1.6", "TF", t->rec },
			"a time of modification, as in \".\" of the root", "none");
	if (t->w->root)
		t->w->v->timed = t->facts.has_modify;
}

int validate_fields(struct field_walk *w, const struct place *in, const uint8_t *rec,
	struct vname *out, struct err *err)
{
	struct taking t = { .w = w, .record = in, .rec = rec };
	size_t base = iso_dirrec_base(rec[BP(33)]), skip = w->root ? 0 : w->v->susp_skip;
	struct err why = { 0 };
	int r;

	if (!w->v->rockridge)
		return 0;
	if (base + skip > rec[0])
		skip = rec[0] - base;
	r = susp_read_fields(w->susp, rec + base + skip, rec[0] - base - skip, take, &t, &why);
	if (r == 0)
		r = rrip_complete(&t.facts, &why);
	if (r < 0 && r != -EBADMSG)
		return err_set(err, r, "%s", why.msg);
	r = told(&t, r, &why);
	check_record(&t, base + skip);
	compare_modify(&t);
	compare_mode(&t);
	check_presence(&t);
	return r < 0 ? r : keep(&t, out, err);
}
