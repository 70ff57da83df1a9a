#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The benchmark of staging runs and reports each of its rows; how fast is not judged here.
source "$(dirname "$0")/rig.sh"
rig_init python3 cc pkg-config tar findmnt

said=$(TMPDIR=$work "$DISCFS_SOURCE/contrib/bench/stage" --files 150 --rounds 1 --big 3 --dd 1 \
	--appends 2 --discfs "$DISCFS" 2>&1) || fail "the benchmark ends well: $said"
for row in tar-few tar cp-a copy cp-big dd-4k read-cached append; do
	holds "the row $row is reported" "$said" "
$row: "
done
holds "targets stand beside the ratios" "$said" "target: at most 3.00 times native: "
holds "what files that grow in turn take is told" "$said" "MiB of files take"
said=$(TMPDIR=$work "$DISCFS_SOURCE/contrib/bench/image" --scale 0.0001 --rounds 1 --trees b,A,E \
	--no-peers --tmpfs "$work" --discfs "$DISCFS" 2>&1) || fail "that of images too: $said"
for row in disk tmpfs pipe null first size; do
	holds "the row $row of images is reported" "$said" "| $row | discfs |"
done
holds "targets of images stand below" "$said" "target: disk, wall of copy's at most 1.3"
equal "it leaves nothing behind" "$(find "$work" -maxdepth 1 -name 'discfs-bench.*')" ""
rig_end
