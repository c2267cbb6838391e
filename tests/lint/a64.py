# SPDX-License-Identifier: BSD-2-Clause
"""As much of an AArch64 CPU as it takes to carry out the assembly part of the backend: what it does
to registers and memory, and in which order, becomes a list of events."""

import re

import tree

LITTLE, BIG = "-mlittle-endian", "-mbig-endian"
E2H = 1 << 34
# SCTLR_EL2 by HCR_EL2.E2H: RES1; or ITD, SED and TSCXT instead of CP15BEN. And EE, bit 25.
OFF = {LITTLE: {0: 0x30C50830, E2H: 0x30D50990}, BIG: {0: 0x32C50830, E2H: 0x32D50990}}
# What binutils of some ages call them.
NAMES = {"s3_0_c0_c7_0": "id_aa64mmfr0_el1", "s3_0_c0_c7_1": "id_aa64mmfr1_el1",
         "s3_0_c0_c7_2": "id_aa64mmfr2_el1", "s3_0_c0_c7_4": "id_aa64mmfr4_el1",
         "s3_4_c2_c0_1": "ttbr1_el2"}
MASK = (1 << 64) - 1


class Fault(Exception):
    """What no CPU would survive."""


def link(path, order, at, *sources):
    """The identity text of the sources as it lies at an address."""
    tree.run(tree.CROSS + "gcc", order, f"-I{tree.TOP}/include", "-nostdlib", "-static",
             f"-Wl,--section-start=.hypmmu.idmap.text={at:#x}", "-Wl,-e,0", "-o", path, *sources)


def instructions(path):
    """{address: (mnemonic, operands)}, and {name: address} of the functions."""
    code, names = {}, {}
    text = tree.run(tree.CROSS + "objdump", "-d", "--no-show-raw-insn", path)
    for line in text.split("\n"):
        start = re.match(r"([0-9a-f]+) <(\S+)>:", line)
        insn = re.match(r"\s+([0-9a-f]+):\s+(\S+)[ \t]*([^/\n]*)", line)
        if start:
            names[start[2]] = int(start[1], 16)
        elif insn:
            operands = re.split(r",\s*(?![^\[]*\])", insn[3].lower().strip())
            code[int(insn[1], 16)] = (insn[2], operands)
    return code, names


def signed(value, bits=64):
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


class Cpu:
    """At an exception level, with system registers and with memory, a dict of doublewords."""

    def __init__(self, level, system, memory=None):
        self.level, self.registers, self.memory = level, dict(system), dict(memory or {})
        self.x = {n: 0xBAD00000 + n for n in range(31)}
        self.stack_pointer = None
        self.stuck = {}  # system register: bits that are 1 whatever is written
        self.clear = {}  # and bits that are 0
        self.difference = None
        self.events = []

    # ---- Operands ----

    def value(self, operand, shift=None):
        if operand.startswith("#"):
            return int(operand[1:], 0) & MASK
        value = 0 if operand in ("wzr", "xzr") else self.x[int(operand[1:])]
        if shift:
            kind, by = shift.split()
            if kind != "asr":
                raise SystemExit(f"{shift}: this lint has to learn it")
            value = signed(value) >> int(by[1:], 0) & MASK
        return value

    def put(self, register, value):
        if register == "sp":
            self.stack_pointer = value
            self.events.append("sp")
            return
        mask = (1 << (32 if register[0] == "w" else 64)) - 1
        self.x[int(register[1:])] = value & mask

    def register(self, name):
        name = NAMES.get(name, name)
        if name.endswith("_el2") and self.level < 2:
            raise Fault(f"EL{self.level}: touches {name}")
        return name

    def address(self, operand):
        found = re.fullmatch(r"\[(x\d+)(?:, #(\d+))?\]", operand)
        at = self.value(found[1]) + int(found[2] or 0)
        if self.registers.get("sctlr_el2", 0) & 1:
            raise Fault(f"touches memory at {at:#x} with the MMU on")
        if at not in self.memory and at - 8 not in self.memory:
            raise Fault(f"touches memory at {at:#x}")
        return at

    # ---- Instructions ----

    def step(self, at, name, args):
        """The address of the next instruction."""
        do = getattr(self, "do_" + name.replace(".", "_"), None)
        if not do:
            raise SystemExit(f"{name} {args}: this lint has to learn it")
        target = do(*args) if args != [""] else do()
        if name == "bl":
            self.x[30] = at + 4
        return at + 4 if target is None else target

    def do_bti(self, _):
        pass

    def do_mrs(self, register, name):
        if name == "currentel":
            self.put(register, self.level << 2)  # CurrentEL.EL is [3:2]
        else:
            self.put(register, self.registers[self.register(name)])

    def do_msr(self, name, operand):
        name = self.register(name)
        value = (self.value(operand) | self.stuck.get(name, 0)) & ~self.clear.get(name, 0)
        self.registers[name] = value
        self.events.append(f"{name} = {value:#x}")

    def do_mov(self, register, operand):
        self.put(register, self.value(operand))

    def do_movk(self, register, operand, shift="lsl #0"):
        shift = int(shift.split("#")[1], 0)
        kept = self.value(register) & ~(0xFFFF << shift)
        self.put(register, kept | self.value(operand) << shift)

    def do_lsl(self, register, operand, by):
        self.put(register, self.value(operand) << (self.value(by) & 63))

    def do_and(self, register, a, b):
        self.put(register, self.value(a) & self.value(b))

    def do_orr(self, register, a, b):
        self.put(register, self.value(a) | self.value(b))

    def do_eor(self, register, a, b):
        self.put(register, self.value(a) ^ self.value(b))

    def do_cmp(self, a, b, shift=None):
        self.difference = signed(self.value(a)) - signed(self.value(b, shift))

    def do_tst(self, a, b):
        self.difference = self.value(a) & self.value(b)

    def do_ldr(self, register, place):
        self.put(register, self.memory[self.address(place)])

    def do_ldp(self, first, second, place):
        at = self.address(place)
        self.put(first, self.memory[at])
        self.put(second, self.memory[at + 8])

    def do_str(self, register, place):
        at = self.address(place)
        self.memory[at] = self.value(register)
        self.events.append(f"[{at:#x}] = {self.memory[at]}")

    def do_b_ne(self, target):
        return target_of(target) if self.difference else None

    def do_b_eq(self, target):
        return None if self.difference else target_of(target)

    def do_b_gt(self, target):
        return target_of(target) if self.difference > 0 else None

    def do_cbz(self, register, target):
        return None if self.value(register) else target_of(target)

    def do_tbnz(self, register, bit, target):
        return target_of(target) if self.value(register) >> self.value(bit) & 1 else None

    def do_tbz(self, register, bit, target):
        return None if self.value(register) >> self.value(bit) & 1 else target_of(target)

    def do_b(self, target):
        return target_of(target)

    do_bl = do_b

    def do_ret(self):
        return self.x[30]

    def do_br(self, register):
        if register not in ("x16", "x17"):
            raise Fault(f"br {register}: no landing pad of a function takes that")
        return self.value(register)

    def do_isb(self):
        self.events.append("isb")

    def do_dsb(self, kind):
        self.events.append(f"dsb {kind}")

    def do_tlbi(self, what):
        self.events.append(f"tlbi {what}")

    def do_ic(self, what):
        self.events.append(f"ic {what}")

    def do_wfi(self):
        self.events.append("wfi")

    def run(self, code, at):
        """From an address on, until the code ends or sleeps: the address after it."""
        while at in code and code[at][0] != "wfi":
            at = self.step(at, *code[at])
        return at


def target_of(operand):
    return int(operand.split()[0], 16)
