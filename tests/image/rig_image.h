/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images for tests: built, read into memory, written to files for foreign readers. */
#ifndef DISCFS_TESTS_IMAGE_RIG_IMAGE_H
#define DISCFS_TESTS_IMAGE_RIG_IMAGE_H

#include "image/image.h"

#include <stdbool.h>
#include <stdint.h>

struct tree;

/* Without UDF, which has tests of its own. */
#define RIG_ISO (IMAGE_ISO9660 | IMAGE_JOLIET | IMAGE_ROCKRIDGE)

/* Takes @t; builds with the stamp of the tree. Aborts the test on failure. */
struct image *rig_image(struct tree *t, const char *volume_id);
struct image *rig_image_with(struct tree *t, const struct image_opts *opts);
/* The whole image, read in one call; free() it. */
uint8_t *rig_image_bytes(const struct image *img);
/* Writes it to @path, sectors of zeros as holes. */
void rig_image_write(const struct image *img, const char *path);
/* The file @name below tests/image, NUL-terminated; free() it. */
char *rig_read_test_file(const char *name);

/* Whether the program is installed. */
bool rig_have(const char *program);
/* What the command prints on both streams; free() it. @status as of pclose. */
char *rig_run(int *status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
