/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RRIP 4.1.3 SL: the components of a symbolic link, over as many fields as they take. An empty
 * component, of "a//b" or "a/", is recorded as a component without text: readers put a '/' between
 * components and so give the target back byte by byte.
 */
#include "susp/rrip.h"

#include "iso9660/field.h"

#include <string.h>

#define SL_CONTINUE 0x01u
#define SL_ROOM	    (SUSP_FIELD_MAX - 5)

enum component_flag {
	COMPONENT_CONTINUE = 0x01,
	COMPONENT_CURRENT = 0x02,
	COMPONENT_PARENT = 0x04,
	COMPONENT_ROOT = 0x08
};

/* The field being filled; it is put once it is known whether another follows. */
struct sl_writer {
	struct susp_fields *out;
	uint8_t data[SL_ROOM];
	uint8_t used;
	uint8_t last; /* offset of the last component */
};

static void put_field(struct sl_writer *w, uint8_t flags)
{
	uint8_t *p = susp_field(w->out, "SL", (uint8_t)(5 + w->used));

	p[BP(5)] = flags;
	memcpy(p + BP(6), w->data, w->used);
	w->used = 0;
}

static void put_component(struct sl_writer *w, uint8_t flags, const char *s, size_t n)
{
	uint8_t *p = w->data + w->used;

	w->last = w->used;
	p[0] = flags;
	p[1] = (uint8_t)n;
	memcpy(p + 2, s, n);
	w->used = (uint8_t)(w->used + 2 + n);
}

/*
 * Ends a field between two components. libarchive forgets the '/' there, so the last component is
 * made to continue, as text, with nothing in the next field. add_flag left room for that.
 */
static void next_field(struct sl_writer *w)
{
	uint8_t *p = w->data + w->last;

	if (p[0] & (COMPONENT_CURRENT | COMPONENT_PARENT)) {
		p[1] = p[0] & COMPONENT_PARENT ? 2 : 1;
		memset(p + 2, '.', p[1]);
		w->used = (uint8_t)(w->used + p[1]);
	}
	p[0] = COMPONENT_CONTINUE;
	put_field(w, SL_CONTINUE);
	put_component(w, 0, "", 0);
}

static void add_text(struct sl_writer *w, const char *s, size_t n)
{
	if (SL_ROOM - (size_t)w->used < 3)
		next_field(w);
	while (2 + n > SL_ROOM - (size_t)w->used) {
		size_t part = SL_ROOM - (size_t)w->used - 2;

		put_component(w, COMPONENT_CONTINUE, s, part);
		put_field(w, SL_CONTINUE);
		s += part;
		n -= part;
	}
	put_component(w, 0, s, n);
}

/* @dots: bytes of the component as text */
static void add_flag(struct sl_writer *w, enum component_flag flag, size_t dots)
{
	if (2 + dots > SL_ROOM - (size_t)w->used)
		next_field(w);
	put_component(w, (uint8_t)flag, "", 0);
}

static void add_component(struct sl_writer *w, const char *s, size_t n)
{
	if (n == 1 && s[0] == '.')
		add_flag(w, COMPONENT_CURRENT, 1);
	else if (n == 2 && s[0] == '.' && s[1] == '.')
		add_flag(w, COMPONENT_PARENT, 2);
	else
		add_text(w, s, n);
}

void rrip_put_sl(struct susp_fields *f, const char *target, uint32_t len)
{
	struct sl_writer w = { .out = f };
	const char *p = target;
	const char *end = target + (len < RRIP_TARGET_MAX ? len : RRIP_TARGET_MAX);

	if (p < end && *p == '/') {
		add_flag(&w, COMPONENT_ROOT, 0);
		p++;
	}
	while (p < end || (p == end && p > target + 1 && p[-1] == '/')) {
		const char *slash = memchr(p, '/', (size_t)(end - p));
		const char *stop = slash ? slash : end;

		add_component(&w, p, (size_t)(stop - p));
		p = stop + 1;
	}
	put_field(&w, 0);
}
