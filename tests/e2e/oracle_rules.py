# SPDX-License-Identifier: MIT
"""
Scenes for the oracle. A scene is a call, facts, and a judge: what the rule
must answer by its definition, in exact decimals, True, False or None. One of
the facts is then moved around the limit, one unit of 1e-18 at a time, and the
facts are taken away in turn. A judge that would have to round fails.
"""
import decimal
import random
from decimal import Decimal as D

UNIT = D(1).scaleb(-18)
MAX = D(f"{2 ** 127 - 1}e-18")
DAY = 86400
PENCIL = decimal.Context(prec=200, rounding=decimal.ROUND_FLOOR)


def exact():
    """From here on nothing is rounded unseen."""
    decimal.getcontext().prec = 200
    decimal.getcontext().traps[decimal.Inexact] = True


def places(v, n=18):
    return v.quantize(D(1).scaleb(-n), context=PENCIL)


def quotient(a, b):
    """At 18 places, down: a place to look around at."""
    return places(PENCIL.divide(a, b))


def text(v):
    s = f"{v:f}"
    if "." in s:
        s = s.rstrip("0").rstrip(".")
    return "0" if s in ("-0", "") else s


def rate(r):
    """A rate, mostly of ten decimals as the service stores them."""
    return D(r.randrange(-5 * 10 ** 7, 5 * 10 ** 7)).scaleb(-10)


def share(r, low, high):
    """In units of 1e-6."""
    return D(r.randrange(low, high)).scaleb(-6)


# ---- three-valued logic ----

def either(a, b):
    return True if a or b else None if a is None or b is None else False


def both(a, b):
    return False if a is False or b is False else \
        None if a is None or b is None else True


def negated(a):
    return None if a is None else not a


def if_known(f, names, judge):
    """judge() with every fact of names known, else None."""
    for name in names:
        if f[name] is None:
            return None
    return judge()


# ---- rates and ages ----

DIV, ENTRY = "divergence", "entry_divergence"
AGES = "long_quote_age", "short_quote_age"


def flip(r):
    margin = rate(r)
    return (f"flip({text(margin)})", {DIV: None}, DIV, 3 * margin,
            lambda f: if_known(f, [DIV], lambda: f[DIV] < 3 * margin))


def carry_below(r):
    apr = share(r, -2 * 10 ** 6, 2 * 10 ** 6)
    return (f"carry_below({text(apr)})", {DIV: None}, DIV, quotient(apr, D(365)),
            lambda f: if_known(f, [DIV], lambda: f[DIV] * 365 < apr))


def erosion(r):
    keep, entry = share(r, 0, 10 ** 6 + 1), rate(r)
    if r.random() < 0.8:
        entry = abs(entry)
    return (f"erosion({text(keep)})", {DIV: None, ENTRY: entry}, DIV,
            keep * entry,
            lambda f: if_known(f, [ENTRY, DIV], lambda: f[DIV] < keep * f[ENTRY]
                               if f[ENTRY] > 0 else None))


def at_least(name):
    def make(r):
        limit = D(r.randrange(1, 10 ** 9)) / 1000
        return (f"{name}({int(limit * 1000)}ms)", {"age": None}, "age", limit,
                lambda f: if_known(f, ["age"], lambda: f["age"] >= limit))
    return make


def stale_data(r):
    limit = D(r.randrange(10 ** 6)) / 1000

    def old(f, name):
        return None if f[name] is None else f[name] > limit
    facts = {a: D(r.randrange(2 * 10 ** 6)) / 1000 for a in AGES}
    return (f"stale_data({int(limit * 1000)}ms)", facts, r.choice(AGES), limit,
            lambda f: either(old(f, AGES[0]), old(f, AGES[1])))


def funding_window(r):
    before, when = D(r.randrange(1, 10 ** 7)) / 1000, r.choice(["any", "paying"])
    names = "long_next_funding", "short_next_funding"

    def soon(f, name):
        return None if f[name] is None else 0 < f[name] < before

    def judge(f):
        near = either(soon(f, names[0]), soon(f, names[1]))
        if when == "any":
            return near
        c = f["window_carry"]
        return both(near, None if c is None else c < 0)
    facts = {n: D(r.randrange(1, 2 * 10 ** 7)) / 1000 for n in names}
    facts["window_carry"] = -abs(rate(r)) if r.random() < 0.7 else rate(r)
    pivot, at = r.choice([(names[0], before), (names[1], before),
                          (names[0], D(0)), (names[1], D(0)),
                          ("window_carry", D(0))])
    return (f"funding_window({int(before * 1000)}ms,{when})", facts, pivot, at,
            judge)


def oi_imbalance(r):
    low, high = share(r, 1, 10 ** 6), share(r, 10 ** 6, 6 * 10 ** 6)
    entry = r.random() < 0.5
    l, s, e = "long_open_interest", "short_open_interest", "entry_oi_ratio"
    facts = {l: None, s: D(r.randrange(1, 10 ** 9)),
             e: share(r, 1, 5 * 10 ** 6) if r.random() < 0.9 else D(0)}
    if not entry and r.random() < 0.3:
        facts[e] = None
    base = facts[e] if entry else D(1)
    at = r.choice([high, low]) * facts[s] * base
    if r.random() < 0.1:
        at = D(0)

    def judge(f):
        needed = [l, s] + [e] * entry
        if any(f[n] is None or f[n] <= 0 for n in needed):
            return None
        b = f[s] * (f[e] if entry else 1)
        return f[l] > high * b or f[l] < low * b
    return (f"oi_imbalance({text(high)},{text(low)}"
            + (",entry)" if entry else ")"), facts, l, at, judge)


# ---- money ----

CARRY = ["funding", "costs_paid", "exit_cost"]


def money(r):
    return {"size_usd": D(r.randrange(1, 10 ** 9)) / 100,
            "funding": None, "price_pnl": rate(r) * 10 ** 4,
            "costs_paid": abs(rate(r)) * 10 ** 3,
            "exit_cost": abs(rate(r)) * 10 ** 3}


def pnl_rule(name, side):
    """TRUE when pnl * side >= part * size; the funding is put around it."""
    def make(r):
        facts, net, part = money(r), r.random() < 0.5, share(r, 100, 10 ** 6)
        if not net and r.random() < 0.5:
            facts["price_pnl"] = None
        needed = CARRY + ["size_usd"] + ["price_pnl"] * net

        def rest(f):
            return (f["price_pnl"] if net else 0) - f["costs_paid"] - \
                f["exit_cost"]
        return (f"{name}({text(part)}" + (")" if net else ",pnl=carry)"),
                facts, "funding", side * part * facts["size_usd"] - rest(facts),
                lambda f: if_known(f, needed, lambda: side * (
                    f["funding"] + rest(f)) >= part * f["size_usd"]))
    return make


def fees_covered(r):
    facts = money(r)
    return ("fees_covered", facts, "funding",
            facts["costs_paid"] + facts["exit_cost"],
            lambda f: if_known(f, CARRY, lambda: f["funding"] >=
                               f["costs_paid"] + f["exit_cost"]))


# ---- schedules ----

class Leg:
    """Pays at next, next + pays, ...; ms. Side +1 receives a positive rate."""

    def __init__(self, r, side):
        self.side, self.daily = side, rate(r) * r.choice([1, 3])
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


def pair(r):
    return Leg(r, -1), Leg(r, 1)


def pair_facts(legs, prefix, next_name):
    return {**legs[0].facts(prefix, "long", next_name),
            **legs[1].facts(prefix, "short", next_name)}


def received(legs, end):
    """Rate times seconds: a settlement's cash times how many there are."""
    return sum((leg.cash() * len(leg.times(end)) for leg in legs), D(0))


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


def some_need(r, legs):
    """What some settlement brings exactly, or far more."""
    end = r.choice([DAY, 10 * DAY, 60 * DAY]) * 1000
    far = r.choice([0, 0, 0, 0, 0, 0, 0, 10 ** 5])
    return received(legs, r.randrange(end)) + far


ALTERNATIVES = ["alternatives", "alternative_cost", "alternative_divergence"]


def better_facts(r):
    return {DIV: rate(r) * 3, "alternatives": D(r.choice([0, 1, 1, 1, 1, 7])),
            "alternative_cost": share(r, 0, 5000),
            "alternative_divergence": None}


def better(f, judge):
    """What both models have in common, in the order of the definition."""
    if f[DIV] is None or f["alternatives"] is None:
        return None
    if f["alternatives"] == 0:
        return False
    return if_known(f, ALTERNATIVES, judge)


def better_linear(r):
    facts, least = better_facts(r), share(r, 0, 10000)
    seconds = r.choice([3600, 8 * 3600, DAY, 2 * DAY, r.randrange(1, 10 ** 6)])
    at = facts[DIV] + quotient((least + facts["alternative_cost"]) * DAY,
                               D(seconds))
    return (f"better_opportunity({text(least)},horizon={seconds}s)", facts,
            "alternative_divergence", at,
            lambda f: better(f, lambda: (f["alternative_divergence"] - f[DIV]) *
                             seconds > (f["alternative_cost"] + least) * DAY))


def better_by_schedule(r):
    facts, least = better_facts(r), share(r, 0, 5000)
    held, other, hours = pair(r), pair(r), r.choice([1, 2, 8, 24, 30, 100])
    new = other[1].daily - other[0].daily
    facts.update({"alternative_divergence": new,
                  DIV: held[1].daily - held[0].daily,
                  **pair_facts(held, "", "next_funding"),
                  **pair_facts(other, "alternative_", "next")})
    gain = received(other, hours * 3600000) - received(held, hours * 3600000)
    legs = [n for n in facts if n.endswith(("rate", "next", "funding", "every"))]
    return (f"better_opportunity({text(least)},horizon={hours}h,"
            "model=schedule)", facts, "alternative_cost",
            quotient(gain, D(DAY)) - least,
            lambda f: better(f, lambda: if_known(f, legs, lambda: gain > (
                f["alternative_cost"] + least) * DAY)))


def break_even_beyond(r):
    legs, facts = pair(r), money(r)
    leave = r.random() < 0.5
    facts["funding"] = abs(rate(r)) * 10 ** 3
    size, need = facts["size_usd"], some_need(r, legs)
    at = quotient(need * size, D(DAY))
    if not leave:
        at += facts["funding"] - facts["costs_paid"]
    limit = r.randrange(20 * DAY) * 1000
    reached = break_even(legs, need)
    if reached != "never" and int(reached) < 300 * DAY * 1000:
        limit = max(0, int(reached) + r.choice([0, 0, -1, 1, 3600000]))
    facts.update(pair_facts(legs, "", "next_funding"))
    schedule = [n for n in facts if n.endswith(("rate", "funding", "every"))
                and n != "funding"] + ["size_usd"]

    def judge(f):
        if f["exit_cost"] is None or not leave and None in (
                f["funding"], f["costs_paid"]):
            return None
        cost = f["exit_cost"]
        if not leave:
            cost += f["costs_paid"] - f["funding"]
        if cost <= 0:
            return False

        def later():
            day = PENCIL.divide(cost * DAY, size)
            if places(day, 100) != day:     # the least that is surely enough
                day = places(day, 100) + D(1).scaleb(-100)
            t = break_even(legs, day)
            return t == "never" or int(t) > limit
        return if_known(f, schedule, later)
    return (f"break_even_beyond({limit}ms" + (",exit)" if leave else ")"),
            facts, "exit_cost", at, judge)


# ---- what is held ----

def some_price(r):
    return D(r.randrange(1, 10 ** r.choice([3, 9, 18]))).scaleb(
        -r.choice([2, 6, 9, 18]))


def above_zero(v):
    return v is not None and v > 0


def held_facts(r):
    """Numbers of both legs, the marks and quantities not far apart."""
    out = {}
    for side, other in (("long", "short"), ("short", "long")):
        q, m = some_price(r), some_price(r)
        if f"{other} q" in out:
            q = max(UNIT, places(out[f"{other} q"] * share(r, 1, 2 * 10 ** 6)))
            m = max(UNIT, places(out[f"{other} m"] * share(r, 10 ** 5, 10 ** 6)))
        out.update({f"{side} q": q, f"{side} m": m,
                    f"{side} l": max(UNIT, places(m * share(r, 1, 10 ** 7)))})
    return out


def apart(name, letter, doubled):
    """|a - b| * doubled > limit * (the larger, or both together)."""
    def make(r):
        facts, limit = held_facts(r), share(r, 100, 900001)
        a, b = r.sample([f"long {letter}", f"short {letter}"], 2)
        at = facts[b] * (1 - limit) if doubled == 1 else \
            quotient(facts[b] * (2 - limit), 2 + limit)

        def judge(f):
            if not above_zero(f[a]) or not above_zero(f[b]):
                return None
            whole = max(f[a], f[b]) if doubled == 1 else f[a] + f[b]
            return abs(f[a] - f[b]) * doubled > limit * whole
        return f"{name}({text(limit)})", facts, a, at, judge
    return make


def liquidation_near(r):
    facts, limit = held_facts(r), share(r, 1000, 900001)
    side, sign = r.choice([("long", -1), ("short", 1)])
    if r.random() < 0.6:                # the other leg is far away
        far = "short" if side == "long" else "long"
        facts[f"{far} l"] = max(UNIT, places(
            facts[f"{far} m"] * D(1000 if far == "short" else "0.001")))

    def near(f, leg, toward):
        mark, at = f[f"{leg} m"], f[f"{leg} l"]
        if not above_zero(mark) or not above_zero(at):
            return None
        return toward * (at - mark) < limit * mark
    return (f"liquidation_near({text(limit)})", facts, f"{side} l",
            facts[f"{side} m"] * (1 + sign * limit),
            lambda f: either(near(f, "long", -1), near(f, "short", 1)))


def compared(name, fact, above):
    """The same rules over the fact itself."""
    def make(r):
        limit = share(r, 1000, 900001)
        facts = {n: D(5) for n in fact}
        return (f"{name}({text(limit)})", facts, r.choice(fact), limit,
                lambda f: if_known(f, fact, lambda: f[fact[0]] > limit) if above
                else either(*(None if f[n] is None else f[n] < limit
                              for n in fact)))
    return make


def leg_missing(r):
    names = ["long_leg_missing", "short_leg_missing"]
    facts = {n: r.choice([D(0), D(0), D(1), None]) for n in names}
    return ("leg_missing", facts, r.choice(names), D(0),
            lambda f: either(*(None if f[n] is None else f[n] > 0
                               for n in names)))


# ---- whole lines ----

LEAVES = [flip, erosion, carry_below, at_least("age"), at_least("min_hold"),
          stale_data]


def tree(r, depth, facts):
    """(text, judge, binds how tightly) of some expression."""
    if depth == 0 or r.random() < 0.2:
        call, own, pivot, at, judge = r.choice(LEAVES)(r)
        for name, v in own.items():
            facts.setdefault(name, v)
        if facts[pivot] is None:
            facts[pivot] = places(at)
        return call, judge, 3
    if r.random() < 0.25:
        inner, judge, tight = tree(r, depth - 1, facts)
        return ("not " + (inner if tight > 1 else f"({inner})"),
                lambda f: negated(judge(f)), 2)
    word, join, binds = r.choice([("and", both, 1), ("or", either, 0)])
    (a, left, x), (b, right, y) = (tree(r, depth - 1, facts) for _ in "ab")
    a, b = (s if t >= binds and r.random() < 0.7 else f"({s})"
            for s, t in ((a, x), (b, y)))
    return f"{a} {word} {b}", lambda f: join(left(f), right(f)), binds


def expression(r):
    facts = {}
    call, judge, _ = tree(r, r.choice([1, 2, 2, 3]), facts)
    pivot = r.choice(list(facts))
    at = D(0) if facts[pivot] is None else facts[pivot]
    return call.replace(" ", "~"), facts, pivot, at, judge


# ---- all of them ----

SCENES = {
    "flip": flip, "carry_below": carry_below, "erosion": erosion,
    "age": at_least("age"), "min_hold": at_least("min_hold"),
    "stale_data": stale_data, "funding_window": funding_window,
    "oi_imbalance": oi_imbalance, "fees_covered": fees_covered,
    "take_profit": pnl_rule("take_profit", 1),
    "stop_loss": pnl_rule("stop_loss", -1),
    "better_opportunity": better_linear,
    "better_opportunity schedule": better_by_schedule,
    "break_even_beyond": break_even_beyond, "leg_missing": leg_missing,
    "leg_drift": compared("leg_drift", ["leg_drift"], True),
    "basis_wide": compared("basis_wide", ["basis"], True),
    "liquidation_near": compared("liquidation_near", [
        "long_to_liquidation", "short_to_liquidation"], False),
    "leg_drift held": apart("leg_drift", "q", 1),
    "basis_wide held": apart("basis_wide", "m", 2),
    "liquidation_near held": liquidation_near,
    "expression": expression,
}
VERDICT = {True: "true", False: "false", None: "unknown"}


def line_of(name, call, facts):
    if name.endswith(" held"):
        return f"held {call} " + " ".join(
            "?" if v is None else str(v) for v in facts.values())
    return f"rule {call} " + " ".join(
        f"{k}=?" if v is None else f"{k}={v}" for k, v in facts.items())


def scene_lines(name, r):
    """(line, verdict) around the limit, somewhere else, and of the unknown."""
    call, facts, pivot, at, judge = SCENES[name](r)
    at = places(at)
    values = [at - UNIT, at, at + UNIT]
    if not name.endswith("held"):
        values.append(r.choice([at + rate(r), at - rate(r), MAX, -MAX, D(0)])
                      if name in ("flip", "erosion", "age", "stale_data")
                      else at + rate(r))
    if name.endswith("held") and at <= UNIT:
        values = [UNIT, 2 * UNIT, 3 * UNIT]
    for v in values:
        facts[pivot] = v
        yield line_of(name, call, facts), VERDICT[judge(facts)]
    taken = r.choice(list(facts))
    facts[pivot] = at if not name.endswith("held") else max(at, UNIT)
    facts[taken] = None
    yield line_of(name, call, facts), VERDICT[judge(facts)]


def lines(seed, n):
    """n evaluations, all rules in turn; [(name, line, verdict)]."""
    r, out = random.Random(seed), []
    while len(out) < n:
        for name in SCENES:
            out += [(name, *pair) for pair in scene_lines(name, r)]
    return out[:n]
