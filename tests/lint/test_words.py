#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words that do not belong into this tree, and the licence line that belongs into each file."""
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(os.environ.get("DISCFS_SOURCE") or pathlib.Path(__file__).parents[2])
# Unbounded or unchecked functions, structs laid over bytes, notes to self.
BANNED = {
    "code": re.compile(r"\b(sprintf|vsprintf|strcpy|strncpy|strcat|atoi|atol|gets|alloca)\s*\("
                       r"|__attribute__\s*\(\(\s*(__)?packed"),
    "any": re.compile(r"\b(TODO|FIXME|XXX)\b"),
}
FOLDERS = ("src", "include", "tests", "contrib", "man", ".ci")
SINGLE = ("CMakeLists.txt", "README.md", "CHANGELOG.md")
LICENSED = (".c", ".h", ".sh", ".py", "")


def files():
    for folder in FOLDERS:
        yield from sorted(p for p in (ROOT / folder).rglob("*") if p.is_file())
    yield from (ROOT / name for name in SINGLE if (ROOT / name).exists())


def faults_of(path):
    kinds = ["any"] + (["code"] if path.suffix in (".c", ".h") else [])
    lines = path.read_text(errors="replace").splitlines()
    for number, line in enumerate(lines, 1):
        for kind in kinds:
            found = BANNED[kind].search(line)
            if found:
                yield f"{path.relative_to(ROOT)}:{number}: {found.group(0)}"
    if path.suffix in LICENSED and not any("SPDX-License-Identifier: GPL-3.0-or-later" in line
                                           for line in lines[:3]):
        yield f"{path.relative_to(ROOT)}:1: the SPDX line is missing"


def main():
    mine = pathlib.Path(__file__).resolve().parent
    faults = [fault for path in files() if "data" not in path.parts and path.parent != mine
              for fault in faults_of(path)]
    print("\n".join(faults) or "no word out of place")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
