/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decodes the fields of RRIP 1.09 to 1.12. */
#include "isoread/rripread.h"

#include "base/err.h"
#include "iso9660/date.h"
#include "iso9660/field.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define NM_CONTINUE 0x01u
#define NM_CURRENT  0x02u
#define NM_PARENT   0x04u

#define SL_CONTINUE 0x01u
#define SL_CURRENT  0x02u
#define SL_PARENT   0x04u
#define SL_ROOT	    0x08u

#define TF_LONG 0x80u

static int short_field(const uint8_t *p, uint8_t n, unsigned wanted, struct err *err)
{
	return err_set(err, -EBADMSG, "a %c%c field of %u bytes, where %u are wanted", p[0], p[1],
		n, wanted);
}

static int disagree(const uint8_t *p, struct err *err)
{
	return err_set(err, -EBADMSG, "a %c%c field whose byte orders do not agree", p[0], p[1]);
}

/* 4.1.1; 36 bytes until 1.10, 44 with the serial number since. */
static int take_px(struct rrip_facts *f, const uint8_t *p, uint8_t n, struct err *err)
{
	if (n < 36)
		return short_field(p, n, 36, err);
	if (!get_both32(p + BP(5), &f->inode.mode) || !get_both32(p + BP(13), &f->nlink) ||
		!get_both32(p + BP(21), &f->inode.uid) || !get_both32(p + BP(29), &f->inode.gid))
		return disagree(p, err);
	if (n >= 44 && !get_both32(p + BP(37), &f->serial))
		return disagree(p, err);
	f->inode.mode &= S_IFMT | 07777u;
	f->has_px = true;
	return 0;
}

/* 4.1.2; both ways of splitting dev_t are in use: see rrip_put_pn. */
static int take_pn(struct rrip_facts *f, const uint8_t *p, uint8_t n, struct err *err)
{
	uint32_t high, low;

	if (n < 20)
		return short_field(p, n, 20, err);
	if (!get_both32(p + BP(5), &high) || !get_both32(p + BP(13), &low))
		return disagree(p, err);
	f->inode.rdev = high == 0 && low > 0xff ? low : makedev(high, low);
	return 0;
}

/* 4.1.4 */
static int take_nm(struct rrip_facts *f, const uint8_t *p, uint8_t n, struct err *err)
{
	size_t more = n < 5u ? 0 : n - 5u;

	if (n < 5)
		return short_field(p, n, 5, err);
	if (p[BP(5)] & (NM_CURRENT | NM_PARENT))
		return 0;
	if (f->has_name && !f->name_goes_on)
		return err_set(err, -EBADMSG, "an NM field after the name was complete");
	if (more > sizeof(f->name) - f->name_len)
		return err_set(err, -EBADMSG, "a name of more than %u bytes", RRIP_NAME_MAX);
	if (memchr(p + BP(6), '/', more) || memchr(p + BP(6), '\0', more))
		return err_set(err, -EBADMSG, "a name with '/' or NUL in it");
	memcpy(f->name + f->name_len, p + BP(6), more);
	f->name_len += more;
	f->has_name = true;
	f->name_goes_on = p[BP(5)] & NM_CONTINUE;
	return 0;
}

static int add_target(struct rrip_facts *f, const void *bytes, size_t n, struct err *err)
{
	if (n > sizeof(f->target) - f->target_len)
		return err_set(err, -EBADMSG, "a symbolic link of more than %u bytes",
			RRIP_READ_TARGET_MAX);
	if (memchr(bytes, '\0', n))
		return err_set(err, -EBADMSG, "a symbolic link with NUL in it");
	memcpy(f->target + f->target_len, bytes, n);
	f->target_len += n;
	return 0;
}

/* 4.1.3.1: a component record, and the '/' before it */
static int take_component(
	struct rrip_facts *f, uint8_t flags, const uint8_t *text, uint8_t n, struct err *err)
{
	bool slash = f->target_len > 0 && !f->joined && !f->rooted;
	int r = slash ? add_target(f, "/", 1, err) : 0;

	f->joined = flags & SL_CONTINUE;
	f->rooted = flags & SL_ROOT;
	if (r < 0)
		return r;
	if (flags & SL_ROOT) {
		f->target_len = 0;
		return add_target(f, "/", 1, err);
	}
	if (flags & SL_CURRENT)
		return add_target(f, ".", 1, err);
	if (flags & SL_PARENT)
		return add_target(f, "..", 2, err);
	return add_target(f, text, n, err);
}

static int take_sl(struct rrip_facts *f, const uint8_t *p, uint8_t n, struct err *err)
{
	size_t at = BP(6);

	if (n < 5)
		return short_field(p, n, 5, err);
	if (f->target_len > 0 && !f->target_goes_on)
		return err_set(err, -EBADMSG, "an SL field after the symbolic link was complete");
	f->target_goes_on = p[BP(5)] & SL_CONTINUE;
	while (at < n) {
		int r;

		if (n - at < 2 || p[at + 1] > n - at - 2)
			return err_set(err, -EBADMSG,
				"a component of a symbolic link that leaves its SL field");
		r = take_component(f, p[at], p + at + 2, p[at + 1], err);
		if (r < 0)
			return r;
		at += 2u + p[at + 1];
	}
	return 0;
}

/* 4.1.6: each bit stands for a time, in the order in which they are recorded; 1: modification */
static int take_tf(struct rrip_facts *f, const uint8_t *p, uint8_t n, struct err *err)
{
	size_t at = BP(6), each;

	if (n < 5)
		return short_field(p, n, 5, err);
	each = p[BP(5)] & TF_LONG ? ISO_DATE17 : ISO_DATE7;
	for (unsigned i = 0; i < 7; i++) {
		int64_t sec;
		bool known;

		if (!(p[BP(5)] & 1u << i))
			continue;
		if (each > n - at)
			return short_field(p, n, (unsigned)(at + each), err);
		known = each == ISO_DATE7 ? iso_date7_decode(p + at, &sec)
					  : iso_date17_decode(p + at, &sec);
		if (known && i == 1) {
			f->inode.mtime.tv_sec = sec;
			f->has_modify = true;
		}
		at += each;
	}
	return 0;
}

/* 4.1.5.1 */
static int take_cl(struct rrip_facts *f, const uint8_t *p, uint8_t n, struct err *err)
{
	if (n < 12)
		return short_field(p, n, 12, err);
	if (!get_both32(p + BP(5), &f->child_lba))
		return disagree(p, err);
	if (f->child_lba == 0)
		return err_set(err, -EBADMSG, "a CL field that points to sector 0");
	return 0;
}

static int take_re(struct rrip_facts *f, const uint8_t *p, uint8_t n, struct err *err)
{
	(void)p;
	(void)n;
	(void)err;
	f->relocated = true;
	return 0;
}

int rrip_take(void *facts, const uint8_t *field, uint8_t n, struct err *err)
{
	static const struct {
		char letters[3];
		int (*take)(struct rrip_facts *f, const uint8_t *p, uint8_t n, struct err *err);
	} all[] = { { "PX", take_px }, { "PN", take_pn }, { "NM", take_nm }, { "SL", take_sl },
		{ "TF", take_tf }, { "CL", take_cl }, { "RE", take_re } };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (memcmp(field, all[i].letters, 2) == 0)
			return all[i].take(facts, field, n, err);
	return 0;
}

int rrip_complete(const struct rrip_facts *f, struct err *err)
{
	if (f->name_goes_on)
		return err_set(
			err, -EBADMSG, "a name that goes on in an NM field that is not there");
	if (f->target_goes_on || f->joined)
		return err_set(err, -EBADMSG,
			"a symbolic link that goes on in an SL field that is not there");
	return 0;
}
