# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured. Each row knows what it needs, who takes part, and what is aimed at."""
import errno
import os
import random
import subprocess

from candidates import Refused

MIB = 1 << 20
FEW_FILES = 9000  # passthrough_ll keeps a descriptor for each, up to a hard limit of often 20,000


class Row:
    """run() does the work that is timed; prepare() and finish() are not."""

    name = ""
    does = ""
    targets = ()  # (against whom, the greatest ratio that is good)
    without = ()  # candidates that it is not for

    def __init__(self, options, work):
        self.options, self.work = options, work

    def takes(self, candidate):
        return candidate.name not in self.without

    def prepare(self, candidate):
        pass

    def run(self, candidate):
        raise NotImplementedError

    def finish(self, candidate):
        pass

    def client(self, candidate, *words):
        done = subprocess.run([*candidate.watched, *candidate.pinned, *words],
                              stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise Refused(f"{candidate.name}: {done.stderr.strip().splitlines()[-1]}")


def commit(folder):
    fd = os.open(folder, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


def make_tree(path, files):
    """@files files of 1 to 16 KiB, 100 to a directory, the same at each run."""
    rng = random.Random(1)
    for i in range(files):
        folder = f"{path}/d{i // 100:05}"
        if i % 100 == 0:
            os.makedirs(folder)
        with open(f"{folder}/f{i % 100:02}", "wb") as f:
            f.write(rng.randbytes(rng.randint(1024, 16384)))


class Tar(Row):
    name = "tar"
    targets = (("nullfs", 1.2), ("mergerfs", 1 / 2.5))
    without = ("passthrough_ll",)

    def __init__(self, options, work):
        super().__init__(options, work)
        self.files = options.files
        self.does = f"tar x of {self.files} files of 1-16 KiB, 100 to a directory"

    def sources(self):
        """The tree and its archive, made when first asked for."""
        tree = f"{self.work}/tree-{self.files}"
        if not os.path.exists(tree):
            make_tree(tree, self.files)
            subprocess.run(["tar", "cf", f"{tree}.tar", "-C", tree, "."], check=True)
        return tree, f"{tree}.tar"

    def destination(self, candidate):
        return f"{candidate.target}/{self.name}"

    def prepare(self, candidate):
        self.sources()
        os.mkdir(self.destination(candidate))

    def run(self, candidate):
        self.client(candidate, "tar", "xf", self.sources()[1], "-C", self.destination(candidate))


class FewTar(Tar):
    name = "tar-few"
    targets = (("passthrough_ll", 1 / 1.8),)
    without = ("mergerfs", "bindfs")

    def __init__(self, options, work):
        super().__init__(options, work)
        self.files = min(options.files, FEW_FILES)
        self.does = f"tar x of {self.files} files: what passthrough_ll's descriptors allow"


class Cp(Tar):
    name = "cp-a"

    def __init__(self, options, work):
        super().__init__(options, work)
        self.does = f"cp -a of {self.files} files of 1-16 KiB, 100 to a directory"

    def run(self, candidate):
        self.client(candidate, "cp", "-a", f"{self.sources()[0]}/.", self.destination(candidate))


class Copy(Cp):
    """The daemon copies the tree itself; beside it, cp -a to the native file system."""

    name = "copy"
    targets = (("native", 0.6),)
    without = ("nullfs", "passthrough_ll", "mergerfs", "bindfs")

    def __init__(self, options, work):
        super().__init__(options, work)
        self.does = f"the command copy of {self.files} files, beside cp -a to the native disk"

    def run(self, candidate):
        if not candidate.command:
            super().run(candidate)
            return
        line = f"copy {self.sources()[0]} /{self.name}/in wait\n"
        control = os.open(f"{candidate.target}/.discfs/control", os.O_WRONLY)
        try:
            os.write(control, line.encode())
        except OSError as e:
            if e.errno in (errno.EINVAL, errno.EOPNOTSUPP):
                raise Refused("this discfs has no command copy") from e
            raise
        finally:
            os.close(control)


class Big(Row):
    """One large file, which does not outlive its row: the disk has to hold those of all others."""

    def file(self, candidate):
        return f"{candidate.target}/{self.name}"

    def source(self):
        path = f"{self.work}/big"
        if not os.path.exists(path):
            rng = random.Random(2)
            with open(path, "wb") as f:
                for _ in range(self.options.big):
                    f.write(rng.randbytes(MIB))
        return path

    def prepare(self, candidate):
        self.source()

    def finish(self, candidate):
        if os.path.exists(self.file(candidate)):
            os.unlink(self.file(candidate))


class CpBig(Big):
    name = "cp-big"
    targets = (("native", 1.1),)

    def __init__(self, options, work):
        super().__init__(options, work)
        self.does = f"cp of one file of {options.big} MiB"

    def run(self, candidate):
        self.client(candidate, "cp", self.source(), self.file(candidate))


class Dd(Big):
    name = "dd-4k"
    targets = (("native", 3.0),)

    def __init__(self, options, work):
        super().__init__(options, work)
        self.does = f"dd bs=4k of {options.dd} MiB"

    def prepare(self, candidate):
        pass

    def run(self, candidate):
        self.client(candidate, "dd", "if=/dev/zero", f"of={self.file(candidate)}", "bs=4k",
                    f"count={self.options.dd * 256}")


class ReadCold(Big):
    name = "read-cold"
    without = ("nullfs",)

    def __init__(self, options, work):
        super().__init__(options, work)
        self.does = f"reading {options.big} MiB back that no cache holds"

    def takes(self, candidate):
        return super().takes(candidate) and os.access("/proc/sys/vm/drop_caches", os.W_OK)

    def prepare(self, candidate):
        self.client(candidate, "cp", self.source(), self.file(candidate))
        os.sync()
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as f:
            f.write("1\n")

    def run(self, candidate):
        self.client(candidate, "dd", f"if={self.file(candidate)}", "of=/dev/null", "bs=1M")


class ReadCached(ReadCold):
    name = "read-cached"

    def __init__(self, options, work):
        super().__init__(options, work)
        self.does = f"reading {options.big} MiB a second time"

    def takes(self, candidate):
        return Big.takes(self, candidate)

    def prepare(self, candidate):
        self.client(candidate, "cp", self.source(), self.file(candidate))
        self.run(candidate)


class Append(Row):
    name = "append"
    targets = (("native", 3.0),)

    def __init__(self, options, work):
        super().__init__(options, work)
        self.does = f"200 open files, {options.appends} times 4 KiB to each in turn"
        self.bytes = 200 * options.appends * 4096
        self.taken = 0

    def prepare(self, candidate):
        os.mkdir(f"{candidate.target}/{self.name}")
        if candidate.name == "discfs":
            commit(candidate.target)
            self.taken = candidate.disk_bytes()

    def run(self, candidate):
        self.client(candidate, f"{self.work}/append", f"{candidate.target}/{self.name}", "200",
                    str(self.options.appends))

    def finish(self, candidate):
        if candidate.name != "discfs":
            return
        # The next commit is what frees what the files left when they moved.
        commit(candidate.target)
        more = candidate.disk_bytes() - self.taken
        print(f"append: {self.bytes / MIB:.1f} MiB of files take {more / MIB:.1f} MiB of disk")


ROWS = (FewTar, Tar, Cp, Copy, CpBig, Dd, ReadCold, ReadCached, Append)
