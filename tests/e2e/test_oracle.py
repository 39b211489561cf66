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
import re
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


# ---- texts that may be numbers ----

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE]([+-]?[0-9]+))?")
PIECES = ["0", "00", "1", "5", "9", "25", "49", "50", "999999999", ".", "..",
          "-", "--", "+", "e", "E", "e-", "e+", "e5", "e-18", "e18", "e-19",
          "e99999999999999999999", "e-99999999999999999999", "%", "bps", "b",
          "0.5", "0.000000000000000001", "0.0000000000000000005", "nan",
          "inf", "Infinity", "_", ",", "'", "x", "0x1f", "\u0665", "\uff11",
          "\u2212", "\t", "170141183460469231731.687303715884105727",
          "170141183460469231731", "687303715884105727", "884105728", "L"]


def maybe_number(r):
    """A number whose text was cut, spliced or typed badly."""
    s = "".join(r.choice(PIECES) for _ in range(r.randrange(1, 5)))
    if r.random() < 0.5:
        s = str(D(r.randrange(10 ** r.choice([1, 3, 18, 19, 21, 39]))).scaleb(
            -r.randrange(0, 24))) + s * (r.random() < 0.5)
    for _ in range(r.choice([0, 0, 0, 1, 2])):
        i = r.randrange(len(s) + 1)
        s = s[:i] + r.choice(["", "0", ".", "e", "-", "7"]) + s[i + 1:]
    return s.strip() or "-"


def value_of(s):
    """None: no number. Else a Decimal near enough to be judged exactly."""
    m = NUMBER.fullmatch(s)
    if not m:
        return None
    if m[4] and abs(int(m[4])) > 10 ** 6:       # beyond all, or next to zero
        far = D("1e60") if int(m[4]) > 0 else D("1e-60")
        return D(s[:m.start(3)]) and far.copy_sign(D(s[:m.start(3)]))
    return D(s)


def exactly(v):
    if v is None or v == 0:
        return "0" if v == 0 else "-"
    if abs(v.adjusted()) > 60:
        return "-"
    fits = v == v.quantize(UNIT) and abs(v) <= MAX
    return text(v.quantize(UNIT)) if fits else "-"


def maybe_line(r):
    s = maybe_number(r)
    op = r.choice(["parse", "rounded", "share"])
    if op == "share":
        s += r.choice(["", "%", "%", "bps", "bps"])
        cut, places = ((1, 2) if len(s) > 1 and s[-1] == "%" else
                       (3, 4) if len(s) > 3 and s[-3:] == "bps" else (0, 0))
        v = value_of(s[:len(s) - cut])
        return f"share {s}", exactly(v if v is None else v.scaleb(-places))
    v = value_of(s)
    if op == "parse" or not v or v.adjusted() > 60:
        return f"{op} {s}", exactly(v)
    return f"{op} {s}", fit(v if v.adjusted() > -60 else D(0))


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
                else ["--coverage"] if "cover" in lib.BUILD.name else []),
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


def test_any_text_is_a_number_for_both_or_for_none(t):
    r = random.Random(SEED + 5)
    lines = [maybe_line(r) for _ in range(N // 4)]
    compare(t, lines)
    taken = sum(w != "-" for _, w in lines)
    assert N // 40 < taken < N // 5, taken


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
