/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file system in memory. */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void must(bool ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "model: %s\n", what);
		abort();
	}
}

static bool is_dir(const struct node *n)
{
	return S_ISDIR(n->mode);
}

void model_init(struct model *m, uint32_t uid, uint32_t gid)
{
	memset(m, 0, sizeof(*m));
	m->uid = uid;
	m->gid = gid;
	m->node[MODEL_ROOT] = (struct node){ .used = true,
		.touched = true,
		.mode = S_IFDIR | 0755,
		.uid = uid,
		.gid = gid,
		.nlink = 2 };
	for (int i = 0; i < MODEL_SLOTS; i++)
		m->slot[i] = -1;
}

static void node_fini(struct node *n)
{
	free(n->bytes);
	free(n->old_bytes);
	*n = (struct node){ 0 };
}

void model_fini(struct model *m)
{
	for (int i = 0; i < MODEL_NODES; i++)
		node_fini(&m->node[i]);
}

static uint8_t *copy_of(const uint8_t *bytes, uint64_t n)
{
	uint8_t *p = malloc(n ? n : 1);

	must(p != NULL, "no memory");
	if (n)
		memcpy(p, bytes, n);
	return p;
}

void model_copy(struct model *to, const struct model *from)
{
	memcpy(to, from, sizeof(*to));
	for (int i = 0; i < MODEL_NODES; i++) {
		struct node *n = &to->node[i];

		if (n->bytes)
			n->bytes = copy_of(n->bytes, n->size);
		if (n->old_bytes)
			n->old_bytes = copy_of(n->old_bytes, n->old_size);
	}
}

int model_find(const struct model *m, int parent, const char *text)
{
	for (int i = 0; i < MODEL_NAMES; i++)
		if (m->name[i].used && m->name[i].parent == parent &&
			strcmp(m->name[i].text, text) == 0)
			return i;
	return -1;
}

/* The directory of @path and its last part. */
static int parent_of(const struct model *m, const char *path, char part[static MODEL_PART])
{
	int dir = MODEL_ROOT;

	for (;;) {
		const char *slash = strchr(path, '/');
		size_t n = slash ? (size_t)(slash - path) : strlen(path);
		int at;

		must(n < MODEL_PART, "a long name");
		memcpy(part, path, n);
		part[n] = '\0';
		if (!slash)
			return dir;
		at = model_find(m, dir, part);
		must(at >= 0, "a path without its directory");
		dir = m->name[at].node;
		path = slash + 1;
	}
}

int model_node(const struct model *m, const char *path)
{
	char part[MODEL_PART];
	int dir, at;

	if (!*path)
		return MODEL_ROOT;
	dir = parent_of(m, path, part);
	at = model_find(m, dir, part);
	return at < 0 ? -1 : m->name[at].node;
}

bool model_path_of(const struct model *m, int node, char out[static MODEL_PATH])
{
	out[0] = '\0';
	if (node == MODEL_ROOT)
		return true;
	for (int i = 0; i < MODEL_NAMES; i++) {
		if (!m->name[i].used || m->name[i].node != node)
			continue;
		model_path(m, i, out);
		return true;
	}
	return false;
}

void model_path(const struct model *m, int name, char out[static MODEL_PATH])
{
	char above[MODEL_PATH];
	size_t n;

	must(model_path_of(m, m->name[name].parent, above), "a directory without a name");
	n = strlen(above);
	must(n + 1 + strlen(m->name[name].text) < MODEL_PATH, "a long path");
	snprintf(out, MODEL_PATH, "%.64s%.1s%.24s", above, n ? "/" : "", m->name[name].text);
}

static int new_node(struct model *m, uint32_t mode)
{
	for (int i = 0; i < MODEL_NODES; i++) {
		if (m->node[i].used)
			continue;
		m->node[i] = (struct node){ .used = true,
			.touched = true,
			.mode = mode,
			.uid = m->uid,
			.gid = m->gid,
			.nlink = S_ISDIR(mode) ? 2 : 0,
			.bytes = copy_of(NULL, 0) };
		return i;
	}
	must(false, "no node is free");
	return -1;
}

static void add_name(struct model *m, const char *path, int node)
{
	char part[MODEL_PART];
	int dir = parent_of(m, path, part);

	for (int i = 0; i < MODEL_NAMES; i++) {
		if (m->name[i].used)
			continue;
		m->name[i] = (struct name){ .used = true, .parent = dir, .node = node };
		memcpy(m->name[i].text, part, sizeof(part));
		m->node[dir].touched = true;
		if (is_dir(&m->node[node]))
			m->node[dir].nlink++;
		else
			m->node[node].nlink++;
		return;
	}
	must(false, "no name is free");
}

static void drop_if_lost(struct model *m, int node)
{
	struct node *n = &m->node[node];

	if (n->nlink == 0 && n->opens == 0)
		node_fini(n);
}

/* The node that lost its name; it may be given another. */
static int take_name(struct model *m, const char *path)
{
	char part[MODEL_PART];
	int dir = parent_of(m, path, part);
	int at = model_find(m, dir, part), node;

	must(at >= 0, "a name to remove that is not there");
	node = m->name[at].node;
	m->name[at].used = false;
	m->node[dir].touched = true;
	if (is_dir(&m->node[node]))
		m->node[dir].nlink--;
	else
		m->node[node].nlink--;
	return node;
}

static void remove_name(struct model *m, const char *path)
{
	int node = take_name(m, path);

	if (is_dir(&m->node[node]))
		m->node[node].nlink = 0;
	drop_if_lost(m, node);
}

static void make(struct model *m, const struct step *st, uint32_t type)
{
	int node = new_node(m, type | st->mode);

	add_name(m, st->path, node);
	if (type == S_IFLNK)
		snprintf(m->node[node].target, MODEL_PATH, "%s", st->to);
	if (type == S_IFREG) {
		m->slot[st->slot] = node;
		m->node[node].opens++;
	}
}

void model_fill(uint64_t seed, uint8_t *out, size_t n)
{
	uint64_t x = seed | 1;

	for (size_t i = 0; i < n; i++) {
		if (i % 8 == 0)
			x = x * 6364136223846793005ull + 1442695040888963407ull;
		out[i] = (uint8_t)(x >> (8 + 6 * (i % 8)));
	}
}

static void resize(struct node *n, uint64_t size)
{
	uint8_t *p = realloc(n->bytes, size ? size : 1);

	must(p != NULL, "no memory");
	if (size > n->size)
		memset(p + n->size, 0, size - n->size);
	n->bytes = p;
	n->size = size;
	n->touched = true;
}

static void write_bytes(struct node *n, uint64_t off, const struct step *st)
{
	if (off + st->n > n->size)
		resize(n, off + st->n);
	model_fill(st->seed, n->bytes + off, st->n);
	n->touched = true;
}

static void rename_step(struct model *m, const struct step *st)
{
	int from = model_node(m, st->path), to = model_node(m, st->to);

	if (from == to)
		return;
	if (to >= 0)
		remove_name(m, st->to);
	from = take_name(m, st->path);
	add_name(m, st->to, from);
}

static void exchange_step(struct model *m, const struct step *st)
{
	int a, b;

	if (model_node(m, st->path) == model_node(m, st->to))
		return;
	a = take_name(m, st->path);
	b = take_name(m, st->to);
	add_name(m, st->path, b);
	add_name(m, st->to, a);
}

static void close_slot(struct model *m, int slot)
{
	int node = m->slot[slot];

	m->slot[slot] = -1;
	m->node[node].opens--;
	drop_if_lost(m, node);
}

void model_close_all(struct model *m)
{
	for (int i = 0; i < MODEL_SLOTS; i++)
		if (m->slot[i] >= 0)
			close_slot(m, i);
	m->frozen = false;
}

static void open_step(struct model *m, const struct step *st)
{
	int node = model_node(m, st->path);

	m->slot[st->slot] = node;
	m->node[node].opens++;
	if (st->trunc)
		resize(&m->node[node], 0);
}

static void content_step(struct model *m, const struct step *st)
{
	struct node *n = st->kind == STEP_TRUNCATE ? &m->node[model_node(m, st->path)]
						   : &m->node[m->slot[st->slot]];

	if (st->kind == STEP_WRITE)
		write_bytes(n, st->off, st);
	else if (st->kind == STEP_APPEND)
		write_bytes(n, n->size, st);
	else
		resize(n, st->off);
}

static void xattr_step(struct model *m, const struct step *st)
{
	m->node[model_node(m, st->path)].xattr = st->seed;
}

static void punch_step(struct model *m, const struct step *st)
{
	struct node *n = &m->node[m->slot[st->slot]];

	if (st->off < n->size)
		memset(n->bytes + st->off, 0,
			st->n < n->size - st->off ? st->n : n->size - st->off);
	n->touched = true;
}

static void attr_step(struct model *m, const struct step *st)
{
	struct node *n = &m->node[model_node(m, st->path)];

	if (st->kind == STEP_CHMOD)
		n->mode = (n->mode & S_IFMT) | st->mode;
	if (st->kind == STEP_CHOWN) {
		n->uid = st->uid;
		n->gid = st->gid;
	}
	if (st->kind == STEP_UTIMES) {
		n->mtime = st->mtime;
		n->touched = false;
	}
}

static void create_step(struct model *m, const struct step *st)
{
	make(m, st, S_IFREG);
}

static void mkdir_step(struct model *m, const struct step *st)
{
	make(m, st, S_IFDIR);
}

static void symlink_step(struct model *m, const struct step *st)
{
	make(m, st, S_IFLNK);
}

static void close_step(struct model *m, const struct step *st)
{
	close_slot(m, st->slot);
}

static void link_step(struct model *m, const struct step *st)
{
	add_name(m, st->to, model_node(m, st->path));
}

static void remove_step(struct model *m, const struct step *st)
{
	remove_name(m, st->path);
}

static void freeze_step(struct model *m, const struct step *st)
{
	(void)st;
	m->frozen = !m->frozen;
}

void model_apply(struct model *m, const struct step *st)
{
	/* Those that are missing change nothing. */
	static void (*const does[STEP_KINDS])(struct model *, const struct step *) = {
		[STEP_CREATE] = create_step,
		[STEP_OPEN] = open_step,
		[STEP_WRITE] = content_step,
		[STEP_APPEND] = content_step,
		[STEP_SHORTEN] = content_step,
		[STEP_CLOSE] = close_step,
		[STEP_TRUNCATE] = content_step,
		[STEP_RENAME] = rename_step,
		[STEP_EXCHANGE] = exchange_step,
		[STEP_LINK] = link_step,
		[STEP_UNLINK] = remove_step,
		[STEP_MKDIR] = mkdir_step,
		[STEP_RMDIR] = remove_step,
		[STEP_SYMLINK] = symlink_step,
		[STEP_CHMOD] = attr_step,
		[STEP_CHOWN] = attr_step,
		[STEP_UTIMES] = attr_step,
		[STEP_XATTR] = xattr_step,
		[STEP_PUNCH] = punch_step,
		[STEP_FREEZE] = freeze_step,
	};

	if (does[st->kind])
		does[st->kind](m, st);
}
