/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Projects on disk. */
#include "rig_project.h"

#include "harness/t.h"
#include "rig_stage.h"
#include "stage/plant.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATHS_MAX 256u

static const struct stage_owner owner = { 1000, 1000 };

const char *project_source(const char *name)
{
	static char dir[300], path[400];

	if (!*dir)
		snprintf(dir, sizeof(dir), "%s", t_tmpdir());
	snprintf(path, sizeof(path), "%s/source-%s", dir, name);
	return path;
}

uint64_t project_refer(struct rig *rig, const char *name, size_t n)
{
	struct stage_planted one = {
		.item = { .name = name, .attr = { .mode = S_IFREG | 0644, .nlink = 1 } },
		.up = STAGE_PLANT_TOP,
		.same = STAGE_PLANT_TOP,
		.source = project_source(name),
	};
	uint8_t *bytes = malloc(n);
	struct stat st;
	int fd = open(one.source, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	T_MUST(fd >= 0 && bytes);
	rig_fill(7, 0, bytes, n);
	T_MUST(write(fd, bytes, n) == (ssize_t)n && fstat(fd, &st) == 0);
	close(fd);
	free(bytes);
	one.source_dev = st.st_dev;
	one.source_ino = st.st_ino;
	one.item.attr.size_bytes = n;
	one.item.attr.mtime = st.st_mtim;
	T_EQ(stage_plant(rig->s, ROOT, &one, 1, &rig->err), 0);
	return one.item.attr.ino;
}

void project_make(struct project *p)
{
	struct rig rig;
	struct stage_attr attr;
	const char value[] = "an attribute";
	uint64_t a, dir, deep, er, file;

	rig_init(&rig);
	snprintf(p->dir, sizeof(p->dir), "%s", rig.dir);
	a = rig_file(&rig, ROOT, "a", 5000);
	T_EQ(a, 2);
	rig_create(&rig, ROOT, "empty");
	dir = rig_mkdir(&rig, ROOT, "dir");
	T_EQ(rig_file(&rig, dir, "big", 3u << 20), 5);
	T_EQ(stage_symlink(rig.s, dir, "link", "../a", owner, &attr, &rig.err), 0);
	T_EQ(stage_link(rig.s, a, dir, "hard", &attr, &rig.err), 0);
	T_EQ(rig_make(&rig, dir, "fifo", S_IFIFO | 0600), 0);
	deep = rig_mkdir(&rig, dir, "deep");
	er = rig_mkdir(&rig, deep, "er");
	rig_file(&rig, er, "leaf", 100);
	file = rig_create(&rig, ROOT, "sparse");
	T_EQ(rig_truncate(&rig, file, 100000), 0);
	file = rig_file(&rig, dir, "attributed", 20000);
	T_EQ(stage_xattr_set(rig.s, file, "user.x", (struct stage_bytes){ value, sizeof(value) },
		     STAGE_XATTR_SET, &rig.err),
		0);
	T_EQ(rig_file(&rig, ROOT, "big2", 2u << 20), 13);
	T_EQ(rig_file(&rig, ROOT, "tiny", 10), 14);
	T_EQ(project_refer(&rig, "ref", 7000), 15);
	T_EQ(project_refer(&rig, "ref2", 100), 16);
	rig_image(&rig); /* measures */
	rig_close(&rig);
}

void project_copy(struct project *p, const struct project *from)
{
	char line[3 * PATH_MAX + 64];

	if (!*p->dir)
		snprintf(p->dir, sizeof(p->dir), "%s/copy", t_tmpdir());
	snprintf(line, sizeof(line), "rm -rf '%s' && cp -a '%s' '%s'", p->dir, from->dir, p->dir);
	T_MUST(system(line) == 0);
}

void project_sql(struct project *p, const char *sql)
{
	char path[PATH_MAX + 32];
	char *why = NULL;
	sqlite3 *db = NULL;

	snprintf(path, sizeof(path), "%s/catalog.sqlite", p->dir);
	T_MUST(sqlite3_open(path, &db) == SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		T_STR(why, sql);
	sqlite3_free(why);
	sqlite3_close(db);
}

void project_mess(struct rig *rig, unsigned n)
{
	uint64_t dirs[8] = { ROOT };
	struct stage_attr attr;
	char name[32], other[32];

	for (unsigned i = 0; i < n; i++) {
		uint64_t parent = dirs[t_below(8)], to = dirs[t_below(8)], ino;

		parent = parent ? parent : ROOT;
		to = to ? to : ROOT;
		snprintf(name, sizeof(name), "n%u", (unsigned)t_below(30));
		snprintf(other, sizeof(other), "n%u", (unsigned)t_below(30));
		ino = rig_lookup(rig, parent, name);
		switch (t_below(9)) {
		case 0:
			rig_make(rig, parent, name, S_IFDIR | 0755);
			dirs[t_below(8)] = rig_lookup(rig, parent, name);
			if (!S_ISDIR(rig_attr(rig, ROOT).mode))
				return;
			break;
		case 1:
			if (ino)
				stage_link(rig->s, ino, to, other, &attr, &rig->err);
			break;
		case 2:
			stage_rename(
				rig->s, parent, name, to, other, STAGE_RENAME_REPLACE, &rig->err);
			break;
		case 3:
			rig_unlink(rig, parent, name);
			stage_rmdir(rig->s, parent, name, &rig->err);
			break;
		case 4:
			stage_symlink(rig->s, parent, name, "some/where", owner, &attr, &rig->err);
			break;
		case 5:
			if (ino)
				stage_xattr_set(rig->s, ino, "user.k",
					(struct stage_bytes){ name, strlen(name) }, STAGE_XATTR_SET,
					&rig->err);
			break;
		default:
			if (!ino && rig_make(rig, parent, name, S_IFREG | 0644) == 0)
				ino = rig_lookup(rig, parent, name);
			if (ino)
				rig_write(rig, ino, t_below(60000), 1 + t_below(90000));
		}
		/* What was removed or replaced is no directory any more. */
		for (unsigned d = 1; d < 8; d++)
			if (dirs[d] && (stage_getattr(rig->s, dirs[d], &attr, NULL) < 0 ||
					       !S_ISDIR(attr.mode)))
				dirs[d] = 0;
	}
}

struct faults {
	struct project *p;
	char kind[64][24];
	size_t n;
};

static void take(void *arg, const struct stage_finding *f)
{
	static const char *const states[] = { "note", "found", "repaired", "left" };
	struct faults *all = arg;
	size_t used = strlen(all->p->said);

	snprintf(all->p->said + used, sizeof(all->p->said) - used, "%s %s: %s: %s, not %s; %s\n",
		states[f->state], f->kind, f->where, f->found, f->expected, f->repair);
	if (f->state != STAGE_NOTE && all->n < 64)
		snprintf(all->kind[all->n++], 24, "%s ", f->kind);
}

static int by_text(const void *x, const void *y)
{
	return strcmp(x, y);
}

static bool measure_of(void *arg, const char *key, struct measure *out)
{
	(void)arg;
	*out = rig_measure;
	return strcmp(key, rig_measure.key) == 0;
}

void project_check(struct project *p, bool repair, bool content)
{
	struct faults all = { .p = p };
	const struct stage_check_how how = {
		.repair = repair,
		.content = content,
		.fn = take,
		.measure_of = measure_of,
		.arg = &all,
	};

	p->said[0] = p->kinds[0] = '\0';
	p->r = stage_check(p->dir, &how, &p->checked, &p->err);
	qsort(all.kind, all.n, sizeof(all.kind[0]), by_text);
	for (size_t i = 0; i < all.n; i++) {
		size_t used = strlen(p->kinds);

		snprintf(p->kinds + used, sizeof(p->kinds) - used, "%s", all.kind[i]);
	}
}

struct listing {
	struct rig *rig;
	char *line[PATHS_MAX];
	size_t n;
	struct pending {
		char path[400];
		uint64_t ino;
	} dirs[PATHS_MAX];
	size_t ndirs;
	const char *path; /* of the directory being listed */
};

static uint64_t content_sum(struct rig *rig, uint64_t ino, uint64_t size)
{
	uint64_t sum = 0;
	uint8_t bytes[4096];

	for (uint64_t at = 0; at < size; at += sizeof(bytes)) {
		ssize_t n = stage_read(rig->s, ino, at, bytes, sizeof(bytes), &rig->err);

		if (n < 0)
			return UINT64_MAX;
		for (ssize_t i = 0; i < n; i++)
			sum = sum * 31 + bytes[i];
	}
	return sum;
}

static bool list_one(void *arg, const struct stage_dirent *e)
{
	struct listing *l = arg;
	struct pending *d = &l->dirs[l->ndirs];

	if (strcmp(e->name, ".") == 0 || strcmp(e->name, "..") == 0)
		return true;
	T_MUST(l->ndirs < PATHS_MAX && l->n < PATHS_MAX);
	snprintf(d->path, sizeof(d->path), "%s/%s", l->path, e->name);
	d->ino = e->attr.ino;
	l->ndirs++;
	return true;
}

static void describe(struct listing *l, const struct pending *p)
{
	struct stage_attr attr = rig_attr(l->rig, p->ino);
	uint64_t sum = S_ISREG(attr.mode) ? content_sum(l->rig, p->ino, attr.size_bytes) : 0;
	char *line = NULL;

	T_MUST(asprintf(&line, "%s %o %" PRIu64 " links %u sum %" PRIx64 "\n", p->path,
		       attr.mode & S_IFMT, attr.size_bytes, S_ISDIR(attr.mode) ? 0 : attr.nlink,
		       sum) > 0);
	l->line[l->n++] = line;
}

void project_manifest(struct project *p, struct buf *out)
{
	struct rig rig = { .dir = p->dir, .measure = &rig_measure };
	static struct listing l;

	buf_init(out, 1u << 20);
	if (stage_open(p->dir, &rig_measure, &rig.s, &p->err) < 0)
		return;
	l = (struct listing){ .rig = &rig, .ndirs = 1 };
	l.dirs[0] = (struct pending){ .ino = ROOT };
	for (size_t i = 0; i < l.ndirs; i++) {
		describe(&l, &l.dirs[i]);
		l.path = l.dirs[i].path;
		if (S_ISDIR(rig_attr(&rig, l.dirs[i].ino).mode))
			T_EQ(stage_readdir(rig.s, l.dirs[i].ino, 0, list_one, &l, &rig.err), 0);
	}
	rig_close(&rig);
	for (size_t i = 0; i < l.n; i++)
		for (size_t k = i + 1; k < l.n; k++)
			if (strcmp(l.line[k], l.line[i]) < 0) {
				char *swap = l.line[i];

				l.line[i] = l.line[k];
				l.line[k] = swap;
			}
	for (size_t i = 0; i < l.n; i++) {
		buf_puts(out, l.line[i]);
		free(l.line[i]);
	}
}

uint64_t project_digest(const struct project *p)
{
	char line[PATH_MAX + 200], text[64] = "";
	FILE *f;

	/* SQLite's log may come and go where there was none. */
	snprintf(line, sizeof(line),
		"cd '%s' && { find . -type d -printf '%%p %%i %%m\\n' -o "
		"-printf '%%p %%s %%i %%m %%T@\\n' | sort; "
		"find . -type f -print0 | sort -z | xargs -0 cat; } | cksum",
		p->dir);
	f = popen(line, "r");
	T_MUST(f && fgets(text, sizeof(text), f));
	pclose(f);
	return strtoull(text, NULL, 10);
}
