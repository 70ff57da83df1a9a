# SPDX-License-Identifier: GPL-3.0-or-later
"""Trees to make images of, the same bytes at each run and at each place."""
import os
import random

MIB = 1 << 20
BLOCK = 8 * MIB  # of random bytes, out of which small contents are cut


class Tree:
    """@files files of @least to @most bytes, a hundred to a directory and a hundred of those to
    the next. Of @twins files in a hundred the content stands in another file already."""

    def __init__(self, name, files, least, most, twins=0):
        self.name, self.files, self.least, self.most, self.twins = name, files, least, most, twins

    def scaled(self, scale):
        return Tree(self.name, max(200, int(self.files * scale)), self.least, self.most,
                    self.twins)

    def __str__(self):
        twins = f", {self.twins} % of them twice" if self.twins else ""
        return f"{self.files} files of {self.least}-{self.most} bytes{twins}"

    def make(self, path):
        rng = random.Random(self.name)
        block = rng.randbytes(BLOCK)
        before = None
        for i in range(self.files):
            if i % 100 == 0:
                folder = f"{path}/g{i // 10000:03}/d{i // 100:05}"
                os.makedirs(folder)
            size, at = rng.randint(self.least, self.most), rng.randrange(BLOCK - self.most)
            # The number keeps contents apart that are cut out of the same bytes.
            content = (b"%d " % i + block[at:at + size])[:size]
            if i % 100 < 2 * self.twins and i % 2:
                content = before
            before = content
            fd = os.open(f"{folder}/file{i:07}.dat", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
            os.write(fd, content)
            os.close(fd)


class OneFile(Tree):
    def __init__(self, name, size):
        super().__init__(name, 1, size, size)

    def scaled(self, scale):
        return OneFile(self.name, max(MIB, int(self.most * scale) // MIB * MIB))

    def __str__(self):
        return f"one file of {self.most // MIB} MiB"

    def make(self, path):
        rng = random.Random(self.name)
        os.makedirs(path)
        with open(f"{path}/one.dat", "xb") as f:
            for _ in range(self.most // MIB):
                f.write(rng.randbytes(MIB))


TREES = (
    Tree("b", 100000, 0, 16384),
    Tree("C", 1000000, 0, 200),
    OneFile("A", 4 << 30),
    Tree("E", 10000, 0, 131072, twins=50),
)
