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
	[JOB_PREPARE] = { "nothing was written",
		"the medium was being erased or formatted: what was on it is lost, and it has to "
		"be erased or formatted again" },
	[JOB_WRITE] = { "nothing was written, the medium is as it was",
		"the disc holds an unfinished track and is not usable further; "
		"take a fresh medium" },
	[JOB_CLOSE] = { "nothing was written, the medium is as it was",
		"everything was written but the disc is not known to be closed; "
		"take a fresh medium" },
	[JOB_VERIFY] = { "nothing was written", "the disc is burned and closed but not verified" },
};

static const char *const failed_words[BURN_DEEDS] = {
	[BURN_IMAGE] = "burning failed",
	[BURN_ERASE] = "erasing failed",
	[BURN_FORMAT] = "formatting failed",
	[BURN_CLOSE] = "closing failed",
	[BURN_COMPARE] = "verifying failed",
};

static const char *const on_overwritable[] = {
	[JOB_WRITE] = "what was on the medium is lost; burn it again",
	[JOB_CLOSE] =
		"everything was written but the medium is not known to be whole; verify it, or "
		"burn it again",
};

static void care_words(const struct burn *b, struct job_end *end)
{
	const char *disc = b->row->name;
	unsigned long long image = b->image_nsec, compared = b->compared_nsec;

	switch (b->req.deed) {
	case BURN_ERASE:
		snprintf(end->outcome, sizeof(end->outcome), "erased the %s %s%s", disc,
			b->req.extent == BURN_FULL ? "fully" : "quickly", b->note);
		break;
	case BURN_FORMAT:
		snprintf(end->outcome, sizeof(end->outcome), "formatted the %s: %llu blocks%s",
			disc, (unsigned long long)b->medium.capacity_nsec, b->note);
		break;
	case BURN_CLOSE:
		snprintf(end->outcome, sizeof(end->outcome), "closed the %s%s", disc, b->note);
		break;
	default:
		snprintf(end->outcome, sizeof(end->outcome),
			"verified: %llu of %llu blocks on the %s are equal%s", compared, image,
			disc, b->note);
	}
}

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
	if (b->req.deed == BURN_COMPARE)
		return "the medium is as it was";
	if (b->req.deed == BURN_CLOSE && last->medium_touched)
		return "the disc is not known to be closed; what was on it is there, try again";
	if (b->differs)
		return "the disc is closed but not a good copy; burn again on a fresh medium";
	if (b->row && b->row->place != MMC_PLACE_NEXT && last->medium_touched &&
		(last->state == JOB_WRITE || last->state == JOB_CLOSE))
		return on_overwritable[last->state];
	return unfinished[last->state][last->medium_touched];
}

static void unfinished_words(
	const struct burn *b, const struct job_status *last, int r, struct job_end *end)
{
	const char *words = disc_words(b, last);
	unsigned long long written = b->written_nsec, total = b->total_nsec;

	if (r == -ECANCELED && last->state == JOB_VERIFY && b->req.deed == BURN_IMAGE)
		snprintf(end->outcome, sizeof(end->outcome),
			"burned %u blocks to %s and closed; verification was cancelled: not "
			"verified%s",
			b->image_nsec, b->row->name, b->note);
	else if (last->state == JOB_WRITE && last->medium_touched)
		snprintf(end->outcome, sizeof(end->outcome), "%s after %llu of %llu blocks: %s%s",
			r == -ECANCELED ? "cancelled" : failed_words[b->req.deed], written, total,
			words, b->note);
	else
		snprintf(end->outcome, sizeof(end->outcome), "%s in state %s: %s%s",
			r == -ECANCELED ? "cancelled" : failed_words[b->req.deed],
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
		if (b->req.deed == BURN_IMAGE)
			done_words(b, end);
		else
			care_words(b, end);
		return;
	}
	end->state = r == -ECANCELED ? JOB_CANCELLED : JOB_FAILED;
	end->err = *err;
	end->err.code = r;
	unfinished_words(b, last, r, end);
}
