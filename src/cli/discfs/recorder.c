/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of recorders and what they open: a row each. */
#include "recorder.h"

#include "base/err.h"
#include "mmc/mmc.h"
#include "recorder/drive.h"
#include "recorder/iscsi.h"
#include "recorder/virtual.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define DRIVES_MAX 32u

static int open_virtual(
	const char *name, const char *project_dir, struct recorder *out, struct err *err)
{
	const char *which = strncmp(name, "virtual:", 8) == 0 ? name + 8 : "default";
	char dir[PATH_MAX];

	if (!*which || *which == '.' || strchr(which, '/'))
		return err_set(err, -EINVAL, "--recorder=%s: a name without '/' is wanted", name);
	if (snprintf(dir, sizeof(dir), "%s/virtual/%s", project_dir, which) >= (int)sizeof(dir))
		return err_set(err, -ENAMETOOLONG, "--recorder=%s: path too long", name);
	snprintf(out->id, sizeof(out->id), "%s", strcmp(name, "auto") == 0 ? "virtual" : name);
	out->takes_media = true;
	return virtual_open(dir, &out->transport, err);
}

static int open_iscsi(
	const char *name, const char *project_dir, struct recorder *out, struct err *err)
{
	int r;

	(void)project_dir;
	iscsi_recorder_id(name, out->id, sizeof(out->id));
	r = iscsi_recorder_open(name, &out->transport, err);
	return r < 0 ? err_prefix(err, r, "--recorder=%s", out->id) : 0;
}

static int open_drive(
	const char *name, const char *project_dir, struct recorder *out, struct err *err)
{
	int r;

	(void)project_dir;
	snprintf(out->id, sizeof(out->id), "%s", name);
	r = drive_open(name, &out->transport, err);
	return r < 0 ? err_prefix(err, r, "--recorder=%s", name) : 0;
}

/* Whether a medium is in that can be written; a drive that cannot be asked has none. */
static bool takes_burns(const char *node)
{
	const struct mmc_profile *profile = NULL;
	struct mmc_drive *drive = NULL;
	struct transport *t = NULL;
	uint16_t number;

	if (drive_open(node, &t, NULL) < 0 || mmc_open(t, &clock_real, &drive, NULL) < 0)
		return false;
	if (mmc_current_profile(drive, &number, NULL) == 0)
		profile = mmc_profile_by_number(number);
	mmc_close(drive);
	return profile && profile->writable;
}

/* The one drive with a writable medium if there is exactly one, else the virtual recorder. */
static int open_auto(
	const char *name, const char *project_dir, struct recorder *out, struct err *err)
{
	char nodes[DRIVES_MAX][DRIVE_NODE_SIZE];
	size_t n = drive_list(nodes, DRIVES_MAX), found = 0;
	const char *node = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!takes_burns(nodes[i]))
			continue;
		node = nodes[i];
		found++;
	}
	if (found == 1)
		return open_drive(node, project_dir, out, err);
	return open_virtual(name, project_dir, out, err);
}

static const struct kind {
	const char *name; /* the whole of it, or how it begins if it ends in ':' or '/' */
	int (*open)(
		const char *name, const char *project_dir, struct recorder *out, struct err *err);
} kinds[] = {
	{ "auto", open_auto },
	{ "virtual", open_virtual },
	{ "virtual:", open_virtual },
	{ "/", open_drive },
	{ ISCSI_RECORDER_SCHEME, open_iscsi },
};

static bool is_kind(const struct kind *k, const char *name)
{
	size_t n = strlen(k->name);
	char last = k->name[n - 1];

	return last == ':' || last == '/' ? strncmp(name, k->name, n) == 0
					  : strcmp(name, k->name) == 0;
}

int recorder_open(const char *name, const char *project_dir, struct recorder *out, struct err *err)
{
	*out = (struct recorder){ 0 };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (is_kind(&kinds[i], name))
			return kinds[i].open(name, project_dir, out, err);
	return err_set(err, -ENODEV,
		"--recorder=%s: no such kind of recorder; use auto, /dev/sr0, virtual[:NAME] or "
		"iscsi://HOST[:PORT]/IQN/LUN",
		name);
}
