/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rig_burn.h"

#include "base/err.h"
#include "base/file.h"
#include "harness/t.h"
#include "scsi/transport.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct hooked {
	struct transport base;
	struct transport *inner;
	struct rig *rig;
};

static int hooked_exec(struct transport *t, struct scsi_cmd *cmd, struct err *err)
{
	struct hooked *h = (struct hooked *)t;
	int r;

	h->rig->seen[cmd->cdb[0]]++;
	if (h->rig->hook)
		h->rig->hook(h->rig, cmd, 1);
	r = transport_exec(h->inner, cmd, err);
	if (h->rig->hook)
		h->rig->hook(h->rig, cmd, r);
	return r;
}

static void hooked_close(struct transport *t)
{
	struct hooked *h = (struct hooked *)t;

	transport_close(h->inner);
	free(h);
}

static const struct transport_ops hooked_ops = { .exec = hooked_exec, .close = hooked_close };

static uint64_t fake_now(void *arg)
{
	const struct rig *rig = arg;

	return rig->now_ms;
}

static void fake_sleep(void *arg, uint32_t ms)
{
	struct rig *rig = arg;

	rig->now_ms += ms;
}

static const struct clock_ops fake_ops = { .now_ms = fake_now, .sleep_ms = fake_sleep };

static void job_changed(void *arg, const struct job_status *s)
{
	struct rig *rig = arg;

	if (s->state == JOB_CHECK) /* the next job */
		rig->percent = 0;
	if (s->percent < rig->percent)
		rig->fell = true;
	rig->percent = s->percent;
	if (rig->nstates < sizeof(rig->states) / sizeof(rig->states[0]))
		rig->states[rig->nstates++] = s->state;
}

static void medium_changed(void *arg, const struct medium *medium)
{
	struct rig *rig = arg;

	(void)medium;
	rig->nmedia++;
}

static char memory_dir[] = "/dev/shm/discfs-test-XXXXXX";

static void remove_memory_dir(void)
{
	rmdir(memory_dir);
}

/* The recorder makes its state durable after each command: in memory that costs nothing. */
static void make_base(char *out, size_t cap)
{
	bool in_memory = mkdtemp(memory_dir) != NULL;

	if (in_memory)
		atexit(remove_memory_dir);
	snprintf(out, cap, "%s", in_memory ? memory_dir : t_tmpdir());
}

void rig_open(struct rig *rig, const char *type, const struct fault_plan *plan)
{
	struct burner_events events = {
		.job_changed = job_changed, .medium_changed = medium_changed, .arg = rig
	};
	static const struct fault_plan none;
	static char base[64];
	static unsigned count;
	struct hooked *hooked = calloc(1, sizeof(*hooked));

	memset(rig, 0, sizeof(*rig));
	T_MUST(hooked != NULL);
	if (!base[0])
		make_base(base, sizeof(base));
	snprintf(rig->dir, sizeof(rig->dir), "%s/%u", base, ++count);
	rig->clock = (struct clock){ .ops = &fake_ops, .arg = rig };
	T_MUST(virtual_open(rig->dir, &rig->virt, NULL) == 0);
	if (type)
		T_MUST(virtual_load(rig->virt, type, NULL, NULL) == 0);
	T_MUST(fault_open(rig->virt, plan ? plan : &none, &rig->fault, NULL) == 0);
	hooked->base.ops = &hooked_ops;
	hooked->inner = rig->fault;
	hooked->rig = rig;
	if (burner_new(&hooked->base, &rig->clock, &events, &rig->burner, &rig->err) < 0)
		rig->fault = NULL; /* closed with the burner that was not made */
}

/* A sweep makes thousands of media: they go as soon as they were judged. */
static void remove_dir(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
	rmdir(dir);
}

void rig_close(struct rig *rig)
{
	job_unref(rig->job);
	burner_free(rig->burner);
	remove_dir(rig->dir);
}

struct loading {
	struct rig *rig;
	const char *type;
};

static int load(void *arg, struct err *err)
{
	struct loading *l = arg;

	return virtual_load(l->rig->virt, l->type, NULL, err);
}

int rig_load(struct rig *rig, const char *type)
{
	struct loading l = { rig, type };

	return burner_call(rig->burner, load, &l, &rig->err);
}

int rig_start(struct rig *rig, uint32_t nsec, const struct burn_request *req)
{
	static const struct burn_request plain;

	job_unref(rig->job);
	rig->job = NULL;
	memset(&rig->err, 0, sizeof(rig->err));
	return burner_burn(rig->burner, rig_image(nsec, UINT32_MAX), req ? req : &plain, 7,
		&rig->job, &rig->err);
}

void rig_wait(struct rig *rig, struct job_status *out)
{
	uint8_t percent = 0;

	job_status(rig->job, out);
	while (!job_state_is_final(out->state)) {
		job_wait_change(rig->job, out->change, 60000, NULL, NULL);
		job_status(rig->job, out);
		T_TRUE(out->percent >= percent);
		T_TRUE((out->percent == 100) == (out->state == JOB_DONE));
		percent = out->percent;
	}
}

static void end(struct rig *rig, int r, struct job_status *out)
{
	if (r == 0) {
		rig_wait(rig, out);
		return;
	}
	memset(out, 0, sizeof(*out));
	T_EQ(rig->err.code, r);
	out->state = JOB_FAILED;
	out->err = rig->err;
}

void rig_burn(
	struct rig *rig, uint32_t nsec, const struct burn_request *req, struct job_status *out)
{
	end(rig, rig_start(rig, nsec, req), out);
}

void rig_care(struct rig *rig, struct image *image, const struct burn_request *req,
	struct job_status *out)
{
	job_unref(rig->job);
	rig->job = NULL;
	memset(&rig->err, 0, sizeof(rig->err));
	end(rig, burner_burn(rig->burner, image, req, 8, &rig->job, &rig->err), out);
}

bool rig_medium_equals(struct rig *rig, uint32_t nsec)
{
	return rig_medium_has(rig, 0, nsec);
}

bool rig_medium_has(struct rig *rig, uint32_t lba, uint32_t nsec)
{
	int fd = open(virtual_medium_file(rig->virt), O_RDONLY | O_CLOEXEC);
	uint8_t want[2048], got[2048];
	bool equal = fd >= 0;

	for (uint32_t i = 0; equal && i < nsec; i++) {
		rig_image_sector(i, want);
		equal = file_pread_full(fd, got, sizeof(got), (uint64_t)(lba + i) * sizeof(got)) ==
				0 &&
			memcmp(want, got, sizeof(got)) == 0;
	}
	if (fd >= 0)
		close(fd);
	return equal;
}
