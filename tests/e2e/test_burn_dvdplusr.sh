#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# DVD+R: a real tree and a file over 4 GiB burned, and read back by tools of other people.
source "$(dirname "$0")/burn_rig.sh"
burn_and_read_back dvd+r big
