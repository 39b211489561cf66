#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
What a Python program would do instead: json.loads of the same answers, the
same rules in decimal.Decimal over the same facts, and poll after poll the
facts from the quotes too. Works on what bench left in DIR and prints the same
kind of lines; the last ones say how many decisions were compared and how many
differ.

usage: tools/bench/reference.py DIR
"""
import decimal
import json
import pathlib
import sqlite3
import sys
import time
from decimal import Decimal

decimal.getcontext().prec = 80      # products of 18 places stay exact
RUNS = 15
DAY = Decimal(86400)


# ---- the rules; None is UNKNOWN ----

def flip(f):
    now = f["divergence"]
    return None if now is None else now < 0


def flip_below(margin_8h):
    margin = 3 * Decimal(margin_8h)		# a day

    def rule(f):
        now = f["divergence"]
        return None if now is None else now < margin
    return rule


def erosion(keep):
    keep = Decimal(keep)

    def rule(f):
        now, entry = f["divergence"], f["entry_divergence"]
        if entry is None or entry <= 0 or now is None:
            return None
        return now < keep * entry
    return rule


def better(improvement):
    improvement = Decimal(improvement)

    def rule(f):
        now, count = f["divergence"], f["alternatives"]
        if now is None or count is None:
            return None
        if count == 0:
            return False
        new, cost = f["alternative_divergence"], f["alternative_cost"]
        if new is None or cost is None:
            return None
        return (new - now) * DAY > (cost + improvement) * DAY
    return rule


def age(hours):
    limit = Decimal(hours * 3600)
    return lambda f: None if f["age"] is None else f["age"] >= limit


def imbalance(f):
    high, low = Decimal(3), Decimal("0.33")
    l, s, base = (f["long_open_interest"], f["short_open_interest"],
                  f["entry_oi_ratio"])
    if None in (l, s, base) or min(l, s, base) <= 0:
        return None
    return l > high * s * base or l < low * s * base


def stale(f):
    ages = f["long_quote_age"], f["short_quote_age"]
    if any(a is not None and a > 180 for a in ages):
        return True
    return None if None in ages else False


# The lines of `both` in given.c, in their order.
CLOSE = [("FLIPPED_A", flip), ("SEVERE_A", erosion("0.2")),
         ("EROSION_A", erosion("0.7")), ("BETTER_A", better("0.0005")),
         ("TIME_A", age(48)), ("FLIPPED_C", flip),
         ("SEVERE_C", erosion("0.2")), ("EROSION_C", erosion("0.5")),
         ("BETTER_C", better("0.002")), ("TIME_C", age(168))]
ALERT = [("OI_A", imbalance), ("STALE_A", stale), ("OI_C", imbalance),
         ("STALE_C", stale)]


def decide(f):
    """Action, label and one verdict per line, at a position's first poll."""
    close = [rule(f) for _, rule in CLOSE]
    alert = [rule(f) for _, rule in ALERT]
    fresh = f["long_rate"] is not None and f["short_rate"] is not None
    verdicts = "".join("U" if v is None else "FT"[v] for v in close + alert)
    for (label, _), verdict in zip(CLOSE, close):
        if verdict:
            return (("close", label) if fresh else
                    ("alert", "WAITING_FOR_DATA")) + (verdicts,)
    for (label, _), verdict in zip(ALERT, alert):
        if verdict:
            return "alert", label, verdicts
    return "hold", "", verdicts


# ---- facts and decisions from quotes, poll after poll ----

SECOND = Decimal(1000)


def held_true(rule, hours):
    """`rule for N hours`: TRUE all that time, at three polls at least."""
    span = hours * 3600000

    def line(f, memory):
        verdict = rule(f)
        if verdict is None:
            return None
        if not verdict:
            memory.clear()
            return False
        if memory and f["at"] - memory["last"] > 600000:
            memory.clear()
        memory.setdefault("since", f["at"])
        memory["last"] = f["at"]
        memory["seen"] = memory.get("seen", 0) + f["new"]
        return memory["seen"] >= 3 and f["at"] - memory["since"] >= span
    return line


def at_once(rule):
    return lambda f, memory: rule(f)


def lines(table):
    return [(label, at_once(rule)) for label, rule in table]


# The shipped profiles of these names, and `both` of given.c.
PROFILES = {
    "steady": (
        [("SEVERE_FLIP", held_true(flip_below("-0.0005"), 4)),
         ("DIVERGENCE_FLIPPED", held_true(flip, 24))],
        lines([("FLIPPED", flip), ("OI_IMBALANCE", imbalance),
               ("STALE", stale)])),
    "conservative": (
        lines([("DIVERGENCE_FLIPPED", flip), ("SEVERE_EROSION", erosion("0.2")),
               ("PROFIT_EROSION", erosion("0.5")),
               ("BETTER_OPPORTUNITY", better("0.002")),
               ("WEEKLY_REBALANCE", age(168))]),
        lines([("OI_IMBALANCE", imbalance), ("STALE", stale)])),
    "aggressive": (
        lines([("DIVERGENCE_FLIPPED", flip), ("SEVERE_EROSION", erosion("0.2")),
               ("PROFIT_EROSION", erosion("0.7")),
               ("BETTER_OPPORTUNITY", better("0.0005")),
               ("TIME_LIMIT", age(48))]),
        lines([("OI_IMBALANCE", imbalance), ("STALE", stale)])),
    "both": (lines(CLOSE), lines(ALERT)),
}


def value(text):
    return None if text == "?" else Decimal(text)


def read_polls(path):
    """[(time, {symbol: {venue: (time, rate per 8 h, open interest)}})]"""
    polls = {}
    for line in path.read_text().splitlines():
        at, symbol, venue, seen, rate, oi = line.split("\t")
        polls.setdefault(int(at), {}).setdefault(symbol, {})[venue] = (
            int(seen), Decimal(rate), value(oi))
    return list(polls.items())


class Pair:
    """A position with what is remembered of it."""

    def __init__(self, line):
        (self.symbol, self.long, self.short, opened, cost, entry,
         ratio) = line.split("\t")
        self.opened, self.cost = int(opened), Decimal(cost)
        self.entry, self.ratio = value(entry), value(ratio)
        self.streaks, self.unknown, self.counted = {}, {}, None

    def facts(self, at, quotes):
        l, s = quotes[self.long], quotes[self.short]
        moved = l[0], s[0]
        new = self.counted is None or all(
            a > b for a, b in zip(moved, self.counted))
        if new:
            self.counted = moved
        best = best_other(quotes, self.long, self.short)
        return {
            "at": at, "new": new,
            "long_rate": 3 * l[1], "short_rate": 3 * s[1],
            "divergence": 3 * s[1] - 3 * l[1],
            "entry_divergence": self.entry, "entry_oi_ratio": self.ratio,
            "age": (at - self.opened) / SECOND,
            "long_quote_age": (at - l[0]) / SECOND,
            "short_quote_age": (at - s[0]) / SECOND,
            "long_open_interest": l[2], "short_open_interest": s[2],
            "alternatives": len(quotes) * (len(quotes) - 1) - 1,
            "alternative_divergence": best, "alternative_cost": self.cost,
        }

    def decide(self, f, profile):
        close, alert = ([line(f, self.streaks.setdefault(label, {}))
                         for label, line in part] for part in profile)
        blind = None
        for (label, _), verdict in zip(profile[0], close):
            if verdict is not None:
                self.unknown.pop(label, None)
            elif f["at"] - self.unknown.setdefault(label, f["at"]) > 600000:
                blind = "BLIND"
        verdicts = "".join("U" if v is None else "FT"[v]
                           for v in close + alert)
        for (label, _), verdict in zip(profile[0], close):
            if verdict:
                return "close", label, verdicts
        if blind:
            return "alert", blind, verdicts
        for (label, _), verdict in zip(profile[1], alert):
            if verdict:
                return "alert", label, verdicts
        return "hold", "", verdicts


def best_other(quotes, held_long, held_short):
    """The divergence of the best pair but the held one; costs are one."""
    best = None
    for l, (_, long_rate, _) in quotes.items():
        for s, (_, short_rate, _) in quotes.items():
            if l == s or (l == held_long and s == held_short):
                continue
            gross = 3 * short_rate - 3 * long_rate
            if best is None or gross > best:
                best = gross
    return best


def walk(polls, positions, profile):
    pairs = [Pair(line) for line in positions]
    return [p.decide(p.facts(at, quotes[p.symbol]), profile)
            for at, quotes in polls for p in pairs]


def measure_evaluation(path, name):
    """One position and poll in tenths of ns; decisions, and different ones."""
    polls = read_polls(path / "evaluate-quotes.tsv")
    positions = (path / f"evaluate-positions-{name}.tsv").read_text()
    positions = positions.splitlines()
    decided = [tuple(line.split("\t")) for line in
               (path / f"evaluate-{name}.tsv").read_text().splitlines()]
    times = []
    for _ in range(5):
        start = time.process_time_ns()
        found = walk(polls, positions, PROFILES[name])
        times.append((time.process_time_ns() - start) * 10 // len(found))
    print(f"py.evaluate.{name}.ns10", *quartiles(times), flush=True)
    return len(found), (abs(len(found) - len(decided)) +
                        sum(a != b for a, b in zip(found, decided)))


# ---- measuring ----

def quartiles(values):
    values = sorted(values)
    n = len(values)
    return values[n // 2], values[n // 4], values[n * 3 // 4], n


def measure(key, work, runs=RUNS):
    times = []
    for _ in range(runs):
        start = time.process_time_ns()
        work()
        times.append(time.process_time_ns() - start)
    print(key, *quartiles(times), flush=True)


def read_facts(path):
    """The facts of every position, and what the program decided of it."""
    lines = path.read_text().splitlines()
    names = lines[0].split("\t")
    facts, decided = [], []
    for line in lines[1:]:
        row = dict(zip(names, line.split("\t")))
        decided.append((row.pop("action"), row.pop("label"),
                        row.pop("verdicts")))
        facts.append({k: None if v == "?" else Decimal(v)
                      for k, v in row.items()})
    return facts, decided


class Poll:
    """Answers, the best pair of each symbol, rules and one transaction."""

    def __init__(self, path, bodies, facts):
        self.bodies, self.facts = bodies, facts
        self.db = sqlite3.connect(path)
        self.db.execute("PRAGMA synchronous=EXTRA")
        self.db.execute("CREATE TABLE decision(at INTEGER, position INTEGER,"
                        " action TEXT, label TEXT, verdicts TEXT)")

    def read(self):
        """{symbol: {venue: daily rate}}"""
        quotes = {}
        for name, body in self.bodies.items():
            answer = json.loads(body, parse_float=Decimal)
            for symbol, row in answer.get("rates", {}).items():
                quotes.setdefault(symbol, {})[name] = 3 * row["funding_rate"]
        return quotes

    def run(self):
        quotes = list(self.read().values())
        rows = []
        for i, f in enumerate(self.facts):
            row = quotes[i % len(quotes)]
            look_around(row)
            rows.append((0, i, *decide(f)))
        with self.db:
            self.db.executemany("INSERT INTO decision VALUES(?,?,?,?,?)",
                                rows)


def look_around(rates):
    """The best pair of a symbol, as the facts of a position have it."""
    best = None
    for l, long_rate in rates.items():
        for s, short_rate in rates.items():
            gross = short_rate - long_rate
            if l != s and (best is None or gross > best[0]):
                best = gross, l, s
    return best


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    path = pathlib.Path(sys.argv[1])
    facts, decided = read_facts(path / "facts.tsv")
    some = facts[:100]
    body = (path / "funding-rates aster").read_bytes()
    bodies = {p.name: p.read_bytes() for p in (path / "poll").iterdir()}
    measure("py.rules.ns", lambda: [decide(f) for f in some])
    measure("py.json.ns", lambda: json.loads(body))
    measure("py.json.decimal.ns",
            lambda: json.loads(body, parse_float=Decimal))
    for n in (1, 100, 10000):
        many = (facts * (n // len(facts) + 1))[:n]
        poll = Poll(path / f"reference-{n}.db", bodies, many)
        measure(f"py.poll.{n}.ns", poll.run, 5 if n > 1000 else RUNS)
    differ = sum(decide(f) != d for f, d in zip(facts, decided))
    compared = len(facts)
    for name in PROFILES:
        n, different = measure_evaluation(path, name)
        compared, differ = compared + n, differ + different
    print("py.compared", compared, differ, 0, 1)


if __name__ == "__main__":
    main()
