/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A foreign tree that is taken in, and what is staged of it held against it. */
#ifndef DISCFS_TESTS_CRASH_SOURCE_H
#define DISCFS_TESTS_CRASH_SOURCE_H

#include "view.h"

/*
 * Makes @dir with files of all sizes, one large enough to come in pieces, links, a special file
 * and an attribute. Another @seed gives the same names with other contents.
 */
void source_make(const char *dir, uint64_t seed);

/*
 * WHOLE: all of it, with its attributes. PART: what is there is whole, and nothing else is there;
 * of directories only that they are some. OR_NOTHING: WHOLE, or not even its name.
 */
enum source_extent { SOURCE_WHOLE, SOURCE_PART, SOURCE_OR_NOTHING };
/*
 * What @v has below @at, which came from @dir or, where it was replaced, from @other (NULL: none);
 * the number of differences, told on stderr unless @label is NULL.
 */
int source_compare(struct view *v, const char *at, const char *dir, const char *other,
	enum source_extent extent, const char *label);

#endif
