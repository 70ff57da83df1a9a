/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names as they are found on discs. */
#include "readname.h"

#include "base/crc32.h"
#include "base/err.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NAME_KEPT 240u

size_t readname_shorten(char *name, size_t n)
{
	char sum[16];
	size_t kept = NAME_KEPT;
	int len;

	if (n <= NAME_MAX)
		return n;
	len = snprintf(sum, sizeof(sum), "~%08x", crc32_of(0, name, n));
	while (kept > 0 && ((uint8_t)name[kept] & 0xc0) == 0x80)
		kept--;
	memcpy(name + kept, sum, (size_t)len);
	return kept + (size_t)len;
}

int readname_check(const char *name, size_t n, struct err *err)
{
	if (n == 0 || n > NAME_MAX)
		return err_set(err, -EBADMSG, "a name of %zu bytes", n);
	if (memchr(name, '/', n) || memchr(name, '\0', n))
		return err_set(err, -EBADMSG, "a name with '/' or NUL in it");
	if (name[0] == '.' && (n == 1 || (n == 2 && name[1] == '.')))
		return err_set(err, -EBADMSG, "a name \"%.*s\" that means another directory",
			(int)n, name);
	return 0;
}

int readname_order(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int c = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return c ? c : (a_len > b_len) - (a_len < b_len);
}
