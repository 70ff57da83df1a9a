/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discfs under the name of a helper of mount(8). */
#ifndef DISCFS_CLI_FROM_MOUNT_H
#define DISCFS_CLI_FROM_MOUNT_H

/*
 * When argv[0] is mount.fuse.discfs or mount.discfs: puts discfs's own command line in the place
 * of mount(8)'s "SPEC MOUNTPOINT [-sfnrvw] [-t TYPE] [-o OPT,...]". SPEC names the project, or is
 * discfs or none for the default one. Ends the program on a usage error (2), and with success
 * when mount(8) only pretends (-f).
 */
void helper_translate(int *argc, char ***argv);

#endif
