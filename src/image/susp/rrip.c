/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rock Ridge Interchange Protocol 1.12: POSIX attributes in SUSP fields. */
#include "susp/rrip.h"

#include "susp/aaip.h"

#include "format.h"
#include "iso9660/date.h"
#include "iso9660/field.h"

#include <assert.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define NM_CONTINUE 0x01u
#define TF_MODIFY   0x02u

static const struct tree_inode nobody = { .mode = 0 };

static const struct tree_inode *inode_of(const struct attributes *a)
{
	return a->inode ? a->inode : &nobody;
}

/* 4.1.1 PX. The serial number is that of the inode: readers take equal ones for hard links. */
void rrip_put_px(struct susp_fields *f, const struct attributes *a)
{
	const struct tree_inode *in = inode_of(a);
	struct image_owner owner = image_owner_of(a->ownership, in);
	uint8_t *p = susp_field(f, "PX", 44);

	put_both32(p + BP(5), owner.mode); /* st_mode */
	put_both32(p + BP(13), in->nlink); /* st_nlink */
	put_both32(p + BP(21), owner.uid); /* st_uid */
	put_both32(p + BP(29), owner.gid); /* st_gid */
	put_both32(p + BP(37), a->serial); /* st_ino */
}

/*
 * 4.1.2 PN. The halves of dev_t, which a reader of 64 bits puts together again; Linux takes them
 * for major and minor unless the high one is 0 and the low one more than a byte. Large numbers
 * are written for Linux, which would read another device otherwise.
 */
void rrip_put_pn(struct susp_fields *f, uint64_t rdev)
{
	uint8_t *p = susp_field(f, "PN", 20);
	unsigned maj = major(rdev), min = minor(rdev);
	bool halves = rdev >> 32 == 0 && maj > 0 && maj < 4096 && min < 256;

	put_both32(p + BP(5), halves ? 0 : maj);
	put_both32(p + BP(13), halves ? (uint32_t)rdev : min);
}

/*
 * 4.1.6 TF with the time of modification. The short form always, in years 1900 to 2155: older
 * kernels do not read the long one, and its size would depend on the time.
 */
void rrip_put_tf(struct susp_fields *f, const struct attributes *a)
{
	uint8_t *p = susp_field(f, "TF", 5 + ISO_DATE7);

	p[BP(5)] = TF_MODIFY;
	iso_date7_encode(inode_of(a)->mtime.tv_sec, p + BP(6));
}

/* 4.1.4 NM, as many as the name takes */
void rrip_put_nm(struct susp_fields *f, const char *name, uint32_t len)
{
	uint32_t most = SUSP_FIELD_MAX - 5, at = 0;

	do {
		uint32_t n = len - at < most ? len - at : most;
		uint8_t *p = susp_field(f, "NM", (uint8_t)(5 + n));

		p[BP(5)] = at + n < len ? NM_CONTINUE : 0;
		memcpy(p + BP(6), name + at, n);
		at += n;
	} while (at < len);
}

/* 4.1.5.3 RE: the directory stands elsewhere in truth, or nowhere */
void rrip_put_re(struct susp_fields *f)
{
	susp_field(f, "RE", 4);
}

/*
 * 4.1.5.1 CL, 4.1.5.2 PL. Whether a directory is moved depends on the depth of those above it, but
 * not what it costs: without a link there is padding in its place.
 */
static void put_link(struct susp_fields *f, const char letters[static 2], uint32_t lba)
{
	if (lba)
		put_both32(susp_field(f, letters, RRIP_LINK_BYTES) + BP(5), lba);
	else
		susp_put_pd(f, RRIP_LINK_BYTES);
}

static void put_rest(
	const struct measure_entry *e, const struct attributes *a, struct susp_fields *out)
{
	if (S_ISCHR(e->mode) || S_ISBLK(e->mode))
		rrip_put_pn(out, inode_of(a)->rdev);
	rrip_put_nm(out, e->name, e->name_len);
	if (S_ISLNK(e->mode) && e->target)
		rrip_put_sl(out, e->target, e->target_len);
	aaip_put(out, e->xattr, e->nxattr);
}

void rrip_fields(const struct measure_entry *e, const struct attributes *a, struct susp_fields *out)
{
	susp_fields_init(out);
	rrip_put_px(out, a);
	rrip_put_tf(out, a);
	put_rest(e, a, out);
}

void rrip_linked_fields(
	const struct measure_entry *e, const struct attributes *a, struct susp_fields *out)
{
	susp_fields_init(out);
	rrip_put_px(out, a);
	rrip_put_tf(out, a);
	if (S_ISDIR(e->mode))
		put_link(out, "CL", a->child_lba);
	put_rest(e, a, out);
}

/*
 * The root's "." holds SP and points to ER; every other is padded to the same length, so that a
 * directory costs the same wherever it hangs.
 */
void rrip_dot_fields(const struct attributes *a, uint32_t identify_lba, struct susp_fields *out)
{
	struct susp_fields beyond;

	susp_fields_init(out);
	if (identify_lba)
		susp_put_sp(out);
	rrip_put_px(out, a);
	rrip_put_tf(out, a);
	if (identify_lba) {
		rrip_identify(a->aaip, &beyond);
		susp_put_ce(out, identify_lba, 0, (uint32_t)beyond.cur.pos);
	} else {
		susp_put_pd(out, 7 + SUSP_CE_BYTES);
	}
	assert(out->cur.pos == RRIP_DOT_BYTES);
}

void rrip_dotdot_fields(const struct attributes *a, struct susp_fields *out)
{
	susp_fields_init(out);
	rrip_put_px(out, a);
	rrip_put_tf(out, a);
	assert(out->cur.pos == RRIP_DOTDOT_BYTES);
}

void rrip_linked_dotdot_fields(const struct attributes *a, struct susp_fields *out)
{
	rrip_dotdot_fields(a, out);
	put_link(out, "PL", a->parent_lba);
}

void rrip_identify(bool aaip, struct susp_fields *out)
{
	susp_fields_init(out);
	susp_put_er(out, "IEEE_P1282",
		"THE IEEE P1282 PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS",
		"PLEASE CONTACT THE IEEE STANDARDS DEPARTMENT, PISCATAWAY, NJ, USA FOR THE "
		"P1282 SPECIFICATION.");
	if (aaip)
		aaip_put_er(out);
}
