/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading what grows: `progress` and `events` block until there is another line. */
#include "handle.h"
#include "node.h"
#include "state.h"

#include "base/err.h"
#include "burn/burner.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* What the two streams do differently. */
struct stream {
	/* Appends the lines that are due to h->text. Under h->lock. */
	void (*fill)(struct ctl_handle *h);
	/* Under h->lock. */
	bool (*ended)(const struct ctl_handle *h);
	/* Waits for more, or an interrupt; without h->lock. */
	void (*wait)(struct ctl_handle *h);
};

/* The bytes fetched; 0 when there are none now. */
static size_t fetch(struct ctl_handle *h, void *out, size_t n)
{
	size_t have = h->text.len - h->fetched;

	if (have > n)
		have = n;
	memcpy(out, buf_str(&h->text) + h->fetched, have);
	h->fetched += have;
	if (h->fetched == h->text.len) {
		buf_clear(&h->text);
		h->fetched = 0;
	}
	return have;
}

static ssize_t stream_read(
	const struct stream *s, struct ctl_handle *h, void *out, size_t n, struct err *err)
{
	while (n > 0) {
		size_t got;
		bool ended;

		pthread_mutex_lock(&h->lock);
		if (h->text.len == 0)
			s->fill(h);
		got = fetch(h, out, n);
		ended = s->ended(h);
		pthread_mutex_unlock(&h->lock);
		if (got > 0)
			return (ssize_t)got;
		if (ended)
			return 0;
		if (h->flags & O_NONBLOCK)
			return err_set(err, -EAGAIN, "%s has nothing new", h->node->name);
		if (handle_interrupted(h))
			return err_set(err, -EINTR, "reading %s was interrupted", h->node->name);
		s->wait(h);
	}
	return 0;
}

static int open_progress(struct ctl_handle *h, struct err *err)
{
	(void)err;
	h->progress.job = burner_job(h->ctl->burner);
	return 0;
}

static void fill_progress(struct ctl_handle *h)
{
	progress_next(&h->progress, &h->text);
}

static bool progress_ended(const struct ctl_handle *h)
{
	return h->progress.ended;
}

static void wait_progress(struct ctl_handle *h)
{
	uint64_t change;

	pthread_mutex_lock(&h->lock);
	change = h->progress.change;
	pthread_mutex_unlock(&h->lock);
	progress_wait(h->progress.job, change, handle_interrupted, h);
}

static bool progress_readable(struct ctl_handle *h)
{
	bool readable;

	pthread_mutex_lock(&h->lock);
	readable = h->text.len > 0 || progress_due(&h->progress);
	pthread_mutex_unlock(&h->lock);
	return readable;
}

static const struct stream progress_stream = {
	.fill = fill_progress, .ended = progress_ended, .wait = wait_progress
};

static ssize_t read_progress(
	struct ctl_handle *h, uint64_t off_bytes, void *out, size_t n, struct err *err)
{
	(void)off_bytes;
	return stream_read(&progress_stream, h, out, n, err);
}

const struct node_ops progress_ops = {
	.open = open_progress, .read = read_progress, .readable = progress_readable
};

static int open_events(struct ctl_handle *h, struct err *err)
{
	(void)err;
	h->next_event = events_now(&h->ctl->events);
	return 0;
}

static void fill_events(struct ctl_handle *h)
{
	h->next_event = events_read(&h->ctl->events, h->next_event, &h->text);
}

static bool events_ended(const struct ctl_handle *h)
{
	(void)h;
	return false;
}

static void wait_events(struct ctl_handle *h)
{
	uint64_t next;

	pthread_mutex_lock(&h->lock);
	next = h->next_event;
	pthread_mutex_unlock(&h->lock);
	events_wait(&h->ctl->events, next, handle_interrupted, h);
}

static bool events_readable(struct ctl_handle *h)
{
	bool readable;

	pthread_mutex_lock(&h->lock);
	readable = h->text.len > 0 || events_now(&h->ctl->events) != h->next_event;
	pthread_mutex_unlock(&h->lock);
	return readable;
}

static const struct stream events_stream = {
	.fill = fill_events, .ended = events_ended, .wait = wait_events
};

static ssize_t read_events(
	struct ctl_handle *h, uint64_t off_bytes, void *out, size_t n, struct err *err)
{
	(void)off_bytes;
	return stream_read(&events_stream, h, out, n, err);
}

const struct node_ops events_ops = {
	.open = open_events, .read = read_events, .readable = events_readable
};
