# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the tests of this folder: machines whose serial console is watched. What a test waits
# for is a line there; the limit only ends what hangs.
VM_LIMIT_S=${VM_LIMIT_S:-300}
shopt -s extglob

# vm_expect WANTED QEMU_OPTION...: 0 as soon as the console shows the text WANTED; the machine is
# ended then. Else its last lines.
vm_expect() {
	local wanted=$1 console line='' pid found=1
	shift
	console=$(mktemp "$work/console.XXXXXX")
	mkfifo "$console.pipe"
	timeout "$VM_LIMIT_S" qemu-system-x86_64 -accel tcg -nographic -nodefaults \
		-no-user-config -no-reboot -net none -serial stdio "$@" \
		</dev/null >"$console.pipe" 2>&1 &
	pid=$!
	# A prompt ends in no newline: what follows a marker must be a line of its own.
	while IFS= read -r line || [ -n "$line" ]; do
		# Firmware moves the cursor amid the text of others.
		line=${line//$'\e['*([0-9;])[A-Za-z]/}
		printf '%s\n' "$line" >>"$console"
		case $line in
		*"$wanted"*)
			found=0
			break
			;;
		esac
	done <"$console.pipe"
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	[ "$found" = 0 ] || tail -n 12 "$console"
	return "$found"
}
