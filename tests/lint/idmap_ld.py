#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A linker script that includes hypmmu.ld gets all identity text, the library's and its own, between
two symbols in one page of 4K; and an error if it is too large. With GNU ld and with lld."""

import os
import subprocess
import tempfile

import tree

SCRIPT = """SECTIONS {
	. = 0x40200100;
	.text : {
		*(.text .text.*)
		INCLUDE hypmmu.ld
		. = ALIGN(4096);
	}
	.data : { *(.data .data.*) *(.bss .bss.*) }
}
"""
SOURCE = """#include <hypmmu/hyp.h>
int ours(void);
void start(void);
HYPMMU_IDMAP_TEXT int ours(void) { return 1; }
void start(void) { (void)ours(); }
#ifdef LARGE
__asm__(".section .hypmmu.idmap.text.large, \\"ax\\"\\n.space 4096\\n.previous");
#endif
"""
LINKERS = [tree.CROSS + "ld", "ld.lld"]
FLAGS = ["-std=gnu11", "-O2", "-ffreestanding", "-mgeneral-regs-only", f"-I{tree.TOP}/include"]


def symbols(image):
    lines = tree.run(tree.CROSS + "nm", image).split("\n")
    return {line.split()[2]: int(line.split()[0], 16) for line in lines if line}


def build(folder, linker, flags):
    """Links the library's identity text and ours; the result of the linker, and the image."""
    path = {name: os.path.join(folder, name) for name in ("a.c", "a.ld", "a.o", "b.o", "a.elf")}
    for name, text in (("a.c", SOURCE), ("a.ld", SCRIPT)):
        with open(path[name], "w", encoding="utf-8") as file:
            file.write(text)
    gcc = [tree.CROSS + "gcc", *FLAGS, *flags, "-c", "-o"]
    tree.run(*gcc, path["a.o"], path["a.c"])
    tree.run(*gcc, path["b.o"], os.path.join(tree.TOP, "arch/aarch64/idmap.S"))
    done = subprocess.run([linker, "-L", os.path.join(tree.TOP, "arch/aarch64"), "-T", path["a.ld"],
                           "-e", "start", "-o", path["a.elf"], path["a.o"], path["b.o"]],
                          capture_output=True, text=True)
    return done, path["a.elf"]


def faults_of(linker):
    with tempfile.TemporaryDirectory() as folder:
        done, image = build(folder, linker, ["-DLARGE"])
        if not done.returncode or "identity text" not in done.stderr:
            return [f"{linker}: does not mind too much identity text"]
        done, image = build(folder, linker, [])
        if done.returncode:
            return [f"{linker}: {done.stderr}"]
        found = symbols(image)
    start, end = found["__hyp_idmap_text_start"], found["__hyp_idmap_text_end"]
    inside = [n for n in ("ours", "hypmmu_arch_el2_setup", "hm_arch_load_regs")
              if not start <= found[n] < end]
    faults = [f"{linker}: {n} is not identity text" for n in inside]
    if start // 4096 != (end - 1) // 4096:
        faults.append(f"{linker}: {start:#x} to {end:#x} is more than a page")
    return faults


def main():
    faults = []
    for linker in LINKERS:
        faults += faults_of(linker)
    tree.finish(faults, len(LINKERS))


main()
