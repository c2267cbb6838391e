# SPDX-License-Identifier: BSD-2-Clause
"""What the lints share: where the tree is, what is in it, and how a lint ends."""

import os
import re
import subprocess
import sys

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
GCC = "gcc"
CROSS = "aarch64-linux-gnu-"


def files(*suffixes):
    """Tracked files that end so, as paths from the top; all files where there is no git."""
    git = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True)
    names = git.stdout.split("\n") if git.returncode == 0 else list(_walk())
    names = [n for n in names if n and os.path.isfile(os.path.join(TOP, n))]
    return sorted(n for n in names if n.endswith(suffixes or ("",)))


def _walk():
    for folder, below, names in os.walk(TOP):
        below[:] = [b for b in below if b not in (".git", "build")]
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), TOP)


def read(name):
    with open(os.path.join(TOP, name), encoding="utf-8", errors="replace") as file:
        return file.read()


def sources(variable):
    """The files that hypmmu.mk adds to a variable."""
    return re.findall(rf"^{variable} \+= (\S+)$", read("hypmmu.mk"), re.M)


def run(*command, cwd=TOP):
    """A command's output; a command that fails ends the lint."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def finish(faults, looked_at):
    """Print the faults; a lint that had nothing to look at is a fault, too."""
    if not looked_at:
        faults = ["nothing to look at"]
    for fault in faults:
        print(fault)
    print(f"{looked_at} looked at, {len(faults)} faults")
    sys.exit(bool(faults))
