/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an image makes of a file's extended attributes. */
#include "traits.h"

#include "private.h"

#include "base/arena.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define PREFIX "user.discfs."

static const struct {
	const char *name; /* after the prefix; one that ends in a dot stands for all with it */
	enum trait_kind kind;
} known[] = {
	{ "hidden", TRAIT_MARK },
	{ "exclude", TRAIT_MARK },
	{ "sort", TRAIT_MARK },
	{ "realtime", TRAIT_MARK },
	{ "boot.", TRAIT_BOOT },
	{ "lba", TRAIT_COMPUTED },
	{ "blocks", TRAIT_COMPUTED },
	{ "sha256", TRAIT_COMPUTED },
	{ "name.", TRAIT_COMPUTED },
	{ "burned", TRAIT_COMPUTED },
	{ "verified", TRAIT_COMPUTED },
};

static bool names(const char *rule, const char *name)
{
	size_t n = strlen(rule);

	return strncmp(rule, name, n) == 0 && (name[n] == '\0' || rule[n - 1] == '.');
}

enum trait_kind trait_kind_of(const char *name)
{
	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return TRAIT_NONE;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (names(known[i].name, name + strlen(PREFIX)))
			return known[i].kind;
	return TRAIT_UNKNOWN;
}

static bool is_word(const char *p, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(p, word, n) == 0;
}

/* "1", "0", or name spaces with commas between them. */
static bool parse_spaces(const char *p, size_t n, uint8_t *out)
{
	static const char *const words[] = { "iso9660", "joliet", "udf" };

	*out = is_word(p, n, "1") ? TREE_SPACES : 0;
	if (*out || is_word(p, n, "0"))
		return true;
	while (n > 0) {
		const char *comma = memchr(p, ',', n);
		size_t len = comma ? (size_t)(comma - p) : n, i = 0;

		while (i < 3 && !is_word(p, len, words[i]))
			i++;
		if (i == 3)
			return false;
		*out |= (uint8_t)(1u << i);
		n -= len + (comma ? 1 : 0);
		p += len + (comma ? 1 : 0);
	}
	return *out != 0;
}

static bool parse_weight(const char *p, size_t n, int32_t *out)
{
	char text[16];
	uint64_t v;
	bool minus = n > 0 && *p == '-';

	if (n >= sizeof(text))
		return false;
	memcpy(text, p, n);
	text[n] = '\0';
	if (!text_u64(text + minus, &v) || v > INT32_MAX)
		return false;
	*out = minus ? -(int32_t)v : (int32_t)v;
	return true;
}

static bool parse_switch(const char *p, size_t n, uint8_t *out)
{
	*out = is_word(p, n, "1");
	return *out || is_word(p, n, "0");
}

/* Takes the mark @name, without prefix; false for a value that it cannot have. */
static bool put_mark(struct tree_marks *m, const char *name, const char *value, size_t n)
{
	if (strcmp(name, "hidden") == 0)
		return parse_spaces(value, n, &m->hidden);
	if (strcmp(name, "exclude") == 0)
		return parse_spaces(value, n, &m->excluded);
	if (strcmp(name, "sort") == 0)
		return parse_weight(value, n, &m->weight);
	return parse_switch(value, n, &m->realtime);
}

int trait_check(const char *name, const void *value, size_t n, uint32_t mode, struct err *err)
{
	const char *mark = name + strlen(PREFIX);
	struct tree_marks m = { 0 };

	if (strcmp(mark, "exclude") == 0 && S_ISDIR(mode))
		return err_set(err, -EINVAL,
			"a directory is not left out of an image: exclude its files, or remove it");
	if (put_mark(&m, mark, value, n))
		return 0;
	return err_set(err, -EINVAL, "%s wants %s", name,
		strcmp(mark, "sort") == 0	? "a number from -2147483647 to 2147483647"
		: strcmp(mark, "realtime") == 0 ? "0 or 1"
						: "1, 0, or some of iso9660,joliet,udf");
}

struct loader {
	struct arena *arena;
	struct traits *out;
	uint32_t mode, cap;
	struct tree_xattr *xattr;
};

static int keep(struct loader *l, const struct catalog_xattr *x)
{
	struct tree_xattr *to;

	if (l->out->n == l->cap) {
		uint32_t cap = l->cap ? 2 * l->cap : 4;
		struct tree_xattr *p = arena_array(l->arena, cap, sizeof(*p));

		if (!p)
			return -ENOMEM;
		if (l->cap)
			memcpy(p, l->xattr, l->cap * sizeof(*p));
		l->xattr = p;
		l->cap = cap;
	}
	to = &l->xattr[l->out->n++];
	to->name = arena_dup(l->arena, x->name, x->name_len);
	to->value = arena_dup(l->arena, x->value, x->value_len);
	to->value_len = (uint32_t)x->value_len;
	return to->name && to->value ? 0 : -ENOMEM;
}

static int take(void *arg, const struct catalog_xattr *x)
{
	struct loader *l = arg;
	char name[STAGE_NAME_MAX + 1];
	enum trait_kind kind;

	if (x->name_len > STAGE_NAME_MAX)
		return 0;
	memcpy(name, x->name, x->name_len);
	name[x->name_len] = '\0';
	kind = trait_kind_of(name);
	/* Checked when it was set; what cannot be all the same means nothing. */
	if (kind == TRAIT_MARK)
		put_mark(&l->out->marks, name + strlen(PREFIX), x->value, x->value_len);
	l->out->boots |= kind == TRAIT_BOOT;
	return kind == TRAIT_NONE ? keep(l, x) : 0;
}

int traits_load(struct catalog *c, uint64_t ino, uint32_t mode, struct arena *arena,
	struct traits *out, struct err *err)
{
	struct loader l = { .arena = arena, .out = out, .mode = mode };
	int r;

	*out = (struct traits){ .n = 0 };
	r = catalog_xattr_rows(c, ino, take, &l, err);
	out->xattr = l.xattr;
	if (S_ISDIR(mode))
		out->marks.excluded = 0;
	return r == -ENOMEM ? err_nomem(err) : r;
}
