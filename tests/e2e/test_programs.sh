#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Programs that demand much of a file system, in the mount: a database, a version control system,
# archivers, an editor. What they check themselves has to be sound.
source "$(dirname "$0")/rig.sh"
rig_init git rsync python3 setfattr
rig_mount

# A tree with all that can be copied: links, holes, modes, times, attributes, ACLs, odd names.
make_tree() {
	local dir=$1 i
	mkdir -p "$dir"/{a/b/c,empty,$'new\nline \xff'}
	for i in {1..40}; do
		head -c $((i * 997)) "$(command -v bash)" >"$dir/a/f$i"
		touch -d "2005-01-02 03:04:$((i % 60)).$((i * 1234567))" "$dir/a/f$i"
	done
	head -c 3000000 /dev/urandom >"$dir/a/b/large"
	truncate -s 5M "$dir/sparse"
	printf x | dd of="$dir/sparse" bs=1 seek=2000000 conv=notrunc status=none
	ln "$dir/a/f1" "$dir/a/b/hard"
	ln -s ../f2 "$dir/a/b/soft"
	ln -s nowhere "$dir/dangling"
	mkfifo "$dir/a/fifo"
	chmod 4755 "$dir/a/f3"
	chmod 1777 "$dir/empty"
	setfattr -n user.note -v "some words" "$dir/a/f4"
	setfattr -n user.empty "$dir/a/b"
	! command -v setfacl >/dev/null || setfacl -m u:65534:r,g:65534:rw "$dir/a/f5"
	[ "$(id -u)" != 0 ] || chown -h 1234:4321 "$dir/a/f6" "$dir/dangling"
	[ "$(id -u)" != 0 ] || mknod "$dir/a/null" c 1 3
}

copies() {
	local src=$work/tree
	check "rsync -aHAX --delete stages a tree" rsync -aHAX --delete "$src/" "$mnt/rsync"
	equal "... and lists nothing the second time" \
		"$(rsync -aHAX --delete -i "$src/" "$mnt/rsync")" ""
	equal "... also when every byte is compared" \
		"$(rsync -aHAXc --delete -i "$src/" "$mnt/rsync")" ""
	mkdir "$mnt/rsync/extra" && mv "$mnt/rsync/a/f7" "$mnt/rsync/extra/f7"
	rm "$mnt/rsync/dangling"
	check "... and puts right what was changed" rsync -aHAX --delete "$src/" "$mnt/rsync"
	equal "... wholly" "$(rsync -aHAXc --delete -i "$src/" "$mnt/rsync")" ""

	tar -C "$work" --xattrs --acls -cf "$work/tree.tar" tree
	check "tar extracts" tar -C "$mnt" --xattrs --acls -xpf "$work/tree.tar"
	check "tar --compare is clean" tar -C "$mnt" --xattrs --acls -df "$work/tree.tar"
	check "tar reads the mount" tar -C "$mnt" --xattrs --acls -cf "$work/back.tar" tree
	check "... and that is the tree" tar -C "$work" --xattrs --acls -df "$work/back.tar"

	check "cp -a" cp -a "$src" "$mnt/cp"
	check "diff -r finds nothing" diff -r --no-dereference "$src" "$mnt/cp" \
		-x fifo -x null
	check "cp -a --sparse=always inside the mount" \
		cp -a --sparse=always "$mnt/cp" "$mnt/again"
	check "... is the same" diff -r --no-dereference "$src" "$mnt/again" -x fifo -x null
	check "mv of a tree out of the mount and back" \
		bash -c "mv '$mnt/again' '$work/out' && mv '$work/out' '$mnt/back'"
	equal "... loses nothing" "$(rsync -aHAXc -i "$src/" "$mnt/back")" ""
	check "find -delete" find "$mnt/rsync" -delete
	check "rm -r takes a tree away" rm -r "$mnt/back" "$mnt/cp" "$mnt/tree"
	equal "... whole" "$(ls -A "$mnt")" ""
}

versions() {
	local repo=$work/origin clone=$mnt/clone g i
	g=(git -c user.name=t -c user.email=t@localhost -c init.defaultBranch=main
		-c protocol.file.allow=always -c safe.directory='*' -c gc.autoDetach=false)
	"${g[@]}" init -q "$repo"
	cp -r "$work/tree/a" "$repo/a" 2>/dev/null || true
	rm -f "$repo/a/fifo" "$repo/a/null"
	"${g[@]}" -C "$repo" add -A
	"${g[@]}" -C "$repo" commit -qm first
	check "git clone" "${g[@]}" clone -q "$repo" "$clone"
	check "git fsck of the clone" "${g[@]}" -C "$clone" fsck --full --strict
	for i in {1..8}; do
		echo "$i" >>"$clone/a/f$i"
		"${g[@]}" -C "$clone" mv "a/f$i" "a/g$i"
		"${g[@]}" -C "$clone" commit -qam "number $i"
	done
	check "git checkout of another branch" "${g[@]}" -C "$clone" checkout -qb side HEAD~4
	check "git rebase" "${g[@]}" -C "$clone" rebase -q main
	check "git gc" "${g[@]}" -C "$clone" gc -q --aggressive --prune=now
	check "git fsck after gc" "${g[@]}" -C "$clone" fsck --full --strict
	equal "git sees no change" "$("${g[@]}" -C "$clone" status --porcelain)" ""
	check "git clone inside the mount" "${g[@]}" clone -q "$clone" "$mnt/second"
	check "... by hard links" test -n "$(find "$mnt/second/.git/objects" -type f -links +1)"
	rm -rf "$clone" "$mnt/second"
}

# Write-ahead logging lives on shared memory and byte-range locks.
databases() {
	check "SQLite with WAL: a writer, readers, a killed writer" \
		python3 - "$mnt/db.sqlite" <<'PY'
import multiprocessing, os, signal, sqlite3, sys

path = sys.argv[1]
ROWS = 300

def connect():
    db = sqlite3.connect(path, timeout=30, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    return db

def write(first, done):
    db = connect()
    for i in range(first, first + ROWS):
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO t VALUES (?, randomblob(?))", (2 * i, i % 3000))
        db.execute("INSERT INTO t VALUES (?, randomblob(?))", (2 * i + 1, i % 500))
        db.execute("COMMIT")
    done.value += 1

def read(done):
    db, last = connect(), 0
    while True:
        ended = done.value
        n, = db.execute("SELECT count(*) FROM t").fetchone()
        assert n % 2 == 0 and n >= last, (n, last)
        last = n
        if ended == 2:
            break

db = connect()
assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB)")
done = multiprocessing.Value("i", 0)
procs = [multiprocessing.Process(target=write, args=(first, done)) for first in (0, 100000)]
procs += [multiprocessing.Process(target=read, args=(done,)) for _ in range(2)]
for p in procs: p.start()
for p in procs: p.join()
assert all(p.exitcode == 0 for p in procs), [p.exitcode for p in procs]
count = lambda: db.execute("SELECT count(*) FROM t").fetchone()[0]
assert count() == 4 * ROWS, count()

pid = os.fork()
if pid == 0:
    other = connect()
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO t VALUES (-1, zeroblob(2000000))")
    os.kill(os.getpid(), signal.SIGKILL)
os.waitpid(pid, 0)
assert count() == 4 * ROWS
db.execute("INSERT INTO t VALUES (-2, 'the lock is free again')")
db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
db.execute("VACUUM")
assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
db.execute("PRAGMA journal_mode=DELETE")
db.execute("UPDATE t SET b = zeroblob(100) WHERE id % 7 = 0")
assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
PY
}

editors() {
	local vim
	if ! vim=$(command -v vim || command -v vim.tiny); then
		echo "skipped: vim is not installed"
		return
	fi
	printf 'one\ntwo\n' >"$mnt/text"
	chmod 640 "$mnt/text"
	ln "$mnt/text" "$mnt/text.hard"
	check "vim saves, with a backup and a swap file" "$vim" -u NONE -i NONE -es \
		-c 'set backup backupskip= directory=. backupdir=.' -c '%s/two/three/' -c 'wq' \
		"$mnt/text"
	equal "... what was typed" "$(cat "$mnt/text")" $'one\nthree'
	equal "... with its mode" "$(stat -c %a "$mnt/text")" 640
	equal "... through both names" "$(cat "$mnt/text.hard")" $'one\nthree'
	equal "... beside the backup" "$(cat "$mnt/text~")" $'one\ntwo'
}

make_tree "$work/tree"
copies
versions
databases
editors
rig_umount
rig_mount
check "the database reads after a remount" \
	python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]' "$mnt/db.sqlite"
rig_umount
rig_end
