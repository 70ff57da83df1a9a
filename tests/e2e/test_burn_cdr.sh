#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# CD-R: a real tree burned, and read back by tools of other people.
source "$(dirname "$0")/burn_rig.sh"
burn_and_read_back cd-r
