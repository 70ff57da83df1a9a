/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening, reading and writing control files: what all kinds have in common. */
#include "handle.h"

#include "state.h"

#include "base/err.h"
#include "burn/burner.h"
#include "image/image.h"
#include "image_list.h"
#include "node.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int check_access(const struct node *n, int flags, struct err *err)
{
	if (!n)
		return err_set(err, -ENOENT, "there is no such control file");
	if (S_ISDIR(n->mode))
		return err_set(err, -EISDIR, "\"%s\" is a directory", n->name);
	if ((flags & O_ACCMODE) != O_RDONLY && !n->ops->write)
		return err_set(err, -EACCES, "%s can only be read", n->name);
	return 0;
}

static void free_handle(struct ctl_handle *h)
{
	image_free(h->image);
	if (h->list)
		image_list_fini(h->list);
	free(h->list);
	job_unref(h->progress.job);
	buf_fini(&h->written);
	buf_fini(&h->text);
	pthread_mutex_destroy(&h->lock);
	pthread_mutex_destroy(&h->write_turn);
	free(h);
}

static int take_text(struct ctl_handle *h, struct err *err)
{
	int r;

	if (!h->node->render || (h->flags & O_ACCMODE) == O_WRONLY)
		return 0;
	r = h->node->render(h->ctl, h->node, &h->text, err);
	if (r == 0 && h->text.failed)
		r = err_nomem(err);
	return r;
}

int ctl_open(struct ctl *c, uint32_t node, int flags, const struct ctl_caller *who,
	struct ctl_handle **out, struct err *err)
{
	const struct node *n = node_at(node);
	struct ctl_handle *h;
	int r = check_access(n, flags, err);

	if (r < 0)
		return r;
	h = calloc(1, sizeof(*h));
	if (!h)
		return err_nomem(err);
	h->ctl = c;
	h->node = n;
	h->caller = *who;
	h->flags = flags;
	atomic_init(&h->interrupted, false);
	pthread_mutex_init(&h->write_turn, NULL);
	pthread_mutex_init(&h->lock, NULL);
	buf_init(&h->text, HANDLE_TEXT_MAX);
	buf_init(&h->written, HANDLE_TEXT_MAX);
	if (n->final)
		ctl_finish(c);
	r = n->ops->open ? n->ops->open(h, err) : take_text(h, err);
	if (r < 0) {
		free_handle(h);
		return r;
	}
	*out = h;
	return 0;
}

void ctl_release(struct ctl_handle *h)
{
	if (!h)
		return;
	if (h->node->ops->finish)
		h->node->ops->finish(h);
	free_handle(h);
}

int ctl_flush(struct ctl_handle *h, struct err *err)
{
	return h->node->ops->flush ? h->node->ops->flush(h, err) : 0;
}

static ssize_t read_text(struct ctl_handle *h, uint64_t off_bytes, void *out, size_t n)
{
	size_t have = 0;

	pthread_mutex_lock(&h->lock);
	if (off_bytes < h->text.len) {
		have = h->text.len - (size_t)off_bytes;
		if (have > n)
			have = n;
		memcpy(out, buf_str(&h->text) + off_bytes, have);
	}
	pthread_mutex_unlock(&h->lock);
	return (ssize_t)have;
}

ssize_t ctl_read(struct ctl_handle *h, uint64_t off_bytes, void *out, size_t n, struct err *err)
{
	ssize_t r;

	if ((h->flags & O_ACCMODE) == O_WRONLY)
		return err_set(err, -EBADF, "%s is open for writing only", h->node->name);
	if (n > INT32_MAX)
		n = INT32_MAX;
	r = h->node->ops->read ? h->node->ops->read(h, off_bytes, out, n, err)
			       : read_text(h, off_bytes, out, n);
	atomic_store(&h->interrupted, false);
	return r;
}

ssize_t ctl_write(struct ctl_handle *h, const void *bytes, size_t n, struct err *err)
{
	int r;

	if ((h->flags & O_ACCMODE) == O_RDONLY)
		return err_set(err, -EBADF, "%s is open for reading only", h->node->name);
	pthread_mutex_lock(&h->write_turn);
	r = h->node->ops->write(h, bytes, n, err);
	atomic_store(&h->interrupted, false);
	pthread_mutex_unlock(&h->write_turn);
	return r < 0 ? r : (ssize_t)n;
}

bool handle_interrupted(void *arg)
{
	struct ctl_handle *h = arg;

	return atomic_load(&h->interrupted);
}

void ctl_interrupt(struct ctl_handle *h)
{
	struct job *job;

	atomic_store(&h->interrupted, true);
	pthread_mutex_lock(&h->lock);
	job = h->awaited ? h->awaited : h->progress.job;
	job = job ? job_ref(job) : NULL;
	pthread_mutex_unlock(&h->lock);
	if (job)
		job_wake(job);
	job_unref(job);
	events_wake(&h->ctl->events);
}

bool ctl_readable(struct ctl_handle *h)
{
	return h->node->ops->readable ? h->node->ops->readable(h) : true;
}
