/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands that do something to the medium: burn, erase, format, close, verify. */
#include "running.h"

#include "command.h"
#include "imaging.h"
#include "journal.h"
#include "preview.h"
#include "settings.h"
#include "state.h"

#include "base/err.h"
#include "burn/burner.h"
#include "image/image.h"
#include "stage/plant.h"
#include "stage/stage.h"

#include <errno.h>

static uint32_t speed_of(struct run *run)
{
	const struct mmc_profile *p = run->c->planned;
	struct medium m = { 0 };

	if (!run->cmd->speed_tenths)
		return run->cmd->speed_kbs;
	burner_medium(run->c->burner, &m);
	if (m.profile)
		p = m.profile;
	return (uint32_t)((uint64_t)run->cmd->speed_tenths * p->speed_1x_kbs / 10);
}

/* A word of the command, or the setting. */
static int choose(
	struct run *run, enum command_option o, enum setting s, unsigned *out, struct err *err)
{
	if (!run->cmd->given[o])
		return setting_choice(run->c, s, out, err);
	*out = run->cmd->choice[o];
	return 0;
}

static int burn_request(struct run *run, struct burn_request *out, struct err *err)
{
	unsigned close = 0, verify = 0;
	int r = choose(run, OPTION_CLOSE, SETTING_CLOSE, &close, err);

	if (r == 0)
		r = choose(run, OPTION_VERIFY, SETTING_VERIFY, &verify, err);
	if (r < 0)
		return r;
	*out = (struct burn_request){
		.close = (enum burn_close)close,
		.verify = (enum burn_verify)verify,
		.speed_kbs = speed_of(run),
		.simulate = run->cmd->given[OPTION_SIMULATE],
		.eject = run->cmd->given[OPTION_EJECT],
		.overwrite = run->cmd->given[OPTION_OVERWRITE],
	};
	return 0;
}

/* Takes @image, which may be NULL where the deed has none. */
static int start_deed(
	struct run *run, struct image *image, const struct burn_request *req, struct err *err)
{
	struct err why = { 0 };
	int r = journal_begin(run->c, run->line, &run->job_id, err);

	if (r < 0) {
		image_free(image);
		return r;
	}
	r = burner_burn(run->c->burner, image, req, run->job_id, &run->job, &why);
	if (r < 0) {
		journal_drop(run->c, run->job_id, &why);
		*err = why;
	}
	return r;
}

int run_burn(struct run *run, struct err *err)
{
	struct burn_request req;
	struct image_opts opts;
	struct stage_space space;
	struct image *image = NULL;
	struct medium m;
	int r = run_check_idle(run, err);

	if (r == 0)
		r = stage_space_final(run->c->stage, &space, err);
	if (r == 0 && space.entries == 0)
		r = err_set(err, -EINVAL, "nothing is staged; copy files into the mount first");
	if (r == 0)
		r = burn_request(run, &req, err);
	if (r == 0)
		r = stage_check_sources(run->c->stage, err);
	/* Refused before the image is made, where the projection knows already; by the medium that
	 * is in now. */
	if (r == 0)
		r = burner_refresh(run->c->burner, &m, err);
	if (r == 0)
		req.image_lba = burn_image_lba(&m, &req);
	if (r == 0)
		r = burner_check(run->c->burner, space.image_nsec, &req, err);
	if (r == 0)
		r = imaging_opts(run->c, &opts, err);
	if (r == 0)
		r = imaging_suits(&opts, m.profile, space.image_nsec, err);
	if (r == 0)
		r = preview_build_at(run->c, req.image_lba, &image, err);
	if (r == 0)
		r = burner_check(run->c->burner, image_nsec(image), &req, err);
	if (r < 0) {
		image_free(image);
		return r;
	}
	return start_deed(run, image, &req, err);
}

int run_erase(struct run *run, struct err *err)
{
	const struct burn_request req = {
		.deed = BURN_ERASE,
		.extent = run->cmd->given[OPTION_FULL] ? BURN_FULL : BURN_QUICK,
	};
	int r = run_check_idle(run, err);

	if (r == 0 && run->cmd->given[OPTION_FULL] && run->cmd->given[OPTION_QUICK])
		r = err_set(err, -EINVAL, "erase: say quick or full, not both");
	return r < 0 ? r : start_deed(run, NULL, &req, err);
}

int run_format(struct run *run, struct err *err)
{
	const struct burn_request req = {
		.deed = BURN_FORMAT,
		.spare = (enum mmc_spare)run->cmd->choice[OPTION_SPARE],
	};
	int r = run_check_idle(run, err);

	return r < 0 ? r : start_deed(run, NULL, &req, err);
}

int run_close(struct run *run, struct err *err)
{
	const struct burn_request req = { .deed = BURN_CLOSE,
		.eject = run->cmd->given[OPTION_EJECT] };
	int r = run_check_idle(run, err);

	return r < 0 ? r : start_deed(run, NULL, &req, err);
}

/* With the layout as it is: it stays staged after a burn until it is cleared. */
int run_verify(struct run *run, struct err *err)
{
	const struct burn_request req = { .deed = BURN_COMPARE };
	struct image *image = NULL;
	struct medium m = { 0 };
	int r = run_check_idle(run, err);

	if (r == 0)
		r = stage_check_sources(run->c->stage, err);
	if (r == 0)
		r = burner_refresh(run->c->burner, &m, err);
	if (r == 0)
		r = preview_build_at(run->c, m.session_lba, &image, err);
	return r < 0 ? r : start_deed(run, image, &req, err);
}
