# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of the tests share: a copy of the tree that is built, broken, tested, mended."""

import os
import re
import shutil
import subprocess

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
CONFIGURE = {
    "host": ["-DCMAKE_C_FLAGS=-O1", "-DHYPMMU_EXAMPLES=OFF"],
    "demo": ["-DCMAKE_TOOLCHAIN_FILE={tree}/cmake/aarch64-linux-gnu-gcc.cmake",
             "-DCMAKE_BUILD_TYPE=RelWithDebInfo"],
}


VERDICT = re.compile(r"^ *\d+/\d+ Test +#\d+: (\S+) \.+[ *]*([A-Z]\w+)", re.M)
EVIDENCE = [re.compile(rf"^\d+: {what}", re.M) for what in (
    r"\[  FAILED  \] (?:\w+: )?([a-z]\w+)",  # CMocka
    r"\[ RUN      \] (\w+)$(?!(?s:.)*\[       OK \] \1$)",  # CMocka, aborted
    r"(.+: no)\s*$",  # the demo
    r".*(exit status .*)",
    r"(.+:\d+: .*|.* wanted .*|.*: no \S+ in .*)$",  # lints
)]


class Failure(Exception):
    """Why a mutant is not as it should be."""


def run(*command, cwd):
    return subprocess.run(command, cwd=cwd, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def evidence(output):
    """The first thing that the tests found wrong."""
    for pattern in EVIDENCE:
        found = pattern.search(output)
        if found:
            return found[1].strip()
    return "no word"


class Tree:
    """A copy of the tree in a folder of its own, with a build for each of CONFIGURE."""

    def __init__(self, folder):
        self.folder = folder
        self.top = os.path.join(folder, "tree")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(TOP, self.top, ignore=shutil.ignore_patterns(".git", "build"))

    def prepare(self, build, tests):
        """Unmutated, every test that a mutant relies on passes."""
        options = [option.format(tree=self.top) for option in CONFIGURE[build]]
        done = run("cmake", "-S", self.top, "-B", build, "-G", "Ninja", *options, cwd=self.folder)
        if done.returncode:
            raise Failure(done.stdout)
        self.compile(build, tests)
        failed = self.failing(build, tests)
        if failed:
            raise Failure(f"without any mutation: {', '.join(failed)}")

    def compile(self, build, tests):
        """The host's tests are targets, but lints build for themselves; the demo is one thing."""
        programs = [test for test in tests if not test.startswith("lint_")]
        if build == "host" and not programs:
            return
        targets = ["--target", *programs] if build == "host" else []
        done = run("cmake", "--build", build, *targets, cwd=self.folder)
        if done.returncode:
            raise Failure("does not compile:\n" + done.stdout)

    def failing(self, build, tests):
        """The tests that fail, and what they found."""
        names = "|".join(re.escape(test) for test in tests)
        done = run("ctest", "--test-dir", build, "-V", "--timeout", "120",
                   "-R", f"^({names})$", cwd=self.folder)
        verdicts = dict(VERDICT.findall(done.stdout))
        missing = [test for test in tests if verdicts.get(test, "Not") in ("Not", "Skipped")]
        if missing:
            raise Failure(f"did not run {' '.join(missing)}:\n{done.stdout}")
        failed = [f"{test} ({verdict})" for test, verdict in verdicts.items()
                  if verdict != "Passed"]
        return failed and [*failed, evidence(done.stdout)]

    def restore(self, names):
        """As new files: to ninja, what is not newer has not changed."""
        for name in names:
            shutil.copyfile(os.path.join(TOP, name), os.path.join(self.top, name))
