/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sources of what was added by reference: they lie where anybody may change them, so that a check
 * only tells. No repair can know what they held.
 */
#include "checking.h"

#include "catalog/reference.h"
#include "store/reference.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define WHERE_BYTES 1400u
#define PATH_SHOWN  300u
#define WORDS_BYTES 480u
#define TIME_BYTES  48u

static const char *time_in_words(char out[static TIME_BYTES], const struct timespec *t)
{
	char day[32] = "?";
	struct tm tm;

	if (gmtime_r(&t->tv_sec, &tm))
		strftime(day, sizeof(day), "%Y-%m-%d %H:%M:%S", &tm);
	snprintf(out, TIME_BYTES, "%s.%09ld", day, t->tv_nsec);
	return out;
}

/* The source as it was, by what differs. */
static void expect(
	char out[static WORDS_BYTES], enum store_source_fate fate, const struct store_source *src)
{
	char path[PATH_SHOWN], when[TIME_BYTES], how[TIME_BYTES + 32];

	text_quoted(path, sizeof(path), src->path, strlen(src->path));
	if (fate == STORE_SOURCE_OTHER)
		snprintf(how, sizeof(how), " as inode %" PRIu64, src->ino);
	else if (fate == STORE_SOURCE_RESIZED)
		snprintf(how, sizeof(how), " of %" PRIu64 " bytes", src->size_bytes);
	else if (fate == STORE_SOURCE_WRITTEN)
		snprintf(how, sizeof(how), " of %s", time_in_words(when, &src->mtime));
	else
		how[0] = '\0';
	snprintf(out, WORDS_BYTES, "the source \"%s\"%s", path, how);
}

static void find(char out[static WORDS_BYTES], enum store_source_fate fate,
	const struct store_source *src, const struct store_source *now, int error)
{
	char when[TIME_BYTES];

	switch (fate) {
	case STORE_SOURCE_SAME:
	case STORE_SOURCE_GONE:
		snprintf(out, WORDS_BYTES, "none: it was removed or renamed");
		break;
	case STORE_SOURCE_UNREADABLE:
		snprintf(out, WORDS_BYTES, "one that cannot be opened: %s", strerror(error));
		break;
	case STORE_SOURCE_NO_FILE:
		snprintf(out, WORDS_BYTES, "something else than a file");
		break;
	case STORE_SOURCE_OTHER:
		snprintf(out, WORDS_BYTES, "another file, inode %" PRIu64 "%s", now->ino,
			now->dev != src->dev ? " of another file system" : "");
		break;
	case STORE_SOURCE_RESIZED:
		snprintf(out, WORDS_BYTES, "%" PRIu64 " bytes", now->size_bytes);
		break;
	case STORE_SOURCE_WRITTEN:
		snprintf(out, WORDS_BYTES, "%s", time_in_words(when, &now->mtime));
		break;
	}
}

static void tell(struct check *k, uint64_t ino, const char *expected, const char *found)
{
	char where[WHERE_BYTES];

	check_tell(k,
		&(struct stage_finding){ .state = STAGE_LEFT,
			.kind = "source",
			.where = check_where(k, ino, where, sizeof(where)),
			.expected = expected,
			.found = found,
			.repair = "none: put the source back as it was, or remove the file and add "
				  "it anew" });
}

/* Whether the row stands for content: what has some of its own does not. */
static int is_used(struct check *k, uint64_t ino, bool *out)
{
	struct catalog_inode row;
	int r = catalog_inode_get(k->look.catalog, ino, &row, k->err);

	*out = r == 0 && S_ISREG(row.mode) && row.loc_kind == STORE_REFERENCE;
	return r == -ENOENT ? 0 : r;
}

static int judge(void *arg, const struct catalog_reference *ref)
{
	const struct store_source src = { ref->path, ref->dev, ref->source_ino, ref->size_bytes,
		ref->mtime };
	char expected[WORDS_BYTES], found[WORDS_BYTES];
	struct store_source now;
	struct check *k = arg;
	enum store_source_fate fate;
	uint64_t at;
	int error;
	bool used;
	int r = is_used(k, ref->ino, &used);

	if (r < 0 || !used)
		return r;
	fate = store_judge_source(&src, &now, &error);
	expect(expected, fate, &src);
	if (fate != STORE_SOURCE_SAME) {
		find(found, fate, &src, &now, error);
		tell(k, ref->ino, expected, found);
		return 0;
	}
	error = k->how->content ? -store_scan_source(&src, &at) : 0;
	if (error) {
		snprintf(found, sizeof(found), "%s at byte %" PRIu64, strerror(error), at);
		tell(k, ref->ino, expected, found);
	}
	return 0;
}

int check_sources(struct check *k)
{
	return catalog_references(k->look.catalog, judge, k, k->err);
}
