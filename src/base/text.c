/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8, quoting, numbers. */
#include "base/text.h"

#include "base/buf.h"
#include "base/bytes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Length of the sequence that @lead opens and its payload bits; 0 for bytes that open none. */
static unsigned utf8_lead(uint8_t lead, uint32_t *bits)
{
	if (lead < 0x80) {
		*bits = lead;
		return 1;
	}
	if (lead >= 0xc2 && lead <= 0xdf) {
		*bits = lead & 0x1fu;
		return 2;
	}
	if (lead >= 0xe0 && lead <= 0xef) {
		*bits = lead & 0x0fu;
		return 3;
	}
	if (lead >= 0xf0 && lead <= 0xf4) {
		*bits = lead & 0x07u;
		return 4;
	}
	return 0;
}

int utf8_next(const char **p, const char *end, uint32_t *cp)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *s = (const uint8_t *)*p;
	uint32_t v = 0;
	unsigned n = utf8_lead(s[0], &v);

	(*p)++;
	if (n == 0 || (size_t)(end - (const char *)s) < n)
		return -EILSEQ;
	for (unsigned i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return -EILSEQ;
		v = v << 6 | (s[i] & 0x3fu);
	}
	if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return -EILSEQ;
	*p = (const char *)s + n;
	*cp = v;
	return 0;
}

size_t utf8_put(uint32_t cp, char out[static 4])
{
	static const uint8_t lead[] = { 0x00, 0xc0, 0xe0, 0xf0 };
	unsigned more = cp < 0x80 ? 0 : cp < 0x800 ? 1 : cp < 0x10000 ? 2 : 3;

	out[0] = (char)(lead[more] | cp >> 6 * more);
	for (unsigned i = 1; i <= more; i++)
		out[i] = (char)(0x80 | (cp >> 6 * (more - i) & 0x3f));
	return 1 + more;
}

/* Other writers use surrogate pairs though UCS-2 has none; one alone is no character. */
static uint32_t utf16_next(const uint8_t *p, size_t n, size_t *at)
{
	uint32_t cp = get_u16be(p + *at), low;

	*at += 2;
	if (cp < 0xd800 || cp > 0xdfff)
		return cp;
	if (cp > 0xdbff || *at + 2 > n)
		return 0xfffd;
	low = get_u16be(p + *at);
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*at += 2;
	return 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
}

size_t utf8_of_utf16be(const uint8_t *p, size_t n, char *out, size_t cap)
{
	size_t at = 0, len = 0;

	while (at + 2 <= n && len + 4 <= cap)
		len += utf8_put(utf16_next(p, n, &at), out + len);
	return len;
}

bool utf8_valid(const char *s, size_t n)
{
	const char *end = s + n;
	uint32_t cp;

	while (s < end)
		if (utf8_next(&s, end, &cp) < 0)
			return false;
	return true;
}

/* Characters that drive a terminal, forge a line or turn the reading direction. */
static bool dangerous(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0x200e || cp == 0x200f ||
	       (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

void text_quote(struct buf *out, const char *s, size_t n)
{
	const char *end = s + n;

	while (s < end) {
		const char *from = s;
		uint32_t cp = 0;
		bool plain = utf8_next(&s, end, &cp) == 0 && !dangerous(cp);

		if (cp == '"' || cp == '\\')
			buf_printf(out, "\\%c", (char)cp);
		else if (plain)
			buf_append(out, from, (size_t)(s - from));
		else if (cp == '\n' || cp == '\t')
			buf_puts(out, cp == '\n' ? "\\n" : "\\t");
		else
			for (; from < s; from++)
				buf_printf(out, "\\x%02x", (unsigned)(uint8_t)*from);
	}
}

const char *text_quoted(char *out, size_t cap, const char *s, size_t n)
{
	struct buf b;

	buf_init(&b, n * 4 + 16);
	text_quote(&b, s, n);
	if (b.failed || b.len >= cap)
		snprintf(out, cap, "%.*s...", (int)(cap > 4 ? cap - 4 : 0), buf_str(&b));
	else
		snprintf(out, cap, "%s", buf_str(&b));
	buf_fini(&b);
	return out;
}

bool text_u64(const char *s, uint64_t *out)
{
	uint64_t v = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		if (__builtin_mul_overflow(v, 10u, &v) ||
			__builtin_add_overflow(v, (uint64_t)(*s - '0'), &v))
			return false;
	}
	*out = v;
	return true;
}

const char *text_bytes(char out[static 16], uint64_t bytes)
{
	static const char *const unit[] = { "KiB", "MiB", "GiB", "TiB" };
	double v = (double)bytes / 1024;
	size_t i = 0;

	if (bytes < 1024) {
		snprintf(out, 16, "%u B", (unsigned)bytes);
		return out;
	}
	while (v >= 1024 && i < 3) {
		v /= 1024;
		i++;
	}
	snprintf(out, 16, "%.1f %s", v, unit[i]);
	return out;
}
