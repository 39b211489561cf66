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

LONG_SANITIZED = True
N = int(os.environ.get("CW_ORACLE", "100000"))
SEED = int(os.environ.get("CW_SEED", "20261120"))
decimal.getcontext().prec = 200
decimal.getcontext().rounding = decimal.ROUND_HALF_EVEN
UNIT = D(1).scaleb(-18)
DAY = 86400
NEVER = 36500           # days; what lies beyond is never
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


# ---- money ----

def money(num):
    r = num.rng
    return {"size_usd": D(r.randrange(1, 10 ** 9)) / 100,
            "funding": num.rate() * 10 ** 4, "price_pnl": num.rate() * 10 ** 4,
            "costs_paid": abs(num.rate()) * 10 ** 3,
            "exit_cost": abs(num.rate()) * 10 ** 3}


def pnl_rule(name, side):
    """TRUE when pnl * side >= share * size; the funding is put around it."""
    def make(num):
        f, r = money(num), num.rng
        share = D(r.randrange(1, 10 ** 4)) / 10 ** 4
        net = r.random() < 0.5
        if not net and r.random() < 0.5:
            f["price_pnl"] = None
        price = f["price_pnl"] if net else 0
        costs = f["costs_paid"] + f["exit_cost"]
        f["funding"] = num.near((side * share * f["size_usd"] - price +
                                 costs).quantize(UNIT))
        pnl = price + f["funding"] - costs
        call = f"{name}({text(share)}" + ("" if net else ",pnl=carry") + ")"
        vital = [k for k in f if net or k != "price_pnl"]
        return call, f, side * pnl >= share * f["size_usd"], vital
    return make


def carry_below(num):
    apr = D(num.rng.randrange(-2 * 10 ** 6, 2 * 10 ** 6)) / 10 ** 6
    now = num.near((apr / 365).quantize(UNIT))
    return (f"carry_below({text(apr)})", {"divergence": now}, now * 365 < apr)


def fees_covered(num):
    f = money(num)
    costs = f["costs_paid"] + f["exit_cost"]
    f["funding"] = num.near(costs)
    return ("fees_covered", f, f["funding"] >= costs,
            ["funding", "costs_paid", "exit_cost"])


# ---- schedules ----

class Leg:
    """Pays at next, next + pays, ...; ms. Side +1 receives a positive rate."""

    def __init__(self, num, side):
        r = num.rng
        self.side, self.daily = side, num.rate() * r.choice([1, 3])
        self.pays = r.choice([3600, 7200, 14400, 28800, 28800, 3600, 86400])
        self.next = 1000 * r.choice([r.randrange(1, self.pays + 1),
                                     r.randrange(1, DAY + 1), 3600, 600])

    def cash(self):
        return self.side * self.daily * self.pays

    def times(self, end):
        return range(self.next, end + 1, self.pays * 1000)

    def words(self):
        return f"{self.next} {self.pays} {text(self.daily)}"

    def facts(self, prefix, name, next_name):
        return {f"{prefix}{name}_rate": self.daily,
                f"{prefix}{name}_{next_name}": D(self.next) / 1000,
                f"{prefix}{name}_pays_every": D(self.pays)}


def pair(num):
    return Leg(num, -1), Leg(num, 1)


def pair_facts(legs, prefix, next_name):
    return {**legs[0].facts(prefix, "long", next_name),
            **legs[1].facts(prefix, "short", next_name)}


def received(legs, end):
    """Rate times seconds, settlement by settlement."""
    return sum((leg.cash() for leg in legs for _ in leg.times(end)), D(0))


def sums(legs, end):
    """(time, what was received until then) of each settlement time."""
    total = D(0)
    for t in sorted({t for leg in legs for t in leg.times(end)}):
        total += sum(leg.cash() for leg in legs
                     if t >= leg.next and (t - leg.next) % (leg.pays * 1000) == 0)
        yield t, total


def break_even(legs, need):
    """Smallest t at which need is received: by the day, not by a walk."""
    if need <= 0:
        return "0"
    start = max(leg.next for leg in legs)
    for t, total in sums(legs, start):
        if total >= need:
            return str(t)
    a_day = legs[1].daily * DAY - legs[0].daily * DAY
    found = []
    for t, total in sums(legs, start + DAY * 1000):
        if t <= start:
            continue
        if total >= need:
            found.append(t)
        elif a_day > 0:
            days, rest = divmod(need - total, a_day)
            days += rest > 0
            found.append(t + int(days) * DAY * 1000)
    return str(min(found)) if found else "never"


def some_need(num, legs):
    """What some settlement brings exactly, or a little beside it."""
    end = num.rng.choice([DAY, 10 * DAY, 60 * DAY]) * 1000
    far = num.rng.choice([0, 0, 0, 0, 0, 0, 0, 10 ** 5])
    return received(legs, num.rng.randrange(end)) + far


def carry_line(num):
    legs, r = pair(num), num.rng
    words = " ".join(leg.words() for leg in legs)
    if r.random() < 0.5:
        end = num.rng.choice(legs).next + r.choice([0, 1, -1, 3600000,
                                                    r.randrange(10 ** 9)])
        return f"expected {words} {end}", fit(received(legs, end))
    size = D(r.choice([DAY, DAY * 7, 10000, 12345])) / r.choice([1, 10])
    cost = num.near((some_need(num, legs) * size / DAY).quantize(UNIT))
    want = break_even(legs, cost * DAY / size)
    if want != "never" and int(want) > (NEVER - 10) * DAY * 1000:
        return carry_line(num)          # where "never" begins is not exact
    return f"even {words} {text(cost)} {text(size)}", want


def better_by_schedule(num):
    r = num.rng
    held, other = pair(num), pair(num)
    hours = r.choice([1, 2, 8, 24, 30])
    gain = (received(other, hours * 3600000) -
            received(held, hours * 3600000)) / DAY
    cost = D(r.randrange(50)) / 10 ** 4
    least = max(D(0), num.near((gain - cost).quantize(UNIT)))
    new, now = (p[1].daily - p[0].daily for p in (other, held))
    facts = {"divergence": now, "alternatives": D(1),
             "alternative_cost": cost, "alternative_divergence": new,
             **pair_facts(held, "", "next_funding"),
             **pair_facts(other, "alternative_", "next")}
    return (f"better_opportunity({text(least)},horizon={hours}h,"
            "model=schedule)", facts, gain - cost > least, list(facts))


def break_even_beyond(num):
    r, legs, f = num.rng, pair(num), money(num)
    need = some_need(num, legs)
    f["exit_cost"] = num.near((need * f["size_usd"] / DAY).quantize(UNIT))
    exit_only = r.random() < 0.5
    if exit_only:
        f["funding"], f["costs_paid"] = None, None
        cost = f["exit_cost"]
    else:
        f["funding"] = num.near(f["costs_paid"])
        cost = f["exit_cost"] + f["costs_paid"] - f["funding"]
    reached = break_even(legs, cost * DAY / f["size_usd"])
    limit = r.randrange(20 * DAY) * 1000
    if reached != "never" and int(reached) < 300 * DAY * 1000:
        limit = max(0, int(reached) + r.choice([0, 0, -1, 1, 3600000]))
    want = cost > 0 and (reached == "never" or int(reached) > limit)
    vital = ["exit_cost"] if exit_only else ["exit_cost", "funding",
                                              "costs_paid"]
    f.pop("price_pnl")
    f.update(pair_facts(legs, "", "next_funding"))
    if cost > 0:
        vital += ["size_usd", *pair_facts(legs, "", "next_funding")]
    return (f"break_even_beyond({limit}ms" + (",exit)" if exit_only else ")"),
            f, want, vital)


# ---- what is held ----

def some_price(num):
    return D(num.rng.randrange(1, 10 ** num.rng.choice([3, 9, 18]))) / \
        10 ** num.rng.choice([2, 6, 9, 18])


def beside(num, v):
    """The value at 18 places, a place more or less: never below one."""
    return max(UNIT, num.near(v.quantize(UNIT)))


def held_line(num):
    """Verdicts over quotients that no number of places holds."""
    r = num.rng
    limit = D(r.randrange(1, 901)) / 1000
    quantity, mark = [some_price(num)], [some_price(num)]
    quantity.append(beside(num, quantity[0] * (1 - limit)))
    mark.append(beside(num, mark[0] * (2 - limit) / (2 + limit)))
    liquid = [beside(num, mark[0] * (1 - limit)),
              beside(num, mark[1] * (1 + limit))]
    if r.random() < 0.3:
        liquid = [beside(num, mark[0] / 10 ** 6),
                  beside(num, mark[1] * 1000)]
    if r.random() < 0.5:
        quantity.reverse()
    if r.random() < 0.2:
        liquid[r.randrange(2)] = None
    name = r.choice(["leg_drift", "basis_wide", "liquidation_near"])
    if name == "leg_drift":
        want = abs(quantity[0] - quantity[1]) > limit * max(quantity)
    elif name == "basis_wide":
        want = abs(mark[0] - mark[1]) * 2 > limit * sum(mark)
    else:
        out = [None if not at else sign * (mark[s] - at) < limit * mark[s]
               for s, (sign, at) in enumerate(zip((1, -1), liquid))]
        want = True if True in out else None if None in out else False
    words = [("?" if v is None else text(v)) for s in (0, 1)
             for v in (quantity[s], mark[s], liquid[s])]
    return f"held {name}({text(limit)}) {' '.join(words)}", verdict(want)


RULES = [flip, erosion, better, age, imbalance, window, carry_below,
         fees_covered, pnl_rule("take_profit", 1), pnl_rule("stop_loss", -1),
         better_by_schedule, break_even_beyond]


def rule_line(num):
    call, facts, want, *vital = num.rng.choice(RULES)(num)
    if num.rng.random() < 0.03:
        name = num.rng.choice(sorted(facts))
        if name in (vital[0] if vital else ["divergence"]) or len(facts) == 1:
            facts[name], want = None, None
    words = [f"{k}={'?' if v is None else text(v)}" for k, v in facts.items()]
    return f"rule {call} {' '.join(words)}", verdict(want)


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
    num = Numbers(random.Random(SEED + 1))
    lines = [rule_line(num) for _ in range(N // 2)]
    compare(t, lines)
    said = [w for _, w in lines]
    for word in ("true", "false", "unknown"):
        assert said.count(word) > N // 100, (word, said.count(word))


def test_what_is_held_agrees_with_python(t):
    num = Numbers(random.Random(SEED + 4))
    lines = [held_line(num) for _ in range(N // 5)]
    compare(t, lines)
    said = [w for _, w in lines]
    for word in ("true", "false", "unknown"):
        assert said.count(word) > N // 500, (word, said.count(word))


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
