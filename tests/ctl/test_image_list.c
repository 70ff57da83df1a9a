/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names.tsv, layout.tsv and layout.svg. */
#include "harness/t.h"

#include "rig_ctl.h"
#include "ctl/state.h"
#include "stage/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

static uint64_t ino_of(uint64_t parent, const char *name)
{
	struct stage_attr a = { 0 };

	T_EQ(stage_lookup(rig.stage, parent, name, &a, &err), 0);
	return a.ino;
}

static void files_know_their_blocks_and_names(void)
{
	const struct stage_kind dir = { .mode = S_IFDIR | 0755 };
	char text[CTL_FACT_SIZE], wanted[64];
	struct stage_attr a;
	uint32_t lba;

	rig_init(&rig);
	T_EQ(stage_make(rig.stage, STAGE_ROOT_INO, "d", dir, (struct stage_owner){ 1, 1, 0 }, &a,
		     &err),
		0);
	rig_put(&rig, "empty", 0);
	rig_put(&rig, "file*1.text", 5000);
	T_EQ(stage_rename(rig.stage, STAGE_ROOT_INO, "file*1.text", a.ino, "file*1.text",
		     STAGE_RENAME_REPLACE, &err),
		0);
	T_TRUE(ctl_knows_fact("user.discfs.lba") && !ctl_knows_fact("user.discfs.sort"));
	T_EQ(ctl_fact(rig.ctl, ino_of(a.ino, "file*1.text"), "user.discfs.blocks", text, &err), 1);
	T_STR(text, "3");
	T_TRUE(ctl_fact(rig.ctl, ino_of(a.ino, "file*1.text"), "user.discfs.lba", text, &err) > 0);
	T_EQ(sscanf(text, "%" SCNu32, &lba), 1);
	snprintf(wanted, sizeof(wanted), "%" PRIu32 "\t3\t5000\t/d/file*1.text\n", lba);
	T_HAS(rig_read(&rig, "layout.tsv"), wanted);
	T_TRUE(ctl_fact(rig.ctl, ino_of(a.ino, "file*1.text"), "user.discfs.name.iso9660", text,
		       &err) > 0);
	T_STR(text, "FILE_1.TEXT;1");
	T_TRUE(ctl_fact(rig.ctl, ino_of(a.ino, "file*1.text"), "user.discfs.name.joliet", text,
		       &err) > 0);
	T_STR(text, "file_1.text");
	T_EQ(ctl_fact(rig.ctl, ino_of(STAGE_ROOT_INO, "empty"), "user.discfs.lba", text, &err),
		-ENODATA);
	T_EQ(ctl_fact(rig.ctl, STAGE_ROOT_INO, "user.discfs.name.udf", text, &err), -ENODATA);
	rig_fini(&rig);
}

/* What is asked of many files is answered from one image, until something is another. */
static void many_questions_take_one_image(void)
{
	const uint64_t size = 50000;
	const struct stage_change larger = { .size_bytes = &size };
	char text[CTL_FACT_SIZE], name[32];
	struct stage_attr a;
	uint64_t ino;

	rig_init(&rig);
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "f%02d", i);
		rig_put(&rig, name, 3000);
	}
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "f%02d", i);
		T_TRUE(ctl_fact(rig.ctl, ino_of(STAGE_ROOT_INO, name), "user.discfs.lba", text,
			       &err) > 0);
		T_HAS(rig_read(&rig, "layout.tsv"), text);
	}
	T_EQ(rig.ctl->standing.builds, 1);
	/* Another layout, another setting, another size of one file. */
	rig_put(&rig, "a_name.of_a_length", 5000);
	ino = ino_of(STAGE_ROOT_INO, "a_name.of_a_length");
	T_EQ(ctl_fact(rig.ctl, ino, "user.discfs.blocks", text, &err), 1);
	T_STR(text, "3");
	T_EQ(rig_write(&rig, "settings/iso_level", "1"), 0);
	T_TRUE(ctl_fact(rig.ctl, ino, "user.discfs.name.iso9660", text, &err) > 0);
	T_STR(text, "A_NAME.OF_;1");
	T_EQ(rig.ctl->standing.builds, 3);
	T_EQ(stage_setattr(rig.stage, ino, &larger, &a, &err), 0);
	T_EQ(ctl_fact(rig.ctl, ino, "user.discfs.blocks", text, &err), 2);
	T_STR(text, "25");
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(layout_tells_where_everything_lies);
	T_RUN(lists_can_be_read_at_any_offset);
	T_RUN(the_picture_names_folders_and_free_space);
	T_RUN(files_know_their_blocks_and_names);
	T_RUN(many_questions_take_one_image);
	return t_end();
}
