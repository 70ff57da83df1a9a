#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian's own kernel mounts the images of tests/judges, by isofs in every way and by udf: all that
# was written is there, and it complains of nothing.
set -euo pipefail
: "${DISCFS_SOURCE:=$(realpath "$(dirname "$0")/../..")}"
: "${DISCFS_BUILD:=$DISCFS_SOURCE/build}"
export DISCFS_SOURCE DISCFS_BUILD
"$DISCFS_SOURCE/tests/vm/prepare" "$DISCFS_BUILD/vm" guest
exec "$DISCFS_SOURCE/tests/judges/kernel" "$DISCFS_BUILD/vm" "$@"
