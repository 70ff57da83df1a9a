/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file system against its model: names, attributes and every byte. */
#include "view.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct compare {
	struct view *v;
	struct model *m;
	const char *label;
	int faults;
	bool seen[MODEL_NAMES];
	uint64_t ino[MODEL_NODES];
	uint8_t *bytes;
};

static void fault(struct compare *c, const char *path, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void fault(struct compare *c, const char *path, const char *format, ...)
{
	va_list args;

	c->faults++;
	if (!c->label || c->faults > 8)
		return;
	fprintf(stderr, "%s: \"%s\": ", c->label, path);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static void compare_times(
	struct compare *c, const char *path, const struct node *n, const struct stat *st)
{
	if (n->touched)
		return;
	if (st->st_mtim.tv_sec != n->mtime.tv_sec || st->st_mtim.tv_nsec != n->mtime.tv_nsec)
		fault(c, path, "mtime is %lld.%09ld, not %lld.%09ld", (long long)st->st_mtim.tv_sec,
			st->st_mtim.tv_nsec, (long long)n->mtime.tv_sec, n->mtime.tv_nsec);
}

static void compare_xattr(struct compare *c, const char *path, const struct node *n)
{
	uint8_t got[MODEL_XATTR_BYTES + 1], want[MODEL_XATTR_BYTES];
	int r = c->v->ops->xattr(c->v, path, got, sizeof(got));

	model_fill(n->xattr, want, sizeof(want));
	if (r != (n->xattr ? MODEL_XATTR_BYTES : 0))
		fault(c, path, "has an attribute of %d bytes", r);
	else if (r > 0 && memcmp(got, want, sizeof(want)) != 0)
		fault(c, path, "has another attribute");
}

static void compare_attr(
	struct compare *c, const char *path, const struct node *n, const struct stat *st)
{
	if (st->st_mode != n->mode)
		fault(c, path, "mode is %o, not %o", st->st_mode, n->mode);
	if (st->st_uid != n->uid || st->st_gid != n->gid)
		fault(c, path, "owner is %u:%u, not %u:%u", st->st_uid, st->st_gid, n->uid, n->gid);
	if (st->st_nlink != n->nlink)
		fault(c, path, "nlink is %lu, not %u", (unsigned long)st->st_nlink, n->nlink);
	compare_times(c, path, n, st);
	if (!S_ISLNK(n->mode))
		compare_xattr(c, path, n);
}

static bool byte_is(const struct node *n, uint64_t at, uint8_t got)
{
	if (at < n->size && got == n->bytes[at])
		return true;
	return n->partial && got == (at < n->old_size ? n->old_bytes[at] : 0);
}

static void compare_size(struct compare *c, const char *path, const struct node *n, uint64_t got)
{
	uint64_t least = n->partial && n->old_size < n->size ? n->old_size : n->size;

	if (got < least || got > n->size)
		fault(c, path, "size is %llu, not %llu", (unsigned long long)got,
			(unsigned long long)n->size);
}

static void compare_bytes(struct compare *c, const char *path, const struct node *n, uint64_t size)
{
	ssize_t got = c->v->ops->read(c->v, path, c->bytes, MODEL_FILE + 1);

	if (got < 0 || (uint64_t)got != size) {
		fault(c, path, "reading gave %zd, wanted %llu bytes", got,
			(unsigned long long)size);
		return;
	}
	if (!n->partial && size == n->size && memcmp(c->bytes, n->bytes, size) == 0)
		return;
	for (uint64_t i = 0; i < size; i++) {
		if (byte_is(n, i, c->bytes[i]))
			continue;
		fault(c, path, "byte %llu of %llu is %02x, not %02x", (unsigned long long)i,
			(unsigned long long)size, c->bytes[i], i < n->size ? n->bytes[i] : 0);
		return;
	}
}

static void compare_link(struct compare *c, const char *path, const struct node *n)
{
	char text[MODEL_PATH + 1] = "";
	int r = c->v->ops->readlink(c->v, path, text, sizeof(text));

	if (r < 0 || strcmp(text, n->target) != 0)
		fault(c, path, "leads to \"%s\" (%d), not to \"%s\"", text, r, n->target);
}

static void compare_node(struct compare *c, const char *path, int node)
{
	const struct node *n = &c->m->node[node];
	struct stat st;
	int r = c->v->ops->stat(c->v, path, &st);

	if (r < 0) {
		fault(c, path, "is gone: %s", strerror(-r));
		return;
	}
	/* The root has neighbours that the model does not know. */
	if (node != MODEL_ROOT)
		compare_attr(c, path, n, &st);
	if (c->ino[node] && c->ino[node] != st.st_ino)
		fault(c, path, "is another inode than its other name");
	c->ino[node] = st.st_ino;
	if (S_ISLNK(n->mode))
		compare_link(c, path, n);
	if (!S_ISREG(n->mode) || !S_ISREG(st.st_mode))
		return;
	compare_size(c, path, n, (uint64_t)st.st_size);
	compare_bytes(c, path, n, (uint64_t)st.st_size);
}

struct here {
	struct compare *c;
	int dir;
	const char *path;
};

static void name_seen(void *arg, const char *name)
{
	struct here *h = arg;
	int at;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strlen(name) >= MODEL_PART)
		return;
	at = model_find(h->c->m, h->dir, name);
	if (at < 0)
		fault(h->c, h->path, "has \"%s\", which should not be", name);
	else if (h->c->seen[at])
		fault(h->c, h->path, "lists \"%s\" twice", name);
	else
		h->c->seen[at] = true;
}

static void compare_dir(struct compare *c, const char *path, int node)
{
	struct here h = { .c = c, .dir = node, .path = path };
	int r = c->v->ops->list(c->v, path, name_seen, &h);

	if (r < 0)
		fault(c, path, "cannot be listed: %s", strerror(-r));
}

int view_compare(struct view *v, struct model *m, const char *label)
{
	struct compare c = { .v = v, .m = m, .label = label, .bytes = malloc(MODEL_FILE + 1) };
	char path[MODEL_PATH];

	if (!c.bytes)
		return 1;
	compare_node(&c, "", MODEL_ROOT);
	compare_dir(&c, "", MODEL_ROOT);
	for (int i = 0; i < MODEL_NAMES; i++) {
		if (!m->name[i].used)
			continue;
		model_path(m, i, path);
		compare_node(&c, path, m->name[i].node);
		if (S_ISDIR(m->node[m->name[i].node].mode))
			compare_dir(&c, path, m->name[i].node);
	}
	for (int i = 0; i < MODEL_NAMES; i++) {
		if (!m->name[i].used || c.seen[i])
			continue;
		model_path(m, i, path);
		fault(&c, path, "is not listed");
	}
	free(c.bytes);
	return c.faults;
}

static void keep_old(struct model *m, const struct step *st)
{
	struct node *n;

	if (st->kind != STEP_WRITE && st->kind != STEP_APPEND && st->kind != STEP_PUNCH)
		return;
	n = &m->node[m->slot[st->slot]];
	n->old_bytes = malloc(n->size + 1);
	if (!n->old_bytes)
		abort();
	memcpy(n->old_bytes, n->bytes, n->size);
	n->old_size = n->size;
	n->partial = true;
}

/* What came of a write in flight is the content from here on. */
static void adopt_partial(struct view *v, struct model *m)
{
	char path[MODEL_PATH];

	for (int i = 0; i < MODEL_NODES; i++) {
		struct node *n = &m->node[i];
		ssize_t got = 0;

		if (!n->used || !n->partial)
			continue;
		free(n->old_bytes);
		n->old_bytes = NULL;
		n->partial = false;
		if (model_path_of(m, i, path))
			got = v->ops->read(v, path, n->bytes, n->size);
		n->size = got > 0 ? (uint64_t)got : 0;
	}
}

int view_judge(struct view *v, struct model *before, const struct step *in_flight)
{
	struct model after;
	int r;

	if (!in_flight) {
		model_close_all(before);
		return view_compare(v, before, "state");
	}
	model_copy(&after, before);
	keep_old(&after, in_flight);
	model_apply(&after, in_flight);
	model_close_all(&after);
	r = view_compare(v, &after, NULL);
	if (r == 0) {
		model_fini(before);
		*before = after;
		adopt_partial(v, before);
		return 0;
	}
	model_close_all(before);
	r = view_compare(v, before, NULL);
	if (r > 0) {
		view_compare(v, &after, "not as after the last step");
		view_compare(v, before, "nor as before it");
	}
	model_fini(&after);
	return r;
}

bool view_note_times(struct view *v, struct model *m)
{
	char path[MODEL_PATH];
	struct stat st;

	for (int i = 0; i < MODEL_NODES; i++) {
		struct node *n = &m->node[i];

		if (!n->used || !n->touched || !model_path_of(m, i, path))
			continue;
		if (i != MODEL_ROOT && !*path)
			continue;
		if (v->ops->stat(v, path, &st) < 0)
			return false;
		n->mtime = st.st_mtim;
		n->touched = false;
	}
	return true;
}
