#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Decimals and rules against Python's decimal: random values, values one unit of
the last place around each limit, and the ends of the range. 0 differences.
"""
import decimal
import os
import random
from decimal import Decimal as D

import lib

N = int(os.environ.get("CW_ORACLE", "100000"))
SEED = int(os.environ.get("CW_SEED", "20261120"))
decimal.getcontext().prec = 200
decimal.getcontext().rounding = decimal.ROUND_HALF_EVEN
UNIT = D(1).scaleb(-18)
MAX = D(2 ** 127 - 1) * UNIT


def fit(v):
    """v rounded once to 18 places, as text; "-" when out of range."""
    v = v.quantize(UNIT)
    return text(v) if abs(v) <= MAX else "-"


def text(v):
    s = f"{v:f}"
    if "." in s:
        s = s.rstrip("0").rstrip(".")
    return "0" if s in ("-0", "") else s


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

    def rate(self):
        """A rate, mostly of ten decimals as the service stores them."""
        r = self.rng
        return D(r.randrange(-5 * 10 ** 7, 5 * 10 ** 7)) / 10 ** 10

    def near(self, v):
        """The value itself or a little off it."""
        return v + self.rng.choice([0, 0, UNIT, -UNIT, D("1e-12"), -D("1e-12")])


def sign(v):
    return str((v > 0) - (v < 0))


def dec_line(num):
    """One operation and what it must give."""
    r = num.rng
    a, b = num(), num()
    op = r.choice(["parse", "rounded", "add", "mul", "div", "ratio", "fixed",
                   "cmp2", "cmp2", "cmp3"])
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


def verdict(v):
    return {True: "true", False: "false", None: "unknown"}[v]


def flip(num):
    margin = num.rate()
    now = num.near(margin * 3)
    return f"flip({text(margin)})", {"divergence": now}, now < margin * 3


def erosion(num):
    keep = D(num.rng.randrange(1001)) / 1000
    entry = num.rate() * 3
    now = num.near((keep * entry).quantize(UNIT))
    return (f"erosion({text(keep)})",
            {"divergence": now, "entry_divergence": entry},
            now < keep * entry if entry > 0 else None)


def better(num):
    r = num.rng
    least, hours = D(r.randrange(100)) / 10 ** 4, r.choice([1, 8, 24, 48, 100])
    cost, now = D(r.randrange(50)) / 10 ** 4, num.rate() * 3
    new = num.near((now + (least + cost) * 24 / hours).quantize(UNIT))
    return (f"better_opportunity({text(least)},horizon={hours}h)",
            {"divergence": now, "alternatives": D(1), "alternative_cost": cost,
             "alternative_divergence": new},
            (new - now) * hours > (cost + least) * 24)


def age(num):
    limit = num.rng.randrange(1, 10 ** 6)
    now = num.near(D(limit))
    return f"age({limit}s)", {"age": now}, now >= limit


def imbalance(num):
    r = num.rng
    high, low = D(r.randrange(10, 60)) / 10, D(r.randrange(1, 99)) / 100
    short, entry = D(r.randrange(1, 10 ** 9)), D(r.randrange(1, 500)) / 100
    long = num.near((short * entry * r.choice([high, low])).quantize(UNIT))
    return (f"oi_imbalance({text(high)},{text(low)},entry)",
            {"long_open_interest": long, "short_open_interest": short,
             "entry_oi_ratio": entry},
            None if long <= 0 else
            long > high * short * entry or long < low * short * entry)


def window(num):
    before = num.rng.randrange(1, 10 ** 4)
    a, b = num.near(D(before)), D(num.rng.randrange(1, 10 ** 5))
    carry = num.near(D(0))
    return (f"funding_window({before}s)",
            {"long_next_funding": a, "short_next_funding": b,
             "window_carry": carry},
            (0 < a < before or 0 < b < before) and carry < 0)


RULES = [flip, erosion, better, age, imbalance, window]


def rule_line(num):
    call, facts, want = num.rng.choice(RULES)(num)
    if num.rng.random() < 0.03:
        name = num.rng.choice(sorted(facts))
        if name == "divergence" or len(facts) == 1:
            facts[name], want = None, None
    words = [f"{k}={'?' if v is None else text(v)}" for k, v in facts.items()]
    return f"rule {call} {' '.join(words)}", verdict(want)


def oracle(t, name="oracle"):
    program = t.dir / name
    t.command("gcc", "-std=gnu17", "-O1", "-g",
              *(["-fsanitize=address,undefined"] if "san" in lib.BUILD.name
                else []),
              "-I", lib.ROOT / "include", "-I", lib.ROOT / "monitor",
              "-o", program, lib.ROOT / f"tests/e2e/{name}.c",
              lib.BUILD / "libcarrywatch.a", seconds=120).expect(0)
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
    num = Numbers(random.Random(SEED + 1))
    lines = [rule_line(num) for _ in range(N // 2)]
    compare(t, lines)
    said = [w for _, w in lines]
    for word in ("true", "false", "unknown"):
        assert said.count(word) > N // 100, (word, said.count(word))


if __name__ == "__main__":
    print(f"# seed {SEED}, {N} evaluations")
    lib.main()
