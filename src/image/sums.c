/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of digests. Its size follows from the names; a line is made when its sector is read, so
 * that nothing waits for a digest but who reads the list. Marks lead to a line near any sector.
 */
#include "base/err.h"
#include "base/sector.h"
#include "format.h"
#include "tree/sums.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LINES_PER_MARK 64u
#define PATH_BYTES_MAX (1u << 20)

bool sums_lists(const void *ctx, const char *name, size_t n, const struct tree_marks *marks)
{
	const struct image_opts *opts = ctx;
	unsigned spaces = image_tree_spaces(opts);

	if (opts->dotfiles_hidden && n > 0 && name[0] == '.')
		return false;
	return ((marks->hidden | marks->excluded) & spaces) == 0;
}

static bool shown(const struct image *img, uint32_t node)
{
	const struct tree_node *n = &img->tree->node[node];

	return sums_lists(img->opts, n->name, n->name_len, &tree_inode_of(img->tree, node)->marks);
}

/* Whether @node has a line, as far as it says so itself. */
static bool is_listed(const struct image *img, uint32_t node)
{
	const struct tree *t = img->tree;

	return S_ISREG(tree_inode_of(t, node)->mode) && t->node[node].inode != t->sums &&
	       shown(img, node);
}

/* Folders that are not shown show nothing. */
static bool is_below_shown(const struct image *img, uint32_t node)
{
	for (node = img->tree->node[node].parent; node != 0; node = img->tree->node[node].parent)
		if (!shown(img, node))
			return false;
	return true;
}

/* The path as far as it leads to @node, which is a directory: "a/b/". */
static struct sums_text dir_text(const struct tree *t, uint32_t node)
{
	struct sums_text all = { 0 };

	for (; node != 0; node = t->node[node].parent) {
		struct sums_text one = sums_text_of(t->node[node].name, t->node[node].name_len);

		all.bytes += one.bytes + 1;
		all.escaped |= one.escaped;
	}
	return all;
}

/* The folder whose files come one after the other. */
struct folder {
	uint32_t node;
	struct sums_text text;
	bool shown;
	bool known;
};

static const struct folder *folder_of(const struct image *img, struct folder *f, uint32_t node)
{
	uint32_t dir = img->tree->node[node].parent;

	if (!f->known || f->node != dir)
		*f = (struct folder){ dir, dir_text(img->tree, dir), is_below_shown(img, node),
			true };
	return f;
}

/* Bytes of the line of @node; 0: it has none. */
static uint64_t line_bytes(const struct image *img, struct folder *f, uint32_t node)
{
	const struct tree_node *n = &img->tree->node[node];

	if (!is_listed(img, node) || !folder_of(img, f, node)->shown)
		return 0;
	return sums_line_bytes(f->text, sums_text_of(n->name, n->name_len));
}

static int add_mark(struct image *img, uint32_t *cap, struct sums_mark mark, struct err *err)
{
	struct sums *s = &img->sums;

	if (s->nmark == *cap) {
		uint32_t more = *cap ? 2 * *cap : 64;
		struct sums_mark *p = arena_array(&img->arena, more, sizeof(*p));

		if (!p)
			return err_nomem(err);
		if (s->nmark)
			memcpy(p, s->mark, s->nmark * sizeof(*p));
		s->mark = p;
		*cap = more;
	}
	s->mark[s->nmark++] = mark;
	return 0;
}

int sums_prepare(struct image *img, struct err *err)
{
	struct sums *s = &img->sums;
	struct folder f = { 0 };
	struct measure_inode m;
	uint32_t lines = 0, cap = 0;
	int r = 0;

	if (!img->tree->sums)
		return 0;
	s->inode = img->tree->sums;
	for (uint32_t node = 1; r == 0 && node < img->tree->nnode; node++) {
		uint64_t bytes = line_bytes(img, &f, node);

		if (bytes > 0 && lines++ % LINES_PER_MARK == 0)
			r = add_mark(img, &cap, (struct sums_mark){ node, s->bytes }, err);
		s->bytes += bytes;
	}
	img->tree->inode[s->inode].size_bytes = s->bytes;
	m = image_measured(&img->tree->inode[s->inode]);
	s->placed = content_nsec(img->opts, &m) > 0;
	return r;
}

/* Puts @n bytes at *@end, escaped, so that they end there. */
static void put_before(char **end, const char *name, size_t n)
{
	while (n-- > 0) {
		char letter = sums_escape(name[n]);

		*--*end = letter ? letter : name[n];
		if (letter)
			*--*end = '\\';
	}
}

/* One line into @line of its @bytes. */
static int put_line(
	const struct image *img, uint32_t node, char *line, size_t bytes, struct err *err)
{
	const struct tree *t = img->tree;
	char *end = line + bytes, text[DIGEST_TEXT + 1];
	struct digest digest;
	int r = content_digest(img, t->node[node].inode, &digest, err);

	if (r < 0)
		return placement_blame(&img->content, t->node[node].inode, r, err);
	*--end = '\n';
	put_before(&end, t->node[node].name, t->node[node].name_len);
	for (uint32_t dir = t->node[node].parent; dir != 0; dir = t->node[dir].parent) {
		*--end = '/';
		put_before(&end, t->node[dir].name, t->node[dir].name_len);
	}
	digest_text(&digest, text);
	end -= 2 + DIGEST_TEXT;
	memcpy(end, text, DIGEST_TEXT);
	memset(end + DIGEST_TEXT, ' ', 2);
	if (end > line)
		*line = '\\';
	return 0;
}

static const struct sums_mark *mark_before(const struct sums *s, uint64_t at)
{
	uint32_t lo = 0, hi = s->nmark;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (s->mark[mid].at_bytes <= at)
			lo = mid;
		else
			hi = mid;
	}
	return &s->mark[lo];
}

/* Bytes of the list that are asked for. */
struct window {
	uint64_t at;
	size_t n;
	uint8_t *out;
};

/* What of the line at @begin, of @bytes, lies in the window. */
static int put_part(const struct image *img, uint32_t node, uint64_t begin, uint64_t bytes,
	const struct window *w, struct err *err)
{
	uint64_t from = begin > w->at ? begin : w->at;
	uint64_t to = begin + bytes < w->at + w->n ? begin + bytes : w->at + w->n;
	char *line = malloc(bytes);
	int r = line ? put_line(img, node, line, bytes, err) : err_nomem(err);

	if (r == 0)
		memcpy(w->out + (from - w->at), line + (from - begin), to - from);
	free(line);
	return r;
}

int sums_read(const struct image *img, uint64_t at, size_t n, uint8_t *out, struct err *err)
{
	const struct sums_mark *mark = mark_before(&img->sums, at);
	const struct window w = { at, n, out };
	uint64_t begin = mark->at_bytes;
	struct folder f = { 0 };
	int r = 0;

	for (uint32_t node = mark->node; r == 0 && begin < at + n; node++) {
		uint64_t bytes = line_bytes(img, &f, node);

		if (bytes > 0 && begin + bytes > at)
			r = put_part(img, node, begin, bytes, &w, err);
		begin += bytes;
	}
	return r;
}

int sums_patch(const struct image *img, uint32_t lba, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct sums *s = &img->sums;
	uint64_t first, from, to, end = (uint64_t)lba + nsec;

	if (!s->placed)
		return 0;
	first = placement_lba(&img->content, s->inode);
	from = lba > first ? lba - first : 0;
	if (end <= first || from * SECTOR >= s->bytes)
		return 0;
	to = (end - first) * SECTOR < s->bytes ? (end - first) * SECTOR : s->bytes;
	return sums_read(img, from * SECTOR, (size_t)(to - from * SECTOR),
		out + (first + from - lba) * SECTOR, err);
}
