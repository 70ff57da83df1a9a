# SPDX-License-Identifier: GPL-3.0-or-later
"""What judges are known not to do, each with the version in which it was seen."""
import dataclasses
import os
import re
import typing


@dataclasses.dataclass
class Limit:
    judge: str  # of a reader or a teller of facts
    version: str
    why: str
    overlooks: typing.Callable = None  # path, entry: neither looked for nor minded
    skips: typing.Callable = None  # row, space: it is not asked
    adapts: typing.Callable = None  # entry: what it tells of that
    hides: typing.Callable = None  # path, entry: it does not show that
    renames: typing.Callable = None  # path, space: what it calls that
    spaces: tuple = ()  # where the limit is; all if empty


def plain(path, _):
    """Identifiers of ISO 9660 without version and without the separator before nothing."""
    return re.sub(rb"\.?(;1)?(?=/|$)", b"", path)


def lower(path, space):
    return plain(path, space).lower()


def latin1_or_not(path, space):
    return latin1(path, space) if max(path.decode("utf-8", "ignore")) < "\u0100" else path


def latin1(path, _):
    units = path.decode("utf-8", "surrogateescape").encode("utf-16-be", "surrogatepass")
    units = [units[i] << 8 | units[i + 1] for i in range(0, len(units), 2)]
    return bytes(u if u < 256 else ord("_") for u in units)


def without(*fields, kinds="dflcbps", **values):
    """Entries of these kinds, with fields that are not told."""
    def adapt(entry):
        if entry.kind not in kinds:
            return entry
        return dataclasses.replace(entry, **{f: None for f in fields}, **values)
    return adapt


def permissions(entry):
    return dataclasses.replace(entry, mode=entry.mode & 0o777)


def days(entry):
    return dataclasses.replace(entry, mtime=entry.mtime // 86400 * 86400)


def single_slashes(entry):
    target = re.sub(b"/+", b"/", entry.target) if entry.target else entry.target
    return dataclasses.replace(entry, target=target)


def no_last_slash(entry):
    target = single_slashes(entry).target
    return dataclasses.replace(entry, target=target and target.rstrip(b"/"))


def posix_links(entry):
    more = 1 if entry.kind == "d" else 0
    return dataclasses.replace(entry, nlink=entry.nlink + more)


def only_directories(entry):
    return entry if entry.kind in "dl" else dataclasses.replace(entry, kind="f")


def has(kinds):
    return lambda row, space: row.kinds() & set(kinds)


def tree(*names):
    return lambda row, space: row.tree in names


def setting(*names):
    return lambda row, space: row.setting in names


def grub_space(row, space):
    """GRUB takes the first driver that reads something."""
    spaces = [s for s in ("udf", "rockridge", "joliet", "iso9660") if s in row.spaces]
    if "udf" in spaces and row.revision >= 5:
        spaces.remove("udf")
    return space not in spaces[:1]


def long_name(path, _):
    return re.match(rb"(?i)/n{7}", path)


ISO, JOLIET, RR, UDF = ("iso9660",), ("joliet",), ("rockridge",), ("udf",)

LIMITS = [
    Limit("xorriso", "1.5.4", "gives links it extracts no owner", spaces=RR,
          adapts=without("uid", "gid", kinds="l")),
    Limit("xorriso", "1.5.4", "reads no link target of 4095 bytes", spaces=RR,
          skips=tree("symlinks")),
    Limit("xorriso", "1.5.4", "takes empty components out of link targets", spaces=RR,
          adapts=single_slashes),
    Limit("xorriso", "1.5.4", "changes identifiers that are not ASCII", spaces=ISO,
          overlooks=lambda path, entry: re.search(rb"[\x80-\xff]|[0-9a-f]{32}$", path)),
    Limit("isoinfo", "1.1.11", "tells days", adapts=days),
    Limit("isoinfo", "1.1.11", "writes Joliet names in Latin-1", spaces=JOLIET, renames=latin1),
    Limit("isoinfo", "1.1.11", "shows no set-uid, set-gid and sticky bits", spaces=RR,
          adapts=permissions),
    Limit("isoinfo", "1.1.11", "takes empty components out of link targets", spaces=RR,
          adapts=no_last_slash),
    Limit("isoinfo", "1.1.11", "crashes over link targets of 4095 bytes", spaces=RR,
          skips=tree("symlinks")),
    Limit("isovfy", "1.1.11", "crashes over link targets of 4095 bytes", skips=tree("symlinks")),
    Limit("isovfy", "1.1.11", "takes hidden files and long identifiers for errors",
          skips=setting("dotfiles", "level4")),
    Limit("bsdtar", "3.6.2", "leaves version numbers out", spaces=ISO, renames=plain),
    Limit("7z iso", "26.02", "leaves version numbers out", spaces=ISO, renames=plain),
    Limit("7z iso", "26.02", "reads no name in a continuation area", spaces=RR,
          overlooks=long_name),
    Limit("7z iso", "26.02", "reads one name space: Joliet, else Rock Ridge",
          skips=lambda row, space: space != next(
              s for s in ("joliet", "rockridge", "iso9660") if s in row.spaces)),
    Limit("7z udf", "26.02", "opens no volume with links or devices", skips=has("lcbps")),
    Limit("7z udf", "26.02", "tells of an error where no file is, or a metadata mirror"),
    Limit("7z udf", "26.02", "reads no virtual allocation table",
          skips=setting("vat150", "vat200")),
    Limit("libcdio", "2.1.0", "writes identifiers in small letters without versions",
          spaces=ISO, renames=lower),
    Limit("libcdio", "2.1.0", "takes Joliet and Rock Ridge where it is told not to", spaces=ISO,
          skips=lambda row, space: {"joliet", "rockridge"} & set(row.spaces)),
    Limit("libcdio", "2.1.0", "crashes over links", spaces=RR, skips=has("l")),
    Limit("libcdio", "2.1.0", "reads no name in a continuation area", spaces=RR,
          overlooks=long_name),
    Limit("libcdio udf", "2.1.0", "opens nothing that is not ISO 9660 as well",
          skips=lambda row, space: "iso9660" not in row.spaces),
    Limit("libcdio udf", "2.1.0", "reads no extended file entries, of UDF 2.00 on",
          skips=lambda row, space: row.revision > 2),
    Limit("libcdio udf", "2.1.0", "cannot read empty files and links", skips=has("l")),
    Limit("libcdio udf", "2.1.0", "writes names of 8 bits in Latin-1",
          renames=latin1_or_not),
    Limit("grub", "2.06", "writes identifiers in small letters without versions",
          spaces=ISO, renames=lower),
    Limit("grub", "2.06", "does not list names that begin with a dot",
          hides=lambda path, entry: b"/." in path),
    Limit("grub", "2.06", "lists no links that lead nowhere, follows others",
          overlooks=lambda path, entry: entry.kind == "l"),
    Limit("grub", "2.06", "does not list what is dated after 2038",
          hides=lambda path, entry: entry.mtime >= 1 << 31),
    Limit("grub", "2.06", "knows directories and files", adapts=only_directories),
    Limit("grub", "2.06", "reads no virtual allocation table",
          skips=setting("vat150", "vat200")),
    Limit("grub", "2.06", "reads one name space: UDF before 2.50, Rock Ridge, Joliet",
          skips=grub_space),
    Limit("ours", "", "counts a directory's links as POSIX does", spaces=UDF,
          adapts=posix_links),
    Limit("ours", "", "gives identifiers without versions", spaces=ISO, renames=plain),
    Limit("pycdlib", "1.12.0", "opens nothing that is not ISO 9660 as well",
          skips=lambda row, space: "iso9660" not in row.spaces),
    Limit("pycdlib", "1.12.0", "opens no bridge of UDF 2.00 on",
          skips=lambda row, space: row.revision > 2),
    Limit("pycdlib", "1.12.0", "takes one continuation area for each record",
          skips=tree("symlinks")),
    Limit("pycdlib", "1.12.0", "reads no Rock Ridge names that are not UTF-8", spaces=RR,
          skips=tree("nasty")),
    Limit("pycdlib", "1.12.0", "knows no ISO 9660:1999", skips=setting("level4")),
    Limit("file", "5.44", "finds UDF only with sectors of ISO 9660 before it",
          skips=lambda row, space: "iso9660" not in row.spaces),
]
LIMITS += [
    Limit(judge, version, "shows moved directories where they lie", spaces=spaces,
          skips=setting("relocate"))
    for judge, version, spaces in (
        ("xorriso", "1.5.4", ISO), ("bsdtar", "3.6.2", ISO), ("ours", "", ISO),
        ("isoinfo", "1.1.11", ISO + RR), ("7z iso", "26.02", ISO + RR),
        ("libcdio", "2.1.0", ISO + RR), ("grub", "2.06", ISO + RR),
        ("pycdlib", "1.12.0", ISO + RR))
]
if os.geteuid() != 0:
    LIMITS.append(Limit("xorriso", "1.5.4", "makes devices and gives files away only as root",
                        spaces=RR, adapts=without("uid", "gid"),
                        hides=lambda path, entry: entry.kind in "cb"))


def of(judge, space):
    return [m for m in LIMITS if m.judge == judge and (not m.spaces or space in m.spaces)]
