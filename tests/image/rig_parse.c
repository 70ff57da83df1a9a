/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees from text. */
#include "rig_tree.h"

#include "harness/t.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define PATHS_MAX 512

/* The paths so far, for parents and hard links. */
struct parser {
	struct rig_tree *rt;
	char *path[PATHS_MAX];
	uint64_t key[PATHS_MAX];
	struct tree_inode inode[PATHS_MAX];
	uint32_t number[PATHS_MAX];
	unsigned n;
	uint64_t next_key;
};

static unsigned find(const struct parser *p, const char *path)
{
	for (unsigned i = 0; i < p->n; i++)
		if (strcmp(p->path[i], path) == 0)
			return i;
	fprintf(stderr, "no %s yet\n", path);
	t_abort();
}

/* Undoes \xHH and {c*N}, in place or into @out. */
static void expand(const char *s, char *out, size_t cap)
{
	size_t n = 0;

	while (*s) {
		unsigned byte = (unsigned char)*s, count = 1;
		int used = 1;
		char c;

		if (sscanf(s, "\\x%2x%n", &byte, &used) == 1)
			count = 1;
		else if (sscanf(s, "{%c*%u}%n", &c, &count, &used) == 2)
			byte = (unsigned char)c;
		T_MUST(n + count < cap);
		memset(out + n, (int)byte, count);
		n += count;
		s += used;
	}
	out[n] = '\0';
}

static void set_attribute(struct tree_inode *in, const char *word)
{
	unsigned maj, min;

	if (sscanf(word, "size=%lu", &in->size_bytes) == 1 ||
		sscanf(word, "arrival=%lu", &in->arrival) == 1 ||
		sscanf(word, "uid=%u", &in->uid) == 1 || sscanf(word, "gid=%u", &in->gid) == 1 ||
		sscanf(word, "mtime=%ld", &in->mtime.tv_sec) == 1)
		return;
	if (sscanf(word, "mode=%o", &min) == 1)
		in->mode = (in->mode & S_IFMT) | min;
	else if (sscanf(word, "rdev=%u:%u", &maj, &min) == 2)
		in->rdev = makedev(maj, min);
	else
		T_STR(word, "an attribute that is known");
}

static void add(struct parser *p, char *path, uint64_t key, const struct tree_inode *in)
{
	char *slash = strrchr(path, '/');
	uint32_t parent = 0;

	T_MUST(slash != NULL && p->n < PATHS_MAX);
	if (slash != path) {
		*slash = '\0';
		parent = p->number[find(p, path)];
		*slash = '/';
	}
	p->number[p->n] = rig_tree_add(p->rt, parent, slash + 1, strlen(slash + 1), key, in);
	p->path[p->n] = strdup(path);
	p->key[p->n] = key;
	p->inode[p->n] = *in;
	p->n++;
}

static uint32_t type_of(char letter)
{
	static const uint32_t types[128] = { ['d'] = S_IFDIR | 0755,
		['f'] = S_IFREG | 0644,
		['l'] = S_IFLNK | 0777,
		['c'] = S_IFCHR | 0600,
		['b'] = S_IFBLK | 0600,
		['p'] = S_IFIFO | 0600,
		['s'] = S_IFSOCK | 0600 };

	T_MUST(letter > 0 && types[(unsigned char)letter] != 0);
	return types[(unsigned char)letter];
}

static void parse_line(struct parser *p, char *line)
{
	struct tree_inode in = { .mtime.tv_sec = 1234567890, .uid = 1000, .gid = 100 };
	char path[4096], target[8192], *save, *word, letter = line[0];

	if (letter == '\0' || letter == '#')
		return;
	word = strtok_r(line + 1, " ", &save);
	expand(word, path, sizeof(path));
	word = strtok_r(NULL, " ", &save);
	if (letter == 'h') {
		unsigned i;

		expand(strtok_r(NULL, " ", &save), target, sizeof(target));
		i = find(p, target);
		add(p, path, p->key[i], &p->inode[i]);
		return;
	}
	in.mode = type_of(letter);
	in.arrival = p->next_key;
	if (letter == 'l') {
		expand(strtok_r(NULL, " ", &save), target, sizeof(target));
		in.target = target;
		in.target_len = (uint32_t)strlen(target);
		word = strtok_r(NULL, " ", &save);
	}
	for (; word; word = strtok_r(NULL, " ", &save))
		set_attribute(&in, word);
	add(p, path, p->next_key++, &in);
}

struct tree *rig_tree_parse(const char *text, uint64_t stamp_sec)
{
	struct parser *p = calloc(1, sizeof(*p));
	char *copy = strdup(text), *save, *line;
	struct tree *t;

	T_MUST(p != NULL && copy != NULL);
	p->rt = rig_tree_new();
	p->next_key = 1;
	for (line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		parse_line(p, line);
	t = rig_tree_finish(p->rt, stamp_sec);
	for (unsigned i = 0; i < p->n; i++)
		free(p->path[i]);
	free(p);
	free(copy);
	return t;
}
