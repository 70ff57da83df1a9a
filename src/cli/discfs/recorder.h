/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Picks the recorder that --recorder names. */
#ifndef DISCFS_CLI_RECORDER_H
#define DISCFS_CLI_RECORDER_H

#include <stdbool.h>

struct transport;
struct err;

struct recorder {
	struct transport *transport; /* the burner's, once there is one */
	char id[256];		     /* as users see it: never with a password */
	bool takes_media;	     /* its media are put in by command: a virtual one */
};

/* @name: auto, /dev/sr0, virtual[:NAME] or iscsi://...; virtual ones live below @project_dir. */
int recorder_open(const char *name, const char *project_dir, struct recorder *out, struct err *err);

#endif
