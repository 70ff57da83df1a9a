# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by tests of recorders on other machines: somebody else's recorder, served by tgt.
source "$(dirname "${BASH_SOURCE[0]}")/rig.sh"

IQN=iqn.2026-11.test.discfs:dvd

# Several tests may run at once: a port and a control id that nobody else has.
tgt_init() {
	mountpoint -q /sys || rig_skip "no /sys"
	[ "$(id -u)" = 0 ] || rig_skip "tgtd wants root"
	local n
	for ((n = 0; n < 100; n++)); do
		tgt_id=$((100 + (RANDOM % 9000)))
		tgt_port=$((20000 + tgt_id))
		tgt_start && return 0
	done
	rig_skip "tgtd does not start"
}

# Answers when it returns; as a service manager it may be started again on the same port.
tgt_start() {
	local tries
	tgtd -f -C "$tgt_id" --iscsi "portal=127.0.0.1:$tgt_port" >"$work/tgtd.log" 2>&1 &
	tgt_pid=$!
	for ((tries = 0; tries < 200; tries++)); do
		tgt --op show --mode sys >/dev/null 2>&1 && return 0
		kill -0 "$tgt_pid" 2>/dev/null || return 1
		read -rt 0.05 <> <(:) || true
	done
	return 1
}

tgt() {
	tgtadm -C "$tgt_id" --lld iscsi "$@"
}

# The connection breaks at once.
tgt_kill() {
	kill -9 "$tgt_pid" 2>/dev/null || true
	wait "$tgt_pid" 2>/dev/null || true
}

# The recorder started anew, with a blank DVD+R in it, whose bytes are $disc.
tgt_again() {
	tgt_kill
	tgt_start
	disc=$work/disc.img
	rm -f "$disc"
	tgtimg --op new --device-type cd --type dvd+r --file "$disc" >/dev/null
	tgt --op new --mode target --tid 1 -T "$IQN"
	tgt --op new --mode logicalunit --tid 1 --lun 1 --device-type cd --backing-store "$disc"
	tgt --op bind --mode target --tid 1 -I ALL
}

# tgt_url [LUN [USER%PASSWORD@]]
tgt_url() {
	echo "iscsi://${2:-}127.0.0.1:$tgt_port/$IQN/${1:-1}"
}
