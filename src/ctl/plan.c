/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan: what a burn now would do, step by step, or why it would be refused. */
#include "render.h"

#include "imaging.h"
#include "settings.h"
#include "standing.h"
#include "state.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/sector.h"
#include "base/text.h"
#include "burn/burner.h"
#include "handle.h"
#include "image/boot.h"
#include "image/survey.h"
#include "stage/area.h"
#include "stage/plant.h"
#include "stage/stage.h"
#include "tree/sums.h"
#include "tree/tree.h"

#include <inttypes.h>

static const char *const verifications[] = {
	[BURN_VERIFY_FULL] = "read every block back and compare",
	[BURN_VERIFY_QUICK] = "read the first and last MiB and samples back and compare",
	[BURN_VERIFY_NONE] = "nothing is read back",
};

/* What is in, or a blank one of the planned type. */
static struct medium plan_medium(const struct ctl *c, const struct medium *in)
{
	const struct mmc_profile *p = c->planned;

	if (ctl_plans_for(in))
		return *in;
	return (struct medium){ .state = MEDIUM_BLANK,
		.profile = p,
		.unformatted = p->format_needed,
		.at_once = p->write_type == MMC_WRITE_DISC };
}

static void put_medium(struct ctl *c, const struct stage_space *space,
	const struct burn_request *req, struct buf *out)
{
	struct medium in = { 0 }, m;

	burner_medium(c->burner, &in);
	m = plan_medium(c, &in);
	buf_printf(out, "medium   %s, %" PRIu64 " blocks%s\n", m.profile->name,
		space->room.capacity_nsec, ctl_plans_for(&in) ? "" : " (planned, not inserted)");
	buf_printf(out, "format   %s\n", burn_preparing(&m, req));
	buf_printf(out, "mode     %s\n", burn_writing(&m, req));
	if (burn_image_lba(&m, req))
		buf_printf(out, "session  %u, from block %u: readers show the last session alone\n",
			m.sessions + 1u, m.next_lba);
	buf_printf(out, "write    %" PRIu64 " blocks: image %" PRIu64 ", overhead %" PRIu64 "\n",
		space->used_nsec, space->image_nsec, space->overhead_nsec);
	buf_printf(out, "close    %s%s\n", burn_closing(&m, req),
		req->close == BURN_CLOSE_AUTO ? " (auto)" : "");
}

/* @boot: why no image could be made, or could be on that medium, or code 0. */
static void put_verdict(struct ctl *c, const struct stage_space *space,
	const struct burn_request *req, const struct err *boot, struct buf *out)
{
	struct burn_request asked = *req;
	struct medium m = { 0 };
	struct err why = { 0 };

	burner_medium(c->burner, &m);
	asked.image_lba = burn_image_lba(&m, req);
	if (space->entries == 0)
		buf_puts(out, "now      refused: EINVAL: nothing is staged\n");
	else if (boot->code < 0)
		buf_printf(out, "now      refused: %s: %s\n", err_name(boot->code), boot->msg);
	else if (burner_check(c->burner, space->image_nsec, &asked, &why) < 0)
		buf_printf(out, "now      refused: %s: %s\n", err_name(why.code), why.msg);
	else
		buf_puts(out, "now      ready\n");
}

static int request(struct ctl *c, struct burn_request *out, struct err *err)
{
	unsigned close = 0, verify = 0;
	int r = setting_choice(c, SETTING_CLOSE, &close, err);

	if (r == 0)
		r = setting_choice(c, SETTING_VERIFY, &verify, err);
	*out = (struct burn_request){ .close = (enum burn_close)close,
		.verify = (enum burn_verify)verify };
	return r;
}

static void put_left_out(struct buf *out, uint64_t ninode)
{
	if (ninode)
		buf_printf(out, "left out extended attributes and ACLs of %" PRIu64 " files\n",
			ninode);
}

/* Beyond so many names.tsv tells: plan is looked at often. */
#define LOSSES_ENTRIES_MAX 500000u

/* What becomes of names, attributes and the like; fails as making the image does. */
static int describe_losses(
	struct ctl *c, const struct stage_space *space, struct buf *out, struct err *err)
{
	const struct image *img;
	uint64_t left_out = 0;
	struct image_opts opts;
	int r;

	if (space->entries == 0)
		return 0;
	if (space->entries <= LOSSES_ENTRIES_MAX) {
		r = standing_get(c, &img, err);
		if (r < 0)
			return r;
		image_describe_losses(img, out);
		standing_put(c);
		return 0;
	}
	r = imaging_opts(c, &opts, err);
	if (r == 0 && !(image_spaces(&opts) & (IMAGE_ROCKRIDGE | IMAGE_UDF)))
		r = stage_xattr_owners(c->stage, &left_out, err);
	buf_printf(out, "names    of more than %u entries: see names.tsv\n", LOSSES_ENTRIES_MAX);
	put_left_out(out, left_out);
	return r;
}

static int describe_boot(struct ctl *c, struct buf *out, struct err *err)
{
	struct tree *t = NULL;
	int r = stage_boot_list(c->stage, &t, err);

	if (r == 0)
		r = boot_describe(t, out, err);
	tree_free(t);
	return r;
}

static void put_sums(const struct stage_space *space, struct buf *out)
{
	if (space->cost.sums_taken)
		buf_puts(out, "sums     " SUMS_NAME " is the staged file of that name: no list of "
			      "digests is made\n");
	else if (space->cost.sums_bytes)
		buf_printf(out, "sums     " SUMS_NAME ", %" PRIu64 " bytes, is added\n",
			space->cost.sums_bytes);
}

/* They are checked when the burn begins; here only that they exist is told. */
static void put_sources(struct ctl *c, struct buf *out)
{
	struct stage_sources sources;
	char bytes[16];

	stage_sources(c->stage, &sources);
	if (sources.files)
		buf_printf(out,
			"sources  %" PRIu64 " files (%s) are read from where they lie: leave them "
			"as they are\n",
			sources.files, text_bytes(bytes, sources.bytes));
}

int render_plan(struct ctl *c, const struct node *n, struct buf *out, struct err *err)
{
	struct stage_space space;
	struct image_opts opts;
	struct burn_request req = { 0 };
	struct err boot_err = { 0 };
	struct buf boot;
	struct buf losses;
	const struct mmc_profile *p = c->planned;
	int r = stage_space(c->stage, &space, err);

	(void)n;
	if (r == 0)
		r = imaging_opts(c, &opts, err);
	if (r == 0)
		r = request(c, &req, err);
	if (r < 0)
		return r;
	buf_init(&boot, HANDLE_TEXT_MAX);
	buf_init(&losses, HANDLE_TEXT_MAX);
	describe_boot(c, &boot, &boot_err);
	if (boot_err.code == 0)
		describe_losses(c, &space, &losses, &boot_err);
	if (boot_err.code == 0)
		imaging_suits(&opts, p, space.image_nsec, &boot_err);
	put_verdict(c, &space, &req, &boot_err, out);
	put_medium(c, &space, &req, out);
	buf_printf(out, "verify   %s\n", verifications[req.verify]);
	buf_puts(out, buf_str(&boot));
	buf_fini(&boot);
	buf_puts(out, buf_str(&losses));
	buf_fini(&losses);
	put_sources(c, out);
	put_sums(&space, out);
	if (p->speed_1x_kbs)
		buf_printf(out, "time     %" PRIu64 " s of writing at 1x\n",
			space.used_nsec * SECTOR / 1000 / p->speed_1x_kbs);
	return 0;
}
