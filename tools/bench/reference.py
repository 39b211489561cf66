#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
What a Python program would do instead: json.loads of the same answers, and
the same rules in decimal.Decimal over the same facts. Works on what bench
left in DIR and prints the same kind of lines; the last ones say how many
decisions were compared and how many differ.

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
    print("py.compared", len(facts), differ, 0, 1)


if __name__ == "__main__":
    main()
