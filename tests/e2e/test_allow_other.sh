#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# With allow_other: another user commands nothing, and reads nothing that modes forbid.
source "$(dirname "$0")/rig.sh"
rig_init setpriv
[ "$(id -u)" = 0 ] || rig_skip "only the superuser can act as somebody else"

# other COMMAND...: in the mount's root, as somebody who owns nothing.
other() {
	(cd "$mnt" && setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@")
}

# refuses ERRNO SENTENCE COMMAND...: to the other user.
refuses() {
	refused "$1" "" "$2" other "${@:3}"
}

rig_mount -o allow_other
echo public >"$mnt/public"
echo sealed-content >"$mnt/sealed"
mkdir -m 700 "$mnt/closed"
echo sealed-content >"$mnt/closed/sealed-name"
mkdir -m 1777 "$mnt/shared"
echo theirs >"$mnt/shared/theirs"
chmod 600 "$mnt/sealed"

equal "another user reads what is for all" "$(other cat public)" public
equal "... and lists it" "$(other ls shared)" theirs
refuses EACCES "reading what is the owner's alone" cat sealed
refuses EACCES "listing a closed directory" ls closed
refuses EACCES "reaching into one" stat closed/sealed-name
refuses EACCES "writing what is for reading" sh -c 'echo x >>public'
refuses EACCES "making a file where only the owner may" touch new
refuses EPERM "changing a mode" chmod 777 public
check "making a file where all may" other sh -c 'echo mine >shared/mine'
equal "... which is theirs" "$(stat -c %u:%g "$mnt/shared/mine")" 65534:65534

for file in control settings/volume_id settings/verify; do
	refuses EACCES "writing $file" sh -c "echo erase >.discfs/$file"
	refuses EACCES "reading and writing $file" sh -c ": <>.discfs/$file"
	refuses EACCES "truncating $file" truncate -s 0 ".discfs/$file"
	refuses EPERM "opening $file to all" chmod 666 ".discfs/$file"
done
refuses EACCES "replacing control" mv shared/mine .discfs/control
refuses EACCES "removing control" rm -f .discfs/control
refuses EACCES "reading the image, which has all" cat .discfs/image.iso

# A descriptor of the owner's, in another's hands.
inherited() {
	(
		cd "$mnt"
		exec 5>.discfs/control
		setpriv --reuid=65534 --regid=65534 --clear-groups -- sh -c 'echo burn | cat >&5'
	)
}
refused EACCES "" "commanding through a descriptor that was passed on" inherited
equal "nothing was commanded" "$(status .job)" null

# Whatever .discfs gives to others has neither names nor contents that are closed to them.
refused EINVAL "" "a command that names one" \
	sh -c "echo 'no-such $mnt/closed/sealed-name' | cat >'$mnt/.discfs/control'"
holds "... is told to the owner" "$(cat "$mnt/.discfs/error")" sealed-name
equal "what others may read in .discfs tells nothing of closed files" \
	"$(other timeout 20 grep -ral sealed .discfs 2>/dev/null)" ""
holds "... though they may read some" "$(other cat .discfs/space)" free_blocks=
rig_umount

rig_mount
refuses EACCES "without allow_other, entering the mount" ls .
rig_umount
rig_end
