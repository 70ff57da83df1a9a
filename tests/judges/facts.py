# SPDX-License-Identifier: GPL-3.0-or-later
"""The judges that tell of a volume as a whole; each gives sentences, none if all is well."""
import json
import os

from judges import run

UDF_REVISIONS = {1: "1.02", 2: "1.50", 3: "2.00", 4: "2.01", 5: "2.50", 6: "2.60"}
FACTS = {}


def fact(name, program, needs=None):
    """Registers a teller; @needs is the name space without which there is nothing to ask."""
    def register(fn):
        FACTS[name] = (program, needs, fn)
        return fn
    return register


def lacks(said, *wanted):
    return [f"{part!r} is not in {said!r}" for part in wanted if part not in said]


def udf_revision(row):
    return UDF_REVISIONS.get(row.revision) or ("1.02" if len(row.spaces) > 1 else "2.01")


@fact("isovfy", "isovfy", "iso9660")
def isovfy(row):
    return lacks(run("isovfy", row.image).decode(errors="replace"), "No errors found")


@fact("udfinfo", "udfinfo", "udf")
def udfinfo(row):
    said = run("udfinfo", row.image).decode()
    entries = row.wanted("udf").values()
    files, dirs = {e.inode for e in entries} - {None}, [e for e in entries if e.kind == "d"]
    revision = min(udf_revision(row), "2.50") if row.revision == 6 else udf_revision(row)
    return lacks(said, "label=Judg\u00e9d\n", "integrity=closed\n", "blocksize=2048\n",
                 f"blocks={row.nsec}\n", f"udfrev={revision}\n",
                 f"numfiles={len(files)}\nnumdirs={len(dirs) + 1}\n")


@fact("blkid", "blkid")
def blkid(row):
    said = run("blkid", "-p", "-o", "export", row.image).decode()
    if "udf" in row.spaces:
        # It writes what is not ASCII as cat -v does.
        return lacks(said, "TYPE=udf\n", "LABEL=JudgM-CM-)d\n",
                     f"VERSION={udf_revision(row)}\n")
    label = "Judged" if "joliet" in row.spaces else "JUDGED"
    return lacks(said, "TYPE=iso9660\n", f"LABEL={label}\n")


@fact("file", "file")
def file(row):
    return lacks(run("file", "-b", row.image).decode(), "ISO 9660 CD-ROM filesystem data",
                 "'JUDGED'")


@fact("validate", "discctl")
def validate(row):
    program = os.path.join(os.environ["DISCFS_BUILD"], "src/cli/discctl")
    found = json.loads(run(program, "-j", "validate", row.image, status=(0, 1, 2, 4)))
    return [f"{f['clause']}: {f['where']}: {f['what']}: {f['expected']}, found {f['found']}"
            for f in found["findings"] if f["severity"] != "note"]
