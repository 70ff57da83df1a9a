# SPDX-License-Identifier: GPL-3.0-or-later
"""Who makes an image of a tree, by which command; what that costs is measured alike."""
import collections
import os
import shlex
import shutil
import subprocess
import time

from candidates import Candidate

Sample = collections.namedtuple("Sample", "wall cpu rss_mb")  # s, s, MB
HEAD = 34816  # bytes: the descriptors of an ISO 9660 image begin at 32768


def run(words, head=None):
    """Runs a command line of the shell, or up to its first @head bytes of output."""
    begin = time.monotonic()
    child = subprocess.Popen(["/bin/sh", "-c", words], stderr=subprocess.DEVNULL,
                             stdout=subprocess.PIPE if head else subprocess.DEVNULL,
                             start_new_session=True)
    if head:
        left = head
        while left > 0:
            got = os.read(child.stdout.fileno(), left)
            if not got:
                break
            left -= len(got)
        wall = time.monotonic() - begin
        os.killpg(child.pid, 15)
        child.stdout.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    if not head:
        wall = time.monotonic() - begin
        if status:
            raise RuntimeError(f"this failed: {words}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


class Maker:
    """A program that reads the tree. @save: what says where the image goes; @stream, @size: what
    makes it write to its output, or the size alone; None: it cannot."""

    def __init__(self, name, command, save, stream=None, size=None, trees=None):
        self.name, self.command, self.words = name, command, (save, stream, size)
        self.trees = trees

    def takes(self, tree):
        return shutil.which(self.command.split()[0]) and (not self.trees or tree in self.trees)

    def words_for(self, which, tree, path=""):
        return self.command.format(tree=tree, what=which.format(out=path))

    def save(self, tree, path):
        return run(f"exec {self.words_for(self.words[0], tree, path)}")

    def stream(self, tree, pipe, head=None):
        if self.words[1] is None:
            return None
        command = self.words_for(self.words[1], tree)
        return run(f"{command} | cat" if pipe else f"exec {command}", head)

    def size(self, tree):
        if self.words[2] is None:
            return None
        return run(f"exec {self.words_for(self.words[2], tree)}")


class Copy:
    """The lower bound: a file of the image's size is copied, as cp does it."""

    name = "copy"

    def __init__(self):
        self.source = None

    def takes(self, tree):
        return True

    def save(self, tree, path):
        return run(f"exec cp {self.source} {path}")

    def stream(self, tree, pipe, head=None):
        # cat between files knows a way past memory, which no maker of an image has.
        read = f"dd if={self.source} bs=1M status=none"
        return run(f"{read} | cat" if pipe else f"exec {read}", head)

    def size(self, tree):
        return None


class Discfs(Candidate):
    """The tree is staged before; what the daemon takes counts with what its client does."""

    def __init__(self, work):
        super().__init__("discfs", work, ["{work}/discfs", "-f", "--medium=bd-r",
                                          "--project={place}/back/project", "{mnt}"])

    def takes(self, tree):
        return True

    def set(self, name, value):
        with open(f"{self.target}/.discfs/settings/{name}", "w", encoding="ascii") as f:
            f.write(value)

    def control(self, line):
        with open(f"{self.target}/.discfs/control", "wb", 0) as f:
            f.write(line.encode() + b"\n")

    def stage(self, tree):
        self.control(f"copy {tree} wait")
        os.sync()

    def status(self, field):
        with open(f"/proc/{self.daemon.pid}/status", encoding="ascii") as f:
            return next(int(line.split()[1]) for line in f if line.startswith(field)) / 1024

    def measured(self, work):
        """@work's sample with the daemon's part."""
        with open(f"/proc/{self.daemon.pid}/clear_refs", "w", encoding="ascii") as f:
            f.write("5")  # the peak begins anew
        before = sum(self.daemon_s())
        sample = work()
        return Sample(sample.wall, sample.cpu + sum(self.daemon_s()) - before,
                      self.status("VmHWM"))

    def save(self, tree, path):
        line = f"image {path} wait"
        control = shlex.quote(f"{self.target}/.discfs/control")
        return self.measured(lambda: run(f"echo {shlex.quote(line)} > {control}"))

    def stream(self, tree, pipe, head=None):
        read = f"dd if={self.target}/.discfs/image.iso bs=1M status=none"
        if head:
            read = f"head -c {head} {self.target}/.discfs/image.iso"
        return self.measured(lambda: run(f"{read} | cat" if pipe else f"exec {read}", head))

    def size(self, tree):
        """Of the layout with one more file, as statvfs tells it."""
        self.more = getattr(self, "more", 0) + 1
        with open(f"{self.target}/more{self.more}", "w", encoding="ascii"):
            pass
        before, begin = sum(self.daemon_s()), time.monotonic()
        os.statvfs(self.target)
        wall = time.monotonic() - begin
        return Sample(wall, sum(self.daemon_s()) - before, self.status("VmRSS"))


PEERS = (
    Maker("xorriso", "xorrisofs -quiet -r -J -joliet-long -iso-level 3 {what} {tree}",
          "-o {out}", "", "-print-size"),
    Maker("genisoimage", "genisoimage -quiet -r -J -joliet-long -udf -allow-limited-size "
          "-iso-level 3 {what} {tree}", "-o {out}", "", "-print-size"),
    # Its search for duplicates takes minutes over a million small files.
    Maker("mksquashfs", "mksquashfs {tree} {what} -quiet -no-progress -noappend -noI -noD -noF "
          "-noX", "{out}", trees=("b", "E")),
)
