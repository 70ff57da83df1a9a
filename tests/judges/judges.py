# SPDX-License-Identifier: GPL-3.0-or-later
"""The judges that read files: each turns an image and a name space into a view."""
import calendar
import functools
import io
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
import zlib

from view import Entry, crc_of_extent, extracted, manifest

ENV = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC")
JUDGES = {}


class Failed(Exception):
    """The judge said no, or nothing that could be understood."""


def judge(name, program, *spaces):
    """Registers a reader; @program has to be installed."""
    def register(fn):
        JUDGES[name] = (program, spaces, fn)
        return fn
    return register


def run(*words, status=(0,), cwd=None):
    done = subprocess.run(words, env=ENV, stdin=subprocess.DEVNULL, capture_output=True,
                          cwd=cwd, timeout=600, check=False)
    if done.returncode not in status:
        said = (done.stderr or done.stdout)[-300:].decode(errors="replace")
        raise Failed(f"{words[0]}: status {done.returncode}: {said}")
    return done.stdout


def in_folder(fn):
    """Gives @fn a folder of its own as the last argument."""
    @functools.wraps(fn)
    def wrapper(row, space):
        folder = tempfile.mkdtemp()
        try:
            return fn(row, space, folder)
        finally:
            subprocess.run(["chmod", "-R", "u+rwX", folder], check=False)
            shutil.rmtree(folder)
    return wrapper


def strip_attributes(view, *names):
    for entry in view.values():
        for name in names:
            setattr(entry, name, None)
    return view


def no_link_times(view):
    for entry in view.values():
        if entry.kind == "l":
            entry.mtime = entry.mode = None
    return view


@judge("xorriso", "xorriso", "iso9660", "joliet", "rockridge")
@in_folder
def xorriso(row, space, folder):
    tree = {"iso9660": "ecma119", "joliet": "norock", "rockridge": "any"}[space]
    run("xorriso", "-read_fs", tree, "-ecma119_map", "unmapped", "-hardlinks", "on", "-osirrox",
        "on:device_files", "-indev", row.image, "-extract", "/", folder)
    view = no_link_times(extracted(folder, links=space == "rockridge"))
    return view if space == "rockridge" else strip_attributes(view, "mode", "uid", "gid")


LISTED = re.compile(rb"([-dlcbpsf])([-rwxsStT]{9}) +(\d+) +(\d+) +(\d+) +(\d+) (.{11}) "
                    rb"\[ *(\d+) \w\w\]  (.*)", re.S)


def mode_of(letters):
    bits = sum(1 << (8 - i) for i, c in enumerate(letters) if chr(c) in "rwxst")
    return bits | sum(4 >> n << 9 for n in range(3) if chr(letters[2 + 3 * n]) in "sStT")


def isoinfo_entry(row, line, space):
    found = LISTED.fullmatch(line)
    if not found:
        raise Failed(f"isoinfo: {line}")
    letter, mode, nlink, uid, gid, size, date, lba, name = found.groups()
    entry = Entry({b"-": "f", b"f": "p"}.get(letter, letter.decode()))
    if space == "rockridge":
        # Owners are in octal, times are days here.
        entry.mode, entry.nlink = mode_of(mode), int(nlink)
        entry.uid, entry.gid = int(uid, 8), int(gid, 8)
    entry.mtime = calendar.timegm(time.strptime(date.decode(), "%b %d %Y"))
    if entry.kind == "l":
        name, entry.target = name.split(b" -> ", 1)
    else:
        name = name[:-1]
    if entry.kind == "f":
        entry.size = int(size)
        entry.crc = crc_of_extent(row.image, int(lba), int(size))
    return name, entry


@judge("isoinfo", "isoinfo", "iso9660", "joliet", "rockridge")
def isoinfo(row, space):
    options = {"iso9660": [], "joliet": ["-J"], "rockridge": ["-R"]}[space]
    view, where = {}, b""
    for line in run("isoinfo", "-l", *options, "-i", row.image).split(b"\n"):
        if line.startswith(b"Directory listing of "):
            where = line[len(b"Directory listing of "):]
        elif line:
            name, entry = isoinfo_entry(row, line, space)
            if name not in (b".", b".."):
                view[where + name] = entry
    return view


def tar_entry(member, archive):
    kind = {tarfile.DIRTYPE: "d", tarfile.SYMTYPE: "l", tarfile.CHRTYPE: "c",
            tarfile.BLKTYPE: "b", tarfile.FIFOTYPE: "p"}.get(member.type, "f")
    entry = Entry(kind, mode=member.mode & 0o7777, uid=member.uid, gid=member.gid,
                  mtime=int(member.mtime))
    if kind == "l":
        entry.target = os.fsencode(member.linkname)
    if kind in "cb":
        entry.rdev = (member.devmajor, member.devminor)
    if kind == "f":
        content = archive.extractfile(member).read()
        entry.size, entry.crc = len(content), zlib.crc32(content)
        entry.inode = member.linkname if member.islnk() else member.name
    return entry


@judge("bsdtar", "bsdtar", "iso9660", "joliet", "rockridge")
@in_folder
def bsdtar(row, space, folder):
    if space != "rockridge":
        without = {"iso9660": "!rockridge,!joliet", "joliet": "!rockridge"}[space]
        run("bsdtar", "-xf", row.image, "--options", without, "-C", folder)
        return strip_attributes(extracted(folder), "mode", "uid", "gid")
    text = run("bsdtar", "-cf", "-", "--format=pax", "@" + row.image)
    with tarfile.open(fileobj=io.BytesIO(text), encoding="utf-8",
                      errors="surrogateescape") as archive:
        view = {b"/" + os.fsencode(m.name): tar_entry(m, archive) for m in archive}
    view.pop(b"/.", None)
    return view


@judge("7z iso", "7z", "iso9660", "joliet", "rockridge")
@in_folder
def seven_zip_iso(row, space, folder):
    run("7z", "x", "-tiso", "-snld", f"-o{folder}", row.image)
    # It makes files with our own rights.
    return strip_attributes(no_link_times(extracted(folder)), "mode", "uid", "gid")


@judge("7z udf", "7z", "udf")
@in_folder
def seven_zip_udf(row, space, folder):
    # It extracts all, and tells of an error in headers.
    doubtful = row.tree == "empty" or row.revision >= 5
    run("7z", "x", "-tudf", "-snld", f"-o{folder}", row.image, status=(0, 2) if doubtful else (0,))
    return strip_attributes(no_link_times(extracted(folder)), "mode", "uid", "gid")


def cdio_line(row, line):
    """A line of iso-info: attributes where Rock Ridge is read, a sector, a time."""
    found = re.fullmatch(rb"  ([-dlcbps])([-rwxsStT]{9})? +(?:(\d+) (\d+) (\d+) )?\[LSN +(\d+)\] "
                         rb"+(\d+) (.{20})  (.*)", line, re.S)
    if not found:
        raise Failed(f"iso-info: {line}")
    letter, mode, nlink, uid, gid, lba, size, date, name = found.groups()
    entry = Entry(letter.decode().replace("-", "f"))
    entry.mtime = calendar.timegm(time.strptime(date.decode(), "%b %d %Y %H:%M:%S"))
    if mode:
        entry.mode, entry.nlink = mode_of(mode), int(nlink)
        entry.uid, entry.gid = int(uid), int(gid)
    if entry.kind == "l":
        name, entry.target = name.split(b" -> ", 1)
    if entry.kind == "f":
        entry.size = int(size)
        entry.crc = crc_of_extent(row.image, int(lba), int(size))
    return name, entry


@judge("libcdio", "iso-info", "iso9660", "joliet", "rockridge")
def libcdio(row, space):
    options = {"iso9660": ["--no-joliet", "--no-rock-ridge"], "joliet": ["--no-rock-ridge"],
               "rockridge": ["--no-joliet"]}[space]
    text = run("iso-info", "-l", "-q", *options, "-i", row.image)
    view, where = {}, None
    for line in text.split(b"\n"):
        if line.startswith(b"/") and line.endswith(b":"):
            where = line[:-1]
        elif line.startswith(b"  ") and where is not None:
            name, entry = cdio_line(row, line)
            if name not in (b".", b".."):
                view[where + name] = entry
    return view


@judge("libcdio udf", "iso-info", "udf")
@in_folder
def libcdio_udf(row, space, folder):
    view, out = {}, os.path.join(folder, "content")
    for line in run("iso-info", "-U", "-q", row.image).split(b"\n"):
        found = re.fullmatch(rb" +(\d+) (/.*)", line)
        if not found:
            continue
        path = found.group(2)
        if path.endswith(b"/."):
            view[path[:-2]] = Entry("d")
            continue
        run("iso-read", "-U", "-e", os.fsdecode(path), "-o", out, "-i", row.image)
        view[path] = Entry("f", int(found.group(1)), zlib.crc32(open(out, "rb").read()))
        os.unlink(out)
    view.pop(b"", None)
    return view


def grub(row, *words):
    return run("grub-fstest", row.image, *words)


GRUB_LINE = re.compile(r"(DIR|\d+) +(\d{14}) (.*?)(/?)")


def grub_walk(row, where, view):
    text = grub(row, "ls", "--", "-l", f"(loop0){where}/").decode(errors="surrogateescape")
    for line in text.split("\n"):
        found = GRUB_LINE.fullmatch(line)
        if not found:
            continue
        size, date, name, slash = found.groups()
        path = f"{where}/{name}"
        mtime = calendar.timegm(time.strptime(date, "%Y%m%d%H%M%S"))
        if slash:
            view[os.fsencode(path)] = Entry("d", mtime=mtime)
            grub_walk(row, path, view)
            continue
        crc = int(grub(row, "crc", f"(loop0){path}"), 16)
        view[os.fsencode(path)] = Entry("f", int(size), crc, mtime=mtime)
    return view


@judge("grub", "grub-fstest", "iso9660", "joliet", "rockridge", "udf")
def grub_fstest(row, space):
    return grub_walk(row, "", {})


@judge("ours", "judges_images", "iso9660", "joliet", "rockridge", "udf")
def ours(row, space):
    program = os.path.join(os.environ["DISCFS_BUILD"], "tests/judges/judges_images")
    view = manifest(run(program, "read", row.image, space).decode(), 0)
    for path, entry in view.items():
        entry.rdev = entry.rdev if entry.kind in "cb" else None
    return view
