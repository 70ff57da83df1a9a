/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * AL fields as libisofs writes and reads them: a list of components, name and value in turn, cut
 * into fields like the components of a symbolic link. A first byte of a name below 32 stands for a
 * prefix; the attribute without a name is the ACL, in a form of its own.
 */
#include "susp/aaip.h"

#include "base/bytes.h"
#include "iso9660/field.h"

#include <string.h>

#define AL_CONTINUE	   0x01u
#define COMPONENT_CONTINUE 0x01u
#define AL_ROOM		   (SUSP_FIELD_MAX - 5)
#define PREFIX_LITERAL	   0x01u
#define PREFIX_USER	   0x03u
#define ACL_BYTES_MAX	   8192u

#define ACL_ACCESS  "system.posix_acl_access"
#define ACL_DEFAULT "system.posix_acl_default"

/* The field being filled; it is put once it is known whether another follows. */
struct al_writer {
	struct susp_fields *out; /* NULL: count only */
	size_t bytes;
	uint8_t data[AL_ROOM];
	uint8_t used;
};

static void put_field(struct al_writer *w, uint8_t flags)
{
	w->bytes += 5u + w->used;
	if (w->out) {
		uint8_t *p = susp_field(w->out, "AL", (uint8_t)(5 + w->used));

		p[BP(5)] = flags;
		memcpy(p + BP(6), w->data, w->used);
	}
	w->used = 0;
}

/* A component, over as many fields as it takes. */
static void put_component(struct al_writer *w, const uint8_t *s, size_t n)
{
	for (;;) {
		size_t room, part;

		if (AL_ROOM - (size_t)w->used < 3)
			put_field(w, AL_CONTINUE);
		room = AL_ROOM - (size_t)w->used - 2;
		part = n < room ? n : room;
		w->data[w->used] = part < n ? COMPONENT_CONTINUE : 0;
		w->data[w->used + 1] = (uint8_t)part;
		memcpy(w->data + w->used + 2, s, part);
		w->used = (uint8_t)(w->used + 2 + part);
		s += part;
		n -= part;
		if (n == 0)
			return;
	}
}

static void put_name(struct al_writer *w, const char *name)
{
	uint8_t out[300];
	size_t n = strlen(name);

	if (strncmp(name, "user.", 5) == 0) {
		out[0] = PREFIX_USER;
		n -= 5;
		name += 5;
	} else {
		out[0] = PREFIX_LITERAL;
	}
	if (n > sizeof(out) - 1)
		n = sizeof(out) - 1;
	memcpy(out + 1, name, n);
	put_component(w, out, n + 1);
}

/* linux/posix_acl.h to the types of AAIP; 0 for what has none. */
static uint8_t acl_type(uint16_t tag)
{
	static const struct {
		uint16_t tag;
		uint8_t type;
	} types[] = { { 0x01, 1 }, { 0x02, 10 }, { 0x04, 3 }, { 0x08, 12 }, { 0x10, 5 },
		{ 0x20, 6 } };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].tag == tag)
			return types[i].type;
	return 0;
}

/* The fewest bytes that hold @id, with their count before them. */
static size_t put_id(uint8_t *out, uint32_t id)
{
	uint8_t n = 4;

	while (n > 1 && id >> (8 * (n - 1)) == 0)
		n--;
	out[0] = n;
	for (uint8_t i = 0; i < n; i++)
		out[1 + i] = (uint8_t)(id >> (8 * (n - 1 - i)));
	return 1u + n;
}

/* The entries of an ACL in the bytes of Linux' attribute; at most 6 bytes for 8. */
static size_t put_acl(uint8_t *out, const struct tree_xattr *x)
{
	const uint8_t *p = x->value;
	size_t n = 0;

	for (size_t at = 4; at + 8 <= x->value_len && n + 6 <= ACL_BYTES_MAX / 2; at += 8) {
		uint8_t type = acl_type(get_u16le(p + at));
		uint8_t perm = get_u16le(p + at + 2) & 7;
		bool named = type == 10 || type == 12;

		if (!type)
			continue;
		out[n++] = (uint8_t)(type << 4 | (named ? 8 : 0) | perm);
		if (named)
			n += put_id(out + n, get_u32le(p + at + 4));
	}
	return n;
}

static const struct tree_xattr *find(const struct tree_xattr *x, uint32_t n, const char *name)
{
	for (uint32_t i = 0; i < n; i++)
		if (strcmp(x[i].name, name) == 0)
			return &x[i];
	return NULL;
}

static void put_acls(struct al_writer *w, const struct tree_xattr *x, uint32_t n)
{
	const struct tree_xattr *access = find(x, n, ACL_ACCESS), *standard;
	uint8_t out[ACL_BYTES_MAX + 1];
	size_t len = access ? put_acl(out, access) : 0;

	standard = find(x, n, ACL_DEFAULT);
	if (!access && !standard)
		return;
	if (standard) {
		out[len++] = 8 << 4; /* from here on for new files */
		len += put_acl(out + len, standard);
	}
	put_component(w, (const uint8_t *)"", 0);
	put_component(w, out, len);
}

static void put_all(struct al_writer *w, const struct tree_xattr *x, uint32_t n)
{
	put_acls(w, x, n);
	for (uint32_t i = 0; i < n; i++) {
		if (strcmp(x[i].name, ACL_ACCESS) == 0 || strcmp(x[i].name, ACL_DEFAULT) == 0)
			continue;
		put_name(w, x[i].name);
		put_component(w, x[i].value, x[i].value_len);
	}
	put_field(w, 0);
}

bool aaip_fits(const struct tree_xattr *x, uint32_t n)
{
	struct al_writer w = { .out = NULL };

	if (n == 0)
		return true;
	put_all(&w, x, n);
	return w.bytes <= AAIP_BYTES_MAX;
}

void aaip_put(struct susp_fields *f, const struct tree_xattr *x, uint32_t n)
{
	struct al_writer w = { .out = f };

	if (n > 0 && aaip_fits(x, n))
		put_all(&w, x, n);
}

void aaip_put_er(struct susp_fields *f)
{
	susp_put_er(f, "AAIP_0200",
		"AL PROVIDES VIA AAIP 2.0 SUPPORT FOR ARBITRARY FILE ATTRIBUTES",
		"PLEASE CONTACT THE LIBBURNIA PROJECT, LIBBURNIA-PROJECT.ORG");
}
