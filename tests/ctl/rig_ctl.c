/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Assembles what the daemon assembles, with a gate before the recorder's writes. */
#include "rig_ctl.h"

#include "harness/t.h"

#include "base/clock.h"
#include "burn/burner.h"
#include "image/image.h"
#include "recorder/virtual.h"
#include "stage/stage.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WRITE_10 0x2a

struct rig_gate {
	struct transport base;
	struct transport *below;
	_Atomic(struct ctl *) ctl; /* who is told of events */
	pthread_mutex_t lock;
	pthread_cond_t changed; /* signalled by both sides of the gate */
	/* under lock */
	bool closed, reached;
	unsigned passes; /* writes that a closed gate still lets through */
};

static int gate_exec(struct transport *t, struct scsi_cmd *cmd, struct err *err)
{
	struct rig_gate *g = (struct rig_gate *)t;

	pthread_mutex_lock(&g->lock);
	while (g->closed && cmd->cdb[0] == WRITE_10 && g->passes == 0) {
		g->reached = true;
		pthread_cond_broadcast(&g->changed);
		pthread_cond_wait(&g->changed, &g->lock);
	}
	if (g->closed && cmd->cdb[0] == WRITE_10)
		g->passes--;
	pthread_mutex_unlock(&g->lock);
	return transport_exec(g->below, cmd, err);
}

static void gate_close(struct transport *t)
{
	struct rig_gate *g = (struct rig_gate *)t;

	transport_close(g->below);
	g->below = NULL;
}

/* A clock that is never waited for: each look at it is a second later. */
static _Atomic uint64_t rig_ms;

static uint64_t next_ms(void *arg)
{
	(void)arg;
	return atomic_fetch_add(&rig_ms, 1000);
}

static void pass_ms(void *arg, uint32_t ms)
{
	(void)arg;
	atomic_fetch_add(&rig_ms, ms);
}

static const struct clock_ops rig_clock_ops = { .now_ms = next_ms, .sleep_ms = pass_ms };
static const struct clock rig_clock = { .ops = &rig_clock_ops };

static const struct transport_ops gate_ops = { .exec = gate_exec, .close = gate_close };

static void job_changed(void *arg, const struct job_status *status)
{
	struct ctl *ctl = atomic_load(&((struct rig_gate *)arg)->ctl);

	if (ctl)
		ctl_job_changed(ctl, status);
}

static void medium_changed(void *arg, const struct medium *medium)
{
	struct ctl *ctl = atomic_load(&((struct rig_gate *)arg)->ctl);

	if (ctl)
		ctl_medium_changed(ctl, medium);
}

static int load(void *arg, const char *type, const char *file, struct err *err)
{
	return virtual_load(arg, type, file, err);
}

static const char *medium_file(void *arg)
{
	return virtual_medium_file(arg);
}

static void assemble(struct rig *r)
{
	struct err err = { 0 };
	char recorder[160];
	struct rig_gate *g = calloc(1, sizeof(*g));

	T_MUST(g != NULL);
	r->gate = g;
	g->base.ops = &gate_ops;
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->changed, NULL);
	snprintf(recorder, sizeof(recorder), "%s/recorder", r->dir);
	T_MUST(virtual_open(recorder, &r->recorder, &err) == 0);
	g->below = r->recorder;
	T_MUST(stage_open(r->dir, NULL, &r->stage, &err) == 0);
	T_MUST(burner_new(&g->base, &rig_clock,
		       &(struct burner_events){ job_changed, medium_changed, g }, &r->burner,
		       &err) == 0);
	T_MUST(ctl_new(r->stage, r->burner,
		       &(struct ctl_host){ .load = load,
			       .medium_file = medium_file,
			       .recorder_id = "virtual",
			       .planned_type = "dvd+r",
			       .arg = r->recorder },
		       &r->ctl, &err) == 0);
	atomic_store(&g->ctl, r->ctl);
}

void rig_init(struct rig *r)
{
	memset(r, 0, sizeof(*r));
	snprintf(r->dir, sizeof(r->dir), "%s", t_tmpdir());
	assemble(r);
}

void rig_fini(struct rig *r)
{
	struct err err = { 0 };

	rig_gate_open(r);
	burner_free(r->burner);
	ctl_free(r->ctl);
	T_EQ(stage_close(r->stage, &err), 0);
	pthread_cond_destroy(&r->gate->changed);
	pthread_mutex_destroy(&r->gate->lock);
	free(r->gate);
}

void rig_reopen(struct rig *r)
{
	rig_fini(r);
	assemble(r);
}

static void set_gate(struct rig *r, bool closed, unsigned passes)
{
	pthread_mutex_lock(&r->gate->lock);
	r->gate->closed = closed;
	r->gate->passes = passes;
	r->gate->reached = false;
	pthread_cond_broadcast(&r->gate->changed);
	pthread_mutex_unlock(&r->gate->lock);
}

void rig_gate_close(struct rig *r)
{
	set_gate(r, true, 0);
}

void rig_gate_close_after(struct rig *r, unsigned passes)
{
	set_gate(r, true, passes);
}

void rig_gate_open(struct rig *r)
{
	set_gate(r, false, 0);
}

void rig_gate_reached(struct rig *r)
{
	pthread_mutex_lock(&r->gate->lock);
	while (!r->gate->reached)
		pthread_cond_wait(&r->gate->changed, &r->gate->lock);
	pthread_mutex_unlock(&r->gate->lock);
}

void rig_put(struct rig *r, const char *name, size_t n)
{
	struct stage_attr a;
	struct err err = { 0 };
	uint8_t *bytes = malloc(n + 1);

	T_MUST(bytes != NULL);
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)(i * 31 + i / 2048);
	T_MUST(stage_make(r->stage, STAGE_ROOT_INO, name, (struct stage_kind){ S_IFREG | 0644, 0 },
		       (struct stage_owner){ 0, 0 }, &a, &err) == 0);
	T_MUST(stage_hold(r->stage, a.ino, false, &err) == 0);
	T_EQ(stage_write(r->stage, a.ino, 0, false, bytes, n, &err), (ssize_t)n);
	stage_release(r->stage, a.ino);
	free(bytes);
}

uint32_t rig_node(struct rig *r, const char *path)
{
	struct ctl_attr a = { .node = CTL_ROOT };
	const char *slash = strchr(path, '/');

	if (slash) {
		T_MUST(ctl_lookup(r->ctl, CTL_ROOT, "settings", &a) == 0);
		path = slash + 1;
	}
	T_MUST(ctl_lookup(r->ctl, a.node, path, &a) == 0);
	return a.node;
}

struct ctl_handle *rig_open(struct rig *r, const char *path, int flags)
{
	struct ctl_handle *h = NULL;
	struct err err = { 0 };
	const struct ctl_caller who = { .uid = geteuid(), .gid = getegid(), .pid = getpid() };

	T_MUST(ctl_open(r->ctl, rig_node(r, path), flags, &who, &h, &err) == 0);
	return h;
}

static int write_once(struct rig *r, const char *path, const char *text, struct err *err)
{
	struct ctl_handle *h = rig_open(r, path, O_WRONLY | O_TRUNC);
	ssize_t got = ctl_write(h, text, strlen(text), err);

	ctl_release(h);
	return got < 0 ? (int)got : 0;
}

int rig_write(struct rig *r, const char *path, const char *text)
{
	struct err err = { 0 };

	return write_once(r, path, text, &err);
}

int rig_command(struct rig *r, const char *text, struct err *err)
{
	*err = (struct err){ 0 };
	return write_once(r, "control", text, err);
}

const char *rig_read(struct rig *r, const char *path)
{
	static char text[65536];
	struct ctl_handle *h = rig_open(r, path, O_RDONLY);
	struct err err = { 0 };
	size_t n = 0;
	ssize_t got;

	while ((got = ctl_read(h, n, text + n, sizeof(text) - 1 - n, &err)) > 0)
		n += (size_t)got;
	T_EQ(got, 0);
	text[n] = '\0';
	ctl_release(h);
	return text;
}

uint64_t rig_space(struct rig *r, const char *key)
{
	const char *at = strstr(rig_read(r, "space"), key);

	T_MUST(at != NULL);
	return strtoull(at + strlen(key) + 1, NULL, 10);
}
