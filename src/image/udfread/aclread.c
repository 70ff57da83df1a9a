/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ACLs out of the text in which they are recorded, see udf/acl.c. */
#include "base/buf.h"
#include "base/bytes.h"
#include "base/text.h"
#include "udfread/inoderead.h"

#include <string.h>

#define ACCESS	    "system.posix_acl_access"
#define DEFAULT	    "system.posix_acl_default"
#define VERSION	    2u
#define ENTRY_BYTES 8u
#define NOBODY	    UINT32_MAX
#define ENTRIES_MAX 4096u

static const struct word {
	const char *word;
	uint16_t plain, named; /* tags without and with an id */
} words[] = { { "user", 0x01, 0x02 }, { "group", 0x04, 0x08 }, { "mask", 0x10, 0 },
	{ "other", 0x20, 0 } };

static bool take_permissions(const char *s, uint16_t *out)
{
	static const char letters[] = "rwx";

	*out = 0;
	for (unsigned i = 0; i < 3; i++) {
		if (s[i] != letters[i] && s[i] != '-')
			return false;
		*out = (uint16_t)(*out << 1 | (s[i] != '-'));
	}
	return s[3] == '\0';
}

/* "user:1000:r-x" */
static bool take_line(char *line, struct buf *out)
{
	char *id = strchr(line, ':'), *perm = id ? strchr(id + 1, ':') : NULL;
	uint8_t entry[ENTRY_BYTES];
	uint64_t number = NOBODY;
	uint16_t bits;

	if (!perm || !take_permissions(perm + 1, &bits))
		return false;
	*id++ = '\0';
	*perm = '\0';
	if (*id && (!text_u64(id, &number) || number >= NOBODY))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		uint16_t tag = *id ? words[i].named : words[i].plain;

		if (strcmp(line, words[i].word) != 0 || tag == 0)
			continue;
		put_u16le(entry, tag);
		put_u16le(entry + 2, bits);
		put_u32le(entry + 4, (uint32_t)number);
		buf_append(out, entry, sizeof(entry));
		return true;
	}
	return false;
}

static unsigned keep(
	const char *name, const struct buf *b, struct arena *arena, struct tree_xattr *out)
{
	if (b->len <= 4 || b->failed)
		return 0;
	*out = (struct tree_xattr){ name, arena_dup(arena, b->data, b->len), (uint32_t)b->len };
	return out->value != NULL;
}

unsigned udf_acl_read(
	const uint8_t *text, size_t n, struct arena *arena, struct tree_xattr out[static 2])
{
	static const char prefix[] = "default:";
	const char *p = (const char *)text, *end = p + n;
	struct buf acl[2];
	uint8_t head[4];
	unsigned count = 0;
	bool ok = true;

	put_u32le(head, VERSION);
	for (unsigned i = 0; i < 2; i++) {
		buf_init(&acl[i], sizeof(head) + ENTRIES_MAX * ENTRY_BYTES);
		buf_append(&acl[i], head, sizeof(head));
	}
	while (ok && p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		char line[64] = "";
		bool later;

		ok = stop && stop - p < (ptrdiff_t)sizeof(line);
		if (!ok)
			break;
		memcpy(line, p, (size_t)(stop - p));
		later = strncmp(line, prefix, strlen(prefix)) == 0;
		ok = take_line(line + (later ? strlen(prefix) : 0), &acl[later]);
		p = stop + 1;
	}
	if (ok) {
		count = keep(ACCESS, &acl[0], arena, &out[0]);
		count += keep(DEFAULT, &acl[1], arena, &out[count]);
	}
	buf_fini(&acl[0]);
	buf_fini(&acl[1]);
	return count;
}
