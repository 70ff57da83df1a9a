/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layout.svg: the disc from above, its rings coloured by folder, and what the colours stand for. */
#include "disc_map.h"
#include "handle.h"
#include "node.h"
#include "preview.h"
#include "state.h"

#include "base/sector.h"
#include "base/text.h"
#include "image/image.h"
#include "image/survey.h"
#include "stage/stage.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define WIDTH	 980
#define HEIGHT	 640
#define CENTRE	 320.0
#define INNER	 90.0
#define RING	 20.0
#define LEGEND_X 660
#define LEGEND_Y 120
#define LINE	 32

static const char *const colours[MAP_AREAS] = { "#4477aa", "#ee6677", "#228833", "#ccbb44",
	"#66ccee", "#aa3377", "#ee7733", "#0077bb", "#cc3311", "#009988", "#777788", "#bbaa88",
	"#333344", "#000000", "#eeeeee" };

static void put_escaped(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '&')
			buf_puts(out, "&amp;");
		else if (*s == '<')
			buf_puts(out, "&lt;");
		else
			buf_append(out, s, 1);
	}
}

/* A name as people read it, cut where the picture ends. */
static void put_name(struct buf *out, const char *s, size_t n)
{
	char shown[40];

	put_escaped(out, text_quoted(shown, sizeof(shown), s, n));
}

static void put_point(struct buf *out, char command, double radius, double turn)
{
	double angle = (turn - 0.25) * 2 * M_PI;

	buf_printf(out, "%c%.1f %.1f", command, CENTRE + radius * cos(angle),
		CENTRE + radius * sin(angle));
}

/* The cells [@from, @to) of @ring as one shape. */
static void put_arc(struct buf *out, uint32_t ring, uint32_t from, uint32_t to, const char *colour)
{
	double in = INNER + ring * RING + 0.5, up = in + RING - 1;
	double a = (double)from / MAP_PER_RING, b = (double)to / MAP_PER_RING;
	int large = b - a > 0.5;

	/* An arc all around has no direction: it ends a hair before it began. */
	if (to - from == MAP_PER_RING)
		b -= 0.0001;
	buf_puts(out, "<path d=\"");
	put_point(out, 'M', in, a);
	put_point(out, 'L', up, a);
	buf_printf(out, "A%.1f %.1f 0 %d 1 ", up, up, large);
	put_point(out, ' ', up, b);
	put_point(out, 'L', in, b);
	buf_printf(out, "A%.1f %.1f 0 %d 0 ", in, in, large);
	put_point(out, ' ', in, a);
	buf_printf(out, "Z\" fill=\"%s\"/>\n", colour);
}

static void put_rings(const struct disc_map *map, struct buf *out)
{
	for (uint32_t ring = 0; ring < MAP_RINGS; ring++) {
		const uint8_t *cell = map->cell + (size_t)ring * MAP_PER_RING;

		for (uint32_t from = 0, to; from < MAP_PER_RING; from = to) {
			/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
			for (to = from + 1; to < MAP_PER_RING && cell[to] == cell[from]; to++)
				;
			put_arc(out, ring, from, to, colours[cell[from]]);
		}
	}
}

static void put_area_name(
	const struct image *img, const struct disc_map *map, unsigned area, struct buf *out)
{
	static const char *const fixed[MAP_AREAS] = {
		[MAP_FILES] = "files of the root directory",
		[MAP_TABLES] = "descriptors, tables, directories",
		[MAP_OVERHEAD] = "overhead of the medium",
		[MAP_FREE] = "free",
	};
	struct buf path;

	if (fixed[area]) {
		buf_puts(out, fixed[area]);
		return;
	}
	if (area == MAP_OTHERS) {
		buf_printf(out, "%" PRIu32 " other folders", map->nfolder - MAP_FOLDERS);
		return;
	}
	buf_init(&path, 1u << 16);
	image_path(img, map->node[area], &path);
	put_name(out, buf_str(&path), path.len);
	buf_fini(&path);
}

static void put_legend(const struct image *img, const struct disc_map *map, struct buf *out)
{
	int y = LEGEND_Y;

	for (unsigned area = 0; area < MAP_AREAS; area++) {
		char size[16];

		if (map->nsec[area] == 0)
			continue;
		buf_printf(out,
			"<rect x=\"%d\" y=\"%d\" width=\"18\" height=\"18\" fill=\"%s\" "
			"stroke=\"#888\"/>\n<text x=\"%d\" y=\"%d\">",
			LEGEND_X, y, colours[area], LEGEND_X + 28, y + 9);
		put_area_name(img, map, area, out);
		buf_printf(out,
			"</text>\n<text x=\"%d\" y=\"%d\" class=\"small\">%s, %" PRIu64
			" blocks, %.1f %%</text>\n",
			LEGEND_X + 28, y + 23, text_bytes(size, map->nsec[area] * SECTOR),
			map->nsec[area],
			100.0 * (double)map->nsec[area] / (double)map->capacity_nsec);
		y += LINE;
	}
}

static void put_title(struct ctl *c, const struct disc_map *map, struct buf *out)
{
	char id[SETTING_SIZE] = "", size[16];

	setting_shown(c, SETTING_VOLUME_ID, id, NULL);
	buf_printf(out, "<text x=\"%d\" y=\"50\" class=\"title\">", LEGEND_X);
	put_name(out, id, strlen(id));
	buf_printf(out,
		"</text>\n<text x=\"%d\" y=\"78\">%s on %s</text>\n<text x=\"%d\" y=\"98\" "
		"class=\"small\">from the inner ring outwards, clockwise from the top</text>\n",
		LEGEND_X, text_bytes(size, (map->capacity_nsec - map->nsec[MAP_FREE]) * SECTOR),
		c->planned->name, LEGEND_X);
}

static void put_picture(
	struct ctl *c, const struct image *img, const struct disc_map *map, struct buf *out)
{
	buf_printf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"viewBox=\"0 0 %d %d\">\n"
		"<style>text{font-family:sans-serif;font-size:14px;fill:#222}"
		".small{font-size:12px;fill:#555}.title{font-size:22px;font-weight:bold}</style>\n"
		"<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n"
		"<circle cx=\"%.0f\" cy=\"%.0f\" r=\"%.0f\" fill=\"#d8d8de\"/>\n",
		WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH, HEIGHT, CENTRE, CENTRE,
		INNER + MAP_RINGS * RING + 12);
	put_rings(map, out);
	buf_printf(out,
		"<circle cx=\"%.0f\" cy=\"%.0f\" r=\"%.0f\" fill=\"#d8d8de\"/>\n"
		"<circle cx=\"%.0f\" cy=\"%.0f\" r=\"32\" fill=\"white\"/>\n",
		CENTRE, CENTRE, INNER - 4, CENTRE, CENTRE);
	put_title(c, map, out);
	put_legend(img, map, out);
	buf_puts(out, "</svg>\n");
}

static int svg_open(struct ctl_handle *h, struct err *err)
{
	struct stage_space space;
	struct disc_map map;
	int r = stage_space(h->ctl->stage, &space, err);

	if (r == 0)
		r = preview_build(h->ctl, &h->image, err);
	if (r == 0)
		r = disc_map_make(h->image, &space.room, &map, err);
	if (r < 0)
		return r;
	put_picture(h->ctl, h->image, &map, &h->text);
	image_free(h->image);
	h->image = NULL;
	return h->text.failed ? err_nomem(err) : 0;
}

const struct node_ops svg_ops = { .open = svg_open };
