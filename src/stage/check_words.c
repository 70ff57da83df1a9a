/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Findings in words: what, where, expected, found, and what a repair does. */
#include "checking.h"

#include "stage/area.h"

#include "base/buf.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define WHERE_BYTES 1400u
#define WORDS_BYTES 160u
#define CLIMB_MAX   4096u

/* %lld in expected and found is the finding's number. */
struct words {
	const char *kind, *expected, *found, *repair;
};

static const struct words row_words[CATALOG_FAULTS] = {
	[CATALOG_FAULT_FACT] = { "fact", "a row", "none", "written anew" },
	[CATALOG_FAULT_AHEAD] = { "journal", "the commits that the redo journal follows",
		"an older catalog: its log was damaged or removed",
		"goes on with what is left, and contents without names are kept" },
	[CATALOG_FAULT_NUMBER] = { "number", "a number from 1 up", "%lld", "gets a new number" },
	[CATALOG_FAULT_ROOT] = { "root", "a directory", "mode %lld", "made anew" },
	[CATALOG_FAULT_LOST_DIR] = { "lost-directory", "a directory", "none, but %lld names in it",
		"made anew with its names, below lost+found unless it has a name" },
	[CATALOG_FAULT_LOST_LINK] = { "lost-symlink", "a symlink", "none, but its text",
		"made anew, below lost+found unless it has a name" },
	[CATALOG_FAULT_LOST_SOURCE] = { "lost-reference", "a file", "none, but its source",
		"made anew, below lost+found unless it has a name" },
	[CATALOG_FAULT_TYPE] = { "type", "a file type", "mode %lld",
		"takes the type that its rows say" },
	[CATALOG_FAULT_DANGLING] = { "dangling", "an inode", "none",
		"the name is removed; contents without names are kept below lost+found" },
	[CATALOG_FAULT_NO_DIR] = { "no-directory", "a directory above it", "mode %lld",
		"moved below lost+found" },
	[CATALOG_FAULT_NAME] = { "name", "1 to 255 bytes without '/' and NUL",
		"a name of %lld bytes that cannot be", "renamed to # and its inode" },
	[CATALOG_FAULT_NAMES] = { "names", "%lld names of a directory", "%lld",
		"the oldest name stays" },
	[CATALOG_FAULT_CYCLE] = { "cycle", "a way up to the root", "a way back to itself",
		"moved below lost+found" },
	[CATALOG_FAULT_ORPHAN] = { "orphan", "a name", "none", "named below lost+found" },
	[CATALOG_FAULT_UNLINKED] = { "unlinked", "no inode without names after a clean end", "one",
		"named below lost+found" },
	[CATALOG_FAULT_NLINK] = { "nlink", "link count %lld", "%lld", "set right" },
	[CATALOG_FAULT_SIZE] = { "size", "%lld bytes", "%lld", "set right" },
	[CATALOG_FAULT_TIME] = { "time", "nanoseconds below 1000000000", "others", "set right" },
	[CATALOG_FAULT_NO_TARGET] = { "symlink", "a text of 1 to 4095 bytes without NUL",
		"one of %lld bytes", "ends at the NUL, or leads to \"(lost)\"" },
	[CATALOG_FAULT_STRAY_TARGET] = { "symlink-text", "none: it is no symlink", "one",
		"removed" },
	[CATALOG_FAULT_BAD_SOURCE] = { "bad-reference", "an absolute path and a size of a source",
		"a path of %lld bytes, or a size, that cannot be",
		"removed, and what refers to it is cut to nothing: stage it again" },
	[CATALOG_FAULT_STRAY_SOURCE] = { "stray-reference", "none: it is no file", "a source",
		"removed" },
	[CATALOG_FAULT_NO_SOURCE] = { "no-reference", "a source of its content",
		"none, and %lld bytes", "cut to nothing: stage it again" },
	[CATALOG_FAULT_SOURCE_SIZE] = { "reference-size", "%lld bytes, as its source had", "%lld",
		"set right" },
	[CATALOG_FAULT_SOURCE_PLACE] = { "reference-place", "the source with its number, %lld",
		"%lld", "set right" },
	[CATALOG_FAULT_XATTR] = { "xattr", "attributes of inodes, with names",
		"one of %lld bytes that is not", "removed" },
	[CATALOG_FAULT_COST] = { "cost", "none: it is no directory", "a measured cost", "removed" },
	[CATALOG_FAULT_DIGEST] = { "digest", "a digest of version %lld of the content",
		"one of version %lld", "hashed again" },
	[CATALOG_FAULT_COUNTER] = { "counter", "the greatest inode number, %lld", "%lld",
		"set right" },
};

static const struct words place_words[] = {
	[STORE_FAULT_PLACE] = { "place", "a place in the store", "one that cannot be",
		"cut to nothing; contents without names are kept below lost+found" },
	[STORE_FAULT_MISSING] = { "missing", "%lld bytes of content", "not there",
		"cut to nothing" },
	[STORE_FAULT_SHORT] = { "short", "%lld bytes of content", "%lld", "cut to what is there" },
	[STORE_FAULT_OVERLAP] = { "overlap", "a place of its own", "shared",
		"gets a copy of what it reads as" },
	[STORE_FAULT_UNREADABLE] = { "unreadable", "%lld bytes that can be read", "",
		"none: replace the file" },
	[STORE_FAULT_OBJECT] = { "leak", "a name for each content", "%lld bytes without one",
		"freed" },
	[STORE_FAULT_SEGMENT] = { "leak", "a name for each content", "%lld bytes without one",
		"freed" },
	[STORE_FAULT_EXTENT] = { "unnamed", "a name for each content", "%lld bytes without one",
		"kept below lost+found" },
};

void check_tell(struct check *k, const struct stage_finding *f)
{
	struct stage_checked *out = k->out;

	switch (f->state) {
	case STAGE_NOTE:
		out->notes++;
		break;
	case STAGE_FOUND:
		out->found++;
		break;
	case STAGE_REPAIRED:
		out->repaired++;
		break;
	case STAGE_LEFT:
		out->left++;
		break;
	}
	k->how->fn(k->how->arg, f);
}

/* @format with its %lld, if it has one, as @number. */
static const char *fill(char out[static WORDS_BYTES], const char *format, int64_t number)
{
	const char *at = strstr(format, "%lld");

	if (!at)
		return format;
	snprintf(out, WORDS_BYTES, "%.*s%" PRId64 "%s", (int)(at - format), format, number, at + 4);
	return out;
}

static void tell(
	struct check *k, const struct words *w, const char *where, int64_t expected, int64_t found)
{
	char left[WORDS_BYTES], right[WORDS_BYTES];
	struct stage_finding f = {
		.state = k->how->repair ? STAGE_REPAIRED : STAGE_FOUND,
		.kind = w->kind,
		.where = where,
		.expected = fill(left, w->expected, expected),
		.found = fill(right, w->found, found),
		.repair = w->repair,
	};

	check_tell(k, &f);
}

/* Puts "/name" before the path that stands at *@at. False when there is no more room. */
static bool put_before(char *path, size_t *at, const char *name, size_t n)
{
	if (n + 1 > *at)
		return false;
	*at -= n;
	memcpy(path + *at, name, n);
	path[--*at] = '/';
	return true;
}

/* The path of a directory, or of an inode by its oldest name; as much of it as can be found. */
static const char *climb(struct check *k, uint64_t ino, char *path, size_t *at)
{
	char name[STAGE_NAME_MAX];
	uint64_t parent;
	size_t n;

	for (unsigned i = 0; i < CLIMB_MAX && !stage_is_root(ino); i++) {
		if (catalog_name_of(k->look.catalog, ino, &parent, name, sizeof(name), &n, NULL) <
				0 ||
			!put_before(path, at, name, n))
			return i == 0 ? NULL : "...";
		ino = parent;
	}
	if (!stage_is_root(ino))
		return "...";
	return stage_area_of(ino) == STAGE_AREA_BOOT ? "/.discfs/boot" : "";
}

/* @name (NULL: none) below @ino. */
static const char *where_of(
	struct check *k, uint64_t ino, const char *name, size_t n, char *out, size_t cap)
{
	char path[1024];
	size_t at = sizeof(path);
	const char *head;
	struct buf text;

	buf_init(&text, cap - 1);
	if (name)
		put_before(path, &at, name, n < sizeof(path) / 2 ? n : sizeof(path) / 2);
	head = climb(k, ino, path, &at);
	if (head && (at < sizeof(path) || stage_is_root(ino))) {
		buf_printf(&text, "\"%s", head);
		text_quote(&text, at < sizeof(path) ? path + at : "/",
			at < sizeof(path) ? sizeof(path) - at : 1);
		buf_puts(&text, "\" ");
	} else if (name) {
		buf_puts(&text, "\"...");
		text_quote(&text, path + at, sizeof(path) - at);
		buf_puts(&text, "\" ");
	}
	snprintf(out, cap, "%s", buf_str(&text));
	buf_fini(&text);
	return out;
}

const char *check_where(struct check *k, uint64_t ino, char *out, size_t cap)
{
	size_t n;

	where_of(k, ino, NULL, 0, out, cap - 40);
	n = strlen(out);
	snprintf(out + n, cap - n, n ? "(inode %" PRIu64 ")" : "inode %" PRIu64, ino);
	return out;
}

static const char *where_of_row(
	struct check *k, const struct catalog_finding *f, char *out, size_t cap)
{
	char shown[WORDS_BYTES];
	size_t n;

	if (f->fault == CATALOG_FAULT_FACT || f->fault == CATALOG_FAULT_XATTR) {
		text_quoted(shown, sizeof(shown), f->name, f->name_n);
		n = (size_t)snprintf(out, cap, "\"%s\"", shown);
		if (f->ino && n < cap)
			snprintf(out + n, cap - n, " of inode %" PRId64, (int64_t)f->ino);
		return out;
	}
	if (f->fault == CATALOG_FAULT_AHEAD || f->fault == CATALOG_FAULT_COUNTER) {
		snprintf(out, cap, "catalog");
		return out;
	}
	if (!f->name)
		return check_where(k, f->ino, out, cap);
	where_of(k, f->parent, f->name, f->name_n, out, cap - 40);
	n = strlen(out);
	snprintf(out + n, cap - n, "(inode %" PRIu64 ")", f->ino);
	return out;
}

bool check_is_usual(const struct check *k, const struct catalog_finding *f)
{
	return f->fault == CATALOG_FAULT_UNLINKED && (k->live || !k->state.clean);
}

void check_tell_row(struct check *k, const struct catalog_finding *f)
{
	char where[WHERE_BYTES];

	if (k->quiet || check_is_usual(k, f))
		return;
	tell(k, &row_words[f->fault], where_of_row(k, f, where, sizeof(where)), f->expected,
		f->found);
}

/* The file of the store. */
static const char *container(const struct store_loc *loc, char *out, size_t cap)
{
	if (loc->kind == STORE_OBJECT)
		snprintf(out, cap, "object %" PRIx64, loc->id);
	else
		snprintf(out, cap, "segment %" PRIu64, loc->id);
	return out;
}

static void tell_unreadable(struct check *k, const struct store_finding *f, const char *where)
{
	char expected[WORDS_BYTES], found[WORDS_BYTES];
	const struct words *w = &place_words[f->fault];
	struct stage_finding told = {
		.state = STAGE_LEFT,
		.kind = w->kind,
		.where = where,
		.expected = fill(expected, w->expected, (int64_t)f->expected),
		.found = found,
		.repair = w->repair,
	};

	snprintf(found, sizeof(found), "%s at byte %" PRIu64, strerror(f->error), f->found);
	check_tell(k, &told);
}

void check_tell_place(struct check *k, const struct store_finding *f)
{
	const struct words *w = &place_words[f->fault];
	char where[WHERE_BYTES], other[WHERE_BYTES / 2], shared[WHERE_BYTES];
	struct words other_words = *w;

	if (k->quiet)
		return;
	if (f->owner)
		check_where(k, f->owner, where, sizeof(where));
	else
		container(&f->loc, where, sizeof(where));
	if (f->fault == STORE_FAULT_UNREADABLE) {
		tell_unreadable(k, f, where);
		return;
	}
	if (k->names_lost && (f->fault == STORE_FAULT_OBJECT || f->fault == STORE_FAULT_SEGMENT)) {
		other_words.repair = place_words[STORE_FAULT_EXTENT].repair;
		w = &other_words;
	}
	if (f->fault == STORE_FAULT_OVERLAP) {
		snprintf(shared, sizeof(shared), "bytes shared with %s",
			check_where(k, f->other, other, sizeof(other)));
		other_words.found = shared;
		w = &other_words;
	}
	tell(k, w, where, (int64_t)f->expected, (int64_t)f->found);
}
