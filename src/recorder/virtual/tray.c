/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tray: the file "loaded" names the disc that is in, "ejected" the one that lies in front. */
#include "device.h"

#include "base/err.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int path_in(
	const struct device *d, const char *name, char out[static PATH_MAX], struct err *err)
{
	if (snprintf(out, PATH_MAX, "%s/%s", d->dir, name) >= PATH_MAX - 8)
		return err_set(err, -ENAMETOOLONG, "%s: the recorder's path is too long", d->dir);
	return 0;
}

/* First line of "loaded"; -ENOENT without that file. A relative path is one in the recorder. */
static int read_loaded(const struct device *d, char out[static PATH_MAX], struct err *err)
{
	char path[PATH_MAX], line[PATH_MAX];
	ssize_t n;
	int fd, r = path_in(d, "loaded", path, err);

	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0)
		return err_sys(err, errno, "opening %s", path);
	n = file_pread_most(fd, line, sizeof(line) - 1, 0);
	close(fd);
	if (n < 0)
		return err_sys(err, (int)-n, "reading %s", path);
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (line[0] == '\0')
		return err_set(err, -EBADMSG, "%s: its first line names no medium", path);
	if (line[0] != '/')
		return path_in(d, line, out, err);
	memcpy(out, line, sizeof(line));
	return 0;
}

/* A medium whose file is gone was taken out; one that is damaged must not be taken for blank. */
static int fill(struct device *d, struct err *err)
{
	char medium[PATH_MAX];
	int r = read_loaded(d, medium, err);

	if (r == 0)
		r = disc_open(&d->disc, medium, err);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return err_prefix(err, r,
			"the disc in the recorder (remove %s/loaded to take it out)", d->dir);
	return 0;
}

int tray_fill(struct device *d, struct err *err)
{
	char ejected[PATH_MAX];
	int r = path_in(d, "ejected", ejected, err);

	if (r == 0)
		r = fill(d, err);
	if (r < 0)
		return r;
	d->tray_open = !d->disc.type && access(ejected, F_OK) == 0;
	device_disc_changed(d);
	/* Whoever opens the device sees the disc for the first time: there is no change. */
	d->attention = false;
	d->event = EVENT_NONE;
	d->powered_on = true;
	return 0;
}

static int rename_in(const struct device *d, const char *from, const char *to, struct err *err)
{
	char a[PATH_MAX], b[PATH_MAX];
	int r = path_in(d, from, a, err);

	if (r == 0)
		r = path_in(d, to, b, err);
	if (r == 0 && rename(a, b) < 0 && errno != ENOENT)
		r = err_sys(err, errno, "moving the tray: renaming %s", a);
	return r;
}

int tray_open(struct device *d, struct err *err)
{
	int r;

	if (d->tray_open)
		return 0;
	r = rename_in(d, "loaded", "ejected", err);
	if (r < 0)
		return r;
	d->tray_open = true;
	disc_close(&d->disc);
	device_disc_changed(d);
	return 0;
}

int tray_close(struct device *d, struct err *err)
{
	int r;

	if (!d->tray_open)
		return 0;
	r = rename_in(d, "ejected", "loaded", err);
	if (r == 0)
		r = fill(d, err);
	if (r < 0)
		return r;
	d->tray_open = false;
	device_disc_changed(d);
	return 0;
}

int tray_remember(struct device *d, struct err *err)
{
	char path[PATH_MAX], line[PATH_MAX + 1];
	int n = snprintf(line, sizeof(line), "%s\n", d->disc.path);
	int r = path_in(d, "loaded", path, err);

	if (r == 0)
		r = file_replace(path, line, (size_t)n, err);
	if (r < 0)
		return r;
	r = path_in(d, "ejected", path, err);
	if (r == 0)
		unlink(path);
	return r;
}
