/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing settings/NAME: the text of a handle up to its newline is the value. */
#include "handle.h"
#include "node.h"
#include "state.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int refuse(struct ctl_handle *h, const struct err *why)
{
	char request[80];

	snprintf(request, sizeof(request), "settings/%s", h->node->name);
	report_failure(&h->ctl->report, why, 0, request);
	return why->code;
}

/* Adds @bytes to the value; its text without the newline is in @out then. */
static int gather(struct ctl_handle *h, const char *bytes, size_t n, char out[static SETTING_SIZE],
	struct err *err)
{
	int r = 0;

	pthread_mutex_lock(&h->lock);
	if (h->written.len + n >= SETTING_SIZE)
		r = err_set(
			err, -EINVAL, "%s takes at most %u bytes", h->node->name, SETTING_SIZE - 1);
	else if (memchr(bytes, '\0', n))
		r = err_set(err, -EINVAL, "a value for %s contains no NUL", h->node->name);
	else
		buf_append(&h->written, bytes, n);
	if (r == 0 && h->written.failed)
		r = err_nomem(err);
	if (r == 0)
		snprintf(out, SETTING_SIZE, "%s", buf_str(&h->written));
	if (r < 0)
		buf_clear(&h->written);
	pthread_mutex_unlock(&h->lock);
	return r;
}

static void forget(struct ctl_handle *h)
{
	pthread_mutex_lock(&h->lock);
	buf_clear(&h->written);
	pthread_mutex_unlock(&h->lock);
}

static int set_line(struct ctl_handle *h, const char *value, struct err *err)
{
	if (strchr(value, '\n'))
		return err_set(err, -EINVAL, "%s is one line", h->node->name);
	return setting_set(h->ctl, h->node->setting, value, err);
}

/*
 * A value without its newline is set as soon as it is a legal one (printf); more bytes of the same
 * handle make it longer and set it again.
 */
static int values_write(struct ctl_handle *h, const char *bytes, size_t n, struct err *err)
{
	char value[SETTING_SIZE] = "";
	struct err why = { 0 };
	size_t len;
	int r;

	if (n == 0)
		return 0;
	r = gather(h, bytes, n, value, &why);
	len = strlen(value);
	if (r == 0 && bytes[n - 1] == '\n') {
		value[len - 1] = '\0';
		forget(h);
		r = set_line(h, value, &why);
	} else if (r == 0 && setting_check(h->node->setting, value, NULL) == 0) {
		r = set_line(h, value, &why);
	}
	if (r == 0)
		return 0;
	if (err)
		*err = why;
	return refuse(h, &why);
}

static int values_flush(struct ctl_handle *h, struct err *err)
{
	char value[SETTING_SIZE];

	pthread_mutex_lock(&h->lock);
	snprintf(value, sizeof(value), "%s", buf_str(&h->written));
	pthread_mutex_unlock(&h->lock);
	return setting_check(h->node->setting, value, err);
}

/* What was legal is set already; the rest is told where failures are told. */
static void values_finish(struct ctl_handle *h)
{
	struct err why = { 0 };

	if (values_flush(h, &why) < 0)
		refuse(h, &why);
}

const struct node_ops values_ops = {
	.write = values_write, .flush = values_flush, .finish = values_finish
};
