/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is answered stands whole; of what was cut off a copy has whole files, an add all or none. */
#include "taker.h"

#include "daemon.h"
#include "model.h"
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void taker_init(struct taker *t, const char *mnt, const char *source, const atomic_bool *cut)
{
	*t = (struct taker){ .rng = 7, .cut = cut };
	snprintf(t->mnt, sizeof(t->mnt), "%s", mnt);
	snprintf(t->source, sizeof(t->source), "%s", source);
	source_make(source, 0);
}

static int send(const struct taker *t, const char *command)
{
	char path[256];
	int fd, r;

	snprintf(path, sizeof(path), "%s/.discfs/control", t->mnt);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = write(fd, command, strlen(command)) < 0 ? -errno : 0;
	close(fd);
	return r;
}

/* A burn may be running. */
static int send_when_idle(const struct taker *t, const char *command)
{
	int r = send(t, command);

	while (r == -EBUSY) {
		usleep(2000);
		r = send(t, command);
	}
	return r;
}

static int sync_all(const struct taker *t)
{
	int fd = open(t->mnt, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 || fsync(fd) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return r == 0 && atomic_load(t->cut) ? -EIO : r;
}

/* The oldest makes room; what is left of it is nobody's. */
static void drop(const struct taker *t, struct taken *old)
{
	char path[300];

	if (!old->number)
		return;
	snprintf(path, sizeof(path), "%s/t%ld", t->mnt, old->number);
	old->number = 0;
	remove_tree(path);
}

int taker_work(struct taker *t)
{
	for (;;) {
		struct taken *one = &t->kept[++t->number % TAKER_KEPT];
		char command[400];
		int r;

		drop(t, one);
		t->in_flight = (struct taken){ t->number, draw(&t->rng, 3) == 0, false };
		snprintf(command, sizeof(command), "%s \"%s\" t%ld wait\n",
			t->in_flight.by_reference ? "add" : "copy", t->source, t->number);
		r = send_when_idle(t, command);
		if (r == 0 && t->cut) {
			r = sync_all(t);
			t->in_flight.durable = r == 0;
		}
		if (r < 0)
			return r;
		*one = t->in_flight;
		t->in_flight.number = 0;
		t->answered++;
	}
}

static int judge(
	const struct taker *t, struct view *v, const struct taken *one, enum source_extent extent)
{
	char name[32];

	snprintf(name, sizeof(name), "t%ld", one->number);
	return source_compare(
		v, name, t->source, NULL, extent, one->by_reference ? "added" : "copied");
}

/* What is there in part was cut off, and a person is told so. */
static int check_told(const struct taker *t, struct view *v)
{
	char name[32], path[256], said[1000] = "";
	struct stat st;
	ssize_t n;
	int fd;

	snprintf(name, sizeof(name), "t%ld", t->in_flight.number);
	if (v->ops->stat(v, name, &st) < 0 ||
		source_compare(v, name, t->source, NULL, SOURCE_WHOLE, NULL) == 0)
		return 0;
	snprintf(path, sizeof(path), "%s/.discfs/error", t->mnt);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, said, sizeof(said) - 1);
	if (fd >= 0)
		close(fd);
	if (n > 0 && strstr(said, "was cut off"))
		return 0;
	fprintf(stderr, "t%ld is there in part, and .discfs/error says: %s\n", t->in_flight.number,
		said);
	return 1;
}

int taker_judge(struct taker *t)
{
	struct view_mount v;
	int faults = 0;

	view_mount_init(&v, t->mnt, "");
	for (int i = 0; i < TAKER_KEPT; i++) {
		const struct taken *one = &t->kept[i];

		if (one->number && (!t->cut || one->durable))
			faults += judge(t, &v.view, one, SOURCE_WHOLE);
	}
	if (t->in_flight.number && t->in_flight.by_reference)
		faults += judge(t, &v.view, &t->in_flight, SOURCE_OR_NOTHING);
	/* What nobody synced may end early when the power goes. */
	else if (t->in_flight.number && !t->cut)
		faults += judge(t, &v.view, &t->in_flight, SOURCE_PART);
	if (t->in_flight.number && !t->cut)
		faults += check_told(t, &v.view);
	drop(t, &t->in_flight);
	return faults;
}
