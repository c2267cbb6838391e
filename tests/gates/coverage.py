#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What of src/ the tests have run, after they ran: lines and branches by gcc and lcov, as HTML and
as a summary; and, where clang-19 is installed, conditions (MC/DC), in a build of its own.

    coverage.py BUILD

Too few lines or branches, or a source file that no test is linked with: all of these fail. MC/DC is
only reported."""

import json
import os
import shutil
import subprocess
import sys

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SRC = os.path.join(TOP, "src")
LEAST = {"lines": 98, "branches": 95}
LCOV = ("--quiet", "--rc", "lcov_branch_coverage=1")
CLANG = "-19"
MCDC_FLAGS = "-O1 -g -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc"


def run(*command, env=None):
    """A command's output; a command that fails ends the report."""
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(env or {})})
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def capture(build):
    """What could have run and what did, in src/."""
    def path(name):
        return os.path.join(build, f"coverage-{name}.info")
    run("lcov", *LCOV, "--capture", "--initial", "--directory", build, "--output-file", path("none"))
    run("lcov", *LCOV, "--capture", "--directory", build, "--output-file", path("run"))
    run("lcov", *LCOV, "--add-tracefile", path("none"), "--add-tracefile", path("run"),
        "--output-file", path("all"))
    run("lcov", *LCOV, "--extract", path("all"), *(os.path.join(SRC, n) for n in os.listdir(SRC)),
        "--output-file", path("src"))
    return path("src")


class File:
    """The counts of one source file: by line, and by line the ways out of it."""
    def __init__(self):
        self.lines, self.branches = {}, {}

    def reached(self):
        ways = [way for line in self.branches.values() for way in line]
        return {"lines": (sum(map(bool, self.lines.values())), len(self.lines)),
                "branches": (sum(map(bool, ways)), len(ways))}

    def missed(self):
        """One word for each line: 12, or 12:1/4 for one way of four that was not taken."""
        words = []
        for number, count in sorted(self.lines.items()):
            ways = self.branches.get(number, [])
            if not count:
                words.append(str(number))
            elif not all(ways):
                words.append(f"{number}:{ways.count(0)}/{len(ways)}")
        return " ".join(words)


def read(info):
    files, file = {}, None
    with open(info, encoding="utf-8") as lines:
        for line in lines:
            key, _, rest = line.strip().partition(":")
            values = rest.split(",")
            if key == "SF":
                file = files.setdefault(os.path.relpath(rest, TOP), File())
            elif key == "DA":
                file.lines[int(values[0])] = int(values[1])
            elif key == "BRDA":
                taken = 0 if values[3] == "-" else int(values[3])
                file.branches.setdefault(int(values[0]), []).append(taken)
    return files


def percent(part, whole):
    return 100 * part / whole if whole else 100


def show(files, conditions):
    for name, file in sorted(files.items()):
        reached = {**file.reached(), "conditions": conditions.get(name)}
        figures = "  ".join(f"{percent(*figure):5.1f}% of {figure[1]:4} {what}"
                            for what, figure in reached.items() if figure)
        print(f"{name:20} {figures}  {file.missed()}".rstrip())


def sum_up(what, figures, least):
    part, whole = (sum(column) for column in zip(*figures))
    print(f"{what}: {percent(part, whole):.2f}%, {part} of {whole}; {least}")
    return percent(part, whole)


def judge(files):
    """Why the gate fails; nothing if it does not."""
    ours = {f"src/{n}" for n in os.listdir(SRC) if n.endswith(".c")}
    faults = [f"{name} is in no test" for name in sorted(ours - set(files))]
    for what, least in LEAST.items():
        figures = [file.reached()[what] for file in files.values()]
        if sum_up(what, figures, f"at least {least}%") < least:
            faults.append(f"too few {what}")
    return faults


def measure_mcdc(build):
    """Everything again with clang; returns the test programs."""
    run("cmake", "-S", TOP, "-B", build, "-G", "Ninja", f"-DCMAKE_C_COMPILER=clang{CLANG}",
        f"-DCMAKE_C_FLAGS={MCDC_FLAGS}", "-DHYPMMU_COVERAGE=ON", "-DHYPMMU_LINTS=OFF",
        "-DHYPMMU_EXAMPLES=OFF")
    run("cmake", "--build", build)
    profiles = os.path.join(build, "profiles")
    shutil.rmtree(profiles, ignore_errors=True)
    run("ctest", "--test-dir", build, "--output-on-failure", "--no-tests=error", "-j2",
        env={"LLVM_PROFILE_FILE": os.path.join(profiles, "%p.profraw")})
    run(f"llvm-profdata{CLANG}", "merge", "-o", os.path.join(build, "merged.profdata"), profiles)
    listed = json.loads(run("ctest", "--test-dir", build, "--show-only=json-v1"))
    return sorted({test["command"][0] for test in listed["tests"]})


def read_mcdc(build):
    """By file: conditions shown to decide on their own, and all in decisions of two or more."""
    if not shutil.which(f"clang{CLANG}") or not shutil.which(f"llvm-cov{CLANG}"):
        print(f"MC/DC: clang{CLANG} and llvm{CLANG} are not installed\n")
        return {}
    first, *rest = measure_mcdc(build)
    objects = [word for program in rest for word in ("--object", program)]
    found = json.loads(run(f"llvm-cov{CLANG}", "export", first, *objects, "--summary-only",
                           "--instr-profile", os.path.join(build, "merged.profdata"), SRC))
    return {os.path.relpath(file["filename"], TOP):
            (file["summary"]["mcdc"]["covered"], file["summary"]["mcdc"]["count"])
            for file in found["data"][0]["files"]}


def main(build):
    info = capture(build)
    html = os.path.join(build, "coverage")
    run("genhtml", "--quiet", "--branch-coverage", "--prefix", TOP, "--title", "libhypmmu",
        "--output-directory", html, info)
    files = read(info)
    conditions = read_mcdc(os.path.join(build, "mcdc"))
    show(files, conditions)
    faults = judge(files)
    if conditions:
        sum_up("conditions (MC/DC)", conditions.values(), "reported only")
    print(f"as HTML: {html}/index.html")
    for fault in faults:
        print(f"coverage: {fault}")
    return bool(faults)


sys.exit(main(os.path.abspath(sys.argv[1])))
