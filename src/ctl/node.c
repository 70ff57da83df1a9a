/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one table of control files, and looking into it. */
#include "node.h"

#include "state.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "handle.h"
#include "preview.h"
#include "render.h"
#include "stage/stage.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum {
	NODE_ROOT = CTL_ROOT,
	NODE_CONTROL,
	NODE_STATUS,
	NODE_STATUS_JSON,
	NODE_SPACE,
	NODE_PLAN,
	NODE_PROGRESS,
	NODE_EVENTS,
	NODE_ERROR,
	NODE_CHECK,
	NODE_CHECK_JSON,
	NODE_HELP,
	NODE_IMAGE,
	NODE_SESSION,
	NODE_NAMES,
	NODE_LAYOUT,
	NODE_PICTURE,
	NODE_BOOT,
	NODE_SETTINGS,
	NODE_FIRST_SETTING, /* two for each: the value, and what is allowed */
	NODE_COUNT = NODE_FIRST_SETTING + 2 * SETTING_COUNT,
};

#define OWNERS (S_IFREG | 0600)
#define TEXT   (S_IFREG | 0444)
/* It may tell names, or bytes, of staged files that only their owners may see. */
#define SECRET (S_IFREG | 0400)

static const struct node_ops text_ops;

static int render_reply(struct ctl *c, const struct node *n, struct buf *out, struct err *err)
{
	(void)n;
	(void)err;
	report_render_reply(&c->report, out);
	return 0;
}

static int render_error(struct ctl *c, const struct node *n, struct buf *out, struct err *err)
{
	(void)n;
	(void)err;
	report_render_error(&c->report, out);
	return 0;
}

static int render_setting(struct ctl *c, const struct node *n, struct buf *out, struct err *err)
{
	char value[SETTING_SIZE];
	int r = setting_shown(c, n->setting, value, err);

	if (r == 0)
		buf_printf(out, "%s\n", value);
	return r;
}

static int render_allowed(struct ctl *c, const struct node *n, struct buf *out, struct err *err)
{
	(void)c;
	(void)err;
	setting_allowed(n->setting, out);
	return 0;
}

#define VALUE_NODE(text, which)                                                                    \
	{                                                                                          \
		.name = (text), .parent = NODE_SETTINGS, .mode = OWNERS, .ops = &values_ops,       \
		.render = render_setting, .setting = (which)                                       \
	}
#define ALLOWED_NODE(text, which)                                                                  \
	{                                                                                          \
		.name = text ".allowed", .parent = NODE_SETTINGS, .mode = TEXT, .fixed = true,     \
		.ops = &text_ops, .render = render_allowed, .setting = (which)                     \
	}

#define SETTING_NODES(id, text)                                                                    \
	[NODE_FIRST_SETTING + 2 * SETTING_##id] = VALUE_NODE(text, SETTING_##id),                  \
				  [NODE_FIRST_SETTING + 2 * SETTING_##id + 1] =                    \
					  ALLOWED_NODE(text, SETTING_##id),

static const struct node nodes[NODE_COUNT] = {
	[NODE_ROOT] = { .name = "", .mode = S_IFDIR | 0755, .fixed = true },
	[NODE_CONTROL] = { .name = "control",
		.mode = OWNERS,
		.ops = &lines_ops,
		.render = render_reply,
		.help = "write commands; read the last reply" },
	[NODE_STATUS] = { .name = "status",
		.mode = SECRET,
		.ops = &text_ops,
		.render = render_status,
		.help = "recorder, medium, layout and job on one screen" },
	[NODE_STATUS_JSON] = { .name = "status.json",
		.mode = SECRET,
		.ops = &text_ops,
		.render = render_status_json,
		.help = "the same as JSON" },
	[NODE_SPACE] = { .name = "space",
		.final = true,
		.mode = TEXT,
		.ops = &text_ops,
		.render = render_space,
		.help = "what the layout takes, in blocks of 2048 bytes" },
	[NODE_PLAN] = { .name = "plan",
		.final = true,
		.mode = SECRET,
		.ops = &text_ops,
		.render = render_plan,
		.help = "what a burn now would do" },
	[NODE_PROGRESS] = { .name = "progress",
		.mode = SECRET,
		.ops = &progress_ops,
		.help = "a line each second until the job ends" },
	[NODE_EVENTS] = { .name = "events",
		.mode = SECRET,
		.ops = &events_ops,
		.help = "a line when a medium or a job changes; does not end" },
	[NODE_ERROR] = { .name = "error",
		.mode = SECRET,
		.ops = &text_ops,
		.render = render_error,
		.help = "the last failure, and what to do next" },
	/* It names files of everybody. */
	[NODE_CHECK] = { .name = "check",
		.mode = S_IFREG | 0400,
		.ops = &text_ops,
		.render = render_check,
		.help = "what the last check found" },
	[NODE_CHECK_JSON] = { .name = "check.json",
		.mode = S_IFREG | 0400,
		.ops = &text_ops,
		.render = render_check_json,
		.help = "the same as JSON" },
	[NODE_HELP] = { .name = "help",
		.mode = TEXT,
		.fixed = true,
		.ops = &text_ops,
		.render = render_help,
		.help = "this text" },
	[NODE_IMAGE] = { .name = "image.iso",
		.final = true,
		.mode = SECRET,
		.ops = &preview_ops,
		.help = "the image that a burn would write" },
	[NODE_SESSION] = { .name = "session.bin",
		.final = true,
		.mode = SECRET,
		.ops = &session_ops,
		.present = session_expected,
		.help = "the same behind the sessions of the medium in the recorder" },
	[NODE_NAMES] = { .name = "names.tsv",
		.mode = SECRET,
		.ops = &names_ops,
		.help = "each path and its names in the name spaces of the image" },
	[NODE_LAYOUT] = { .name = "layout.tsv",
		.mode = SECRET,
		.ops = &layout_ops,
		.help = "first block, blocks, bytes and path of all that is on the image" },
	[NODE_PICTURE] = { .name = "layout.svg",
		.mode = SECRET,
		.ops = &svg_ops,
		.help = "the same as a picture" },
	[NODE_BOOT] = { .name = "boot",
		.mode = S_IFDIR | 0700,
		.area = STAGE_AREA_BOOT,
		.help = "files that the disc boots from, in the order of their names" },
	[NODE_SETTINGS] = { .name = "settings",
		.mode = S_IFDIR | 0755,
		.fixed = true,
		.help = "a file for each setting; NAME.allowed lists its values" },
	SETTINGS(SETTING_NODES)
};

const struct node *node_at(uint32_t number)
{
	return number < NODE_COUNT ? &nodes[number] : NULL;
}

void node_help(struct buf *out)
{
	for (unsigned i = 0; i < NODE_COUNT; i++)
		if (nodes[i].help)
			buf_printf(out, "  %-12s %s\n", nodes[i].name, nodes[i].help);
}

static uint32_t count_links(uint32_t number)
{
	uint32_t n = 2;

	if (!S_ISDIR(nodes[number].mode))
		return 1;
	for (unsigned i = 1; i < NODE_COUNT; i++)
		n += S_ISDIR(nodes[i].mode) && nodes[i].parent == number;
	return n;
}

static int size_of(struct ctl *c, const struct node *n, uint64_t *out)
{
	struct buf text;
	int r;

	*out = 0;
	if (n->ops && n->ops->size)
		return n->ops->size(c, out, NULL);
	if (!n->render)
		return 0;
	buf_init(&text, HANDLE_TEXT_MAX);
	r = n->render(c, n, &text, NULL);
	*out = text.len;
	buf_fini(&text);
	return r;
}

static bool is_present(struct ctl *c, const struct node *n)
{
	return !n->present || n->present(c);
}

bool ctl_waits(uint32_t node)
{
	const struct node *n = node_at(node);

	return n && n->final;
}

void ctl_finish(struct ctl *c)
{
	struct stage_space space;

	/* What it could not find out is not shared. */
	(void)stage_space_final(c->stage, &space, NULL);
}

int ctl_getattr(struct ctl *c, uint32_t node, struct ctl_attr *out)
{
	const struct node *n = node_at(node);
	struct ctl_attr a = { .node = node };
	int r;

	if (!n || !is_present(c, n))
		return -ENOENT;
	r = size_of(c, n, &a.size_bytes);
	if (r < 0)
		return r;
	a.staged_ino = n->area ? stage_area_root(n->area) : 0;
	a.mode = n->mode;
	a.nlink = count_links(node);
	a.mtime = n->fixed ? c->started : clock_wall();
	*out = a;
	return 0;
}

int ctl_lookup(struct ctl *c, uint32_t parent, const char *name, struct ctl_attr *out)
{
	for (uint32_t i = 1; i < NODE_COUNT; i++)
		if (nodes[i].parent == parent && strcmp(nodes[i].name, name) == 0)
			return ctl_getattr(c, i, out);
	return -ENOENT;
}

int ctl_entry(struct ctl *c, uint32_t node, unsigned index, const char **name, struct ctl_attr *out)
{
	for (uint32_t i = 1; i < NODE_COUNT; i++) {
		if (nodes[i].parent != node || !is_present(c, &nodes[i]) || index-- > 0)
			continue;
		*name = nodes[i].name;
		return ctl_getattr(c, i, out);
	}
	return -ENOENT;
}

static const struct node_ops text_ops = { 0 };
