/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words about the end of a burn: what was done, what the disc is now, what to do. */
#include "burn.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A row per state that a burn may end in before its time, by whether the medium was touched. */
static const char *const unfinished[][2] = {
	[JOB_CHECK] = { "nothing was written", "nothing was written" },
	[JOB_PREPARE] = { "nothing was written", "nothing was written" },
	[JOB_WRITE] = { "nothing was written, the medium is as it was",
		"the disc holds an unfinished track and is not usable further; "
		"take a fresh medium" },
	[JOB_CLOSE] = { "nothing was written, the medium is as it was",
		"everything was written but the disc is not known to be closed; "
		"take a fresh medium" },
	[JOB_VERIFY] = { "nothing was written", "the disc is burned and closed but not verified" },
};

static void done_words(const struct burn *b, struct job_end *end)
{
	unsigned long long image = b->image_nsec, compared = b->compared_nsec;
	const char *disc = b->row->name;

	if (b->req.simulate)
		snprintf(end->outcome, sizeof(end->outcome),
			"simulated burning %llu blocks to %s: nothing was written%s", image, disc,
			b->note);
	else if (!end->verified)
		snprintf(end->outcome, sizeof(end->outcome),
			"burned %llu blocks to %s, not verified%s", image, disc, b->note);
	else if (compared < image)
		snprintf(end->outcome, sizeof(end->outcome),
			"burned %llu blocks to %s, verified quickly: %llu sampled blocks read back "
			"equal%s",
			image, disc, compared, b->note);
	else
		snprintf(end->outcome, sizeof(end->outcome),
			"burned %llu blocks to %s, verified: %llu blocks read back equal%s", image,
			disc, compared, b->note);
}

/* Differences are not "not verified": the disc is known to be bad. */
static const char *disc_words(const struct burn *b, const struct job_status *last)
{
	if (b->differs)
		return "the disc is closed but not a good copy; burn again on a fresh medium";
	return unfinished[last->state][last->medium_touched];
}

static void unfinished_words(
	const struct burn *b, const struct job_status *last, int r, struct job_end *end)
{
	const char *words = disc_words(b, last);
	unsigned long long written = b->written_nsec, total = b->total_nsec;

	if (r == -ECANCELED && last->state == JOB_VERIFY)
		snprintf(end->outcome, sizeof(end->outcome),
			"burned %u blocks to %s and closed; verification was cancelled: not "
			"verified%s",
			b->image_nsec, b->row->name, b->note);
	else if (last->state == JOB_WRITE && last->medium_touched)
		snprintf(end->outcome, sizeof(end->outcome), "%s after %llu of %llu blocks: %s%s",
			r == -ECANCELED ? "cancelled" : "burning failed", written, total, words,
			b->note);
	else
		snprintf(end->outcome, sizeof(end->outcome), "%s in state %s: %s%s",
			r == -ECANCELED ? "cancelled" : "burning failed",
			job_state_name(last->state), words, b->note);
	if (r == -ECANCELED)
		snprintf(end->err.msg, sizeof(end->err.msg), "%s", end->outcome);
	else if (strlen(end->err.msg) + strlen(words) + 3 < sizeof(end->err.msg))
		snprintf(end->err.msg + strlen(end->err.msg),
			sizeof(end->err.msg) - strlen(end->err.msg), "; %s", words);
}

void burn_ending(const struct burn *b, const struct job_status *last, int r, const struct err *err,
	struct job_end *end)
{
	memset(end, 0, sizeof(*end));
	if (r == 0) {
		end->state = JOB_DONE;
		end->verified = b->compared_nsec > 0;
		done_words(b, end);
		return;
	}
	end->state = r == -ECANCELED ? JOB_CANCELLED : JOB_FAILED;
	end->err = *err;
	end->err.code = r;
	unfinished_words(b, last, r, end);
}
