# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the time of a row goes: requests counted by the null file system, and a profile."""
import os
import shutil
import subprocess

# What the daemon spends its time in, by the function that perf finds below; the first that fits.
PARTS = (
    ("reading requests", ("fuse_dev_read",)),
    ("answering them", ("fuse_dev_write",)),
    ("writing bytes", ("__x64_sys_pwrite64", "__arm64_sys_pwrite64")),
    ("reading bytes", ("__x64_sys_pread64", "__arm64_sys_pread64")),
    ("syncing", ("__x64_sys_fdatasync", "__x64_sys_fsync", "__x64_sys_syncfs")),
    ("freeing space", ("__x64_sys_fallocate", "__x64_sys_unlinkat")),
    ("waiting for requests", ("__x64_sys_poll",)),
    ("switching to the client and back", ("schedule",)),
)


def counted(row, floor):
    """Requests by their name, as the null file system got them for @row once more."""
    path = f"{floor.work}/requests"
    if os.path.exists(path):
        os.unlink(path)
    floor.mount(f"counted-{row.name}")
    row.prepare(floor)
    row.run(floor)
    floor.unmount()
    with open(path, encoding="ascii") as f:
        return {name: int(n) for name, n in (line.split() for line in f)}


def part_of(stack):
    for name, marks in PARTS:
        if any(function in marks for function in stack):
            return name
    return "SQLite" if "libsqlite3" in stack else "the daemon's own code, libc, the rest"


def profile(row, discfs):
    """Shares of the daemon's time, sampled while @row runs once more."""
    discfs.mount(f"profiled-{row.name}")
    row.prepare(discfs)
    data = f"{discfs.work}/perf.data"
    discfs.watched = ["perf", "record", "-q", "-F", "2000", "-g", "-p", str(discfs.daemon.pid),
                      "-o", data, "--"]
    row.run(discfs)
    discfs.watched = []
    row.finish(discfs)
    discfs.unmount()
    text = subprocess.run(["perf", "script", "-i", data, "-F", "ip,sym,dso"], check=False,
                          capture_output=True, text=True).stdout
    shares = {}
    for sample in text.split("\n\n"):
        stack = set()
        for line in sample.splitlines():
            words = line.split()
            stack.update(words[1:2])
            if "libsqlite3" in line:
                stack.add("libsqlite3")
        if stack:
            shares[part_of(stack)] = shares.get(part_of(stack), 0) + 1
    return shares


def explain(row, found, got):
    """Prints time per request, and what it is made of, for a row whose target was missed."""
    _, floor, discfs = found[:3]
    if row.takes(floor):
        requests = counted(row, floor)
        n = sum(requests.values())
        print(f"requests: {n} (" + ", ".join(
            f"{k} {v}" for k, v in sorted(requests.items(), key=lambda kv: -kv[1])[:9]) + ")")
        print(f"{'us per request':16}{'wall':>9}{'client':>9}{'daemon':>9}{'neither':>9}")
        for c in (floor, discfs):
            s = got[c.name]
            daemon = s.user + s.system
            print(f"{c.name:16}" + "".join(f"{1e6 * t / n:9.2f}" for t in (
                s.wall, s.client, daemon, max(0.0, s.wall - s.client - daemon))))
    shares = profile(row, discfs) if shutil.which("perf") else {}
    total = sum(shares.values())
    if not total:
        print("no profile of the daemon: perf is not installed, or saw nothing")
    for part, count in sorted(shares.items(), key=lambda kv: -kv[1]):
        print(f"{100 * count / total:5.1f} % of the daemon's samples: {part}")
