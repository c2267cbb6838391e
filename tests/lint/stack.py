#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""No recursion, no frame of unknown size, and at most 992 bytes of stack on the deepest path below
any public function on AArch64, 1344 below one of hyp.h. Callbacks are the caller's; assembly keeps
no frame; a function that ends with a jump to another has none by then."""

import glob
import os
import re
import tempfile

import tree

LIMIT = 992
HYP_LIMIT = 1344
FLAGS = ["-std=c11", "-Os", "-ffreestanding", "-mgeneral-regs-only", "-mstrict-align",
         "-mno-outline-atomics", "-fcallgraph-info=su", "-ffunction-sections"]
NODE = re.compile(r'^node: \{ title: "([^"]+)" label: "(?:[^"]*?\\n(\d+) bytes \(([^)]+)\))?')
EDGE = re.compile(r'^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')
SECTION = re.compile(r"^RELOCATION RECORDS FOR \[\.text\.([\w.]+)\]")
BRANCH = re.compile(r"^\w+ R_AARCH64_(CALL|JUMP)26 +(?:\.text\.)?([\w.]+)")


def plain(title):
    return title.split(":")[-1]


def tail_calls(path):
    """Pairs of functions of an object of which the first only ever jumps to the second: its frame is
    gone by then."""
    pairs, caller = {"CALL": set(), "JUMP": set()}, ""
    for line in tree.run(tree.CROSS + "objdump", "-r", path).splitlines():
        section, branch = SECTION.match(line), BRANCH.match(line)
        if section:
            caller = section[1]
        if branch:
            pairs[branch[1]].add((caller, branch[2]))
    return pairs["JUMP"] - pairs["CALL"]


def call_graph(folder):
    """Frame size of each function, the functions each one calls and whether on top of its frame, and
    odd kinds of frames."""
    frames, calls, odd = {}, {}, []
    for path in glob.glob(os.path.join(folder, "*.ci")):
        tails = tail_calls(path.removesuffix("ci") + "o")
        with open(path, encoding="utf-8") as file:
            for line in file:
                node, edge = NODE.match(line), EDGE.match(line)
                if node and node[2]:
                    frames[node[1]] = int(node[2])
                    if node[3] != "static":
                        odd.append(f"{node[1]}: a frame of {node[3]} size")
                if edge:
                    tail = (plain(edge[1]), plain(edge[2])) in tails
                    calls.setdefault(edge[1], set()).add((edge[2], tail))
    return frames, calls, odd


def deepest(function, graph, known, path=()):
    """The deepest path below a function: its bytes, and its functions."""
    frames, calls = graph
    if function in path:
        raise SystemExit(f"recursion: {' > '.join(path[path.index(function):] + (function,))}")
    if function not in known:
        frame = frames.get(function, 0)
        paths = [(frame, [(function, frame)])]
        for callee, tail in sorted(calls.get(function, ())):
            size, chain = deepest(callee, graph, known, path + (function,))
            own = 0 if tail else frame
            paths.append((own + size, [(function, own)] + chain))
        known[function] = max(paths, key=lambda p: p[0])
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
        steps = " > ".join(f"{plain(f)} {own}" for f, own in chain)
        print(f"{size:5} {function}: {steps}")
        limit = HYP_LIMIT if f" {function}(" in hyp else LIMIT
        if size > limit:
            faults.append(f"{function}: {size} bytes, more than {limit}")
    tree.finish(faults, len(public))


main()
