#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What docs/integration.md and docs/porting.md show as code is what the consumers are built from:
each line of it is a line of a file in tests/consumers."""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DOCS = os.path.join(HERE, "..", "..", "docs")


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [line.strip() for line in file]


def built():
    found = set()
    for folder, _, names in os.walk(HERE):
        for name in names:
            if name != os.path.basename(__file__):
                found.update(lines(os.path.join(folder, name)))
    return found


def shown(name):
    """The lines between fences, but for blank ones and comments of the text's own."""
    inside = False
    for number, line in enumerate(lines(os.path.join(DOCS, name)), 1):
        if line.startswith("```"):
            inside = not inside and re.match(r"```(c|cmake|make|sh|asm|ld)$", line)
        elif inside and line and not line.startswith(("#", "//", "/*")):
            yield number, line


def main():
    known, looked_at, faults = built(), 0, 0
    for name in ("integration.md", "porting.md"):
        for number, line in shown(name):
            looked_at += 1
            if line not in known:
                print(f"docs/{name}:{number}: no consumer has: {line}")
                faults += 1
    print(f"{looked_at} lines looked at, {faults} faults")
    sys.exit(bool(faults) or looked_at < 30)


main()
