/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Path components as they are read, ECMA-167 4/14.16. */
#include "base/bytes.h"
#include "base/err.h"
#include "udf/cs0.h"
#include "udfread/inoderead.h"

#include <string.h>

#define HEAD_BYTES 4u

/* 14.16.1.1; what 2 means, the root of the volume, has no other name in Linux either. */
enum component {
	COMPONENT_ROOT = 1,
	COMPONENT_VOLUME,
	COMPONENT_PARENT,
	COMPONENT_CURRENT,
	COMPONENT_NAME
};

/* What is written for a component, at most @cap bytes; how many. */
static int put(const uint8_t *p, char *out, size_t cap, struct err *err)
{
	static const char *const words[] = { [COMPONENT_ROOT] = "/",
		[COMPONENT_VOLUME] = "/",
		[COMPONENT_PARENT] = "..",
		[COMPONENT_CURRENT] = "." };
	unsigned type = p[0];
	int n;

	if (type >= COMPONENT_ROOT && type < COMPONENT_NAME) {
		n = (int)strlen(words[type]);
		memcpy(out, words[type], (size_t)n < cap ? (size_t)n : cap);
		return n;
	}
	if (type != COMPONENT_NAME)
		return err_set(err, -EBADMSG, "a path component of type %u", type);
	n = udf_cs0_decode(p + HEAD_BYTES, p[1], out, cap, err);
	if (n == 0 || (n > 0 && (memchr(out, '/', (size_t)n) || memchr(out, '\0', (size_t)n))))
		return err_set(err, -EBADMSG, "a path component that is no name");
	return n;
}

int udf_path_read(const uint8_t *p, size_t n, char *out, size_t cap, struct err *err)
{
	size_t len = 0;

	while (n > 0) {
		int took;

		if (n < HEAD_BYTES || p[1] > n - HEAD_BYTES)
			return err_set(err, -EBADMSG,
				"a path component that is longer than the %zu bytes left", n);
		if (len > 0 && out[len - 1] != '/' && len < cap)
			out[len++] = '/';
		took = put(p, out + len, cap - len, err);
		if (took < 0)
			return took;
		len += (size_t)took;
		/* What was cut may have had four more bytes. */
		if (len + 4 > cap)
			return err_set(
				err, -EBADMSG, "a symbolic link of more than %zu bytes", cap);
		n -= HEAD_BYTES + (size_t)p[1];
		p += HEAD_BYTES + (size_t)p[1];
	}
	return len > 0 ? (int)len : err_set(err, -EBADMSG, "a symbolic link to nothing");
}
