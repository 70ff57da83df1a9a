/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of listing. */
#include "harness/t.h"
#include "rig_stage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MANY 10000u

struct seen {
	uint32_t limit, n; /* takes @limit entries a call */
	uint64_t cookie;
	char last[256];
	uint16_t count[MANY];
	uint64_t first_ino[2];
};

static bool see(void *arg, const struct stage_dirent *e)
{
	struct seen *seen = arg;
	unsigned i;

	if (seen->n == seen->limit)
		return false;
	if (e->cookie <= 2)
		seen->first_ino[e->cookie - 1] = e->attr.ino;
	seen->n++;
	seen->cookie = e->cookie;
	snprintf(seen->last, sizeof(seen->last), "%s", e->name);
	if (sscanf(e->name, "n%u", &i) == 1 && i < MANY)
		seen->count[i]++;
	return true;
}

static void the_dots_come_first(void)
{
	struct seen seen = { .limit = 1 };
	struct rig rig;
	uint64_t d, e;

	rig_init(&rig);
	d = rig_mkdir(&rig, ROOT, "d");
	e = rig_mkdir(&rig, d, "e");
	T_EQ(stage_readdir(rig.s, e, 0, see, &seen, &rig.err), 0);
	T_STR(seen.last, ".");
	T_EQ(seen.cookie, 1);
	seen.n = 0;
	T_EQ(stage_readdir(rig.s, e, 1, see, &seen, &rig.err), 0);
	T_STR(seen.last, "..");
	T_EQ(seen.cookie, 2);
	T_EQ(seen.first_ino[0], e);
	T_EQ(seen.first_ino[1], d);
	seen.n = 0;
	T_EQ(stage_readdir(rig.s, ROOT, 1, see, &seen, &rig.err), 0);
	T_EQ(seen.first_ino[1], ROOT);
	seen.n = 0;
	T_EQ(stage_readdir(rig.s, ROOT, 2, see, &seen, &rig.err), 0);
	T_STR(seen.last, "d");
	T_EQ(stage_readdir(rig.s, rig_create(&rig, ROOT, "f"), 0, see, &seen, &rig.err), -ENOTDIR);
	T_EQ(stage_readdir(rig.s, 4711, 0, see, &seen, &rig.err), -ENOENT);
	rig_fini(&rig);
}

static void make_many(struct rig *rig, uint64_t dir)
{
	char name[32];

	for (unsigned i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		T_MUST(rig_create(rig, dir, name) != 0);
	}
}

static void a_listing_goes_on_while_entries_come_and_go(void)
{
	static struct seen seen;
	struct rig rig;
	uint64_t d;
	unsigned doomed = 1, wrong = 0;
	char name[32];

	rig_init(&rig);
	d = rig_mkdir(&rig, ROOT, "d");
	make_many(&rig, d);
	seen.limit = 97;
	do {
		seen.n = 0;
		T_MUST(stage_readdir(rig.s, d, seen.cookie, see, &seen, &rig.err) == 0);
		for (unsigned k = 0; k < 20 && doomed < MANY; k++, doomed += 2) {
			snprintf(name, sizeof(name), "n%u", doomed);
			T_EQ(rig_unlink(&rig, d, name), 0);
			snprintf(name, sizeof(name), "new%u", doomed);
			rig_create(&rig, d, name);
		}
	} while (seen.n > 0);
	for (unsigned i = 0; i < MANY; i++)
		wrong += i % 2 ? seen.count[i] > 1 : seen.count[i] != 1;
	T_EQ(wrong, 0);
	rig_fini(&rig);
}

static void sizes_of_open_files_are_those_of_now(void)
{
	struct seen seen = { .limit = 100 };
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	T_EQ(stage_hold(rig.s, f, false, &rig.err), 0);
	T_EQ(rig_write(&rig, f, 0, 700), 700);
	T_EQ(stage_readdir(rig.s, ROOT, 0, see, &seen, &rig.err), 0);
	T_EQ(seen.n, 3);
	T_EQ(rig_attr(&rig, f).size_bytes, 700);
	stage_release(rig.s, f);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(the_dots_come_first);
	T_RUN(a_listing_goes_on_while_entries_come_and_go);
	T_RUN(sizes_of_open_files_are_those_of_now);
	return t_end();
}
