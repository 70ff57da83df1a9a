#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mandoc finds no error in the man pages.
set -euo pipefail
cd "${DISCFS_SOURCE:-$(dirname "$0")/../..}"
if ! command -v mandoc >/dev/null; then
	echo "skipped: mandoc is not installed"
	exit 77
fi
mandoc -T lint -W error man/*.[1-8]
