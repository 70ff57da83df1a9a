/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The virtual recorder: a strict MMC device whose media are plain image files. */
#ifndef DISCFS_RECORDER_VIRTUAL_H
#define DISCFS_RECORDER_VIRTUAL_H

#include "scsi/transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The recorder lives in a directory: the medium in it is named by the file "loaded" (first line:
 * path of the medium's file). A medium is FILE, the plain bytes of all recorded sectors from
 * sector 0 (any ISO reader opens it), and FILE.state, a small text: type, capacity, sessions,
 * tracks, next writable address, finished or not. A blank medium's FILE is empty.
 * State is written after each command that changes it, so a medium survives any crash as a real
 * disc would.
 */

/*
 * Opens the recorder in @dir (made with mode 0700 when missing); without "loaded" no medium is in.
 * -EBUSY when its medium is in another recorder, -EBADMSG when its state is damaged.
 */
int virtual_open(const char *dir, struct transport **out, struct err *err);

/*
 * What a hand does: puts a medium in. @type as in `discfs --medium` ("cd-r", "dvd+r", "bd-r").
 * @file NULL: makes a blank one, disc-NNNN.iso in the recorder's directory. @file names a medium
 * that exists (with its state) or a new path to make a blank medium at; -EEXIST for a file that
 * is no medium, -EMEDIUMTYPE when it is one of another type than @type (NULL: any), -EINVAL for
 * an unknown type, -EBUSY for a medium that is in another recorder; the medium that was in stays
 * then. A hand can always (there is a pinhole): a prevented removal ends here. The device reports
 * 6/28/00 next. @t must come from virtual_open itself.
 * Do not call while a command runs on @t.
 */
int virtual_load(struct transport *t, const char *type, const char *file, struct err *err);
/* The medium's file, "" without a medium; borrowed until the next load. */
const char *virtual_medium_file(const struct transport *t);

#endif
