/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random changes of several contents against arrays of bytes, with freezes held meanwhile. */
#include "harness/t.h"
#include "rig_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES	6u
#define FREEZES 3u

/* What a file has to hold: all bytes of the array past size are 0. */
struct model {
	uint8_t *bytes;
	uint64_t size, max;
	struct store_file *file; /* NULL: closed */
	struct store_loc loc;
};

struct picture {
	struct store_freeze *freeze; /* NULL: none held */
	struct store_loc loc[FILES];
	uint8_t *bytes[FILES];
	uint64_t size[FILES];
};

struct world {
	struct rig rig;
	struct model files[FILES];
	struct picture pictures[FREEZES];
	uint8_t *scratch;
	uint64_t max, writes;
	unsigned retired; /* segments */
};

static struct store_file *active(struct world *w, struct model *m)
{
	if (!m->file)
		m->file = rig_open(&w->rig, m->loc, m->size);
	return m->file;
}

static uint64_t some_size(struct world *w)
{
	static const uint64_t near[] = { 1, 2047, 2048, 2049, 4096, 65536, 200000,
		STORE_SMALL_MAX };
	uint64_t n = near[t_below(sizeof(near) / sizeof(near[0]))];

	if (t_below(2))
		n = n + t_below(3) - 1;
	return n > 0 && n < w->max ? n : 1 + t_below(w->max);
}

static void step_write(struct world *w, struct model *m)
{
	uint64_t off = t_below(3) == 0 ? t_below(w->max) : t_below(m->size + 1);
	uint64_t n = t_below(4) == 0 ? some_size(w) : 1 + t_below(5000);

	if (t_below(3) == 0)
		off = m->size;
	if (off >= w->max)
		off = 0;
	if (n > w->max - off)
		n = w->max - off;
	rig_fill(m->bytes + off, ++w->writes, off, n);
	T_EQ(store_file_write(active(w, m), off, m->bytes + off, n, NULL), 0);
	m->size = off + n > m->size ? off + n : m->size;
	m->loc = store_file_loc(m->file);
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Bytes of one file into another, or into another place of the same. */
static void step_copy(struct world *w, struct model *m)
{
	struct model *from = &w->files[t_below(FILES)];
	uint64_t from_off = t_below(from->size + 1), to_off = t_below(m->size + 2000);
	uint64_t n = least(some_size(w), from->size - from_off);
	ssize_t done;

	to_off = least(to_off, w->max - 1);
	n = least(n, w->max - to_off);
	if (m == from && from_off < to_off + n && to_off < from_off + n)
		return;
	while (n > 0) {
		done = store_file_copy(active(w, m), to_off, from->loc, from_off, n, NULL);
		T_MUST(done > 0 && (uint64_t)done <= n);
		memcpy(m->bytes + to_off, from->bytes + from_off, (size_t)done);
		m->size = to_off + (uint64_t)done > m->size ? to_off + (uint64_t)done : m->size;
		m->loc = store_file_loc(m->file);
		to_off += (uint64_t)done;
		from_off += (uint64_t)done;
		n -= (uint64_t)done;
	}
}

static void step_truncate(struct world *w, struct model *m)
{
	uint64_t to = t_below(3) == 0 ? some_size(w) : t_below(m->size + 1);

	if (t_below(5) == 0)
		to = 0;
	T_EQ(store_file_truncate(active(w, m), to, NULL), 0);
	if (to < m->size)
		memset(m->bytes + to, 0, m->size - to);
	m->size = to;
	m->loc = store_file_loc(m->file);
	if (to == 0)
		T_EQ(m->loc.kind, STORE_NONE);
}

static void step_read(struct world *w, struct model *m)
{
	uint64_t off = t_below(w->max), n = 1 + t_below(w->max);
	uint64_t want = off >= m->size ? 0 : m->size - off < n ? m->size - off : n;

	T_EQ(store_file_read(active(w, m), off, w->scratch, n, NULL), want);
	T_MEM(w->scratch, m->bytes + off, want);
}

static void step_close(struct world *w, struct model *m)
{
	if (m->file)
		T_EQ(store_file_size(m->file), m->size);
	store_file_close(m->file);
	m->file = NULL;
	T_EQ(store_read(w->rig.store, m->loc, 0, w->scratch, m->size, NULL), 0);
	T_MEM(w->scratch, m->bytes, m->size);
}

static void step_delete(struct world *w, struct model *m)
{
	step_close(w, m);
	T_EQ(store_delete(w->rig.store, m->loc, NULL), 0);
	m->loc = (struct store_loc){ .kind = STORE_NONE };
	memset(m->bytes, 0, m->size);
	m->size = 0;
}

static void step_freeze(struct world *w)
{
	struct picture *p = &w->pictures[t_below(FREEZES)];

	if (p->freeze)
		return;
	T_MUST(store_freeze_begin(w->rig.store, &p->freeze, NULL) == 0);
	for (unsigned i = 0; i < FILES; i++) {
		p->loc[i] = w->files[i].loc;
		p->size[i] = w->files[i].size;
		p->bytes[i] = malloc(p->size[i] + 1);
		T_MUST(p->bytes[i] != NULL);
		memcpy(p->bytes[i], w->files[i].bytes, p->size[i]);
	}
}

static void check_picture(struct world *w, struct picture *p)
{
	for (unsigned i = 0; i < FILES; i++) {
		T_EQ(store_freeze_read(p->freeze, p->loc[i], 0, w->scratch, p->size[i], NULL), 0);
		T_MEM(w->scratch, p->bytes[i], p->size[i]);
	}
}

static void end_picture(struct world *w, struct picture *p)
{
	if (!p->freeze)
		return;
	check_picture(w, p);
	store_freeze_end(p->freeze);
	p->freeze = NULL;
	for (unsigned i = 0; i < FILES; i++)
		free(p->bytes[i]);
}

static void step_settle(struct world *w)
{
	uint64_t mark = store_mark(w->rig.store);

	T_EQ(store_settle(w->rig.store, mark, NULL), 0);
}

/* Empties the sparse segments, freezes or not. */
static void step_compact(struct world *w)
{
	uint64_t id[8];
	size_t n = store_sparse(w->rig.store, id, 8);

	for (size_t k = 0; k < n; k++) {
		for (unsigned i = 0; i < FILES; i++) {
			struct model *m = &w->files[i];

			if (m->loc.kind != STORE_SEGMENT || m->loc.id != id[k])
				continue;
			T_EQ(store_file_move(active(w, m), NULL), 0);
			m->loc = store_file_loc(m->file);
			T_TRUE(m->loc.kind != STORE_SEGMENT || m->loc.id > id[k]);
		}
		T_EQ(store_retire(w->rig.store, id[k], NULL), 0);
		w->retired++;
	}
}

static void step(struct world *w)
{
	struct model *m = &w->files[t_below(FILES)];
	uint64_t dice = t_below(100);

	if (dice < 4)
		step_compact(w);
	else if (dice < 10)
		step_copy(w, m);
	else if (dice < 50)
		step_write(w, m);
	else if (dice < 65)
		step_truncate(w, m);
	else if (dice < 77)
		step_read(w, m);
	else if (dice < 87)
		step_close(w, m);
	else if (dice < 90)
		step_delete(w, m);
	else if (dice < 94)
		step_freeze(w);
	else if (dice < 97)
		end_picture(w, &w->pictures[t_below(FREEZES)]);
	else
		step_settle(w);
}

static void world_reopen(struct world *w)
{
	for (unsigned i = 0; i < FREEZES; i++)
		end_picture(w, &w->pictures[i]);
	for (unsigned i = 0; i < FILES; i++)
		step_close(w, &w->files[i]);
	rig_reopen(&w->rig);
	for (unsigned i = 0; i < FILES; i++)
		step_close(w, &w->files[i]);
}

/* How many segments were given up. */
static unsigned run(uint64_t segment_bytes, uint64_t max, unsigned steps, uint64_t seed)
{
	struct world w = { .max = max };

	t_seed(seed);
	rig_init_limited(&w.rig, segment_bytes);
	w.scratch = malloc(max + 1);
	T_MUST(w.scratch != NULL);
	for (unsigned i = 0; i < FILES; i++) {
		w.files[i].bytes = calloc(1, max + 1);
		T_MUST(w.files[i].bytes != NULL);
	}
	for (unsigned n = 1; n <= steps; n++) {
		step(&w);
		if (n % (steps / 4) == 0)
			world_reopen(&w);
	}
	world_reopen(&w);
	for (unsigned i = 0; i < FILES; i++)
		free(w.files[i].bytes);
	free(w.scratch);
	rig_fini(&w.rig);
	return w.retired;
}

static void small_files_hold_what_was_written(void)
{
	for (uint64_t seed = 1; seed <= 6; seed++)
		run(STORE_SEGMENT_BYTES, 12000, 1000, seed);
}

static void large_files_hold_what_was_written(void)
{
	for (uint64_t seed = 1; seed <= 2; seed++)
		run(STORE_SEGMENT_BYTES, 1500000, 250, seed);
}

static void small_segments_lose_nothing_at_their_border(void)
{
	for (uint64_t seed = 1; seed <= 6; seed++)
		run(128 * 1024, 150000, 300, seed);
}

static void compaction_loses_nothing_whoever_reads_meanwhile(void)
{
	unsigned retired = 0;

	for (uint64_t seed = 1; seed <= 6; seed++)
		retired += run(32 * 1024, 12000, 600, seed);
	T_TRUE(retired > 100);
}

int main(void)
{
	T_RUN(small_files_hold_what_was_written);
	T_RUN(large_files_hold_what_was_written);
	T_RUN(small_segments_lose_nothing_at_their_border);
	T_RUN(compaction_loses_nothing_whoever_reads_meanwhile);
	return t_end();
}
