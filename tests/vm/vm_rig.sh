# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the tests of this folder: machines whose serial console is watched. What a test waits
# for is a line there; the limit only ends what hangs.
VM_LIMIT_S=${VM_LIMIT_S:-200}
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

# vm_root SCRIPT QEMU_OPTION...: runs it in a guest that has this machine's root, and Debian's
# kernel with the modules that it asks for; $work/out is /out there. The script's exit status; what
# it said is in $work/out/log. Skips where there can be no guest.
vm_root() {
	local vm=$DISCFS_BUILD/vm status=0 share=local,security_model=none,multidevs=remap
	"$DISCFS_SOURCE/tests/vm/prepare" "$vm" guest_root || status=$?
	[ $status != 77 ] || exit 77
	[ $status = 0 ] || return 1
	mkdir -p "$work/out"
	cp "$DISCFS_SOURCE/tests/vm/begin_root" "$work/out/begin"
	cp "$1" "$work/out/script"
	shift
	echo "$vm/kernel" >"$work/out/kernel"
	timeout "$VM_LIMIT_S" qemu-system-x86_64 -accel tcg -cpu max -smp 1 -m 1024 -nographic \
		-nodefaults -no-user-config -no-reboot -net none -serial "file:$work/out/console" \
		-kernel "$vm/vmlinuz" -initrd "$vm/guest_root.initrd" \
		-append "console=ttyS0 quiet panic=-1 mitigations=off tsc=reliable nokaslr" \
		-virtfs "$share,path=/,mount_tag=root,readonly=on" \
		-virtfs "$share,path=$work/out,mount_tag=out" \
		"$@" </dev/null >/dev/null 2>&1
	[ -s "$work/out/status" ] || {
		tail -n 12 "$work/out/console"
		return 1
	}
	return "$(cat "$work/out/status")"
}
