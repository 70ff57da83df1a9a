# SPDX-License-Identifier: GPL-3.0-or-later
"""pycdlib: a strict parser of all four name spaces."""
import calendar
import io
import os
import zlib

from judges import Failed, judge
from view import Entry

try:
    import pycdlib
except ImportError:
    pycdlib = None

KEYS = {"iso9660": "iso_path", "joliet": "joliet_path", "rockridge": "rr_path",
        "udf": "udf_path"}


# ECMA-167 4/14.6.6
UDF_KINDS = {4: "d", 5: "f", 6: "b", 7: "c", 9: "p", 10: "s", 12: "l"}


def seconds(date):
    """Of a directory record."""
    at = (1900 + date.years_since_1900, date.month, date.day_of_month, date.hour, date.minute,
          date.second)
    return calendar.timegm(at) - date.gmtoffset * 900


def seconds_udf(date):
    minutes = date.tz if -1440 <= date.tz <= 1440 else 0
    return calendar.timegm((date.year, date.month, date.day, date.hour, date.minute,
                            date.second)) - minutes * 60


def mode_udf(record):
    """ECMA-167 4/14.9.5: five bits each, of others, the group and the owner; 4/14.6.8."""
    shift = {0: 0, 5: 3, 10: 6}
    low = sum((record.perms >> at & 7) << to for at, to in shift.items())
    return low | special(record.icb_tag.flags)


def special(flags):
    return sum(bit for at, bit in ((6, 0o4000), (7, 0o2000), (8, 0o1000)) if flags >> at & 1)


def describe(iso, path, key, kind):
    record = iso.get_record(**{key: path})
    if key == "udf_path":
        if record is None:
            return Entry(kind)
        kind = UDF_KINDS[record.icb_tag.file_type]
        entry = Entry(kind, mode=mode_udf(record), uid=record.uid, gid=record.gid,
                      mtime=seconds_udf(record.mod_time), nlink=record.file_link_count)
    else:
        entry = Entry(kind, mtime=seconds(record.date))
    if key == "rr_path":
        mode = record.rock_ridge.get_file_mode()
        entry.mode, entry.kind = mode & 0o7777, {0o04: "d", 0o10: "f", 0o12: "l", 0o02: "c",
                                                 0o06: "b", 0o01: "p"}[mode >> 12]
        px = record.rock_ridge.dr_entries.px_record or record.rock_ridge.ce_entries.px_record
        entry.uid, entry.gid = px.posix_user_id, px.posix_group_id
        entry.nlink = px.posix_file_links
        if entry.kind == "l":
            entry.target = record.rock_ridge.symlink_path()
    if key == "iso_path" and record.is_symlink():
        entry.size = 0
    return entry


def content(iso, path, key, entry):
    out = io.BytesIO()
    iso.get_file_from_iso_fp(out, **{key: path})
    entry.size, entry.crc = len(out.getvalue()), zlib.crc32(out.getvalue())


@judge("pycdlib", "pycdlib", *KEYS)
def read(row, space):
    iso, key, view = pycdlib.PyCdlib(), KEYS[space], {}
    try:
        iso.open(row.image)
    except Exception as problem:  # its own kinds, and whatever its defects raise
        raise Failed(f"pycdlib: {problem!r}") from problem
    try:
        for where, dirs, files in iso.walk(**{key: "/"}):
            for name in dirs + files:
                path = where.rstrip("/") + "/" + name
                entry = describe(iso, path, key, "d" if name in dirs else "f")
                if entry.kind == "f" and entry.size is None:
                    content(iso, path, key, entry)
                view[os.fsencode(path)] = entry
    finally:
        iso.close()
    return view
