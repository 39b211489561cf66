#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Decimals and rules against Python's decimal: random values, values one unit of
the last place around each limit, and the ends of the range. 0 differences.
"""
import collections
import decimal
import os
import random
from decimal import Decimal as D

import lib
import oracle_rules
from oracle_rules import (DAY, MAX, UNIT, break_even, pair, received,
                          some_need, text)

LONG_SANITIZED = True
N = int(os.environ.get("CW_ORACLE", "100000"))
SEED = int(os.environ.get("CW_SEED", "20261120"))
decimal.getcontext().prec = 200
decimal.getcontext().rounding = decimal.ROUND_HALF_EVEN
NEVER = 36500           # days; what lies beyond is never


def fit(v):
    """v rounded once to 18 places, as text; "-" when out of range."""
    v = v.quantize(UNIT)
    return text(v) if abs(v) <= MAX else "-"


class Numbers:
    def __init__(self, rng):
        self.rng = rng

    def __call__(self, digits=None):
        r = self.rng
        kind = r.random()
        if kind < 0.05:
            return r.choice([D(0), MAX, -MAX, UNIT, -UNIT, D(1), D(-1)])
        n = digits or r.choice([1, 5, 9, 18, 19, 25, 38])
        v = D(r.randrange(10 ** n)) * UNIT * 10 ** r.choice([0, 0, 3, 9, 18])
        if abs(v) > MAX:
            v = v % MAX
        return v.quantize(UNIT) * r.choice([1, -1])

    def near(self, v):
        """The value itself or a little off it."""
        return v + self.rng.choice([0, 0, UNIT, -UNIT, D("1e-12"), -D("1e-12")])


def sign(v):
    return str((v > 0) - (v < 0))


def ratio3_line(num):
    """Three factors of a size that fits, every fourth next to a half."""
    r = num.rng
    a, b, c = num(), num(), num()
    while abs(a * b) > MAX:
        b = (b / 10 ** 9).quantize(UNIT)
    if abs(a * b * c) > MAX and r.random() < 0.9:
        c = (MAX / (a * b) * D(r.random())).quantize(UNIT)
    n, d = r.randrange(-10 ** 5, 10 ** 5), r.choice([1, 2, 3, 28800, 86400])
    if r.random() < 0.25:               # (whole + 1/2) units, more or less
        a, b = (2 * D(r.randrange(10 ** 6)) + 1) * UNIT, D(d) / 2
        c, n = num.near(D(r.choice([1, -1]))), r.choice([1, -1, 3])
    return (f"ratio3 {text(a)} {text(b)} {text(c)} {n} {d}",
            fit(a * b * c * n / d))


def dec_line(num):
    """One operation and what it must give."""
    r = num.rng
    a, b = num(), num()
    op = r.choice(["parse", "rounded", "add", "mul", "div", "ratio", "ratio3",
                   "ratio3", "fixed", "cmp2", "cmp2", "cmp3"])
    if op == "ratio3":
        return ratio3_line(num)
    if op == "parse":
        s = f"{a:e}" if r.random() < 0.5 else f"{a:f}"
        if r.random() < 0.2:
            s += "1" if "." in s and "e" not in s.lower() else ""
        v = D(s)
        exact = v == v.quantize(UNIT) and abs(v) <= MAX
        return f"parse {s}", text(v) if exact else "-"
    if op == "rounded":
        v = a + D(r.randrange(10 ** 9)) * UNIT / 10 ** 9
        return f"rounded {v:f}", fit(v)
    if op == "add":
        return f"add {text(a)} {text(b)}", fit(a + b)
    if op == "mul":
        return f"mul {text(a)} {text(b)}", fit(a * b)
    if op == "div":
        return (f"div {text(a)} {text(b)}",
                fit(a / b) if b and abs(a / b) < 10 ** 40 else "-")
    if op == "ratio":
        n, d = r.randrange(-10 ** 5, 10 ** 5), r.choice([1, 3, 28800, 86400])
        return f"ratio {text(a)} {text(b)} {n} {d}", fit(a * b * n / d)
    if op == "fixed":
        places = r.randrange(0, 19)
        a = a % 10 ** 15
        want = f"{a.quantize(D(1).scaleb(-places)):f}"
        return f"fixed {text(a)} {places}", (
            want[1:] if D(want) == 0 and want[0] == "-" else want)
    if op == "cmp2":
        c, d = num(), num()
        if r.random() < 0.5:		# around equality
            c, d = b, num.near(a) if abs(a) < MAX - 1 else a
        return (f"cmp2 {text(a)} {text(b)} {text(c)} {text(d)}",
                sign(a * b - c * d))
    c, d = num(), num()
    return (f"cmp3 {text(a)} {text(b)} {text(c)} {text(b)} {text(c)} {text(d)}",
            sign(a * b * c - b * c * d))


def carry_line(num):
    r = num.rng
    legs = pair(r)
    words = " ".join(leg.words() for leg in legs)
    if r.random() < 0.5:
        end = num.rng.choice(legs).next + r.choice([0, 1, -1, 3600000,
                                                    r.randrange(10 ** 9)])
        return f"expected {words} {end}", fit(received(legs, end))
    size = D(r.choice([DAY, DAY * 7, 10000, 12345])) / r.choice([1, 10])
    cost = num.near((some_need(r, legs) * size / DAY).quantize(UNIT))
    want = break_even(legs, cost * DAY / size)
    if want != "never" and int(want) > (NEVER - 10) * DAY * 1000:
        return carry_line(num)          # where "never" begins is not exact
    return f"even {words} {text(cost)} {text(size)}", want


def oracle(t, name="oracle", libraries=()):
    """Build tests/e2e/NAME.c against the program's own objects."""
    program = t.dir / name
    t.command("gcc", "-std=gnu17", "-O1", "-g",
              *(["-fsanitize=address,undefined"] if "san" in lib.BUILD.name
                else []),
              "-I", lib.ROOT / "include", "-I", lib.ROOT / "monitor",
              "-I", lib.ROOT / "clients",
              "-o", program, lib.ROOT / f"tests/e2e/{name}.c",
              lib.BUILD / "libcarrywatch.a", *libraries,
              seconds=120).expect(0)
    return program


def compare(t, lines):
    asked = "".join(a + "\n" for a, _ in lines)
    got = t.command(oracle(t), stdin=asked, seconds=120).expect(0).out
    got = got.split("\n")[:-1]
    assert len(got) == len(lines), (len(got), len(lines))
    wrong = [(a, w, g) for (a, w), g in zip(lines, got) if w != g]
    assert not wrong, f"seed {SEED}: {len(wrong)} differences: {wrong[:5]}"


def test_decimals_agree_with_python(t):
    num = Numbers(random.Random(SEED))
    compare(t, [dec_line(num) for _ in range(N // 2)])


def test_rules_agree_with_python_around_their_limits(t):
    """every rule and whole lines, a unit of 1e-18 beside each limit: as by hand"""
    lines = oracle_rules.lines(SEED + 1, N)
    compare(t, [pair for _, *pair in lines])
    said = collections.Counter((name, word) for name, _, word in lines)
    for name in oracle_rules.SCENES:
        for word in ("true", "false", "unknown"):
            assert said[name, word] > N // 1000, (name, word, said[name, word])


def test_schedules_agree_with_python_settlement_by_settlement(t):
    num = Numbers(random.Random(SEED + 2))
    lines = [carry_line(num) for _ in range(N // 5)]
    compare(t, lines)
    said = [w for a, w in lines if a.startswith("even")]
    for low, high in ((0, 1), (1, 2 * DAY), (2 * DAY, NEVER * DAY)):
        assert sum(w != "never" and low <= int(w) / 1000 < high
                   for w in said) > N // 200, (low, high)
    assert said.count("never") > N // 200


if __name__ == "__main__":
    print(f"# seed {SEED}, {N} evaluations")
    lib.main()
