#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Both programs: help, version, usage errors, exit statuses, JSON.
source "$(dirname "$0")/rig.sh"
rig_init jq script

# exits STATUS PART SENTENCE COMMAND...
exits() {
	local wanted=$1 part=$2 sentence=$3 status=0 said
	shift 3
	said=$("$@" 2>&1) || status=$?
	if [ $status = "$wanted" ] && [[ $said == *"$part"* ]]; then pass "$sentence"; else
		fail "$sentence: wanted status $wanted and \"$part\", got $status: $said"
	fi
}

ctl() {
	"$DISCCTL" -m "$mnt" "$@"
}

json() {
	local filter=$1
	shift
	(ctl --json "$@" || true) | jq -e "$filter"
}

for program in "$DISCFS" "$DISCCTL"; do
	name=$(basename "$program")
	exits 0 Usage "$name --help" "$program" --help
	exits 0 "$name 0." "$name --version" "$program" --version
	exits 2 --nosuch "$name with an unknown option" "$program" --nosuch
	exits 2 "" "$name without a word" "$program"
done
exits 0 libfuse "discfs --version lists libraries" "$DISCFS" --version
exits 1 "nowhere" "discfs at a place that is not there" \
	"$DISCFS" --project="$project" "$work/nowhere"
exits 1 "nowhere" "discctl -m at a place that is not there" \
	"$DISCCTL" -m "$work/nowhere" status
exits 1 "is a discfs mounted at $work?" "discctl -m at a directory that is no mount" \
	"$DISCCTL" -m "$work" status

rig_mounts+=("$mnt")
check "discctl mount mounts" "$DISCCTL" mount --project="$project" --medium=dvd+r "$mnt"
exits 0 "" "discctl status" ctl status
exits 0 burn "discctl help" ctl help
exits 0 "" "discctl finds the mount it stands in" bash -c "cd '$mnt' && '$DISCCTL' status"
exits 2 "takes no word" "discctl status with a word too many" ctl status now
exits 1 frobnicate "discctl passes control's sentence on" ctl frobnicate
check "--json status is JSON" json '.medium.type == "dvd+r"' status
check "--json of a refusal" \
	json '.ok == false and .errno == "EINVAL" and (.error | length) > 0' nosuch
exits 0 "no job" "discctl watch without a job" ctl watch

echo content >"$mnt/file"
cd "$work"
exits 0 "" "discctl image makes its path absolute" ctl image "an image.iso"
check "... and saves it there" cmp "$work/an image.iso" "$mnt/.discfs/image.iso"
exits 0 "state=done" "discctl burn follows to the end" ctl burn verify=full close=appendable
exits 0 "state=done" "discctl burn adds a session to it" ctl burn close=disc
exits 1 "" "discctl burn onto a disc that is closed" ctl burn
check "--json burn tells why not" json '.ok == false and .errno == "EROFS"' burn
check "load" ctl load medium=bd-r file="$work/my disc.iso"
check "--json burn is JSON" json '.ok and .state == "done" and .job > 0' burn
check "the medium's file is where it was wanted" test -s "$work/my disc.iso"
ctl load medium=cd-r
if script -qec true /dev/null >/dev/null 2>&1; then
	exits 0 "100%" "on a terminal there is a bar" \
		script -qec "'$DISCCTL' -m '$mnt' burn" /dev/null
else
	echo "skipped: the bar on a terminal (no pseudo-terminals here)"
	ctl burn >/dev/null
fi
exits 0 "state=done" "discctl watch tells of the last job" ctl watch
check "--json watch is a JSON object a line" json . watch
cd /
check "discctl umount unmounts" "$DISCCTL" umount "$mnt"
check "... really" bash -c "! mountpoint -q '$mnt'"
check "a mount at once afterwards works" "$DISCCTL" mount --project="$project" "$mnt"
check "... and has what was staged" test -f "$mnt/file"
umount "$mnt" || fusermount3 -u "$mnt"
exits 2 "one mount point" "discfs with three words" "$DISCFS" a b c
if [ "$(id -u)" = 0 ] && command -v mount.fuse3 >/dev/null; then
	export PATH=$(dirname "$DISCFS"):$PATH
	check "mount.fuse3 mounts as a line of fstab would" \
		mount.fuse3 none "$mnt" -t fuse.discfs -o "noauto,nofail,project=$project"
	check "... that project" test -f "$mnt/file"
	umount "$mnt"
	check "mount.fuse3 takes the project as the source" mount.fuse3 "discfs#$project" "$mnt"
	check "... that project" test -f "$mnt/file"
	umount "$mnt"
else
	echo "skipped: mounting as fstab does (needs root and mount.fuse3)"
fi
rig_end
