/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names.tsv, layout.tsv and layout.svg. */
#include "harness/t.h"

#include "rig_ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct rig rig;
static struct err err;

static void layout_tells_where_everything_lies(void)
{
	uint32_t lba, nsec, next = 0;
	char *save, *line, *text;
	uint64_t bytes;

	rig_init(&rig);
	rig_put(&rig, "one", 5000);
	rig_put(&rig, "two", 1);
	text = strdup(rig_read(&rig, "layout.tsv"));
	T_HAS(text, "\t5000\t/one\n");
	T_HAS(text, "\t1\t1\t/two\n");
	T_HAS(text, "0\t16\t32768\tsystem area\n");
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		T_EQ(sscanf(line, "%" SCNu32 "\t%" SCNu32 "\t%" SCNu64, &lba, &nsec, &bytes), 3);
		T_EQ(lba, next);
		next += nsec;
	}
	free(text);
	rig_fini(&rig);
}

static void lists_can_be_read_at_any_offset(void)
{
	struct ctl_handle *h;
	char name[64], byte[4] = "", *text;
	size_t n;

	rig_init(&rig);
	for (unsigned i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "file with a number %04u", i);
		rig_put(&rig, name, i);
	}
	text = strdup(rig_read(&rig, "names.tsv"));
	n = strlen(text);
	T_TRUE(n > 300 * 60);
	h = rig_open(&rig, "names.tsv", O_RDONLY);
	/* Ahead, at the end, and back again. */
	T_EQ(ctl_read(h, n - 2, byte, 4, &err), 2);
	T_MEM(byte, text + n - 2, 2);
	T_EQ(ctl_read(h, n, byte, 4, &err), 0);
	T_EQ(ctl_read(h, 1000, byte, 4, &err), 4);
	T_MEM(byte, text + 1000, 4);
	ctl_release(h);
	free(text);
	rig_fini(&rig);
}

static void the_picture_names_folders_and_free_space(void)
{
	const char *svg;

	rig_init(&rig);
	rig_put(&rig, "a<b", 3000000);
	svg = rig_read(&rig, "layout.svg");
	T_HAS(svg, "<svg xmlns=");
	T_HAS(svg, "files of the root directory");
	T_HAS(svg, "overhead of the medium");
	T_HAS(svg, ">free<");
	T_HAS(svg, "</svg>\n");
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(layout_tells_where_everything_lies);
	T_RUN(lists_can_be_read_at_any_offset);
	T_RUN(the_picture_names_folders_and_free_space);
	return t_end();
}
