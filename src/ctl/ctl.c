/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Life of the control directory, and what it is told by the burner. */
#include "ctl/ctl.h"

#include "state.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "burn/burner.h"
#include "settings.h"
#include "stage/stage.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_TYPE "dvd+r"

static int copy_host(struct ctl *c, const struct ctl_host *host, struct err *err)
{
	const char *type =
		host->planned_type && *host->planned_type ? host->planned_type : DEFAULT_TYPE;
	const struct mmc_profile *planned = mmc_profile_by_type(type);
	char shown[64];

	c->host = *host;
	snprintf(c->recorder_id, sizeof(c->recorder_id), "%s",
		host->recorder_id ? host->recorder_id : "");
	c->host.recorder_id = c->recorder_id;
	c->host.planned_type = NULL;
	c->planned = planned;
	if (planned)
		return 0;
	return err_set(err, -EINVAL,
		"unknown medium type \"%s\"; known are cd-r, dvd+rw, bd-re ...",
		text_quoted(shown, sizeof(shown), type, strlen(type)));
}

static void read_epoch(struct ctl *c)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");

	if (epoch)
		text_u64(epoch, &c->stamp_sec);
}

/* What a power failure took must be told before it is burned and its source deleted. */
static void tell_cut_files(struct ctl *c)
{
	uint64_t n = stage_cut_files(c->stage);
	struct err why;

	if (n == 0)
		return;
	err_set(&why, -ESTALE,
		"the last end was unclean, and %" PRIu64 " staged files had lost their end: they "
		"were cut to what is there; compare what is staged with where it came from before "
		"burning",
		n);
	report_failure(&c->report, &why, 0, "");
}

int ctl_new(struct stage *stage, struct burner *burner, const struct ctl_host *host,
	struct ctl **out, struct err *err)
{
	struct ctl *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return err_nomem(err);
	c->stage = stage;
	c->burner = burner;
	c->started = clock_wall();
	read_epoch(c);
	r = copy_host(c, host, err);
	if (r == 0)
		r = standing_init(&c->standing, err);
	if (r < 0)
		goto free_ctl;
	pthread_mutex_init(&c->command_turn, NULL);
	pthread_mutex_init(&c->seen_lock, NULL);
	pthread_mutex_init(&c->measured_lock, NULL);
	check_log_init(&c->checks);
	journal_init(&c->journal);
	events_init(&c->events);
	report_init(&c->report);
	ctl_medium_file_read(c);
	ctl_medium_follow(c);
	r = settings_apply(c, err);
	if (r == 0)
		r = journal_recover(c, err);
	if (r < 0)
		goto free_all;
	tell_cut_files(c);
	*out = c;
	return 0;
free_all:
	ctl_free(c);
	return r;
free_ctl:
	free(c);
	return r;
}

void ctl_free(struct ctl *c)
{
	if (!c)
		return;
	standing_fini(&c->standing);
	report_fini(&c->report);
	events_fini(&c->events);
	journal_fini(&c->journal);
	check_log_fini(&c->checks);
	pthread_mutex_destroy(&c->measured_lock);
	pthread_mutex_destroy(&c->seen_lock);
	pthread_mutex_destroy(&c->command_turn);
	free(c->measured);
	free(c);
}

void ctl_medium_file(struct ctl *c, char *out, size_t cap)
{
	pthread_mutex_lock(&c->seen_lock);
	snprintf(out, cap, "%s", c->seen.state == MEDIUM_NONE ? "" : c->medium_file);
	pthread_mutex_unlock(&c->seen_lock);
}

void ctl_medium_file_read(struct ctl *c)
{
	const char *file = c->host.medium_file ? c->host.medium_file(c->host.arg) : "";

	pthread_mutex_lock(&c->seen_lock);
	snprintf(c->medium_file, sizeof(c->medium_file), "%s", file ? file : "");
	pthread_mutex_unlock(&c->seen_lock);
}

/* What @m can take now or once it is erased; 0: nothing, or nobody knows. */
static uint64_t offered_nsec(const struct medium *m)
{
	switch (m->state) {
	case MEDIUM_BLANK:
	case MEDIUM_OVERWRITABLE:
		return m->capacity_nsec;
	case MEDIUM_APPENDABLE:
		return m->profile->sessions ? m->free_nsec : m->erased_nsec;
	case MEDIUM_CLOSED:
		return m->erased_nsec;
	default:
		return 0;
	}
}

/* Whether the room that is planned with is that of @m. */
bool ctl_plans_for(const struct medium *m)
{
	return m->profile && m->profile->writable && offered_nsec(m) > 0;
}

static struct room room_of_medium(const struct ctl *c, const struct medium *m)
{
	const struct mmc_profile *planned = c->planned;

	if (!ctl_plans_for(m))
		return mmc_profile_room(planned, planned->capacity_nsec);
	return mmc_profile_room(m->profile, offered_nsec(m));
}

struct room ctl_room_for(const struct ctl *c, const struct medium *m)
{
	struct room room = room_of_medium(c, m);

	if (c->size_limit_nsec)
		room.capacity_nsec = c->size_limit_nsec;
	return room;
}

static bool same_medium(const struct medium *a, const struct medium *b)
{
	return a->state == b->state && a->profile == b->profile &&
	       a->capacity_nsec == b->capacity_nsec && a->next_lba == b->next_lba &&
	       a->sessions == b->sessions;
}

/* Whether @m differs from what was seen last. */
static bool note_medium(struct ctl *c, const struct medium *m)
{
	bool changed;

	pthread_mutex_lock(&c->seen_lock);
	changed = !same_medium(&c->seen, m);
	c->seen = *m;
	pthread_mutex_unlock(&c->seen_lock);
	return changed;
}

static void take_medium(struct ctl *c, const struct medium *m)
{
	struct room room;

	if (ctl_plans_for(m))
		c->planned = m->profile;
	room = ctl_room_for(c, m);
	stage_set_room(c->stage, &room);
	if (note_medium(c, m))
		events_add_medium(&c->events, m);
}

void ctl_medium_follow(struct ctl *c)
{
	struct medium m = { 0 };

	burner_medium(c->burner, &m);
	take_medium(c, &m);
}

void ctl_medium_changed(struct ctl *c, const struct medium *medium)
{
	ctl_medium_file_read(c);
	take_medium(c, medium);
}

void ctl_job_changed(struct ctl *c, const struct job_status *status)
{
	if (job_state_is_final(status->state))
		journal_settle(c, status);
	events_add_job(&c->events, status);
}
