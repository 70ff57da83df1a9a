/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The virtual recorder from outside: opening it, and what a hand does. */
#include "recorder/virtual.h"

#include "device.h"

#include "base/err.h"
#include "base/file.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void virtual_close(struct transport *t)
{
	struct device *d = (struct device *)t;

	disc_close(&d->disc);
	free(d);
}

static const struct transport_ops virtual_ops = { .exec = device_exec, .close = virtual_close };

int virtual_open(const char *dir, struct transport **out, struct err *err)
{
	struct device *d;
	int r = file_mkdir_p(dir, 0700, err);

	if (r < 0)
		return r;
	d = calloc(1, sizeof(*d));
	if (!d)
		return err_nomem(err);
	d->base.ops = &virtual_ops;
	d->disc.fd = -1;
	if (!realpath(dir, d->dir))
		r = err_sys(err, errno, "opening the virtual recorder %s", dir);
	else
		r = tray_fill(d, err);
	if (r < 0) {
		virtual_close(&d->base);
		return r;
	}
	*out = &d->base;
	return 0;
}

/* "/dir/name" with the directory resolved, so that "loaded" means the same from anywhere. */
static int absolute(const char *file, char out[static PATH_MAX], struct err *err)
{
	const char *slash = strrchr(file, '/');
	const char *name = slash ? slash + 1 : file;
	char parent[PATH_MAX], real[PATH_MAX];

	if (*name == '\0' || strchr(file, '\n'))
		return err_set(err, -EINVAL, "a medium cannot be named \"%.100s\"", file);
	if (snprintf(parent, sizeof(parent), "%.*s", slash ? (int)(slash - file) + 1 : 1,
		    slash ? file : ".") >= PATH_MAX)
		return err_set(err, -ENAMETOOLONG, "the medium's path is too long");
	if (!realpath(parent, real))
		return err_sys(err, errno, "the medium's directory %.200s", parent);
	if (snprintf(out, PATH_MAX, "%s/%s", strcmp(real, "/") == 0 ? "" : real, name) >=
		PATH_MAX - 16)
		return err_set(err, -ENAMETOOLONG, "the medium's path is too long");
	return 0;
}

static int make_numbered(
	const struct device *d, const struct medium_type *type, struct disc *out, struct err *err)
{
	char path[PATH_MAX];

	for (unsigned n = 1; n <= 9999; n++) {
		struct err own = { 0 };
		int r;

		if (snprintf(path, sizeof(path), "%s/disc-%04u.iso", d->dir, n) >= PATH_MAX - 16)
			return err_set(err, -ENAMETOOLONG, "the recorder's path is too long");
		r = disc_create(out, path, type, &own);
		if (r == 0)
			return 0;
		if (r != -EEXIST) {
			if (err)
				*err = own;
			return r;
		}
	}
	return err_set(err, -ENOSPC, "%s holds 9999 discs already: move some away", d->dir);
}

static int open_named(const char *path, const char *type, struct disc *out, struct err *err)
{
	int r = disc_open(out, path, err);

	if (r < 0)
		return r;
	if (type && strcmp(out->type->name, type) != 0) {
		r = err_set(err, -EMEDIUMTYPE, "%s is a %s, not a %s", path, out->type->name, type);
		disc_close(out);
	}
	return r;
}

/* @path "": a new one in the recorder's own directory. */
static int find_disc(const struct device *d, const char *type, const char *path, struct disc *out,
	struct err *err)
{
	const struct medium_type *row = type ? medium_type_by_name(type) : NULL;

	if (type && !row)
		return err_set(
			err, -EINVAL, "the virtual recorder has no media of type \"%.32s\"", type);
	if (path[0] && access(path, F_OK) == 0)
		return open_named(path, type, out, err);
	if (!row)
		return err_set(err, -EINVAL, "a blank medium needs a type, for example dvd+r");
	return path[0] ? disc_create(out, path, row, err) : make_numbered(d, row, out, err);
}

/* The disc that is in goes out first: it may be the one that is to be put in again. */
static int change_disc(struct device *d, const char *type, const char *path, struct err *err)
{
	char before[PATH_MAX];
	struct disc *found = malloc(sizeof(*found));
	int r;

	if (!found)
		return err_nomem(err);
	memcpy(before, d->disc.path, sizeof(before));
	disc_close(&d->disc);
	r = find_disc(d, type, path, found, err);
	if (r == 0)
		d->disc = *found;
	else if (before[0] && disc_open(&d->disc, before, NULL) < 0)
		device_disc_changed(d);
	free(found);
	return r;
}

int virtual_load(struct transport *t, const char *type, const char *file, struct err *err)
{
	struct device *d = (struct device *)t;
	char path[PATH_MAX] = "";
	int r;

	assert(t->ops == &virtual_ops);
	r = file ? absolute(file, path, err) : 0;
	if (r == 0)
		r = change_disc(d, type, path, err);
	if (r < 0)
		return r;
	d->tray_open = false;
	d->prevented = false;
	device_disc_changed(d);
	return tray_remember(d, err);
}

const char *virtual_medium_file(const struct transport *t)
{
	assert(t->ops == &virtual_ops);
	return ((const struct device *)t)->disc.path;
}
