/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every medium in every way that it is used: one table, printed, each cell done or not to be had.
 */
#include "base/err.h"
#include "harness/t.h"
#include "rig_burn.h"
#include "scsi/transport.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NSEC   700u
#define LONGER 1100u

enum { BLANK, APPEND, CLOSE, OVERWRITE, ERASE, FORMAT, SIMULATE, VERIFY, WAYS };
static const char *const ways[WAYS] = { "blank", "append", "close", "overwrite", "erase", "format",
	"simulate", "verify" };

/* Why a medium has not got a way: NULL where it has. */
struct row {
	const char *type;
	const char * not [WAYS];
};

#define ONCE	   "write-once"
#define NO_SESSION "no sessions"
#define NO_FORMAT  "no formats"
#define NO_TEST	   "no test write"

#define PLUS_R                                                                                     \
	.not = { [OVERWRITE] = ONCE, [ERASE] = ONCE, [FORMAT] = NO_FORMAT, [SIMULATE] = NO_TEST }
#define BD_R	     .not = { [OVERWRITE] = ONCE, [ERASE] = ONCE, [SIMULATE] = NO_TEST }
#define OVERWRITABLE .not = { [APPEND] = NO_SESSION, [CLOSE] = NO_SESSION, [SIMULATE] = NO_TEST }

static const struct row rows[] = {
	{ "cd-r", .not = { [OVERWRITE] = ONCE, [ERASE] = ONCE, [FORMAT] = NO_FORMAT } },
	{ "cd-rw", .not = { [FORMAT] = NO_FORMAT } },
	{ "dvd-r", .not = { [OVERWRITE] = ONCE, [ERASE] = ONCE, [FORMAT] = NO_FORMAT } },
	{ "dvd-rw" },
	{ "dvd-r-dl", .not = { [APPEND] = NO_SESSION,
			      [CLOSE] = NO_SESSION,
			      [OVERWRITE] = ONCE,
			      [ERASE] = ONCE,
			      [FORMAT] = NO_FORMAT } },
	{ "dvd-ram", OVERWRITABLE },
	{ "dvd+r", PLUS_R },
	{ "dvd+rw", OVERWRITABLE },
	{ "dvd+r-dl", PLUS_R },
	{ "dvd+rw-dl", OVERWRITABLE },
	{ "bd-r", BD_R },
	{ "bd-r-dl", BD_R },
	{ "bd-r-xl", BD_R },
	{ "bd-re", OVERWRITABLE },
	{ "bd-re-dl", OVERWRITABLE },
};

static struct rig rig;

/* Done, and said to be so by the medium; what went wrong is told by the harness. */
static bool done(const struct job_status *s)
{
	T_STR(s->err.msg, "");
	return T_TRUE(s->state == JOB_DONE);
}

static enum medium_state state(void)
{
	struct medium m;

	burner_medium(rig.burner, &m);
	return m.state;
}

static bool burned(const struct burn_request *req)
{
	struct job_status s;

	rig_burn(&rig, NSEC, req, &s);
	return done(&s);
}

static bool cared(enum burn_deed deed, enum burn_extent extent, enum mmc_spare spare)
{
	const struct burn_request req = { .deed = deed, .extent = extent, .spare = spare };
	struct job_status s;

	rig_care(&rig, NULL, &req, &s);
	return done(&s);
}

static bool overwritable(void)
{
	struct medium m;

	burner_medium(rig.burner, &m);
	return m.profile->place != MMC_PLACE_NEXT;
}

static bool way_blank(void)
{
	static const struct burn_request plain;
	enum medium_state want = overwritable() ? MEDIUM_OVERWRITABLE : MEDIUM_CLOSED;

	return T_TRUE(state() == MEDIUM_BLANK) && burned(&plain) &&
	       T_TRUE(rig_medium_equals(&rig, NSEC)) && T_TRUE(state() == want);
}

static bool way_append(void)
{
	struct burn_request req = { .close = BURN_CLOSE_APPENDABLE };
	struct job_status s;
	struct medium m;

	if (!burned(&req))
		return false;
	for (unsigned session = 2; session <= 3; session++) {
		burner_medium(rig.burner, &m);
		T_EQ(m.state, MEDIUM_APPENDABLE);
		T_TRUE(m.next_lba > NSEC);
		req = (struct burn_request){ .image_lba = m.next_lba,
			.close = session == 3 ? BURN_CLOSE_DISC : BURN_CLOSE_AUTO };
		rig_burn(&rig, NSEC + session, &req, &s);
		if (!done(&s) || !T_TRUE(s.verified) ||
			!T_TRUE(rig_medium_has(&rig, m.next_lba, NSEC + session)))
			return false;
	}
	return T_TRUE(state() == MEDIUM_CLOSED) && T_TRUE(rig_medium_equals(&rig, NSEC));
}

static void cancel_the_third_write(struct rig *r, struct scsi_cmd *cmd, int result)
{
	struct job *job;

	if (result != 1 || cmd->cdb[0] != 0x2a || r->seen[0x2a] != 3)
		return;
	job = burner_job(r->burner);
	job_cancel(job);
	job_unref(job);
}

/* What was left open, by a burn that kept it so or by one that was cancelled. */
static bool way_close(void)
{
	struct burn_request open = { .close = BURN_CLOSE_APPENDABLE };
	struct job_status s;
	struct medium m;

	rig.hook = cancel_the_third_write;
	rig_burn(&rig, NSEC, &open, &s);
	rig.hook = NULL;
	T_EQ(s.state, JOB_CANCELLED);
	burner_medium(rig.burner, &m);
	T_EQ(m.state, MEDIUM_APPENDABLE);
	T_TRUE(m.session_open);
	if (!cared(BURN_CLOSE, 0, 0) || !T_TRUE(state() == MEDIUM_CLOSED))
		return false;
	T_EQ(rig_load(&rig, m.profile->type), 0);
	if (!burned(&open) || !T_TRUE(state() == MEDIUM_APPENDABLE))
		return false;
	if (!m.profile->write_page)
		return cared(BURN_CLOSE, 0, 0) && T_TRUE(state() == MEDIUM_CLOSED) &&
		       T_TRUE(rig_medium_equals(&rig, NSEC));
	/* Their lead-ins are written already: only a further session can finalise them. */
	rig_care(&rig, NULL, &(struct burn_request){ .deed = BURN_CLOSE }, &s);
	return T_TRUE(s.err.code == -EOPNOTSUPP);
}

static bool way_overwrite(void)
{
	struct burn_request req = { .close = BURN_CLOSE_AUTO };
	struct job_status s;

	if (!burned(&req))
		return false;
	rig_burn(&rig, LONGER, &req, &s);
	T_EQ(s.err.code, -EEXIST);
	T_HAS(s.err.msg, "say overwrite");
	T_TRUE(rig_medium_equals(&rig, NSEC));
	req.overwrite = true;
	rig_burn(&rig, LONGER, &req, &s);
	return done(&s) && T_TRUE(s.verified) && T_TRUE(rig_medium_equals(&rig, LONGER));
}

static bool way_erase(void)
{
	static const struct burn_request plain;
	struct medium m;

	if (!burned(&plain) || !cared(BURN_ERASE, BURN_QUICK, 0) ||
		!T_TRUE(state() == MEDIUM_BLANK) || !burned(&plain))
		return false;
	burner_medium(rig.burner, &m);
	if (!m.profile->erasable) /* zeros over all of it: on a small one, below */
		return true;
	return cared(BURN_ERASE, BURN_FULL, 0) && T_TRUE(state() == MEDIUM_BLANK) && burned(&plain);
}

static bool way_format(void)
{
	static const struct burn_request plain;
	uint64_t nsec[MMC_SPARES] = { 0 };
	struct medium m;
	char type[16];

	burner_medium(rig.burner, &m);
	snprintf(type, sizeof(type), "%s", m.profile->type);
	for (unsigned spare = 0; spare < MMC_SPARES; spare++) {
		T_EQ(rig_load(&rig, type), 0);
		burner_medium(rig.burner, &m);
		if (!m.profile->formats[spare].has)
			continue;
		if (!cared(BURN_FORMAT, 0, (enum mmc_spare)spare))
			return false;
		burner_medium(rig.burner, &m);
		nsec[spare] = m.capacity_nsec;
		T_EQ(m.state, MEDIUM_BLANK);
		T_TRUE(!m.unformatted);
		if (!burned(&plain) || !T_TRUE(rig_medium_equals(&rig, NSEC)))
			return false;
	}
	T_TRUE(!nsec[MMC_SPARE_NONE] || nsec[MMC_SPARE_NONE] > nsec[MMC_SPARE_DEFAULT]);
	return T_TRUE(!nsec[MMC_SPARE_MAX] || nsec[MMC_SPARE_MAX] < nsec[MMC_SPARE_DEFAULT]);
}

static bool way_simulate(void)
{
	struct burn_request req = { .simulate = true };
	struct job_status s;

	rig_burn(&rig, NSEC, &req, &s);
	if (!done(&s) || !T_TRUE(!s.medium_touched) || !T_TRUE(state() == MEDIUM_BLANK))
		return false;
	req.simulate = false;
	return burned(&req);
}

static bool way_verify(void)
{
	static const struct burn_request plain = { .verify = BURN_VERIFY_NONE };
	const struct burn_request compare = { .deed = BURN_COMPARE };
	struct job_status s;

	if (!burned(&plain))
		return false;
	rig_care(&rig, rig_image(NSEC, UINT32_MAX), &compare, &s);
	if (!done(&s) || !T_TRUE(s.verified))
		return false;
	T_HAS(s.outcome, "700 of 700 blocks");
	rig_care(&rig, rig_image(LONGER, UINT32_MAX), &compare, &s);
	T_EQ(s.err.code, -EIO);
	T_HAS(s.err.msg, "as it was");
	return T_TRUE(!s.medium_touched && !s.verified);
}

static bool (*const do_way[WAYS])(void) = { way_blank, way_append, way_close, way_overwrite,
	way_erase, way_format, way_simulate, way_verify };

/* What cannot be had is refused, and the medium stays as it was. */
static void refused(unsigned way)
{
	struct burn_request req = { .simulate = way == SIMULATE };
	struct job_status s;
	struct medium m;

	if (way == ERASE || way == FORMAT || way == CLOSE) {
		req.deed = way == ERASE ? BURN_ERASE : way == FORMAT ? BURN_FORMAT : BURN_CLOSE;
		rig_care(&rig, NULL, &req, &s);
		T_TRUE(s.err.code == -EMEDIUMTYPE || s.err.code == -EINVAL);
	} else if (way == SIMULATE) {
		rig_burn(&rig, NSEC, &req, &s);
		T_EQ(s.err.code, -EOPNOTSUPP);
	}
	T_EQ(rig.seen[0x2a], 0);
	burner_medium(rig.burner, &m);
	T_EQ(m.state, MEDIUM_BLANK);
}

static void put_cell(const struct row *row, unsigned way)
{
	bool fine = true;

	rig_open(&rig, row->type, NULL);
	T_MUST(rig.burner != NULL);
	if (row->not [way])
		refused(way);
	else
		fine = do_way[way]();
	rig_close(&rig);
	T_EQ(rig_images_alive(), 0);
	printf(" %-13s", row->not [way] ? row->not [way] : fine ? "yes" : "FAILED");
}

static void every_medium_is_used_in_every_way_that_it_has(void)
{
	printf("%-10s", "medium");
	for (unsigned w = 0; w < WAYS; w++)
		printf(" %-13s", ways[w]);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		printf("\n%-10s", rows[i].type);
		for (unsigned w = 0; w < WAYS; w++)
			put_cell(&rows[i], w);
	}
	printf("\n");
}

/* A DVD+RW of 1600 blocks: zeros over all of it are soon written. */
static int load_small(void *arg, struct err *err)
{
	char path[128], state[160];
	FILE *f;

	(void)arg;
	snprintf(path, sizeof(path), "%s/small.iso", rig.dir);
	snprintf(state, sizeof(state), "%s.state", path);
	f = fopen(path, "w");
	T_MUST(f != NULL);
	fclose(f);
	f = fopen(state, "w");
	T_MUST(f != NULL);
	fputs("discfs-medium 2\ntype dvd+rw\nmode overwrite\nsize 1600\ncapacity 1600\n"
	      "formatting none\nformatted 0\nlayer 0\nprotected no\nminimal no\ndamaged no\n"
	      "finalised no\nsessions 0\nnext 0\nend\n",
		f);
	fclose(f);
	return virtual_load(rig.virt, NULL, path, err);
}

static bool zeros_on_the_medium(uint32_t nsec)
{
	FILE *f = fopen(virtual_medium_file(rig.virt), "rb");
	bool zeros = f != NULL;

	for (uint64_t i = 0; zeros && i < (uint64_t)nsec * 2048; i++)
		zeros = fgetc(f) == 0;
	if (f)
		fclose(f);
	return zeros;
}

static void a_full_erasure_leaves_nothing_and_a_quick_one_no_file_system(void)
{
	static const struct burn_request plain = { .overwrite = true };

	rig_open(&rig, NULL, NULL);
	T_EQ(burner_call(rig.burner, load_small, NULL, &rig.err), 0);
	T_TRUE(burned(&plain));
	T_TRUE(cared(BURN_ERASE, BURN_QUICK, 0));
	T_EQ(state(), MEDIUM_BLANK);
	T_TRUE(zeros_on_the_medium(512) && !zeros_on_the_medium(NSEC));
	T_TRUE(burned(&plain));
	T_EQ(state(), MEDIUM_OVERWRITABLE);
	T_TRUE(cared(BURN_ERASE, BURN_FULL, 0));
	T_TRUE(zeros_on_the_medium(1600));
	rig_close(&rig);
}

/* MMC-5 6.35.3.2.9: the flag is set by hand, as a switch would be. */
static int set_protection(void *arg, struct err *err)
{
	uint8_t list[8] = { 0, 6, [4] = *(bool *)arg ? 2 : 0 };
	struct scsi_cmd cmd = { .cdb = { 0xbf, [7] = 0xc0, [9] = sizeof(list) },
		.cdb_len = 12,
		.dir = SCSI_OUT,
		.data = list,
		.data_bytes = sizeof(list) };

	return transport_exec(rig.virt, &cmd, err);
}

static void a_write_protected_medium_is_left_alone(void)
{
	static const struct burn_request plain;
	bool on = true, off = false;

	rig_open(&rig, "dvd-ram", NULL);
	T_TRUE(burned(&plain));
	T_EQ(burner_call(rig.burner, set_protection, &on, &rig.err), 0);
	for (unsigned deed = BURN_IMAGE; deed <= BURN_CLOSE; deed++) {
		const struct burn_request req = { .deed = (enum burn_deed)deed, .overwrite = true };
		struct job_status s;

		rig_care(&rig, deed == BURN_IMAGE ? rig_image(NSEC, UINT32_MAX) : NULL, &req, &s);
		T_EQ(s.err.code, -EROFS);
		T_HAS(s.err.msg, "write-protected");
	}
	T_TRUE(rig_medium_equals(&rig, NSEC));
	T_EQ(burner_call(rig.burner, set_protection, &off, &rig.err), 0);
	T_TRUE(cared(BURN_ERASE, BURN_QUICK, 0));
	rig_close(&rig);
}

int main(void)
{
	T_RUN(every_medium_is_used_in_every_way_that_it_has);
	T_RUN(a_full_erasure_leaves_nothing_and_a_quick_one_no_file_system);
	T_RUN(a_write_protected_medium_is_left_alone);
	return t_end();
}
