/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of discfs, by argp. */
#include "options.h"

#include "catalog/catalog.h"
#include "mount/mount.h"
#include "recorder/drive.h"
#include "recorder/iscsi.h"

#include <argp.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum {
	KEY_PROJECT = 256,
	KEY_RECORDER,
	KEY_MEDIUM,
	KEY_CHECK,
	KEY_REPAIR,
	KEY_CONTENT,
	KEY_JSON,
	KEY_VALIDATE,
};

static const struct argp_option table[] = {
	{ .name = "project",
		.key = KEY_PROJECT,
		.arg = "NAME|DIR",
		.doc = "which pending layout; default \"default\", kept in "
		       "$XDG_DATA_HOME/discfs/NAME" },
	{ .name = "recorder",
		.key = KEY_RECORDER,
		.arg = "ID",
		.doc = "auto (default), /dev/sr0, virtual[:NAME] or iscsi://HOST[:PORT]/IQN/LUN" },
	{ .name = "medium",
		.key = KEY_MEDIUM,
		.arg = "TYPE",
		.doc = "plan for, and load into the virtual recorder: cd-r cd-rw dvd-r dvd-rw "
		       "dvd-r-dl dvd-ram dvd+r dvd+rw dvd+r-dl dvd+rw-dl bd-r bd-r-dl bd-re "
		       "bd-re-dl bd-r-xl; default dvd+r" },
	{ .name = "check",
		.key = KEY_CHECK,
		.doc = "prove a project that is not mounted, as discctl check does" },
	{ .name = "repair", .key = KEY_REPAIR, .doc = "with --check: mend what can be mended" },
	{ .name = "content", .key = KEY_CONTENT, .doc = "with --check: read every byte too" },
	{ .name = "validate",
		.key = KEY_VALIDATE,
		.arg = "IMAGE",
		.doc = "check an image or a disc, as discctl validate does" },
	{ .name = "json", .key = KEY_JSON, .doc = "with --check and --validate: print JSON" },
	{ .name = "foreground", .key = 'f', .doc = "stay in the foreground" },
	{ .key = 'o',
		.arg = "OPT,...",
		.doc = "FUSE and discfs options, as in /etc/fstab: allow_other, control=visible, "
		       "project=, recorder=, medium=" },
	{ 0 },
};

static const char doc[] =
	"Mount a directory that becomes a disc: copy files in, watch df, then "
	"`echo burn > MOUNTPOINT/.discfs/control`.\v"
	"Unmount with `fusermount3 -u MOUNTPOINT` or umount; the layout is there again at the next "
	"mount. See discfs(1), discctl(1), discfs-control(5).";

static void print_version(FILE *out, struct argp_state *state)
{
	const char *iscsi = iscsi_recorder_library();

	(void)state;
	fprintf(out, "discfs %s\nlibfuse %s\nSQLite %s\njansson %s\n", DISCFS_VERSION,
		mount_library_version(), catalog_library_version(), jansson_version_str());
	if (*iscsi)
		fprintf(out, "libiscsi %s\n", iscsi);
	fprintf(out, "libcdio %s\nrecorders: drives of this machine, virtual%s\n", drive_library(),
		*iscsi ? ", iscsi" : "");
	fprintf(out, "not built in: libsndfile audio, udev hotplug, sd-bus inhibitors%s\n",
		*iscsi ? "" : ", libiscsi recorders");
}

void (*argp_program_version_hook)(FILE *, struct argp_state *) = print_version;

/* Options of mount(8) and fstab(5) that say nothing to a file system. */
static bool ignored(const char *word)
{
	static const char *const words[] = { "defaults", "rw", "auto", "noauto", "user", "nouser",
		"users", "owner", "group", "nofail", "_netdev", "nosuid", "nodev", "relatime",
		"strictatime", "lazytime", "silent", "loud" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return strncmp(word, "x-", 2) == 0 || !*word;
}

static const char *value_of(const char *word, const char *key)
{
	size_t n = strlen(key);

	return strncmp(word, key, n) == 0 ? word + n : NULL;
}

static void take_mount_option(struct options *o, const char *word, struct argp_state *state)
{
	size_t used = strlen(o->fs_options);
	const char *v;

	if ((v = value_of(word, "project=")))
		o->project = v;
	else if ((v = value_of(word, "recorder=")))
		o->recorder = v;
	else if ((v = value_of(word, "medium=")))
		o->medium = v;
	else if (strcmp(word, "control=visible") == 0)
		o->control_visible = true;
	else if (strcmp(word, "allow_other") == 0)
		o->allow_other = true;
	else if (value_of(word, "control_group="))
		argp_error(state, "-o control_group= is not in this version");
	else if (value_of(word, "max_read="))
		argp_error(state, "-o max_read= cannot be: the kernel and discfs agree on 1 MiB");
	else if (!ignored(word) &&
		 snprintf(o->fs_options + used, sizeof(o->fs_options) - used, "%s%s",
			 used ? "," : "", word) >= (int)(sizeof(o->fs_options) - used))
		argp_error(state, "-o: too many options");
}

static void take_mount_options(struct options *o, const char *text, struct argp_state *state)
{
	size_t used = 0;
	char *at;

	/* Values stay in o->words: what came before is kept in front. */
	while (o->words[used])
		used += strlen(o->words + used) + 1;
	if (used + strlen(text) + 2 > sizeof(o->words))
		argp_error(state, "-o: too many options");
	at = o->words + used;
	memcpy(at, text, strlen(text) + 1);
	while (at) {
		char *comma = strchr(at, ',');

		if (comma)
			*comma = '\0';
		take_mount_option(o, at, state);
		at = comma ? comma + 1 : NULL;
	}
}

/* mount(8) must name something as the source, and often has nothing to name. */
static void choose_project(struct options *o)
{
	bool named =
		o->source && strcmp(o->source, "none") != 0 && strcmp(o->source, "discfs") != 0;

	if (!o->project)
		o->project = named ? o->source : "default";
}

static error_t take_check(int key, struct options *o)
{
	switch (key) {
	case KEY_CHECK:
		o->check = true;
		return 0;
	case KEY_REPAIR:
		o->repair = true;
		return 0;
	case KEY_CONTENT:
		o->content = true;
		return 0;
	case KEY_JSON:
		o->json = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void check_words(const struct options *o, struct argp_state *state)
{
	if ((o->check || o->validate) && o->mountpoint)
		argp_error(state, "--check and --validate take no MOUNTPOINT");
	else if (o->check && o->validate)
		argp_error(state, "--check or --validate, one of them");
	else if (!o->check && (o->repair || o->content))
		argp_error(state, "--repair and --content go with --check");
	else if (!o->check && !o->validate && o->json)
		argp_error(state, "--json goes with --check and --validate");
	else if (!o->check && !o->validate && !o->mountpoint)
		argp_error(state, "which MOUNTPOINT?");
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_PROJECT:
		o->project = arg;
		break;
	case KEY_RECORDER:
		o->recorder = arg;
		break;
	case KEY_MEDIUM:
		o->medium = arg;
		break;
	case KEY_VALIDATE:
		o->validate = arg;
		break;
	case 'f':
		o->foreground = true;
		break;
	case 'o':
		take_mount_options(o, arg, state);
		break;
	case ARGP_KEY_ARG:
		if (o->source)
			argp_error(state, "one mount point, not \"%s\" too", arg);
		o->source = o->mountpoint;
		o->mountpoint = arg;
		break;
	case ARGP_KEY_END:
		check_words(o, state);
		choose_project(o);
		break;
	default:
		return take_check(key, o);
	}
	return 0;
}

void options_parse(int argc, char **argv, struct options *o)
{
	static const struct argp argp = {
		.options = table, .parser = take, .args_doc = "[SOURCE] MOUNTPOINT", .doc = doc
	};

	*o = (struct options){ .recorder = "auto" };
	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, o);
}
