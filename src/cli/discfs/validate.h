/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISCFS_CLI_VALIDATE_H
#define DISCFS_CLI_VALIDATE_H

struct options;

/* Checks the image or device that @o names and prints what was found; the exit status. */
int validate_image(const struct options *o);

#endif
