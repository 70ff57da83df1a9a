#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing grows past what one reads at a sitting. Tables are no functions and so are exempt."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(os.environ.get("DISCFS_SOURCE") or pathlib.Path(__file__).parents[2])
BODY_MAX, COMPLEXITY_MAX, FILE_MAX, HEADER_MAX = 80, 20, 500, 250
PARAMETERS_MAX, NESTING_MAX, COLUMNS_MAX = 7, 4, 100
SOURCES = (".c", ".h", ".sh", ".py", "")
CONTROL = re.compile(r"(\t*)(?:\} )?(?:if|else|for|while|do|switch)\b")

faults = []


def fault(path, line, text):
    faults.append(f"{path.relative_to(ROOT)}:{line}: {text}")


def signature(lines, brace):
    """The joined lines of the function whose body opens at index @brace, and its first line."""
    first = brace
    while first > 0 and lines[first - 1].strip() and not re.search(
            r"(;|\}|\*/|^#.*|^\w+:)$", lines[first - 1]):
        first -= 1
    return " ".join(line.strip() for line in lines[first:brace]), first + 1


def dictated(path, name):
    """A callback whose signature is libfuse's."""
    return path.parent.name == "mount" and name.startswith("op_")


def parameters(text):
    """The number of parameters in a function's signature, function pointers counted as one."""
    text = re.sub(r"__attribute__\s*\(\(.*?\)\)", "", text)
    depth, count = 0, 1
    for char in text[text.find("("):]:
        depth += {"(": 1, ")": -1}.get(char, 0)
        count += char == "," and depth == 1
    return count


def check_functions(path, lines):
    for brace, line in enumerate(lines):
        if line != "{":
            continue
        text, first = signature(lines, brace)
        end = next((n for n in range(brace, len(lines)) if lines[n] == "}"), len(lines))
        name = re.search(r"(\w+)\s*\(", text)
        name = name.group(1) if name else text
        body = lines[brace + 1:end]
        if len(body) > BODY_MAX:
            fault(path, first, f"{name} has {len(body)} lines, at most {BODY_MAX}")
        if parameters(text) > PARAMETERS_MAX and not dictated(path, name):
            fault(path, first, f"{name} has {parameters(text)} parameters")
        depths = [len(m.group(1)) for m in map(CONTROL.match, body) if m]
        if depths and max(depths) > NESTING_MAX:
            fault(path, first, f"{name} is nested {max(depths)} deep, at most {NESTING_MAX}")


def check_file(path):
    lines = path.read_text().split("\n")
    most = HEADER_MAX if path.suffix == ".h" else FILE_MAX
    if len(lines) - 1 > most:
        fault(path, 1, f"{len(lines) - 1} lines, at most {most}")
    for number, line in enumerate(lines, 1):
        if len(line.expandtabs(8)) > COLUMNS_MAX:
            fault(path, number, f"more than {COLUMNS_MAX} columns")
    if path.suffix in (".c", ".h"):
        check_functions(path, lines)


def check_complexity(files):
    out = subprocess.run(["pmccabe", *map(str, files)], check=True, capture_output=True, text=True)
    for row in out.stdout.splitlines():
        field = row.split("\t")
        if int(field[1]) > COMPLEXITY_MAX:
            faults.append(f"{field[5]}: complexity {field[1]}, at most {COMPLEXITY_MAX}")


def main():
    files = [path for folder in ("src", "include", "tests", "contrib")
             for path in sorted((ROOT / folder).rglob("*"))
             if path.is_file() and path.suffix in SOURCES and "data" not in path.parts]
    for path in files:
        check_file(path)
    if shutil.which("pmccabe"):
        check_complexity([path for path in files if path.suffix == ".c"])
    else:
        print("skipped: complexity, pmccabe is not installed")
    print("\n".join(faults) or f"{len(files)} files keep to the limits")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
