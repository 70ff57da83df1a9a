#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A real /dev/sr0: in a guest, whose drive is somebody else's recorder served by this machine.
source "$(dirname "$0")/../e2e/iscsi_rig.sh"
source "$(dirname "$0")/vm_rig.sh"
rig_init tgtd tgtadm tgtimg jq
tgt_init
tgt_again
trap 'tgt_kill; rig_clean' EXIT
mkdir "$work/out"
printf '%s\n' "DISCFS_SOURCE=$DISCFS_SOURCE" "DISCFS_BUILD=$DISCFS_BUILD" >"$work/out/environment"
status=0
vm_root "$DISCFS_SOURCE/tests/vm/drive_guest.sh" -device virtio-scsi-pci,id=scsi \
	-drive "file=$(tgt_url),if=none,id=disc,format=raw" \
	-device scsi-generic,drive=disc,bus=scsi.0 || status=$?
cat "$work/out/log"
equal "the guest found everything right" "$status" 0
check "the target's file is the image" \
	test "$(head -c "$(cat "$work/out/image-bytes")" "$disc" | sha256sum)" = \
	"$(cat "$work/out/image-sum")"
rig_end
