# SPDX-License-Identifier: GPL-3.0-or-later
"""What is compared: ways to have a directory on the same disk, most of them with a daemon."""
import os
import shutil
import subprocess
import sys
import time

TICK = os.sysconf("SC_CLK_TCK")
EXAMPLE = "/usr/share/doc/libfuse3-dev/examples/passthrough_ll.c"
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Refused(Exception):
    """A candidate cannot do what a row asks."""


def build_discfs(work, discfs):
    """Puts @work/discfs there: @discfs is an existing program, or None."""
    if not discfs:
        subprocess.run(["cmake", "-G", "Ninja", "-S", ROOT, "-B", f"{work}/build",
                        "-DCMAKE_BUILD_TYPE=Release"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["ninja", "-C", f"{work}/build", "--quiet", "discfs"], check=True)
        discfs = f"{work}/build/src/cli/discfs"
    os.symlink(os.path.abspath(discfs), f"{work}/discfs")


def machine(work):
    """What the figures were taken on."""
    with open("/proc/cpuinfo", encoding="ascii") as f:
        model = next((line.split(":")[1].strip() for line in f if "model name" in line), "?")
    fs = subprocess.run(["findmnt", "-no", "FSTYPE", "-T", work], capture_output=True, text=True,
                        check=False).stdout.strip()
    return (f"{os.cpu_count()} CPUs ({model}), Linux {os.uname().release}, {fs}; load "
            f"{os.getloadavg()[0]:.1f} at the start; {time.strftime('%d %B %Y')}")


def build(work, discfs):
    """Compiles what is measured into @work; @discfs is an existing program, or None."""
    build_discfs(work, discfs)
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "fuse3"], check=True,
                           capture_output=True, text=True).stdout.split()
    compiler = ["cc", "-O2", "-o"]
    bench, mount = f"{ROOT}/contrib/bench", f"{ROOT}/src/mount"
    subprocess.run([*compiler, f"{work}/nullfs", "-D_GNU_SOURCE", f"-I{mount}",
                    f"-I{ROOT}/include", f"{bench}/nullfs.c", f"{mount}/loop.c",
                    f"{mount}/greeting.c", *flags], check=True)
    subprocess.run([*compiler, f"{work}/append", f"{bench}/append.c"], check=True)
    if os.path.exists(EXAMPLE):
        subprocess.run([*compiler, f"{work}/passthrough_ll", EXAMPLE, *flags], check=True)


class Candidate:
    """Something mounted at a fresh directory each round, its daemon's process known."""

    def __init__(self, name, work, command=None):
        self.name, self.work, self.command = name, work, command
        self.daemon = self.place = self.target = None
        self.pinned = []  # words before each command that pin it to a CPU
        self.watched = []  # words before the client's command that watch the daemon
        self.samples = {}  # row -> [Sample]

    def mount(self, round_no):
        self.place = f"{self.work}/{self.name}-{round_no}"
        self.target = f"{self.place}/mnt"
        os.makedirs(self.target)
        os.makedirs(f"{self.place}/back")
        if not self.command:
            return
        words = [w.format(place=self.place, mnt=self.target, work=self.work)
                 for w in self.command]
        with open(f"{self.place}/said", "w", encoding="utf-8") as said:
            self.daemon = subprocess.Popen([*self.pinned, *words], stdout=said, stderr=said)
        while not os.path.ismount(self.target):
            if self.daemon.poll() is not None:
                self.daemon = None
                with open(f"{self.place}/said", encoding="utf-8") as said:
                    sys.exit(f"{self.name} did not mount: {said.read()}")
            time.sleep(0.01)

    def unmount(self):
        if self.daemon:
            subprocess.run(["fusermount3", "-u", self.target], check=True)
            self.daemon.wait()
            self.daemon = None

    def daemon_s(self):
        """User and system seconds of the daemon so far."""
        if not self.daemon:
            return 0.0, 0.0
        with open(f"/proc/{self.daemon.pid}/stat", encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return int(fields[11]) / TICK, int(fields[12]) / TICK

    def disk_bytes(self):
        """What the files behind it take on the disk."""
        return sum(os.lstat(os.path.join(top, name)).st_blocks * 512
                   for top, _, names in os.walk(f"{self.place}/back") for name in names)


def candidates(work, peers):
    """The native file system first, the floor second, discfs third."""
    found = [
        Candidate("native", work),
        Candidate("nullfs", work, ["{work}/nullfs", "{mnt}", "{work}/requests"]),
        Candidate("discfs", work, ["{work}/discfs", "-f", "--medium=bd-r",
                                   "--project={place}/back/project", "{mnt}"]),
    ]
    if not peers:
        return found
    if os.path.exists(f"{work}/passthrough_ll"):
        found.append(Candidate("passthrough_ll", work, [
            "{work}/passthrough_ll", "-f", "-o",
            "source={place}/back,cache=always,timeout=86400", "{mnt}"]))
    if shutil.which("mergerfs"):
        found.append(Candidate("mergerfs", work, [
            "mergerfs", "-f", "-o", "cache.files=full,threads=1", "{place}/back", "{mnt}"]))
    if shutil.which("bindfs"):
        found.append(Candidate("bindfs", work, ["bindfs", "-f", "{place}/back", "{mnt}"]))
    return found
