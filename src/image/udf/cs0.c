/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text in OSTA compressed Unicode, UDF 2.1.1 to 2.1.3. */
#include "udf/cs0.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/text.h"

#include <string.h>

#define CHARSPEC_BYTES 64u

static bool recordable(uint32_t cp, enum udf_revision r)
{
	if (cp > 0xffff)
		return udf_has_surrogates(r);
	return cp != 0xfeff && cp != 0xfffe;
}

void udf_units_of(const char *utf8, size_t n, enum udf_revision r, struct udf_units *out)
{
	const char *p = utf8, *end = utf8 + n;

	out->n = 0;
	out->exact = true;
	while (p < end) {
		uint32_t cp;
		bool ok = utf8_next(&p, end, &cp) == 0 && recordable(cp, r);
		unsigned take = ok && cp > 0xffff ? 2 : 1;

		if (!ok || out->n + take > UDF_UNITS_MAX)
			out->exact = false;
		if (out->n + take > UDF_UNITS_MAX)
			return;
		if (take == 2) {
			out->unit[out->n++] = (uint16_t)(0xd800 + ((cp - 0x10000) >> 10));
			out->unit[out->n++] = (uint16_t)(0xdc00 + ((cp - 0x10000) & 0x3ff));
		} else {
			out->unit[out->n++] = ok ? (uint16_t)cp : '_';
		}
	}
}

static bool narrow(const uint16_t *unit, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (unit[i] > 0xff)
			return false;
	return true;
}

size_t udf_units_limit(const struct udf_units *u)
{
	return narrow(u->unit, u->n) ? 254 : 127;
}

size_t udf_cs0_bytes(const uint16_t *unit, size_t n)
{
	return 1 + (narrow(unit, n) ? n : 2 * n);
}

size_t udf_cs0_put(const uint16_t *unit, size_t n, uint8_t *out)
{
	if (narrow(unit, n)) {
		out[0] = 8;
		for (size_t i = 0; i < n; i++)
			out[1 + i] = (uint8_t)unit[i];
		return 1 + n;
	}
	out[0] = 16;
	for (size_t i = 0; i < n; i++)
		put_u16be(out + 1 + 2 * i, unit[i]);
	return 1 + 2 * n;
}

int udf_cs0_decode(const uint8_t *p, size_t n, char *out, size_t cap, struct err *err)
{
	size_t len = 0;

	if (n == 0)
		return 0;
	/* UDF 2.1.1: 254 and 255 are for what was deleted */
	if (p[0] == 16 && n % 2 == 1)
		return (int)utf8_of_utf16be(p + 1, n - 1, out, cap);
	if (p[0] != 8)
		return err_set(err, -EBADMSG, "a text of %zu bytes with compression %u", n, p[0]);
	for (size_t i = 1; i < n && len + 4 <= cap; i++)
		len += utf8_put(p[i], out + len);
	return (int)len;
}

void udf_cs0_text(const uint8_t *p, size_t n, char *out, size_t cap)
{
	int len = udf_cs0_decode(p, n, out, cap - 1, NULL);

	out[len < 0 ? 0 : len] = '\0';
}

size_t udf_units_cut(const uint16_t *unit, size_t n)
{
	return n > 0 && (unit[n - 1] & 0xfc00) == 0xd800 ? n - 1 : n;
}

void udf_dstring_put(uint8_t *out, size_t len, const char *utf8, enum udf_revision r)
{
	struct udf_units u = { 0 };
	size_t n;

	memset(out, 0, len);
	udf_units_of(utf8, strlen(utf8), r, &u);
	n = u.n < len - 2 ? u.n : len - 2;
	if (udf_cs0_bytes(u.unit, n) > len - 1)
		n = (len - 2) / 2;
	n = udf_units_cut(u.unit, n);
	if (n > 0)
		out[len - 1] = (uint8_t)udf_cs0_put(u.unit, n, out);
}

void udf_charspec_put(uint8_t *out)
{
	memset(out, 0, CHARSPEC_BYTES);
	out[0] = 0;					/* 1/7.2.1.1 type: CS0 */
	memcpy(out + 1, "OSTA Compressed Unicode", 23); /* 1/7.2.1.2 information */
}
