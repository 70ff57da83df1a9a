# SPDX-License-Identifier: GPL-3.0-or-later
"""What an image holds: as it was written, and as a judge sees it, in one form to compare."""
import dataclasses
import os
import stat
import zlib

SPACES = ("iso9660", "joliet", "rockridge", "udf")
BITS = {"iso9660": 1, "joliet": 2, "rockridge": 4, "udf": 8}
SECTOR = 2048
KINDS = {stat.S_IFDIR: "d", stat.S_IFREG: "f", stat.S_IFLNK: "l", stat.S_IFCHR: "c",
         stat.S_IFBLK: "b", stat.S_IFIFO: "p", stat.S_IFSOCK: "s"}


@dataclasses.dataclass
class Entry:
    """One name; None is what a judge does not tell."""
    kind: str
    size: int = None
    crc: int = None
    mode: int = None
    uid: int = None
    gid: int = None
    nlink: int = None
    mtime: int = None
    rdev: tuple = None
    target: bytes = None
    inode: object = None  # equal ones are one file


FIELDS = [field.name for field in dataclasses.fields(Entry) if field.name != "inode"]


def raw(text):
    return None if text == "-" else bytes.fromhex(text)


def entry_of(words):
    """The manifest's fields from the kind on, up to the target."""
    inode, kind, mode, uid, gid, nlink, mtime, size, crc, rdev, target = words
    return Entry(kind, int(size), int(crc, 16), int(mode, 8), int(uid), int(gid), int(nlink),
                 int(mtime), tuple(int(n) for n in rdev.split(",")), raw(target),
                 inode if kind != "d" else None)


def manifest(text, column):
    """Path to entry of the names in one column of a manifest."""
    paths, found = {}, {}
    for line in text.splitlines():
        words = line.split("\t")
        number, parent, name = int(words[0]), int(words[1]), raw(words[13 + column])
        if number == 0:
            paths[0] = b""
            continue
        if name is None or parent not in paths:
            continue
        paths[number] = paths[parent] + b"/" + name
        found[paths[number]] = entry_of(words[2:13])
    return found


class Row:
    """An image of the matrix."""

    def __init__(self, folder, line):
        self.name, spaces, revision, level, nsec, flags = line.rstrip("\n").split("\t")
        self.tree, self.setting = self.name.split("-")
        self.spaces = [s for s in SPACES if int(spaces) & BITS[s]]
        self.revision, self.level, self.nsec = int(revision), int(level), int(nsec)
        self.flags = flags.split()
        self.image = os.path.join(folder, self.name + ".iso")
        with open(os.path.join(folder, self.name + ".tsv"), encoding="ascii") as f:
            self.text = f.read()

    def lie(self):
        """Tells another name of one file and another content of another than was written."""
        lines = self.text.splitlines()
        for n, line in enumerate(lines):
            line = line.replace("6c6f636b", "6c6f636c").replace("4c4f434b2e", "4c4f434c2e")
            words = line.split("\t")
            if words[-1] == b"edge1".hex() or words[-4] == b"EDGE1.;1".hex():
                words[10] = "%08x" % (int(words[10], 16) ^ 1)
            lines[n] = "\t".join(words)
        self.text = "\n".join(lines)

    def wanted(self, space):
        found = manifest(self.text, SPACES.index(space))
        for entry in found.values():
            self.adapt(entry, space)
        return found

    def adapt(self, entry, space):
        """What the name space, or a setting, makes of an entry."""
        if space in ("iso9660", "joliet"):
            entry.kind = "d" if entry.kind == "d" else "f"
            entry.mode = entry.uid = entry.gid = entry.nlink = entry.target = None
        elif "rationalised" in self.flags:
            entry.uid = entry.gid = 0
            x = 0o111 if entry.kind == "d" or entry.mode & 0o111 else 0
            entry.mode = 0o444 | x
        if space == "udf" and entry.kind == "d":
            entry.nlink -= 1  # UDF 2.3.6.1 counts identifiers, and "." has none
        if space == "udf" and entry.target:
            entry.target = udf_target(entry.target)
        if entry.kind not in "cb":
            entry.rdev = None

    def kinds(self):
        return {line.split("\t")[3] for line in self.text.splitlines()}


def udf_target(target):
    """ECMA-167 4/14.16: components of at most 254 bytes, none of them empty."""
    parts = [part for part in target.split(b"/") if part]
    if any(len(part) > 254 for part in parts):
        return None
    return (b"/" if target.startswith(b"/") else b"") + b"/".join(parts)


def crc_of_extent(image, lba, size):
    with open(image, "rb") as f:
        f.seek(lba * SECTOR)
        return zlib.crc32(f.read(size))


def crc_of_file(path):
    with open(path, "rb") as f:
        return zlib.crc32(f.read())


def entry_of_file(path, links):
    st = os.lstat(path)
    kind = KINDS[stat.S_IFMT(st.st_mode)]
    return Entry(kind, st.st_size if kind == "f" else None,
                 crc_of_file(path) if kind == "f" else None, stat.S_IMODE(st.st_mode),
                 st.st_uid, st.st_gid, st.st_nlink if links and kind != "d" else None,
                 int(st.st_mtime), (os.major(st.st_rdev), os.minor(st.st_rdev)),
                 os.readlink(path) if kind == "l" else None,
                 st.st_ino if links and st.st_nlink > 1 and kind != "d" else None)


def extracted(folder, links=False):
    """All below a folder, as a view."""
    found, top = {}, os.fsencode(folder)
    for where, dirs, files in os.walk(top):
        for name in dirs + files:
            path = os.path.join(where, name)
            found[path[len(top):]] = entry_of_file(path, links)
    return found


def families(view):
    """The sets of paths that are one file."""
    by_inode = {}
    for path, entry in view.items():
        if entry.inode is not None:
            by_inode.setdefault(entry.inode, set()).add(path)
    return {frozenset(paths) for paths in by_inode.values() if len(paths) > 1}


def differences(wanted, got):
    """Sentences, none if the judge saw what was written."""
    said = [f"{path} is missing" for path in sorted(wanted.keys() - got.keys())]
    said += [f"{path} should not be" for path in sorted(got.keys() - wanted.keys())]
    for path in sorted(wanted.keys() & got.keys()):
        for field in FIELDS:
            w, g = getattr(wanted[path], field), getattr(got[path], field)
            if w is None or g is None or w == g:
                continue
            if field in ("size", "crc") and wanted[path].kind != "f":
                continue
            said.append(f"{path}: {field} is {g}, not {w}")
    shown = {frozenset(paths & got.keys()) for paths in families(wanted)}
    for family in families(got) - shown:
        said.append(f"{sorted(family)} are not one file")
    return said
