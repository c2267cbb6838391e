#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A source file includes only modules to its left, so that there are no cycles; the oracle walker,
which has to be independent, nothing of ours but hypmmu.h."""

import os
import re

import tree

ORDER = ["bits", "idregs", "geometry walkparams", "desc walkperms", "table", "cursor runs", "pieces", "group",
         "span", "judge", "plan maint", "count settle slots", "leaves tables",
         "stage", "apply page check query init",
         "linear private"]
RANK = {module: rank for rank, names in enumerate(ORDER) for module in names.split()}
LAST = len(ORDER)  # every other module of src/; then comes arch/
ORACLE = "tests/support/oracle"
SYSTEM = {"<stdint.h>", "<stdbool.h>", "<stddef.h>", "<limits.h>"}


def module(name):
    return os.path.splitext(os.path.basename(name))[0]


def rank(name):
    return LAST + 1 if name.startswith("arch/") else RANK.get(module(name), LAST)


def allowed(name, included):
    """May the file include that?"""
    if name.startswith(ORACLE):
        return included in SYSTEM | {"<string.h>", "<hypmmu/hypmmu.h>", '"oracle.h"'}
    if included in SYSTEM:
        return True
    if included == "HM_TABLE_DOOR":  # a build's own door to table memory
        return name == "src/table.h"
    if name.startswith("include/"):
        return name.endswith(("/arch.h", "/hyp.h")) and included == '"hypmmu.h"'
    if included.startswith("<"):
        return included in ("<hypmmu/hypmmu.h>", "<hypmmu/hyp.h>") or (
            included == "<hypmmu/arch.h>" and name.startswith("arch/"))
    path = os.path.normpath(os.path.join(os.path.dirname(name), included.strip('"')))
    if not path.startswith("src/"):
        return name.startswith("arch/") and path.startswith("arch/")
    own = module(path) == module(name) and name.endswith(".c")
    return own or rank(path) < rank(name)


def main():
    names = [n for n in tree.files(".c", ".h", ".S")
             if n.startswith(("src/", "arch/", "include/", ORACLE))]
    faults = []
    for name in names:
        for number, line in enumerate(tree.read(name).split("\n"), 1):
            found = re.match(r"\s*#\s*include\s*(\S+)", line)
            if found and not allowed(name, found[1]):
                faults.append(f"{name}:{number}: may not include {found[1]}")
    tree.finish(faults, len(names))


main()
