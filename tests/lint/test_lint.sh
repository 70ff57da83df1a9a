#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The checks of this folder can fail: each is run on a tree with one planted fault.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0

fresh_tree() {
	rm -rf "${tree:?}"/*
	mkdir -p "$tree"/{src/{base,image,stage,mount},include/{base,image,stage},tests,contrib}
	cp "$here/../../src/CMakeLists.txt" "$tree/src/"
	printf '/* SPDX-License-Identifier: GPL-3.0-or-later */\n' |
		tee "$tree"/include/{base/err.h,image/image.h,stage/stage.h} >"$tree/src/base/err.c"
}

# must_fail CHECK WORD: CHECK fails on the tree and says WORD.
must_fail() {
	local said
	if said=$(DISCFS_SOURCE=$tree "$here/$1" 2>&1) || [[ $said != *$2* ]]; then
		printf 'FAILED: %s did not notice "%s"; it said: %s\n' "$1" "$2" "$said"
		failed=1
	fi
}

must_pass() {
	DISCFS_SOURCE=$tree "$here/$1" >/dev/null || failed=1
}

plant() {
	fresh_tree
	printf '/* SPDX-License-Identifier: GPL-3.0-or-later */\n%b\n' "$2" >"$tree/$1"
}

lines() {
	local i
	for ((i = 0; i < $1; i++)); do printf '\\tx = %d;\\n' "$i"; done
}

fresh_tree
must_pass test_modules.py
must_pass test_sizes.py
must_pass test_words.py
plant src/image/a.c '#include "stage/stage.h"'
must_fail test_modules.py 'image must not include stage/stage.h'
plant src/base/a.c '#include <sqlite3.h>'
must_fail test_modules.py '<sqlite3.h>'
plant src/stage/a.c '#include <fuse_lowlevel.h>'
must_fail test_modules.py '<fuse_lowlevel.h>'
plant src/stage/a.c '#include "base/private.h"'
must_fail test_modules.py 'private to base'
plant src/base/file_util.c ''
must_fail test_modules.py 'named after its one job'
plant notes.txt ''
must_fail test_modules.py 'nothing else lies in the root'
plant src/base/a.c "int f(void)\n{\n$(lines 81)}"
must_fail test_sizes.py '81 lines, at most 80'
plant src/base/a.c "$(lines 501)"
must_fail test_sizes.py 'lines, at most 500'
eight='int a, int b, int c, int d,\n\tint e, int g, int h, int (*i)(int, int)'
plant src/base/a.c "int f($eight)\n{\n}"
must_fail test_sizes.py '8 parameters'
deep=$(for i in 1 2 3 4 5; do printf '%*s' $i '' | tr ' ' '\t'; echo 'if (a)'; done)
plant src/base/a.c "int f(void)\n{\n$deep\n}"
must_fail test_sizes.py 'nested 5 deep'
plant src/base/a.c "/* $(printf 'x%.0s' {1..100}) */"
must_fail test_sizes.py 'more than 100 columns'
if command -v pmccabe >/dev/null; then
	branches=$(printf '\\tif (a)\\n\\t\\ta++;\\n%.0s' {1..20})
	plant src/base/a.c "int f(int a)\n{\n$branches\treturn a;\n}"
	must_fail test_sizes.py 'complexity 21'
fi
plant src/base/a.c 'void f(char *a, char *b)\n{\n\tstrcpy(a, b);\n}'
must_fail test_words.py 'strcpy('
plant src/base/a.c '/* FIX''ME */'
must_fail test_words.py 'FIXME'
fresh_tree
echo 'int a;' >"$tree/src/base/a.c"
must_fail test_words.py 'SPDX'
if command -v clang-format >/dev/null; then
	plant src/base/a.c 'int  a ;'
	cp "$here/../../.clang-format" "$tree/"
	must_fail test_format.sh 'a.c'
fi
if command -v cppcheck >/dev/null; then
	plant src/base/a.c 'int f(void)\n{\n\tint a[2];\n\ta[2] = 1;\n\treturn a[0];\n}'
	must_fail test_cppcheck.sh 'a.c'
fi
[ $failed = 0 ] && echo "every planted fault was noticed"
exit $failed
