#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Includes point downwards, outside libraries stay in their module, names say what a file is."""
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(os.environ.get("DISCFS_SOURCE") or pathlib.Path(__file__).parents[2])

ROOT_NAMES = {"CMakeLists.txt", "src", "include", "tests", "contrib", "man", "README.md", "LICENSE",
              "CHANGELOG.md"}
BANNED_NAMES = {"util", "utils", "misc", "common", "helper", "helpers"}
# An outside header and the folders below src/ and include/ that may include it.
OUTSIDE = {
    r"fuse.*": {"mount"},
    r"sqlite3.*": {"catalog"},
    r"(cdio|iscsi)/.*": {"recorder"},
    r"argp\.h": {"cli", "ctl"},
    r"jansson\.h": {"cli", "ctl"},
    r"zlib\.h": {"base"},
}


def declared_modules():
    """module -> the modules that its headers and sources may include."""
    text = (ROOT / "src/CMakeLists.txt").read_text()
    modules = {}
    for name, rest in re.findall(r"^discfs_module\((\w+)([^)]*)\)", text, re.M):
        deps = re.search(r"DEPS ([\w ]+?)(?: LIBS|$)", rest)
        modules[name] = {name} | set(deps.group(1).split() if deps else [])
        for dep in modules[name]:
            if dep not in modules:
                fault("src/CMakeLists.txt", 0, f"{name} depends on {dep}, above it")
    return modules


faults = []


def fault(path, line, text):
    faults.append(f"{path}:{line}: {text}")


def allowed_for(path, modules):
    """(folder's module, the modules it may see) of a file below src/ or include/."""
    module = path.parts[1]
    if module == "cli":
        discctl = len(path.parts) > 2 and path.parts[2] == "discctl"
        return module, {"base"} if discctl else set(modules)
    return module, modules.get(module, set())


def check_quoted(path, line, name, modules):
    module, allowed = allowed_for(path, modules)
    first = name.split("/")[0]
    if first in modules and "/" in name:
        if first not in allowed:
            fault(path, line, f"{module} must not include {name}")
        elif not (ROOT / "include" / name).exists() and first != module:
            fault(path, line, f"{name} is private to {first}")
        return
    if path.parts[0] == "include":
        fault(path, line, f'a public header includes "{name}", not "module/header.h"')
    home = (ROOT / path).parent
    if not (home / name).exists() and not (ROOT / "src" / module / name).exists():
        fault(path, line, f"{name} is not in the folder of {module}")


def check_outside(path, line, name):
    for pattern, folders in OUTSIDE.items():
        if re.fullmatch(pattern, name) and path.parts[1] not in folders:
            fault(path, line, f"<{name}> belongs to {' and '.join(sorted(folders))} alone")


def check_file(path, modules):
    if set(path.stem.split("_")) & BANNED_NAMES:
        fault(path, 1, "a file is named after its one job")
    if path.parts[0] == "tests" or path.suffix not in (".c", ".h"):
        return
    if path.parts[1] not in modules and path.parts[1] != "cli":
        fault(path, 1, f"{path.parts[1]} is no module of src/CMakeLists.txt")
    for number, text in enumerate((ROOT / path).read_text().splitlines(), 1):
        include = re.match(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', text)
        if include and include.group(1):
            check_quoted(path, number, include.group(1), modules)
        elif include:
            check_outside(path, number, include.group(2))


def main():
    modules = declared_modules()
    for folder in ("src", "include", "tests"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file():
                check_file(path.relative_to(ROOT), modules)
    for entry in ROOT.iterdir():
        if entry.name not in ROOT_NAMES and not re.match(r"\.|build", entry.name):
            fault(entry.name, 0, "nothing else lies in the root")
    print("\n".join(faults) or f"{len(modules)} modules keep their order")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
