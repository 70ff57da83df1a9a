/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a source goes in the layout. */
#include "intake/intake.h"

#include "base/text.h"
#include "stage/stage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define CONTROL_NAME ".discfs"

/* The next component of *@path, its end moved past; false at the end. "." is none. */
static bool next_name(const char **path, const char **name, size_t *n)
{
	do {
		*path += strspn(*path, "/");
		*name = *path;
		*n = strcspn(*path, "/");
		*path += *n;
	} while (*n == 1 && **name == '.');
	return *n > 0;
}

static int take_name(
	const char *name, size_t n, char out[static INTAKE_NAME_BYTES], struct err *err)
{
	if (n >= INTAKE_NAME_BYTES)
		return err_set(
			err, -ENAMETOOLONG, "a name of more than %u bytes", INTAKE_NAME_BYTES - 1);
	memcpy(out, name, n);
	out[n] = '\0';
	if (strcmp(out, "..") == 0)
		return err_set(err, -EINVAL,
			"\"..\" does not lead out of the layout; name the "
			"directory itself");
	return 0;
}

/* The last component as the source names it; "" when it stands for a directory's content. */
static int source_name(const char *source, char out[static INTAKE_NAME_BYTES], struct err *err)
{
	size_t end = strlen(source), begin;

	while (end > 1 && source[end - 1] == '/')
		end--;
	for (begin = end; begin > 0 && source[begin - 1] != '/'; begin--)
		;
	if (end - begin >= INTAKE_NAME_BYTES)
		return err_set(err, -ENAMETOOLONG, "the source's name has more than %u bytes",
			INTAKE_NAME_BYTES - 1);
	memcpy(out, source + begin, end - begin);
	out[end - begin] = '\0';
	if (strcmp(out, "/") == 0 || strcmp(out, ".") == 0 || strcmp(out, "..") == 0)
		out[0] = '\0';
	return 0;
}

static int no_directory(const char *name, int code, struct err *err)
{
	char shown[128];

	text_quoted(shown, sizeof(shown), name, strlen(name));
	if (code == -ENOENT)
		return err_set(err, code,
			"the layout has no directory \"%s\"; make it with mkdir first", shown);
	return err_set(err, code, "\"%s\" is no directory of the layout", shown);
}

/* One component that must be a directory. */
static int descend(struct stage *s, struct intake_target *t, struct err *err)
{
	struct stage_attr a;
	int r = stage_lookup(s, t->parent, t->name, &a, err);

	if (r == -ENOENT)
		return no_directory(t->name, r, err);
	if (r < 0)
		return r;
	if (!S_ISDIR(a.mode))
		return no_directory(t->name, -ENOTDIR, err);
	t->parent = a.ino;
	t->name[0] = '\0';
	return 0;
}

/* Whether the last component is a directory, and then the target is below it. */
static int look_at_last(struct stage *s, struct intake_target *t, struct err *err)
{
	struct stage_attr a;
	int r = t->name[0] ? stage_lookup(s, t->parent, t->name, &a, err) : -ENOENT;

	if (r == 0 && S_ISDIR(a.mode)) {
		t->parent = a.ino;
		t->name[0] = '\0';
	}
	return r == -ENOENT ? 0 : r;
}

static int finish(struct stage *s, const char *source, struct intake_target *t, struct err *err)
{
	struct stage_attr a;
	int r = look_at_last(s, t, err);

	if (r == 0 && !t->name[0])
		r = source_name(source, t->name, err);
	if (r < 0)
		return r;
	if (t->parent == STAGE_ROOT_INO && strcmp(t->name, CONTROL_NAME) == 0)
		return err_set(err, -EACCES, "the name " CONTROL_NAME " is taken in the root");
	if (!t->name[0])
		return 0;
	r = stage_lookup(s, t->parent, t->name, &a, err);
	t->fresh = r == -ENOENT;
	return t->fresh ? 0 : r;
}

int intake_find_target(struct stage *s, const char *source, const char *dst,
	struct intake_target *out, struct err *err)
{
	struct intake_target t = { .parent = STAGE_ROOT_INO };
	const char *name;
	size_t n;

	while (next_name(&dst, &name, &n)) {
		int r = t.name[0] ? descend(s, &t, err) : 0;

		if (r == 0)
			r = take_name(name, n, t.name, err);
		if (r < 0)
			return r;
	}
	*out = t;
	return finish(s, source, out, err);
}
