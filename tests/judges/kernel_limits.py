# SPDX-License-Identifier: GPL-3.0-or-later
"""What isofs and udf of Linux are known not to do; seen with 6.1."""
import dataclasses
import typing

from limits import lower, posix_links


@dataclasses.dataclass
class KernelLimit:
    why: str
    where: typing.Callable  # row, letter, space
    adapts: typing.Callable = None  # entry: what a mount shows of it
    renames: typing.Callable = None
    overlooks: typing.Callable = None  # path, entry: neither looked for nor minded
    says: str = None  # in the kernel's words, or a program's that meets the limit

    def apply(self, wanted, got, space):
        if self.renames:
            wanted = {self.renames(p, space): e for p, e in wanted.items()}
        if self.adapts:
            wanted = {p: self.adapts(e) for p, e in wanted.items()}
        if self.overlooks:
            gone = {p for view in (wanted, got) for p, e in view.items() if self.overlooks(p, e)}
            wanted = {p: e for p, e in wanted.items() if p not in gone}
            got = {p: e for p, e in got.items() if p not in gone}
        return wanted, got


def bare(entry):
    """isofs without Rock Ridge: everybody may read and run everything."""
    return dataclasses.replace(entry, mode=0o555, uid=0, gid=0)


def no_family(entry):
    return dataclasses.replace(entry, inode=None)


def wrapped(entry):
    return dataclasses.replace(entry, mtime=(entry.mtime + (1 << 31)) % (1 << 32) - (1 << 31))


def long_name(path, entry):
    """The whole, or what is left: the first of its fields."""
    return len(path.rsplit(b"/", 1)[1]) >= 250


def iso(*spaces):
    return lambda row, letter, space: space in spaces and letter != "u"


def udf(row, letter, space):
    return space == "udf"


LIMITS = [
    KernelLimit("isofs without Rock Ridge gives all to root, to read and run",
                iso("iso9660", "joliet"), adapts=bare),
    KernelLimit("isofs writes identifiers in small letters without versions", iso("iso9660"),
                renames=lower),
    KernelLimit("isofs knows hard links by their count only",
                iso("rockridge", "joliet", "iso9660"), adapts=no_family),
    KernelLimit("isofs has times from 1901 to 2038", iso("rockridge", "joliet", "iso9660"),
                adapts=wrapped),
    KernelLimit("isofs cuts names of more than 253 bytes", iso("rockridge"),
                overlooks=long_name),
    KernelLimit("isofs tells of the tree it takes", iso("joliet", "rockridge"),
                says="changing to secondary root"),
    KernelLimit("isofs takes an empty root for a sign to look for Joliet",
                lambda row, letter, space: row.tree == "empty",
                says="primary root directory is empty"),
    KernelLimit("udf does not show hidden files",
                lambda row, letter, space: space == "udf" and row.setting == "dotfiles",
                overlooks=lambda path, entry: path.startswith(b"/.")),
    KernelLimit("udf reads no link target that takes more than a block",
                lambda row, letter, space: space == "udf" and row.tree == "symlinks",
                overlooks=lambda path, entry: path == b"/longest", says="File name too long"),
    KernelLimit("udf counts the links of a directory as POSIX does", udf, adapts=posix_links),
]


def of(row, letter, space):
    return [limit for limit in LIMITS if limit.where(row, letter, space)]
