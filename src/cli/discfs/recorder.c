/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of recorders and what they open: a row each. */
#include "recorder.h"

#include "base/err.h"
#include "recorder/iscsi.h"
#include "recorder/virtual.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

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

static const struct kind {
	const char *name; /* the whole of it, or how it begins if it ends in ':' or '/' */
	int (*open)(
		const char *name, const char *project_dir, struct recorder *out, struct err *err);
} kinds[] = {
	{ "auto", open_virtual },
	{ "virtual", open_virtual },
	{ "virtual:", open_virtual },
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
		"--recorder=%s: this version has virtual recorders and those of other machines; "
		"use virtual or iscsi://HOST[:PORT]/IQN/LUN",
		name);
}
