#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""No recursion, no frame of unknown size, and at most 1024 bytes of stack on the deepest path below
any public function on AArch64, 1376 below one of hyp.h. Callbacks are the caller's; assembly keeps
no frame."""

import glob
import os
import re
import tempfile

import tree

LIMIT = 1024
HYP_LIMIT = 1376
FLAGS = ["-std=c11", "-Os", "-ffreestanding", "-mgeneral-regs-only", "-mstrict-align",
         "-mno-outline-atomics", "-fcallgraph-info=su"]
NODE = re.compile(r'^node: \{ title: "([^"]+)" label: "(?:[^"]*?\\n(\d+) bytes \(([^)]+)\))?')
EDGE = re.compile(r'^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')


def call_graph(folder):
    """Frame size of each function, the functions each one calls, and odd kinds of frames."""
    frames, calls, odd = {}, {}, []
    for path in glob.glob(os.path.join(folder, "*.ci")):
        with open(path, encoding="utf-8") as file:
            for line in file:
                node, edge = NODE.match(line), EDGE.match(line)
                if node and node[2]:
                    frames[node[1]] = int(node[2])
                    if node[3] != "static":
                        odd.append(f"{node[1]}: a frame of {node[3]} size")
                if edge:
                    calls.setdefault(edge[1], set()).add(edge[2])
    return frames, calls, odd


def deepest(function, graph, known, path=()):
    """The deepest path below a function: its bytes, and its functions."""
    frames, calls = graph
    if function in path:
        raise SystemExit(f"recursion: {' > '.join(path[path.index(function):] + (function,))}")
    if function not in known:
        below = [deepest(callee, graph, known, path + (function,))
                 for callee in sorted(calls.get(function, ()))]
        size, chain = max(below, default=(0, []), key=lambda b: b[0])
        known[function] = (frames.get(function, 0) + size, [function] + chain)
    return known[function]


def main():
    names = tree.sources("HYPMMU_SRCS") + tree.sources("HYPMMU_AARCH64_SRCS")
    paths = [os.path.join(tree.TOP, n) for n in names if n.endswith(".c")]
    with tempfile.TemporaryDirectory() as folder:
        tree.run(tree.CROSS + "gcc", *FLAGS, f"-I{tree.TOP}/include", "-c", *paths, cwd=folder)
        frames, calls, faults = call_graph(folder)
    known = {}
    hyp = tree.read("include/hypmmu/hyp.h")
    for function in frames:
        deepest(function, (frames, calls), known)
    public = sorted((f for f in frames if f.startswith("hypmmu_")), key=lambda f: -known[f][0])
    for function in public:
        size, chain = known[function]
        steps = " > ".join(f"{f.split(':')[-1]} {frames.get(f, 0)}" for f in chain)
        print(f"{size:5} {function}: {steps}")
        limit = HYP_LIMIT if f" {function}(" in hyp else LIMIT
        if size > limit:
            faults.append(f"{function}: {size} bytes, more than {limit}")
    tree.finish(faults, len(public))


main()
