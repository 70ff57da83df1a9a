# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the tests of this folder: a mount of one's own, checks that say what failed.
set -euo pipefail
export LC_ALL=C

: "${DISCFS_SOURCE:=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")}"
: "${DISCFS_BUILD:=$DISCFS_SOURCE/build}"
DISCFS=$DISCFS_BUILD/src/cli/discfs
DISCCTL=$DISCFS_BUILD/src/cli/discctl
rig_failed=0
rig_mounts=()

rig_skip() {
	echo "skipped: $1"
	exit 77
}

# rig_init [TOOL...]: a fresh directory, $work, with $project and $mnt in it; gone at the end.
rig_init() {
	local tool
	{ : <>/dev/fuse; } 2>/dev/null || rig_skip "no /dev/fuse"
	[ -x "$DISCFS" ] || rig_skip "discfs is not built"
	for tool; do
		command -v "$tool" >/dev/null || rig_skip "$tool is not installed"
	done
	work=$(mktemp -d "${TMPDIR:-/tmp}/discfs-e2e.XXXXXX")
	project=$work/project mnt=$work/mnt
	mkdir "$mnt"
	trap rig_clean EXIT
}

rig_clean() {
	set +e
	local dir
	for dir in "${rig_mounts[@]}"; do
		mountpoint -q "$dir" && { umount "$dir" 2>/dev/null || fusermount3 -uz "$dir"; }
	done
	[ "$(id -u)" = 0 ] && findmnt -rno TARGET | grep "^$work/" | xargs -r umount -l
	rm -rf "$work"
}

# rig_mount [OPTION...]: mounts $project at $mnt.
rig_mount() {
	rig_mounts+=("$mnt")
	"$DISCFS" --project="$project" "$@" "$mnt"
}

# Returns when the daemon has let go of the project.
rig_umount() {
	if [ "$(id -u)" = 0 ]; then umount "$mnt"; else fusermount3 -u "$mnt"; fi
	flock "$project/lock" true
}

fail() {
	echo "FAILED: $*"
	rig_failed=1
}

pass() {
	echo "ok: $*"
}

# check SENTENCE COMMAND...: the command succeeds.
check() {
	local sentence=$1
	shift
	if "$@" >"$work/said" 2>&1; then pass "$sentence"; else
		fail "$sentence: $*"
		tail -n 15 "$work/said"
	fi
}

# equal SENTENCE GOT WANTED
equal() {
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1: got \"$2\", wanted \"$3\""; fi
}

# holds SENTENCE TEXT PART: PART stands in TEXT.
holds() {
	if [[ $2 == *"$3"* ]]; then pass "$1"; else fail "$1: \"$3\" is not in \"$2\""; fi
}

declare -A rig_strerror=(
	[EACCES]="Permission denied" [EBUSY]="Device or resource busy"
	[ECANCELED]="Operation canceled" [EEXIST]="File exists" [EINVAL]="Invalid argument"
	[EISDIR]="Is a directory" [ESTALE]="Stale file handle"
	[ENAMETOOLONG]="File name too long" [ENOENT]="No such file or directory"
	[ENODEV]="No such device" [ENOMEDIUM]="No medium found" [ENOSPC]="No space left on device"
	[ENOTCONN]="Transport endpoint is not connected"
	[EPERM]="Operation not permitted" [EMEDIUMTYPE]="Wrong medium type"
	[ENOTEMPTY]="Directory not empty" [EOPNOTSUPP]="Operation not supported"
	[EROFS]="Read-only file system"
)

# refused ERRNO PART SENTENCE COMMAND...: the command fails, saying that errno's words and PART.
refused() {
	local errno=$1 part=$2 sentence=$3 said
	shift 3
	if said=$("$@" 2>&1); then
		fail "$sentence: it succeeded: $*"
	elif [[ $said != *"${rig_strerror[$errno]}"* || $said != *"$part"* ]]; then
		fail "$sentence: wanted $errno and \"$part\", it said: $said"
	else
		pass "$sentence ($errno)"
	fi
}

put() {
	echo "$2" >"$1"
}

control() {
	put "$mnt/.discfs/control" "$1"
}

# control_refused ERRNO PART SENTENCE COMMAND: write(2) fails so, and the reply's sentence has PART.
control_refused() {
	refused "$1" "" "$3" control "$4"
	holds "... and says why" "$(cat "$mnt/.discfs/control")" "error $1: "
	holds "... in words" "$(cat "$mnt/.discfs/control")" "$2"
}

space() {
	sed -n "s/^$1=//p" "$mnt/.discfs/space"
}

# status PATH: a value of status.json, as jq writes it.
status() {
	jq -r "$1" "$mnt/.discfs/status.json"
}

# rig_manifest DIR: type, mode, owner, links, size, seconds, name, target of all below, sorted.
rig_manifest() {
	(cd "$1" && find . -mindepth 1 -type d -printf '%y %m %U %G %Ts %P\0' -o \
		-mindepth 1 -printf '%y %m %U %G %n %s %Ts %P -> %l\0') | sort -z
}

# rig_digests DIR: sha256 of every regular file but those over 2 GiB, sorted by name.
rig_digests() {
	(cd "$1" && find . -type f -size -2097152k -print0 | sort -z | xargs -0 sha256sum -z)
}

# same_list A B: two lists of NUL-ended entries are the same; tells the first that differ.
same_list() {
	cmp -s "$1" "$2" && return
	diff <(tr '\0' '\n' <"$1" | cat -v) <(tr '\0' '\n' <"$2" | cat -v) | head -n 8
	false
}

rig_end() {
	[ $rig_failed = 0 ] && echo "all of it holds"
	exit $rig_failed
}
