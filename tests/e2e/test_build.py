#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
What the linker really did: every program is hardened as the Makefile asks,
and two builds in two places are the same bytes (a few objects here, the whole
program with CW_BUILD_TWICE=1, as `make torture` does).
"""
import os
import shutil
import struct
import subprocess

import lib

RUN_ONCE = True		# sanitizers are built without what is asked for here
TREE = ("include", "rules", "clients", "monitor", "tools", "config",
        "Makefile")
OBJECTS = ("obj/include/dec.o", "obj/clients/http_guard.o",
           "obj/monitor/log.o")
PT_LOAD, PT_DYNAMIC, PT_STACK, PT_RELRO = 1, 2, 0x6474e551, 0x6474e552
DT_NEEDED, DT_STRTAB, DT_STRSZ, DT_RPATH, DT_FLAGS, DT_RUNPATH = (
    1, 5, 10, 15, 30, 29)
DT_FLAGS_1, DT_TEXTREL, NOW, NOW_1, PIE_1 = 0x6ffffffb, 22, 8, 1, 0x08000000


class Elf:
    """As much of a 64-bit little-endian file as is asked about."""

    def __init__(self, path):
        self.data = path.read_bytes()
        assert self.data[:6] == b"\x7fELF\x02\x01", path
        self.type, = struct.unpack_from("<H", self.data, 16)
        at, = struct.unpack_from("<Q", self.data, 32)
        size, n = struct.unpack_from("<HH", self.data, 54)
        # type, flags, offset, address, physical, file size, memory size
        self.segments = [struct.unpack_from("<IIQQQQQ", self.data,
                                            at + i * size) for i in range(n)]
        self.dynamic = {}
        for kind, _, offset, _, _, length, _ in self.segments:
            if kind == PT_DYNAMIC:
                for i in range(offset, offset + length, 16):
                    tag, value = struct.unpack_from("<QQ", self.data, i)
                    self.dynamic.setdefault(tag, value)

    def has(self, kind):
        return [s for s in self.segments if s[0] == kind]

    def names(self):
        """The strings of the dynamic symbols."""
        address = self.dynamic[DT_STRTAB]
        for _, _, offset, start, _, length, _ in self.has(PT_LOAD):
            if start <= address < start + length:
                at = offset + address - start
                return set(self.data[at:at + self.dynamic[DT_STRSZ]].decode()
                           .split("\0"))
        raise AssertionError("no strings")


def plain_build(t, name):
    path = t.need(lib.BUILD / name)
    flags = lib.BUILD / ".flags"
    if "-O2" not in (flags.read_text() if flags.exists() else ""):
        t.skip("not the plain build")
    if path.read_bytes()[:6] != b"\x7fELF\x02\x01":
        t.skip("not ELF of 64 bits")
    return Elf(path)


def test_hardened(t):
    """every program: PIE, full RELRO, no executable stack, fortified"""
    for name in ("carrywatch", "ratesim"):
        elf = plain_build(t, name)
        flags = elf.dynamic.get(DT_FLAGS_1, 0)
        assert elf.type == 3 and flags & PIE_1, name		# ET_DYN
        assert elf.has(PT_RELRO), name
        assert flags & NOW_1 or elf.dynamic.get(DT_FLAGS, 0) & NOW, name
        stack, = elf.has(PT_STACK)
        assert not stack[1] & 1, name
        assert not [s for s in elf.segments if s[0] == PT_LOAD and
                    s[1] & 3 == 3], f"{name}: writable and executable"
        for tag in (DT_RPATH, DT_RUNPATH, DT_TEXTREL):
            assert tag not in elf.dynamic, (name, tag)
        names = elf.names()
        assert "__stack_chk_fail" in names, name
        checked = {s for s in names if s.endswith("_chk")}
        assert {"__snprintf_chk", "__memcpy_chk"} <= checked or \
            len(checked) >= 3, (name, checked)
        for unsafe in ("gets", "strcpy", "strcat", "sprintf", "system"):
            assert unsafe not in names, (name, unsafe)


def test_no_place(t):
    """no path of the checkout is in the program"""
    elf = plain_build(t, "carrywatch")
    assert str(lib.ROOT).encode() not in elf.data


def built(t, place, whole):
    """The bytes that a build in a directory of that name gives."""
    tree = t.dir / place
    tree.mkdir(parents=True)
    for name in TREE:
        source = lib.ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name,
                            ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tree / name)
    files = ("carrywatch",) if whole else OBJECTS
    subprocess.run(["make", "-s", "-j2", *(f"build/{f}" for f in files)],
                   cwd=tree, check=True, capture_output=True,
                   stdin=subprocess.DEVNULL)
    return {f: (tree / "build" / f).read_bytes() for f in files}


def test_two_builds(t):
    """two builds in two directories are the same bytes"""
    whole = bool(os.environ.get("CW_BUILD_TWICE"))
    one = built(t, "a", whole)
    two = built(t, "another/much longer place".replace(" ", "-"), whole)
    for name, data in one.items():
        assert data and data == two[name], f"{name} differs"
        assert str(t.dir).encode() not in data, f"{name} names its place"


if __name__ == "__main__":
    lib.main()
