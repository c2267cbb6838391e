# SPDX-License-Identifier: BSD-2-Clause
"""Every store, publish, sync, barrier and TLBI of the library, found in its sources, and what the
text is without it.

An effect is an atomic store, a call of maint->publish or ->sync, of a function of the queue of
stale ranges or of an instruction of insn.h, and a call of any function that has an effect. Taken
out are the atomic stores, and each call whose value nobody wants (its arguments are evaluated
still), or for whose value STAND_IN has another. What orders stores is weakened, too."""

import re

RAW = re.compile(r"__atomic_(?:store|exchange|compare_exchange)\w*|st[lx]*r\b")
DOOR = "src/table."  # where what stores by itself has a stand-in if its value is wanted
THROUGH_MAINT = re.compile(r"(?:\w+(?:->|\.))+(?:publish|sync)\b")
INSTRUCTION = re.compile(r"^HM_INSN(?:_OF)?\(((?:isb|d[ms]b|tlbi|dc)\w*),", re.M)
ASSEMBLY = re.compile(r"^(?:\d:)?\s+((?:isb|d[ms]b|tlbi|ic|dc)\b[^/\n]*?)\s*(?:/\*.*)?$", re.M)
DEFINITION = re.compile(r"^(?:[A-Z]+ |__attribute__\S* )*(?P<type>[a-z][^\n;{}#]*?)\b(?P<name>\w+)"
                        r"(?P<takes>\([^;{}#]*\))\n\{\n(?P<body>.*?)^\}",
                        re.M | re.S)
CALL = re.compile(r"(?<![\w>.])(?:\w+(?:->|\.))*(\w+)(?=\()")
STATEMENT = re.compile(r"([;{})]|\belse|\bdo|\bcase \w+:|\bdefault:)\s*$")
NOISE = re.compile(r"/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"", re.S)

# A value that the call could have given: arguments by number.
STAND_IN = {
    "hm_exchange": "({2})",
    "hm_slot_rewrite": "hm_load(&({0})->mmu->geo, {1})",
}
# The same, ordered less.
WEAKER = {
    "hm_link": "hm_store({0}, {1}, {2})",
    "hm_exchange": "(hm_store({0}, {1}, {3}), ({2}))",
    "dsb_sy": "dsb_ish()",
    "dsb_ish": "dsb_ishst()",
    "dsb_ishst": "dsb_nshst()",
    "dsb_nsh": "dsb_nshst()",
}
SILENT = ("(void)", "nop")
WEAKER_TEXT = {"__ATOMIC_RELEASE": "__ATOMIC_RELAXED", "stlxr": "stxr"}


def blank(text, strings=True):
    """Comments, and what strings hold, as spaces: the same length."""
    def spaces(found):
        if found[0][0] == '"' and not strings:
            return found[0]
        return re.sub(r"[^\n]", " ", found[0])
    return NOISE.sub(spaces, text)


def arguments(code, start):
    """Of the call whose parenthesis opens at start: the extents, and where it ends."""
    depth, begin, found = 0, start + 1, []
    for at in range(start, len(code)):
        depth += (code[at] in "([{") - (code[at] in ")]}")
        if depth == 0 or (depth == 1 and code[at] == ","):
            found.append((begin, at))
            begin = at + 1
        if depth == 0:
            return [extent for extent in found if code[slice(*extent)].strip()], at + 1
    raise ValueError("unbalanced parentheses")


class Effect:
    """One change of one file: [start, end) becomes `text`."""

    def __init__(self, name, source, start, end, text):
        self.file, self.start, self.end, self.text = name, start, end, text
        was = " ".join(source[start:end].split())
        self.line = source.count("\n", 0, start) + 1
        self.name = f"{name}:{self.line}: {was}" if text.startswith(SILENT) else \
            f"{name}:{self.line}: {was} as {' '.join(text.split())}"

    def mutated(self, source):
        return source[:self.start] + self.text + source[self.end:]


class Sources:
    """The library's sources, by name, and which of their functions have an effect."""

    def __init__(self, texts):
        self.texts = texts
        self.code = {name: blank(text) for name, text in texts.items()}
        self.bodies = {}  # by key: the file, and the code with and without strings
        self.queue, self.instructions = set(), set()
        for name, code in self.code.items():
            self.instructions |= set(INSTRUCTION.findall(texts[name]))
            for function in DEFINITION.finditer(code):
                self.add(name, function)
        self.raw = {key for key, found in self.bodies.items()
                    if any(RAW.search(text) for _, _, text in found)}
        self.door = {key for key in self.raw if self.bodies[key][0][0].startswith(DOOR)}
        self.having = set(self.raw)
        self.spread()
        for name in texts:
            self.check(name)

    def add(self, name, function):
        """A static function of a .c file is that file's own."""
        own = name.endswith(".c") and function["type"].startswith("static")
        text = blank(self.texts[name], strings=False)[slice(*function.span("body"))]
        key = (own and name, function["name"])
        self.bodies.setdefault(key, []).append((name, function["body"], text))
        if function["takes"].startswith("(struct hypmmu_queue *"):
            self.queue.add(function["name"])

    def key(self, name, callee):
        return (name, callee) if (name, callee) in self.bodies else (False, callee)

    def is_effect(self, name, call):
        """A match of CALL in this file: by itself,"""
        return bool(THROUGH_MAINT.fullmatch(call[0]) or RAW.fullmatch(call[1]) or
                    call[1] in self.queue | self.instructions or
                    self.key(name, call[1]) in self.raw)

    def has_effect(self, name, call):
        """or by what the function calls."""
        return self.is_effect(name, call) or self.key(name, call[1]) in self.having

    def spread(self):
        """To the functions that call one that has an effect."""
        before = None
        while before != len(self.having):
            before = len(self.having)
            self.having |= {key for key, found in self.bodies.items() for name, code, _ in found
                            if any(self.has_effect(name, call) for call in CALL.finditer(code))}

    def check(self, name):
        """Nothing hides where no function is seen, as in a macro."""
        code = self.code[name]
        inside = [function.span("body") for function in DEFINITION.finditer(code)]
        for call in CALL.finditer(code):
            line = code[code.rfind("\n", 0, call.start()) + 1:]
            found = self.is_effect(name, call) or (
                self.has_effect(name, call) and STATEMENT.search(code[:call.start()]))
            if (found and re.match(r"[#\s]", line) and
                    not any(start <= call.start() < end for start, end in inside)):
                raise ValueError(f"{name}: {call[1]}() is called in no function")

    def effects(self):
        for name in sorted(self.texts):
            found = self.of_assembly(name) if name.endswith(".S") else self.of_c(name)
            yield from sorted(found, key=lambda effect: effect.start)

    def of_assembly(self, name):
        source = self.texts[name]
        for insn in ASSEMBLY.finditer(source):
            yield Effect(name, source, *insn.span(1), "nop")

    def of_c(self, name):
        source = self.texts[name]
        for function in DEFINITION.finditer(self.code[name]):
            start, end = function.span("body")
            for call in CALL.finditer(self.code[name], start, end):
                if self.has_effect(name, call):
                    yield from self.of_call(name, call)
            for strong, weaker in WEAKER_TEXT.items():
                for found in re.finditer(rf"\b{strong}\b", source[start:end]):
                    at = start + found.start()
                    yield Effect(name, source, at, at + len(strong), weaker)

    def of_call(self, name, call):
        code, source = self.code[name], self.texts[name]
        extents, after = arguments(code, call.end())
        args = [source[slice(*extent)].strip() for extent in extents]
        if STATEMENT.search(code[:call.start()]) and re.match(r"\s*;", code[after:]):
            without = ", ".join(f"(void)({arg})" for arg in args) or "(void)0"
            yield Effect(name, source, call.start(), after, without)
        elif call[1] in STAND_IN:
            without = STAND_IN[call[1]].format(*args)
            yield Effect(name, source, call.start(), after, without)
        elif RAW.fullmatch(call[1]) or self.key(name, call[1]) in self.door:
            raise ValueError(f"{name}: {call[1]}(): no value to stand in for it")
        if call[1] in WEAKER:
            yield Effect(name, source, call.start(), after, WEAKER[call[1]].format(*args))
