/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws the next step: one that succeeds on the model as it is. */
#include "model.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* splitmix64: neighbouring draws must not depend on each other. */
uint64_t draw(uint64_t *rng, uint64_t below)
{
	uint64_t z = (*rng += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return (z ^ (z >> 31)) % below;
}

enum want { WANT_ANY, WANT_FILE, WANT_DIR, WANT_NO_DIR };

static bool suits(const struct node *n, enum want want)
{
	return want == WANT_ANY || (want == WANT_FILE && S_ISREG(n->mode)) ||
	       (want == WANT_DIR && S_ISDIR(n->mode)) || (want == WANT_NO_DIR && !S_ISDIR(n->mode));
}

/* Index of a name, or -1. */
static int pick(const struct model *m, uint64_t *rng, enum want want)
{
	int first = (int)draw(rng, MODEL_NAMES);

	for (int i = 0; i < MODEL_NAMES; i++) {
		int at = (first + i) % MODEL_NAMES;

		if (m->name[at].used && suits(&m->node[m->name[at].node], want))
			return at;
	}
	return -1;
}

static int count_names(const struct model *m)
{
	int n = 0;

	for (int i = 0; i < MODEL_NAMES; i++)
		n += m->name[i].used;
	return n;
}

static int depth(const struct model *m, int node)
{
	char path[MODEL_PATH];
	int n = 0;

	if (node == MODEL_ROOT || !model_path_of(m, node, path))
		return 0;
	for (const char *p = path; *p; p++)
		n += *p == '/';
	return n + 1;
}

/* A path that is free, in some directory that is not deep. */
static bool free_path(const struct model *m, uint64_t *rng, char out[static MODEL_PATH])
{
	char above[MODEL_PATH] = "", part[MODEL_PART];
	int at = draw(rng, 3) ? pick(m, rng, WANT_DIR) : -1;
	int dir = at < 0 ? MODEL_ROOT : m->name[at].node;

	if (count_names(m) > MODEL_NAMES - 4)
		return false;
	if (depth(m, dir) > 2)
		dir = MODEL_ROOT;
	model_path_of(m, dir, above);
	snprintf(part, sizeof(part), "%c%u", (int)('a' + draw(rng, 26)), (unsigned)draw(rng, 50));
	if (model_find(m, dir, part) >= 0)
		return false;
	snprintf(out, MODEL_PATH, "%.60s%s%s", above, *above ? "/" : "", part);
	return true;
}

static int free_slot(const struct model *m, uint64_t *rng)
{
	int first = (int)draw(rng, MODEL_SLOTS);

	for (int i = 0; i < MODEL_SLOTS; i++)
		if (m->slot[(first + i) % MODEL_SLOTS] < 0)
			return (first + i) % MODEL_SLOTS;
	return -1;
}

static int used_slot(const struct model *m, uint64_t *rng)
{
	int first = (int)draw(rng, MODEL_SLOTS);

	for (int i = 0; i < MODEL_SLOTS; i++)
		if (m->slot[(first + i) % MODEL_SLOTS] >= 0)
			return (first + i) % MODEL_SLOTS;
	return -1;
}

/* Mostly small, some around the border between segments and objects. */
static uint64_t draw_size(uint64_t *rng)
{
	switch (draw(rng, 12)) {
	case 0:
		return (1u << 20) - 3000 + draw(rng, 6000);
	case 1:
		return draw(rng, 300000);
	case 2:
		return 2048 * draw(rng, 8);
	default:
		return draw(rng, 9000);
	}
}

static bool draw_content(const struct model *m, uint64_t *rng, struct step *st)
{
	const struct node *n;

	st->slot = used_slot(m, rng);
	if (st->slot < 0)
		return false;
	n = &m->node[m->slot[st->slot]];
	st->seed = draw(rng, 1u << 30);
	st->n = 1 + draw_size(rng);
	st->off = draw(rng, n->size + 1 + (draw(rng, 4) ? 0 : draw_size(rng)));
	return st->off + st->n < MODEL_FILE && n->size + st->n < MODEL_FILE;
}

static bool below(const struct model *m, int dir, int top)
{
	while (dir != top && dir != MODEL_ROOT) {
		int i;

		for (i = 0; i < MODEL_NAMES && !(m->name[i].used && m->name[i].node == dir); i++)
			;
		if (i == MODEL_NAMES)
			return true;
		dir = m->name[i].parent;
	}
	return dir == top;
}

static bool is_empty(const struct model *m, int dir)
{
	for (int i = 0; i < MODEL_NAMES; i++)
		if (m->name[i].used && m->name[i].parent == dir)
			return false;
	return true;
}

static bool no_open_dir_moves(const struct model *m, int from, int to)
{
	int a = m->name[from].node, b = m->name[to].node;

	if (S_ISDIR(m->node[a].mode) && below(m, m->name[to].parent, a))
		return false;
	return !S_ISDIR(m->node[b].mode) || !below(m, m->name[from].parent, b);
}

static bool draw_rename(const struct model *m, uint64_t *rng, struct step *st)
{
	int from = pick(m, rng, WANT_ANY), to;

	if (from < 0)
		return false;
	model_path(m, from, st->path);
	if (st->kind == STEP_RENAME && draw(rng, 2)) {
		if (S_ISDIR(m->node[m->name[from].node].mode))
			return false; /* where it may go is harder to say */
		return free_path(m, rng, st->to);
	}
	to = pick(m, rng, WANT_ANY);
	if (to == from || !no_open_dir_moves(m, from, to))
		return false;
	model_path(m, to, st->to);
	/* A part of the depth limit: what is exchanged takes its subtree along. */
	if (st->kind == STEP_EXCHANGE)
		return !S_ISDIR(m->node[m->name[from].node].mode) &&
		       !S_ISDIR(m->node[m->name[to].node].mode);
	if (S_ISDIR(m->node[m->name[to].node].mode) != S_ISDIR(m->node[m->name[from].node].mode))
		return false;
	if (depth(m, m->name[to].parent) > 1 && S_ISDIR(m->node[m->name[from].node].mode))
		return false;
	return !S_ISDIR(m->node[m->name[to].node].mode) || is_empty(m, m->name[to].node);
}

static bool draw_old(const struct model *m, uint64_t *rng, struct step *st, enum want want)
{
	int at = pick(m, rng, want);

	if (at < 0)
		return false;
	model_path(m, at, st->path);
	if (st->kind == STEP_RMDIR)
		return is_empty(m, m->name[at].node);
	return true;
}

static bool draw_open(const struct model *m, uint64_t *rng, struct step *st)
{
	st->slot = free_slot(m, rng);
	if (st->slot < 0)
		return false;
	st->mode = (uint32_t)(0600 | draw(rng, 0100));
	if (st->kind == STEP_CREATE)
		return free_path(m, rng, st->path);
	st->trunc = draw(rng, 3) == 0;
	return draw_old(m, rng, st, WANT_FILE);
}

static bool draw_attr(const struct model *m, uint64_t *rng, struct step *st)
{
	/* No set-ID bits: they end with the next write. */
	st->mode = (uint32_t)(0600 | draw(rng, 0200));
	st->uid = (uint32_t)draw(rng, 3) * 1000;
	st->gid = (uint32_t)draw(rng, 3) * 1000;
	st->mtime.tv_sec = 1000000000 + (time_t)draw(rng, 1u << 29);
	st->mtime.tv_nsec = (long)draw(rng, 1000000000);
	if (st->kind == STEP_CHMOD && !draw_old(m, rng, st, draw(rng, 4) ? WANT_FILE : WANT_DIR))
		return false;
	if (st->kind != STEP_CHMOD && !draw_old(m, rng, st, WANT_ANY))
		return false;
	if (S_ISDIR(m->node[model_node(m, st->path)].mode))
		st->mode |= 0700;
	return true;
}

/* Of files and directories only: the kernel keeps user attributes off other types. */
static bool draw_xattr(const struct model *m, uint64_t *rng, struct step *st)
{
	if (!draw_old(m, rng, st, draw(rng, 3) ? WANT_FILE : WANT_DIR))
		return false;
	st->seed = draw(rng, 3) ? 1 + draw(rng, 1u << 30) : 0;
	return st->seed || m->node[model_node(m, st->path)].xattr;
}

static bool draw_slot(const struct model *m, uint64_t *rng, struct step *st)
{
	st->slot = used_slot(m, rng);
	return st->slot >= 0;
}

static bool draw_punch(const struct model *m, uint64_t *rng, struct step *st)
{
	return draw_content(m, rng, st) && st->off < m->node[m->slot[st->slot]].size;
}

static bool draw_truncate(const struct model *m, uint64_t *rng, struct step *st)
{
	st->off = draw_size(rng);
	return draw_old(m, rng, st, WANT_FILE);
}

static bool draw_link(const struct model *m, uint64_t *rng, struct step *st)
{
	return draw_old(m, rng, st, WANT_NO_DIR) && free_path(m, rng, st->to);
}

static bool draw_unlink(const struct model *m, uint64_t *rng, struct step *st)
{
	return draw_old(m, rng, st, WANT_NO_DIR);
}

static bool draw_rmdir(const struct model *m, uint64_t *rng, struct step *st)
{
	return draw_old(m, rng, st, WANT_DIR);
}

static bool draw_mkdir(const struct model *m, uint64_t *rng, struct step *st)
{
	st->mode = 0755;
	return free_path(m, rng, st->path);
}

static bool draw_symlink(const struct model *m, uint64_t *rng, struct step *st)
{
	st->mode = 0777;
	snprintf(st->to, MODEL_PATH, "../to/%u", (unsigned)draw(rng, 100000));
	return free_path(m, rng, st->path);
}

/* Those without a function need nothing drawn. */
static bool (*const draws[STEP_KINDS])(const struct model *, uint64_t *, struct step *) = {
	[STEP_CREATE] = draw_open,
	[STEP_OPEN] = draw_open,
	[STEP_WRITE] = draw_content,
	[STEP_APPEND] = draw_content,
	[STEP_SHORTEN] = draw_content,
	[STEP_CLOSE] = draw_slot,
	[STEP_FSYNC] = draw_slot,
	[STEP_TRUNCATE] = draw_truncate,
	[STEP_RENAME] = draw_rename,
	[STEP_EXCHANGE] = draw_rename,
	[STEP_LINK] = draw_link,
	[STEP_UNLINK] = draw_unlink,
	[STEP_MKDIR] = draw_mkdir,
	[STEP_RMDIR] = draw_rmdir,
	[STEP_SYMLINK] = draw_symlink,
	[STEP_CHMOD] = draw_attr,
	[STEP_CHOWN] = draw_attr,
	[STEP_UTIMES] = draw_attr,
	[STEP_XATTR] = draw_xattr,
	[STEP_PUNCH] = draw_punch,
};

void model_draw(const struct model *m, uint64_t *rng, struct step *out)
{
	static const uint8_t weight[STEP_KINDS] = {
		[STEP_CREATE] = 12,
		[STEP_OPEN] = 8,
		[STEP_WRITE] = 16,
		[STEP_APPEND] = 10,
		[STEP_SHORTEN] = 3,
		[STEP_CLOSE] = 14,
		[STEP_FSYNC] = 1,
		[STEP_TRUNCATE] = 3,
		[STEP_RENAME] = 12,
		[STEP_EXCHANGE] = 6,
		[STEP_LINK] = 3,
		[STEP_UNLINK] = 6,
		[STEP_MKDIR] = 3,
		[STEP_RMDIR] = 5,
		[STEP_SYMLINK] = 2,
		[STEP_CHMOD] = 2,
		[STEP_CHOWN] = 2,
		[STEP_UTIMES] = 2,
		[STEP_SYNC] = 1,
		[STEP_FREEZE] = 1,
		[STEP_XATTR] = 4,
		[STEP_PUNCH] = 2,
	};

	for (;;) {
		uint64_t at = draw(rng, 118), sum = 0;
		int kind = 0;

		while (kind < STEP_KINDS - 1 && (sum += weight[kind]) <= at)
			kind++;
		*out = (struct step){ .kind = (enum step_kind)kind };
		if (!draws[kind] || draws[kind](m, rng, out))
			return;
	}
}

const char *step_text(const struct step *st, char *out, size_t cap)
{
	static const char *const word[STEP_KINDS] = {
		[STEP_CREATE] = "create",
		[STEP_OPEN] = "open",
		[STEP_WRITE] = "write",
		[STEP_APPEND] = "append",
		[STEP_SHORTEN] = "ftruncate",
		[STEP_CLOSE] = "close",
		[STEP_FSYNC] = "fsync",
		[STEP_TRUNCATE] = "truncate",
		[STEP_RENAME] = "rename",
		[STEP_EXCHANGE] = "exchange",
		[STEP_LINK] = "link",
		[STEP_UNLINK] = "unlink",
		[STEP_MKDIR] = "mkdir",
		[STEP_RMDIR] = "rmdir",
		[STEP_SYMLINK] = "symlink",
		[STEP_CHMOD] = "chmod",
		[STEP_CHOWN] = "chown",
		[STEP_UTIMES] = "utimes",
		[STEP_SYNC] = "sync",
		[STEP_FREEZE] = "freeze",
		[STEP_XATTR] = "setxattr",
		[STEP_PUNCH] = "punch",
	};

	snprintf(out, cap, "%s %s %s slot %d off %llu n %zu%s", word[st->kind], st->path, st->to,
		st->slot, (unsigned long long)st->off, st->n, st->trunc ? " trunc" : "");
	return out;
}
