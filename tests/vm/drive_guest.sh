# SPDX-License-Identifier: GPL-3.0-or-later
# In the guest: a blank DVD+R behind a real /dev/sr0, burned through the kernel and mounted by it.
source /out/environment
source "$DISCFS_SOURCE/tests/e2e/rig.sh"
for module in virtio_scsi sr_mod sg isofs udf fuse; do modprobe "$module"; done
rig_init jq
disc=$work/disc
mkdir "$disc"
check "the kernel has a drive" test -b /dev/sr0

mounts() {
	check "the kernel mounts the disc, $*" mount -o ro "$@" /dev/sr0 "$disc"
	check "... and finds what was staged" \
		diff -r --no-dereference -x SHA256SUMS "$DISCFS_SOURCE/src" "$disc"
	check "... as the disc's own list has it" \
		env -C "$disc" sha256sum --quiet --strict -c SHA256SUMS
}

rig_mount
equal "auto takes the drive" "$(status .recorder.id)" /dev/sr0
equal "a blank disc is in" "$(status .medium.state)" blank
equal "... a DVD+R" "$(status .medium.type)" dvd+r
check "files are staged" cp -a "$DISCFS_SOURCE/src/." "$mnt"
(flock 7 && exec sleep 1000) 7</dev/sr0 &
holder=$!
while flock -n /dev/sr0 true; do read -rt 0.1 <> <(:) || true; done
control_refused EBUSY "in use by " "a drive that another program has locked" burn
kill "$holder"
wait "$holder" || true
check "burn wait burns them" control "burn wait"
holds "... verified" "$(status .job.outcome)" "read back equal"
stat -c %s "$mnt/.discfs/image.iso" >/out/image-bytes
sha256sum <"$mnt/.discfs/image.iso" >/out/image-sum
mounts -t iso9660
control_refused EBUSY "mounted at $disc" "a mounted disc is not put out" eject
umount "$disc"
mounts -t udf
umount "$disc"
check "an unmounted disc is" control eject
equal "... and status says so" "$(status .medium.state)" none
rig_umount
exit $rig_failed
