#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Everything at once: programs that stage and remove, readers of all of .discfs, and burns. A disc
# holds what was staged when its burn began, and nobody is refused anything.
source "$(dirname "$0")/rig.sh"
rig_init jq bsdtar

seconds=${DISCFS_LOAD_SECONDS:-4}
stop=$work/stop
rig_mounts+=("$mnt")
"$DISCFS" -f --project="$project" --medium=bd-r "$mnt" 2>"$work/log" &
daemon=$!
until mountpoint -q "$mnt"; do kill -0 "$daemon"; done

# These run until $stop is there; each ends with what went wrong.
churn() {
	local dir=$mnt/churn$1 n=0
	mkdir "$dir"
	until [ -e "$stop" ]; do
		n=$((n + 1))
		echo "$n" >"$dir/f$((n % 50))"
		head -c $((n * 3571 % 3000000)) /dev/zero >>"$dir/large"
		[ $((n % 7)) != 0 ] || : >"$dir/large"
		mv "$dir/f$((n % 50))" "$dir/g$((n % 20))"
		ln -f "$dir/g$((n % 20))" "$dir/h$((n % 10))"
		ln -sf "g$n" "$dir/soft"
		[ "$(cat "$dir/h$((n % 10))")" = "$n" ]
		[ $((n % 25)) != 0 ] || rm -r "$dir" "$dir-tree" 2>/dev/null || true
		mkdir -p "$dir/a/b" "$dir-tree" && touch "$dir/a/b/c"
		[ $((n % 10)) != 0 ] || sync "$dir"
	done
}

watch_texts() {
	until [ -e "$stop" ]; do
		cat "$mnt"/.discfs/{status,status.json,space,plan,error,help,settings/*} >/dev/null
		df "$mnt" >/dev/null
		ls -lR "$mnt" >/dev/null 2>&1 || true
	done
}

watch_image() {
	until [ -e "$stop" ]; do
		head -c 3000000 "$mnt/.discfs/image.iso" >"$work/head.iso"
		[ "$(head -c 32774 "$work/head.iso" | tail -c 5)" = CD001 ]
	done
}

watch_streams() {
	until [ -e "$stop" ]; do
		timeout 0.2 cat "$mnt/.discfs/events" >/dev/null || true
		timeout 0.2 cat "$mnt/.discfs/progress" >/dev/null || true
	done
}

mkdir "$mnt/still"
cp -r "$DISCFS_SOURCE"/{src,include} "$mnt/still"
rig_digests "$mnt/still" >"$work/still"
jobs=()
for job in "churn 1" "churn 2" watch_texts watch_image watch_streams; do
	$job 2>"$work/said.${job// /}" &
	jobs+=("$!:${job// /}")
done
burns=0
for ((until = SECONDS + seconds; SECONDS < until; burns++)); do
	[ "$burns" = 0 ] || { control eject && control "load medium=bd-r"; }
	# Of a shell without children: their ends are signals, and any signal ends the waiting.
	if ! sh -c "echo 'burn wait verify=full' >'$mnt/.discfs/control'"; then
		fail "burn $burns: $(cat "$mnt/.discfs/error")"
		break
	fi
done
touch "$stop"
for job in "${jobs[@]}"; do
	wait "${job%%:*}" || fail "${job#*:} ended: $(tail -n 3 "$work/said.${job#*:}")"
done
echo "$burns burns under load"
check "what was burned is read" mkdir "$work/back"
check "... by bsdtar" bsdtar -xpf "$(status .medium.file)" -C "$work/back"
rig_digests "$work/back/still" >"$work/back.still"
check "... and holds what nobody changed" same_list "$work/still" "$work/back.still"
equal "the projection is the image" \
	$(($(space image_blocks) * 2048)) "$(stat -c %s "$mnt/.discfs/image.iso")"
umount "$mnt" 2>/dev/null || fusermount3 -u "$mnt"
status=0
wait "$daemon" || status=$?
equal "the daemon ends well" "$status" 0
if [ -s "$work/log" ]; then
	fail "the daemon said: $(head -n 40 "$work/log")"
fi
rig_end
