/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every kind of damage is told exactly, mended, and nothing else changes. */
#include "rig_project.h"

#include "harness/t.h"
#include "rig_stage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Damage, done with SQL or in the shell (in the project's folder). */
struct damage {
	const char *name, *sql, *sh;
	const char *kinds; /* sorted, each with a blank */
	const char *word;  /* in what is said */
	/* Paths whose lines change: gone with -, new with +, both with *; * at the end: any. */
	const char *changes;
};

#define NO_COST "DELETE FROM cost WHERE ino IN (1, 4, 8, 9);"

#define COST_OF(ino)                                                                               \
	"INSERT INTO cost SELECT " ino ", iso_nsec, joliet_nsec, iso_path_bytes, "                 \
	"joliet_path_bytes, udf_nsec, moved_bytes FROM cost WHERE ino = 4"

static const struct damage damages[] = {
	{ "no fact clean", "DELETE FROM fact WHERE name = 'clean'", NULL, "fact ", "\"clean\"",
		"" },
	{ "no fact max_ino", "DELETE FROM fact WHERE name = 'max_ino'", NULL, "fact ",
		"\"max_ino\"", "" },
	{ "no fact redo", "DELETE FROM fact WHERE name = 'redo'", NULL, "fact journal ", "\"redo\"",
		"" },
	{ "a counter too low", "UPDATE fact SET value = 3 WHERE name = 'max_ino'", NULL, "counter ",
		"greatest inode number, 16", "" },
	{ "lost commits", "UPDATE fact SET value = 0 WHERE name = 'redo'", NULL, "journal ",
		"older catalog", "" },
	{ "inode 0",
		"UPDATE inode SET ino = 0 WHERE ino = 14; UPDATE entry SET ino = 0 WHERE ino = 14",
		NULL, "number ", "gets a new number", "" },
	{ "no root", "DELETE FROM inode WHERE ino = 1", NULL, "root ", "\"/\"", "" },
	{ "a root that is a file", "UPDATE inode SET mode = 33188 WHERE ino = 1", NULL, "root ",
		"mode 33188", "" },
	{ "a directory's inode gone", "DELETE FROM inode WHERE ino = 8", NULL, "lost-directory ",
		"1 names in it", "" },
	{ "a directory's inode and name gone",
		"DELETE FROM inode WHERE ino = 4; DELETE FROM entry WHERE ino = 4;"
		"UPDATE inode SET nlink = 2 WHERE ino = 1",
		NULL, "lost-directory ", "inode 4", "-/dir* +/lost+found*" },
	{ "a symlink's inode gone", "DELETE FROM inode WHERE ino = 6", NULL, "lost-symlink ",
		"/dir/link", "" },
	{ "a mode without a type", "UPDATE inode SET mode = 420 WHERE ino = 2", NULL, "type ",
		"\"/a\" (inode 2)", "" },
	{ "a small file's inode gone", "DELETE FROM inode WHERE ino = 14", NULL, "dangling ",
		"\"/tiny\" (inode 14)", "-/tiny +/lost+found*" },
	{ "a large file's inode gone", "DELETE FROM inode WHERE ino = 13", NULL, "dangling leak ",
		"2097152 bytes without", "-/big2 +/lost+found*" },
	{ "a name below a file", "UPDATE entry SET parent = 2 WHERE ino = 14", NULL,
		"no-directory ", "\"/a/tiny\"", "-/tiny +/lost+found*" },
	{ "a slash in a name", "UPDATE entry SET name = x'742f79' WHERE ino = 14", NULL, "name ",
		"3 bytes", "-/tiny +/#14" },
	{ "a NUL in a name", "UPDATE entry SET name = x'7400' WHERE ino = 14", NULL, "name ",
		"\\x00", "-/tiny +/#14" },
	{ "a name of dots", "UPDATE entry SET name = x'2e2e' WHERE ino = 14", NULL, "name ",
		"2 bytes", "-/tiny +/#14" },
	{ "an empty name", "UPDATE entry SET name = x'' WHERE ino = 14", NULL, "name ", "0 bytes",
		"-/tiny +/#14" },
	{ "a name of 300 bytes", "UPDATE entry SET name = zeroblob(300) WHERE ino = 14", NULL,
		"name ", "300 bytes", "-/tiny +/#14" },
	{ "a directory with two names",
		"INSERT INTO entry(parent, name, ino) VALUES(1, x'7a7a', 9)", NULL, "names ",
		"\"/zz\"", "" },
	{ "a name of the root", "INSERT INTO entry(parent, name, ino) VALUES(4, x'7a7a', 1)", NULL,
		"names ", "\"/dir/zz\"", "" },
	{ "a circle",
		"UPDATE entry SET parent = 9 WHERE ino = 8; UPDATE inode SET nlink = 2 "
		"WHERE ino = 4; UPDATE inode SET nlink = 3 WHERE ino = 9",
		NULL, "cycle ", "way back", "-/dir/deep* +/lost+found*" },
	{ "a directory in itself",
		"UPDATE entry SET parent = 8 WHERE ino = 8; UPDATE inode SET nlink = 2 "
		"WHERE ino = 4; UPDATE inode SET nlink = 4 WHERE ino = 8",
		NULL, "cycle ", "(inode 8)", "-/dir/deep* +/lost+found*" },
	{ "a file without a name", NO_COST "DELETE FROM entry WHERE ino = 14", NULL, "orphan ",
		"inode 14", "-/tiny +/lost+found*" },
	{ "a directory without a name",
		NO_COST "DELETE FROM entry WHERE ino = 4; UPDATE inode SET nlink = 2 WHERE ino = 1",
		NULL, "orphan ", "inode 4", "-/dir* +/lost+found*" },
	{ "no name and no link count",
		NO_COST "DELETE FROM entry WHERE ino = 14; UPDATE inode SET nlink = 0 "
			"WHERE ino = 14",
		NULL, "unlinked ", "inode 14", "-/tiny +/lost+found*" },
	{ "a file's link count", "UPDATE inode SET nlink = 7 WHERE ino = 2", NULL, "nlink ",
		"7, not link count 2", "" },
	{ "a directory's link count", "UPDATE inode SET nlink = 2 WHERE ino = 4", NULL, "nlink ",
		"2, not link count 3", "" },
	{ "the root's link count", "UPDATE inode SET nlink = 0 WHERE ino = 1", NULL, "nlink ",
		"0, not link count 3", "" },
	{ "a directory with a size", "UPDATE inode SET size_bytes = 5 WHERE ino = 8", NULL, "size ",
		"5, not 0 bytes", "" },
	{ "a symlink's size", "UPDATE inode SET size_bytes = 5 WHERE ino = 6", NULL, "size ",
		"5, not 4 bytes", "" },
	{ "a size below nothing", "UPDATE inode SET size_bytes = -5 WHERE ino = 11", NULL, "size ",
		"\"/sparse\"", "*/sparse" },
	{ "nanoseconds", "UPDATE inode SET ctime_nsec = 1000000000 WHERE ino = 2", NULL, "time ",
		"\"/a\"", "" },
	{ "a symlink without its text", "DELETE FROM symlink WHERE ino = 6", NULL, "symlink ",
		"\"/dir/link\"", "*/dir/link" },
	{ "a symlink's text with a NUL", "UPDATE symlink SET target = x'2e2e0061' WHERE ino = 6",
		NULL, "symlink ", "one of 4 bytes", "*/dir/link" },
	{ "a text of no symlink", "INSERT INTO symlink(ino, target) VALUES(14, x'61')", NULL,
		"symlink-text ", "\"/tiny\"", "" },
	{ "an attribute of nothing", "INSERT INTO xattr VALUES(999, x'757365722e79', x'00')", NULL,
		"xattr ", "\"user.y\" of inode 999", "" },
	{ "an attribute without a name", "INSERT INTO xattr VALUES(2, x'', x'00')", NULL, "xattr ",
		"of inode 2", "" },
	{ "a cost of a file", COST_OF("14"), NULL, "cost ", "\"/tiny\"", "" },
	{ "a cost of nothing", COST_OF("99"), NULL, "cost ", "inode 99", "" },
	{ "a cost that is not true", "UPDATE cost SET iso_nsec = iso_nsec + 1 WHERE ino = 4", NULL,
		"projection ", "\"/dir\"", "" },
	{ "a path table that is not true", "UPDATE cost SET joliet_path_bytes = 0 WHERE ino = 8",
		NULL, "projection ", "\"/dir/deep\"", "" },
	{ "a reference's inode gone", "DELETE FROM inode WHERE ino = 15", NULL, "lost-reference ",
		"\"/ref\" (inode 15)", "" },
	{ "a reference's inode and name gone",
		"DELETE FROM inode WHERE ino = 15; DELETE FROM entry WHERE ino = 15", NULL,
		"lost-reference ", "inode 15", "-/ref +/lost+found*" },
	{ "a reference with inode 0",
		"UPDATE inode SET ino = 0, loc_id = 0 WHERE ino = 15; UPDATE entry SET ino = 0 "
		"WHERE ino = 15; UPDATE reference SET ino = 0 WHERE ino = 15",
		NULL, "number ", "gets a new number", "" },
	{ "a reference without a source", "DELETE FROM reference WHERE ino = 15", NULL,
		"no-reference ", "7000 bytes", "*/ref" },
	{ "no reference has a source", "DELETE FROM reference", NULL, "no-reference no-reference ",
		"\"/ref2\"", "*/ref */ref2" },
	{ "a source of a directory", "INSERT INTO reference VALUES(4, x'2f6100', 1, 1, 1, 0, 0)",
		NULL, "stray-reference ", "\"/dir\"", "" },
	{ "a source without a path", "UPDATE reference SET path = x'' WHERE ino = 15", NULL,
		"bad-reference ", "0 bytes", "*/ref" },
	{ "a source of a relative path", "UPDATE reference SET path = x'612f6200' WHERE ino = 15",
		NULL, "bad-reference ", "4 bytes", "*/ref" },
	{ "a path with a NUL within", "UPDATE reference SET path = x'2f61006200' WHERE ino = 15",
		NULL, "bad-reference ", "5 bytes", "*/ref" },
	{ "a source of no bytes", "UPDATE reference SET size_bytes = 0 WHERE ino = 15", NULL,
		"bad-reference ", "\"/ref\"", "*/ref" },
	{ "a size that is not its source's", "UPDATE inode SET size_bytes = 10 WHERE ino = 15",
		NULL, "reference-size ", "10, not 7000 bytes", "" },
	{ "a source of another", "UPDATE inode SET loc_id = 16 WHERE ino = 15", NULL,
		"reference-place ", "16, not the source with its number, 15", "" },
	{ "a source in a segment", "UPDATE inode SET loc_cap_bytes = 2048 WHERE ino = 15", NULL,
		"reference-place ", "\"/ref\"", "" },
	{ "a place between sectors", "UPDATE inode SET loc_off_bytes = 1 WHERE ino = 2", NULL,
		"place ", "\"/a\"", "*/a */dir/hard +/lost+found*" },
	{ "a place of no kind", "UPDATE inode SET loc_kind = 77 WHERE ino = 13", NULL,
		"leak place ", "\"/big2\"", "*/big2 +/lost+found*" },
	{ "a size past its place", "UPDATE inode SET size_bytes = 1 << 40 WHERE ino = 2", NULL,
		"place ", "\"/a\"", "*/a */dir/hard +/lost+found*" },
	{ "an object gone", NULL, "rm objects/0000/1", "missing ", "\"/dir/big\"", "*/dir/big" },
	{ "a directory for an object", NULL, "rm objects/0000/2; mkdir objects/0000/2", "missing ",
		"\"/big2\"", "*/big2" },
	{ "a fifo for an object", NULL, "rm objects/0000/2; mkfifo objects/0000/2", "missing ",
		"\"/big2\"", "*/big2" },
	{ "the objects gone", NULL, "rm -r objects", "missing missing ", "\"/big2\"",
		"*/big2 */dir/big" },
	{ "the segment gone", NULL, "rm segments/000001.seg", "missing missing missing missing ",
		"\"/tiny\"", "*/a */dir/hard */dir/deep/er/leaf */dir/attributed */tiny" },
	{ "an object cut", NULL, "truncate -s 1000 objects/0000/1", "short ", "1000, not 3145728",
		"*/dir/big" },
	{ "a segment cut", NULL, "truncate -s 3000 segments/000001.seg", "short short short short ",
		"\"/tiny\"", "*/a */dir/hard */dir/deep/er/leaf */dir/attributed */tiny" },
	{ "two files at one place",
		"UPDATE inode SET (loc_kind, loc_id, loc_off_bytes, loc_cap_bytes, size_bytes) = "
		"(SELECT loc_kind, loc_id, loc_off_bytes, loc_cap_bytes, 4000 FROM inode "
		"WHERE ino = 2) WHERE ino = 14",
		NULL, "overlap ", "bytes shared with", "*/tiny" },
	{ "two files in one object",
		"UPDATE inode SET loc_id = (SELECT loc_id FROM inode WHERE ino = 5) WHERE ino = 13",
		NULL, "leak overlap ", "shared with", "*/big2" },
	{ "an object without a name", NULL, "head -c 5000 /dev/urandom >objects/0000/3e7", "leak ",
		"object 3e7", "" },
	{ "a segment without a name", NULL,
		"head -c 500000 /dev/urandom >segments/000005.seg; : >segments/000006.seg", "leak ",
		"segment 5", "" },
};

#define DAMAGES (sizeof(damages) / sizeof(damages[0]))

static struct project whole;

/* Whether a line of a manifest is one that @changes allows, with @sign before its path. */
static bool allowed(const char *changes, char sign, const char *line)
{
	while (*changes) {
		size_t n = strcspn(changes, " ");
		bool fits = changes[0] == sign || changes[0] == '*';

		if (fits && changes[n - 1] == '*')
			fits = strncmp(changes + 1, line, n - 2) == 0;
		else if (fits)
			fits = strncmp(changes + 1, line, n - 1) == 0 && line[n - 1] == ' ';
		if (fits)
			return true;
		changes += n;
		changes += *changes == ' ';
	}
	return false;
}

/* Lines of @a that are not in @b and not @allowed. */
static void no_line_only_in(const char *a, const char *b, const char *changes, char sign)
{
	while (*a) {
		size_t n = strcspn(a, "\n") + 1;
		char line[600];

		snprintf(line, sizeof(line), "%.*s", (int)n, a);
		if (!strstr(b, line) && !allowed(changes, sign, line))
			T_STR(line, sign == '-' ? "still there" : "not there");
		a += n;
	}
}

static void spoil(struct project *p, const struct damage *d)
{
	char line[PATH_MAX + 400];

	project_copy(p, &whole);
	if (d->sql)
		project_sql(p, d->sql);
	snprintf(line, sizeof(line), "cd '%s' && { %s; }", p->dir, d->sh ? d->sh : "true");
	T_MUST(system(line) == 0);
}

static void tell_and_mend(struct project *p, const struct damage *d)
{
	struct buf before, after;
	uint64_t digest;

	spoil(p, d);
	digest = project_digest(p);
	project_check(p, false, true);
	T_EQ(p->r, 0);
	T_STR(p->kinds, d->kinds);
	T_HAS(p->said, d->word);
	T_TRUE(p->checked.found > 0 && p->checked.repaired == 0);
	T_TRUE(project_digest(p) == digest);

	project_check(p, true, false);
	if (!T_EQ(p->r, 0))
		printf("  %s\n", p->err.msg);
	T_TRUE(p->checked.repaired > 0 && p->checked.found == 0 && p->checked.left == 0);

	project_check(p, false, true);
	T_EQ(p->r, 0);
	T_STR(p->said, "");
	project_manifest(&whole, &before);
	project_manifest(p, &after);
	T_TRUE(after.len > 0);
	no_line_only_in(buf_str(&before), buf_str(&after), d->changes, '-');
	no_line_only_in(buf_str(&after), buf_str(&before), d->changes, '+');
	buf_fini(&before);
	buf_fini(&after);
}

static void every_damage_is_told_and_mended(void)
{
	static struct project p;

	for (size_t i = 0; i < DAMAGES; i++) {
		printf("    %s\n", damages[i].name);
		fflush(stdout);
		tell_and_mend(&p, &damages[i]);
	}
}

int main(void)
{
	project_make(&whole);
	T_RUN(every_damage_is_told_and_mended);
	return t_end();
}
